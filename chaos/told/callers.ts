// People who book, move and call off, at whichever node answers, until they are told to stop.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../../test/faults/load.ts';
import { dateIn } from '../../test/support/dates.ts';
import type { ShopFacts } from '../history/lines.ts';

const CALLERS = 5;
/** Between two writes of one caller. */
const LONGEST_PAUSE_MS = 300;
/** A request to a node that was killed fails at once; this is for one that hangs. */
const ANSWER_WITHIN_MS = 15_000;
/** Repeated under its key until it is known. */
const KNOWN_WITHIN_MS = 90_000;
/** A third of a year of half hours for four people: more than a run can book. */
const FIRST_DAY = 3;
const DAYS = 120;
const HALF_HOURS = 10;

type Told = { readonly status: number; readonly body: { readonly id?: string; readonly token?: string } };
type Slot = { readonly staffId: string; readonly startsAt: string };
export type CallersNeeds = {
  readonly shop: ShopFacts;
  readonly random: Random;
  /** Of the nodes, in some order. */
  readonly urls: readonly string[];
  /** An access token of the owner. */
  readonly token: () => string;
  readonly addressOf: (appointmentId: string) => string;
};

export function startCallers({ shop, random, urls, token, addressOf }: CallersNeeds) {
  let isOver = false;
  let slots = 0;
  let asked = 0;
  const counts = { done: 0, refused: 0 };
  const [haircut, , , treatment] = shop.services;
  if (haircut === undefined || treatment === undefined) throw new Error('a shop without services');

  const ask = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Told> => {
    const key = randomUUID();
    for (const until = performance.now() + KNOWN_WITHIN_MS; ; ) {
      asked += 1;
      const told = await send(`${urls[asked % urls.length]}${path}`, body, { ...headers, 'idempotency-key': key });
      if (told !== null) {
        counts[told.status < 300 ? 'done' : 'refused'] += 1;
        return told;
      }
      if (performance.now() > until) throw new Error(`${path} has no answer`);
      await wait(100);
    }
  };
  const desk = (path: string, body: object = {}) => ask(path, body, { authorization: `Bearer ${token()}` });
  /** The next one that is free, or now and then one that somebody has. */
  const nextSlot = (): Slot => {
    if (random() > 0.15 || slots === 0) slots += 1;
    return slotAt(shop, slots);
  };

  const call = async () => {
    while (!isOver) {
      await wait(random() * LONGEST_PAUSE_MS);
      const id = randomUUID();
      const service: ShopFacts['services'][number] = random() < 0.2 ? treatment : haircut;
      const slot = { serviceId: service.id, ...nextSlot() };
      const details = { id, customer: { name: 'Cora', email: addressOf(id) } };
      let booked: Told;
      if (random() < 0.3) {
        const hold = await ask('/v1/holds', slot);
        if (hold.status !== 201 || random() < 0.2) continue;
        booked = await ask('/v1/appointments', { ...details, holdId: hold.body.id }, { 'hold-token': hold.body.token ?? '' });
      } else booked = await ask('/v1/appointments', { ...details, ...slot });
      if (booked.status !== 201) continue;
      if (service === treatment) await desk(`/v1/appointments/${id}/${random() < 0.7 ? 'approve' : 'decline'}`);
      const amount = { amount: 100 + Math.floor(random() * 800), currency: 'EUR' };
      const pays = random() < 0.4;
      if (pays) await desk(`/v1/appointments/${id}/payments`, { method: 'cash', amount });
      if (random() < 0.5) await desk(`/v1/appointments/${id}/reschedule`, nextSlot());
      if (pays && random() < 0.5) await desk(`/v1/appointments/${id}/refunds`, { amount: { ...amount, amount: 50 }, reason: 'It was too late' });
      if (random() < 0.3) await desk(`/v1/appointments/${id}/cancel`, random() < 0.3 ? { notify: { customer: false } } : {});
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, call));
  // Heard in `stop`.
  callers.catch(() => undefined);
  return {
    counts,
    async stop(): Promise<void> {
      isOver = true;
      await callers;
    },
  };
}

function slotAt({ staff, opensAt }: ShopFacts, number: number): Slot {
  const member = staff[number % staff.length];
  if (member === undefined) throw new Error('a shop without staff');
  const halfHour = Math.floor(number / staff.length) % (HALF_HOURS * DAYS);
  const time = Temporal.PlainTime.from(opensAt).add({ minutes: 30 * (halfHour % HALF_HOURS) });
  return { staffId: member.id, startsAt: `${dateIn(FIRST_DAY + Math.floor(halfHour / HALF_HOURS))}T${time.toString({ smallestUnit: 'second' })}Z` };
}

/** Null: no answer, or one that does not say what became of it. */
async function send(url: string, body: object, headers: Readonly<Record<string, string>>): Promise<Told | null> {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const told = { status: reply.status, body: await reply.json() };
    return reply.status >= 500 ? null : told;
  } catch {
    return null; // cut off: the node was killed
  }
}
