// Customers who hold and book over REST, each write under a key of its own, and remember what they were told.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { ServiceReply } from '../../src/protocol/catalog.ts';
import type { HoldReply } from '../../src/protocol/holds.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import { dateIn } from '../support/dates.ts';
import type { Random } from './load.ts';

const CALLERS = 12;
/** A request to a server that was killed fails at once; this is for one that hangs. */
const REQUEST_TIMEOUT_MS = 20_000;
const SETTLE_MS = 30_000;

export type FreeSlot = { readonly serviceId: string; readonly staffId: string; readonly startsAt: string };
/** What was answered to a write. */
export type Told = { readonly status: number; readonly body: Reply };
type Reply = Partial<Pick<AppointmentReply, 'reference'> & Omit<HoldReply, 'state'> & Pick<Problem, 'code' | 'alternatives'>>;
export type Write = {
  readonly path: '/v1/holds' | '/v1/appointments';
  readonly key: string;
  readonly id: string;
  readonly body: object;
  readonly holdToken: string | undefined;
  /** Null: nobody knows. */
  told: Told | null;
};

/** Free times of two days for anyone who offers a service; few enough that callers meet. */
export async function freeSlots(url: string, daysAhead: number): Promise<FreeSlot[]> {
  const { items: services } = (await (await fetch(`${url}/v1/services`)).json()) as { items: readonly ServiceReply[] };
  const found: FreeSlot[] = [];
  for (const { id: serviceId } of services) {
    const query = new URLSearchParams({ serviceId, from: dateIn(daysAhead), to: dateIn(daysAhead + 2) });
    const { slots = [] } = (await (await fetch(`${url}/v1/slots?${query}`)).json()) as SlotsReply;
    found.push(...slots.map(({ staffId, startsAt }) => ({ serviceId, staffId, startsAt })));
  }
  assert.ok(found.length > 20, `only ${found.length} free times`);
  return found;
}

/** Asks until the server is gone. */
export function startCallers(url: string, slots: readonly FreeSlot[], random: Random) {
  const writes: Write[] = [];
  let isStopped = false;
  const ask = async (path: Write['path'], body: object, holdToken?: string): Promise<Write> => {
    const id = randomUUID();
    const write: Write = { path, key: randomUUID(), id, body: { id, ...body }, holdToken, told: null };
    writes.push(write);
    write.told = await send(url, write);
    return write;
  };
  const call = async () => {
    while (!isStopped) {
      const slot = slots[Math.floor(random() * slots.length)];
      assert.ok(slot);
      if (random() < 0.4) {
        await ask('/v1/appointments', { ...slot, customer: newCustomer() });
        continue;
      }
      const hold = await ask('/v1/holds', slot);
      if (hold.told?.status !== 201 || random() < 0.1) continue;
      await ask('/v1/appointments', { holdId: hold.id, customer: newCustomer() }, hold.told.body.token);
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  return {
    writes,
    async stop(): Promise<readonly Write[]> {
      isStopped = true;
      await Promise.all(callers);
      return writes;
    },
  };
}

/** The same write once more, until there is an answer that is for good. */
export async function repeatUntilKnown(url: string, write: Write): Promise<Told> {
  for (const deadline = performance.now() + SETTLE_MS; ; ) {
    const told = await send(url, write);
    if (told !== null) return told;
    if (performance.now() > deadline) throw new Error(`${write.path} ${write.key} has no answer`);
  }
}

function newCustomer(): object {
  return { name: 'Cora', email: `${randomUUID()}@example.org` };
}

/** Null: no answer, or one that does not say what became of it. */
async function send(url: string, { path, key, body, holdToken }: Write): Promise<Told | null> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key, ...(holdToken !== undefined && { 'hold-token': holdToken }) };
  try {
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const told = { status: response.status, body: (await response.json()) as Reply };
    return told.status >= 500 ? null : told;
  } catch {
    // Cut off: the server was killed.
    return null;
  }
}
