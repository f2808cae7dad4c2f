// One attempt: what is sent, how it is signed (Standard Webhooks), and what has come of it.
import { Webhook } from 'standardwebhooks';
import { type Instant, instant } from '../model/instant.ts';
import type { Outside, OutsideAnswer, OutsideRefusal } from '../model/outside.ts';
import { type LastAttempt, LIMITS, LONGEST_REPLY, type SealedSecret, type Secrets } from './webhook.ts';

/** `open`: null where no secret that is set has sealed it for this endpoint, as after a change of JWT_SECRET. */
export type SecretBox = { seal(secret: string, endpointId: string): SealedSecret; open(sealed: SealedSecret, endpointId: string): string | null };

export type Sending = { readonly id: string; readonly body: string; readonly url: string; readonly keys: readonly string[] };
export type Sent = { readonly last: LastAttempt; readonly refusal: OutsideRefusal | null };

const USER_AGENT = 'Slotkeeper-Webhooks';

/** Those that are good at this moment, the current one first. Null: the current one is lost, and nothing can be signed. */
export function keysOf(box: SecretBox, endpointId: string, { current, old }: Secrets, now: Instant): readonly string[] | null {
  const key = box.open(current, endpointId);
  const before = old !== null && now < old.until ? box.open(old, endpointId) : null;
  return key === null ? null : before === null ? [key] : [key, before];
}

/** Of an attempt without a key: nothing was sent. */
export function withoutKey(at: Instant): LastAttempt {
  return { at, status: null, milliseconds: 0, reply: null, failure: 'secret-lost' };
}

/** Asks once. Never rejects, whatever the other side does. */
export async function sendWebhook(outside: Outside, { id, body, url, keys }: Sending, now: () => Instant): Promise<Sent> {
  const at = now();
  const began = performance.now();
  const signatures = keys.map((key) => new Webhook(key).sign(id, new Date(at), body));
  const headers = {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
  const answer = await outside.ask({ ...LIMITS, url, method: 'POST', headers, body });
  const timed = { at, milliseconds: Math.round(performance.now() - began) };
  if ('refusal' in answer) return { last: { ...timed, status: null, reply: null, failure: answer.refusal }, refusal: answer.refusal };
  return { last: { ...timed, status: answer.status, reply: firstWords(answer), failure: isTaken(answer.status) ? null : 'refused' }, refusal: null };
}

export function isTaken(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** The beginning of an answer, as text: no control characters, which a database may refuse. */
function firstWords({ body }: OutsideAnswer): string {
  const text = Buffer.from(body.subarray(0, 4 * LONGEST_REPLY)).toString('utf8');
  return text
    .replaceAll(/[^\P{Cc}\t\n]/gu, ' ')
    .slice(0, LONGEST_REPLY)
    .toWellFormed();
}

/** What the button sends. */
export function testBody(id: string, at: Instant): string {
  return JSON.stringify({ type: 'webhook.test', id, calendarId: null, revision: 0, occurredAt: new Date(instant(at)).toISOString(), data: {} });
}
