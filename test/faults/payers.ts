// Customers who hold, pay, give up, cancel and get money back over REST, at nodes that may be gone the next moment. What one node has not answered is asked of another, as a page does.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../../src/persistence/database/database.ts';
import { sendEvent, type TestStripe } from '../support/stripe.ts';
import type { Json } from '../support/test-server.ts';
import type { FreeSlot } from './callers.ts';
import type { Random } from './load.ts';

const CALLERS = 6;
const ASK_AGAIN_MS = 40;
const REQUEST_TIMEOUT_MS = 10_000;
const EVENTS_AT_ONCE = 3;
const GOOD = '4242 4242 4242 4242';
const DECLINED = '4000 0000 0000 0002';
const ASKS_OWNER = '4000 0025 0000 3155';
const customer = () => ({ name: 'Cora', email: `${randomUUID()}@example.org` });

type Visits = {
  begun: number;
  paid: number;
  declined: number;
  givenUp: number;
  left: number;
  cancelled: number;
  refunded: number;
  byLink: number;
  inCash: number;
};
type Parts = {
  /** Of the nodes that run now. */
  readonly urls: () => readonly string[];
  readonly stripe: TestStripe;
  readonly database: Database;
  readonly random: Random;
  readonly slots: readonly FreeSlot[];
  readonly ownerToken: string;
};
type Asking = { readonly body?: object; readonly headers?: Readonly<Record<string, string>> };

/** Ask until they are stopped. `tokens`: by hold. */
export function startPayers(parts: Parts) {
  const { stripe, random, slots, ownerToken } = parts;
  const tokens = new Map<string, string>();
  const seen: Visits = { begun: 0, paid: 0, declined: 0, givenUp: 0, left: 0, cancelled: 0, refunded: 0, byLink: 0, inCash: 0 };
  const violations: string[] = [];
  let isStopped = false;
  const isLucky = (share: number) => random() < share;
  const ask = (method: string, path: string, asking: Asking) => askUntilAnswered(parts, () => isStopped, { method, path, ...asking });
  const asOwner = { authorization: `Bearer ${ownerToken}` };

  const pay = async ({ id, clientSecret }: Json) => {
    if (await isBooked(parts.database, id)) violations.push(`booked before money: ${id}`);
    if (isLucky(0.25)) {
      stripe.double.pay(clientSecret, isLucky(0.5) ? DECLINED : ASKS_OWNER, false);
      seen.declined += 1;
      if (isLucky(0.3)) return;
      await wait(random() * ASK_AGAIN_MS);
    }
    if (stripe.double.pay(clientSecret, GOOD, null)?.status === 'succeeded') seen.paid += 1;
  };

  /** What is left of the price: by link, in cash, or both at once, where the later one goes back. */
  const payRest = async (appointmentId: string, manageToken: string) => {
    const begun = await ask('POST', `/v1/appointments/${appointmentId}/payment`, { headers: { 'manage-token': manageToken } });
    if (isLucky(0.3)) {
      const body = { id: randomUUID(), method: 'cash', amount: { amount: 1_000 + Math.floor(random() * 5_000), currency: 'EUR' } };
      if ((await ask('POST', `/v1/appointments/${appointmentId}/payments`, { headers: asOwner, body }))?.status === 201) seen.inCash += 1;
    }
    if (begun?.status !== 201 || isLucky(0.2)) return;
    if (stripe.double.pay(begun.body.clientSecret, isLucky(0.2) ? DECLINED : GOOD, null)?.status === 'succeeded') seen.byLink += 1;
  };

  const afterwards = async (appointmentId: string, manageToken: string) => {
    if (isLucky(0.5)) await payRest(appointmentId, manageToken);
    if (isLucky(0.4)) {
      const headers = isLucky(0.5) ? asOwner : { 'manage-token': manageToken };
      const cancelled = await ask('POST', `/v1/appointments/${appointmentId}/cancel`, { headers, body: {} });
      if (cancelled?.status === 200) seen.cancelled += 1;
    }
    if (isLucky(0.4)) {
      const body = { id: randomUUID(), amount: { amount: 100 + Math.floor(random() * 2_000), currency: 'EUR' }, reason: 'They were not happy.' };
      const refunded = await ask('POST', `/v1/appointments/${appointmentId}/refunds`, { headers: asOwner, body });
      if (refunded?.status === 201) seen.refunded += 1;
    }
  };

  const visit = async (): Promise<unknown> => {
    const held = await ask('POST', '/v1/holds', { body: { ...slots[Math.floor(random() * slots.length)], id: randomUUID() } });
    if (held?.status !== 201) return wait(ASK_AGAIN_MS);
    const { id, token } = held.body;
    tokens.set(id, token);
    const headers = { 'hold-token': token };
    const begun = await ask('POST', `/v1/holds/${id}/payment`, { headers, body: { customer: customer() } });
    if (begun?.status !== 201) return;
    seen.begun += 1;
    if (isLucky(0.1)) {
      seen.left += 1;
      return;
    }
    const isGivenUp = isLucky(0.25);
    if (isGivenUp && (await ask('DELETE', `/v1/holds/${id}`, { headers }))?.status === 204) seen.givenUp += 1;
    if (isGivenUp && isLucky(0.3)) return;
    await pay(begun.body);
    if (isLucky(0.2)) return;
    const now = await ask('GET', `/v1/holds/${id}/payment`, { headers });
    if (now?.body.appointmentId != null) await afterwards(now.body.appointmentId, now.body.manageToken);
  };

  const callers = Array.from({ length: CALLERS }, async () => {
    while (!isStopped) await visit();
  });
  const postman = deliverEvents(parts, () => isStopped);
  return {
    ...{ tokens, seen, violations },
    async stop() {
      isStopped = true;
      await Promise.all([...callers, postman]);
    },
  };
}

