// Batches as no actor would send them, and such as one would: whatever a batch says, the model must answer as the database does.

import type { Tables } from '../../chaos/simulator/model-database/tables.ts';
import type { Random } from '../../chaos/simulator/random.ts';
import type { Appointment, CalendarEvent, Hold } from '../../src/actors/calendar/calendar.ts';
import { appointmentTime, holdTime } from '../../src/actors/calendar/fold-fact.ts';
import type { Asked, ClaimRow, CommitBatch, RequestRow } from '../../src/actors/ports.ts';
import { HOUR, type Instant, instant } from '../../src/model/instant.ts';
import { HOURS, newDetails } from '../actors/practice.ts';

const SLOTS = 6;
const CLASS_SLOTS = 2;
const BASE = instant(Date.UTC(2027, 0, 4));

/** Few names, so that they meet. */
export type Names = {
  readonly calendars: readonly string[];
  readonly claims: readonly string[];
  readonly services: readonly string[];
  readonly customers: readonly string[];
  readonly keys: readonly string[];
  readonly nodes: readonly string[];
  /** Every entry that was sent. */
  readonly entries: string[];
  fresh(): string;
};

export function randomBatch(tables: Tables, names: Names, random: Random): CommitBatch {
  const ids = shuffled(names.calendars, random).slice(0, 1 + random.below(3));
  const calendars = ids.map((id) => {
    const from = (tables.calendars.get(id)?.revision ?? 0) + (random.chance(0.1) ? random.below(3) - 1 : 0);
    return { id, from, to: from + random.below(3), component: random.below(3), hours: random.chance(0.05) ? { ...HOURS, ownHours: random.chance(0.5) } : null };
  });
  const shards = [...new Set(ids.map((id) => tables.calendars.get(id)?.shard ?? 0))];
  const fence = shards.map((shard) => ({ shard, epoch: (tables.shards[shard]?.epoch ?? 0) + (random.chance(0.04) ? random.below(3) - 1 : 0) }));
  const changing = calendars.filter(({ from, to }) => to > from);
  const claims = claimRows(
    tables,
    names,
    random,
    changing.map(({ id }) => id),
  );
  const changes = changing.flatMap(({ id, from, to }) =>
    Array.from({ length: to - from }, (_, index) => changeOf(names, random, { calendarId: id, base: from + index, epoch: fence[0]?.epoch ?? 0 })),
  );
  return {
    fence,
    calendars,
    changes,
    requests: requestRows(names, random, changes, calendars),
    ...claims,
    ...appointmentRows(tables, names, random, changes),
    sources: changes.map(({ calendarId, entryId, revision }) => ({ entryId, calendarId, address: `10.0.0.${revision}` })),
  };
}

function changeOf(
  names: Names,
  random: Random,
  step: { readonly calendarId: string; readonly base: number; readonly epoch: number },
): CommitBatch['changes'][number] {
  const entryId = names.fresh();
  names.entries.push(entryId);
  const hold = holdAt(names, random, step.calendarId, names.fresh());
  const events: CalendarEvent[] = [{ type: 'hold.placed', hold }, ...(random.chance(0.3) ? [{ type: 'hold.released', hold } as const] : [])];
  return { ...step, revision: step.base + 1, at: instant(BASE + step.base), events, entryId, ...askedBy(names, random) };
}

function askedBy(names: Names, random: Random): Asked {
  if (random.chance(0.4)) return { by: null, requestId: null };
  return { by: { kind: random.pick(['user', 'api-key']), id: names.fresh() }, requestId: random.chance(0.5) ? names.fresh() : null };
}

function requestRows(names: Names, random: Random, changes: CommitBatch['changes'], calendars: CommitBatch['calendars']): RequestRow[] {
  const keys = shuffled(names.keys, random);
  const facts = changes
    .filter(() => random.chance(0.7))
    .map((change) => {
      const { entryId, calendarId, revision, events } = change;
      return { entryId, outcome: 'ok' as const, calendarId, revision, eventIndex: events.length - 1, refusal: null };
    });
  const refusals = calendars
    .filter(() => random.chance(0.3))
    .map(({ id, to }) => ({
      entryId: names.fresh(),
      outcome: 'no' as const,
      calendarId: id,
      revision: to,
      eventIndex: null,
      refusal: { code: 'slot-taken' as const },
    }));
  const tombstones = random.chance(0.15)
    ? [{ entryId: names.fresh(), outcome: 'abandoned' as const, calendarId: null, revision: null, eventIndex: null, refusal: null }]
    : [];
  return [...facts, ...refusals, ...tombstones].flatMap((row) => {
    names.entries.push(row.entryId);
    const key = random.chance(0.7) ? names.fresh() : keys.pop();
    return key === undefined ? [] : [{ caller: 'someone', key, fingerprint: 'a print', ...row }];
  });
}

