// One request to a provider of text messages, and what an answer means when it is not a success.
import type { SmsAnswer } from '../../messages/sms-port.ts';
import { SECOND } from '../../model/instant.ts';
import type { Outside, OutsideAnswer } from '../../model/outside.ts';

/** The longest that a provider is given. The attempt of the job is longer. */
const SEND_LIMIT_MS = 15 * SECOND;
/** What a provider says about a message is a few hundred bytes. */
const MOST_BYTES = 64 * 1024;
/** Too soon, too much, or not now: nothing was done. */
const NOT_NOW: ReadonlySet<number> = new Set([425, 429, 503]);
/** Not let in: not the message's fault, and it may be put right. */
const NOT_LET_IN: ReadonlySet<number> = new Set([401, 403, 404]);

type Request = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** The answer, or what it means that there is none: before a connection was made nothing was sent. */
export async function askProvider(outside: Outside, request: Request): Promise<OutsideAnswer | SmsAnswer> {
  let isConnected = false;
  const onConnected = () => {
    isConnected = true;
  };
  const answer = await outside.ask({ ...request, method: 'POST', timeoutMilliseconds: SEND_LIMIT_MS, mostBytes: MOST_BYTES, mostRedirects: 0, onConnected });
  if (!('refusal' in answer)) return answer;
  return { type: isConnected ? 'unknown' : 'not-now', reason: answer.refusal };
}

/** Of an answer that is no success. `code`: the provider's own number for it. */
export function answerOfStatus(status: number, code: string | null): SmsAnswer {
  const reason = [`refused ${status}`, ...(code === null ? [] : [code])].join(' ');
  if (NOT_LET_IN.has(status)) return { type: 'not-now', reason: reason.replace('refused', 'login-refused') };
  if (NOT_NOW.has(status)) return { type: 'not-now', reason: reason.replace('refused', 'put-off') };
  if (status >= 400 && status < 500) return { type: 'refused', reason };
  return { type: 'unknown', reason };
}

/** The fields of an answer in JSON; none if it is none. */
export function fieldsOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What a provider calls a message. Nothing else is kept: it may say anything. */
export function providerIdOf(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : null;
}