async function isBooked(database: Database, paymentId: string): Promise<boolean> {
  const [row] = await database.sql(
    `select 1 from change h, json_array_elements(h.events) e where e -> 'appointment' -> 'payment' ->> 'paymentId' = $1 limit 1`,
    [paymentId],
  );
  return row !== undefined;
}

type Question = Asking & { readonly method: string; readonly path: string };

/** Under one key, of any node that runs, until there is an answer that is for good; `undefined`: they are stopped before. */
async function askUntilAnswered({ urls, random }: Parts, isStopped: () => boolean, { method, path, headers = {}, body }: Question) {
  const key = { 'idempotency-key': randomUUID(), ...(body && { 'content-type': 'application/json' }) };
  while (!isStopped()) {
    const all = urls();
    const url = all[Math.floor(random() * all.length)];
    const answer =
      url === undefined ? null : await answerOf(url + path, { method, headers: { ...key, ...headers }, ...(body && { body: JSON.stringify(body) }) });
    if (answer !== null && answer.status < 500) return answer;
    await wait(ASK_AGAIN_MS);
  }
  return undefined;
}

/** null: the node is gone. */
async function answerOf(url: string, asked: RequestInit): Promise<{ readonly status: number; readonly body: Json } | null> {
  try {
    const response = await fetch(url, { ...asked, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    // Cut off: the node was killed.
    return null;
  }
}

/** What is not taken comes again. */
async function deliverEvents({ stripe, urls, random }: Parts, isStopped: () => boolean): Promise<void> {
  while (!isStopped()) {
    await stripe.deliver(async (body) => {
      const all = urls();
      const url = all[Math.floor(random() * all.length)];
      if (url === undefined) return false;
      return (await sendEvent(url, body, stripe.double.sign(body)).catch(() => 0)) === 204;
    }, EVENTS_AT_ONCE);
    await wait(random() * ASK_AGAIN_MS * 2);
  }
}