function claimRows(
  tables: Tables,
  names: Names,
  random: Random,
  calendars: readonly string[],
): Pick<CommitBatch, 'claimsAdded' | 'claimsChanged' | 'claimsRemoved'> {
  const known = [...tables.claims.values()];
  const here = known.filter(({ calendarId }) => calendars.includes(calendarId));
  const removed = shuffled(here, random)
    .slice(0, random.below(3))
    .map(({ claim, calendarId }) => ({ id: claim.id, calendarId }));
  const [calendarId] = calendars;
  if (calendarId !== undefined && random.chance(0.04)) removed.push({ id: random.pick(names.claims), calendarId });
  const left = here.filter(({ claim }) => !removed.some(({ id }) => id === claim.id));
  const changed = shuffled(left, random)
    .slice(0, random.below(2))
    .map(({ claim, calendarId, half }) => ({
      calendarId,
      half: half === 0 ? (0 as const) : (1 as const),
      claim: { ...claim, status: 'paying' as const },
      details: holdAt(names, random, calendarId, claim.id),
    }));
  if (calendarId === undefined) return { claimsRemoved: removed, claimsChanged: changed, claimsAdded: [] };
  const taken = new Set(left.map(({ claim }) => claim.id));
  const free = shuffled(names.claims, random).filter((id) => random.chance(0.05) || !taken.has(id));
  const added = free.slice(0, random.below(3)).map((id) => addedClaim(names, random, calendarId, id));
  return { claimsRemoved: removed, claimsChanged: changed, claimsAdded: added };
}

function addedClaim(names: Names, random: Random, calendarId: string, id: string): ClaimRow {
  const hold = holdAt(names, random, calendarId, id);
  const half = random.chance(0.2) ? 1 : 0;
  if (random.chance(0.6)) return { calendarId, half, claim: holdTime(hold, calendarId), details: hold };
  if (random.chance(0.3)) {
    const { startsAt, endsAt } = hold;
    const times = { startsAt, endsAt, bufferBeforeMinutes: 0, bufferAfterMinutes: 0 };
    return {
      calendarId,
      half,
      claim: { id, kind: 'block', status: null, ...times, serviceId: null, capacity: 1, lane: 0, seats: 1 },
      details: { reason: random.chance(0.5) ? 'a reason' : null },
    };
  }
  const appointment = appointmentAt(names, random, calendarId, id);
  const isOver = appointment.capacity === 1 && random.chance(0.4);
  return { calendarId, half, claim: appointmentTime({ ...appointment, ...(isOver && { overlaps: true }) }, calendarId), details: null };
}

function holdAt(names: Names, random: Random, calendarId: string, id: string): Hold {
  // Classes keep to the first slots, and few others go there, so that seats of one session meet.
  const isClass = random.chance(0.45);
  const startsAt = isClass || random.chance(0.1) ? slot(random, CLASS_SLOTS) : instant(slot(random, SLOTS) + CLASS_SLOTS * (HOUR / 2));
  return {
    id,
    calendarId,
    staffId: calendarId,
    serviceId: names.services[isClass ? 0 : 1] ?? '',
    startsAt,
    endsAt: instant(startsAt + (isClass ? 1 : 1 + random.below(2)) * (HOUR / 2)),
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 5,
    capacity: isClass ? 3 : 1,
    seats: 1,
    lane: isClass ? random.below(2) : 0,
    holder: null,
    state: 'held',
    placedAt: BASE,
    expiresAt: instant(BASE + HOUR),
    renewalsLeft: 2,
  };
}

function slot(random: Random, slots: number): Instant {
  return instant(BASE + random.below(slots) * (HOUR / 2));
}

function appointmentRows(
  tables: Tables,
  names: Names,
  random: Random,
  changes: CommitBatch['changes'],
): Pick<CommitBatch, 'appointments' | 'customers' | 'persons'> {
  const appointments: CommitBatch['appointments'][number][] = [];
  const customers: CommitBatch['customers'][number][] = [];
  const persons: CommitBatch['persons'][number][] = [];
  const ids = shuffled(names.claims, random);
  for (const { calendarId, revision } of changes) {
    const id = ids.pop();
    if (id === undefined || random.chance(0.4)) continue;
    const fresh = random.chance(0.06) ? tables.appointments.has(id) : !tables.appointments.has(id);
    const appointment = appointmentAt(names, random, calendarId, id);
    appointments.push({ fresh, revision, appointment });
    const { customerId } = appointment;
    const email = random.chance(0.03) ? 'shared@example.org' : `${customerId}@example.org`;
    const person = { name: 'Ada', email, phone: null };
    if (fresh && random.chance(0.95)) customers.push({ calendarId, customer: { id: customerId, ...person } });
    if (fresh) persons.push({ fresh, calendarId, appointmentId: id, details: newDetails({ ...person, notes: random.chance(0.3) ? 'notes' : null }) });
    else if (random.chance(0.5))
      persons.push({ fresh, calendarId, appointmentId: id, details: random.chance(0.5) ? { reason: names.fresh() } : { overrideReason: 'asked' } });
  }
  return { appointments, customers, persons };
}

function appointmentAt(names: Names, random: Random, calendarId: string, id: string): Appointment {
  const customerId = random.pick(names.customers);
  const { startsAt, endsAt, serviceId, capacity, lane } = holdAt(names, random, calendarId, id);
  return {
    id,
    reference: random.chance(0.95) ? names.fresh() : 'the same',
    status: random.pick(['booked', 'cancelled', 'pending']),
    calendarId,
    staffId: random.pick(names.customers),
    serviceId,
    locationId: random.pick(names.customers),
    startsAt,
    endsAt,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    capacity,
    seats: 1,
    lane,
    timeZone: 'UTC',
    customerId,
    price: { amount: 4_000, currency: 'EUR' },
    policy: { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [] },
    source: 'online',
    override: null,
    createdAt: BASE,
    createdBy: null,
  };
}

export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
