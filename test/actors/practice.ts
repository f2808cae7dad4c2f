// A practice that never closes: calendars in a database, a node over them, and the commands that tests give.
import { randomUUID } from 'node:crypto';
import { textSeal } from '../../src/accounts/sealed-secrets.ts';
import type { Appointment, TakenResource } from '../../src/actors/calendar/calendar.ts';
import type { PersonalDetails } from '../../src/actors/calendar/typed.ts';
import { openNode } from '../../src/actors/cluster/node.ts';
import type { SchedulerNode } from '../../src/actors/cluster/scheduler-node.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { JournalDatabase, Log, Timers } from '../../src/actors/ports.ts';
import type { Answer, AppointmentDraft, BookedFor, Candidate, ClaimAsk, RequestKey, SchedulerCommand } from '../../src/actors/scheduler.ts';
import { ids, timers as realTimers } from '../../src/integrations/this-machine.ts';
import type { CalendarHours } from '../../src/model/calendar-hours.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { DAY, HOUR, type Instant, instant, MINUTE } from '../../src/model/instant.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { timeNow } from '../support/clock.ts';

export const LOCATION_ID = randomUUID();
const LANES = 2;
/** Under a secret that all nodes of the tests share. */
export const TEST_SEAL = textSeal(['s'.repeat(32)], 'slotkeeper tests');

export const HOURS: CalendarHours = {
  timeZone: null,
  weekly: null,
  overrides: {},
  ownHours: false,
  timeOff: [],
  location: { timeZone: 'UTC', weekly: WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' })), specialDates: {}, version: 1 },
};

export const TERMS: SlotTerms = {
  serviceId: randomUUID(),
  minutes: 30,
  slotIntervalMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  leadTimeMinutes: 0,
  horizonDays: null,
  capacity: 1,
  grid: 'fixed',
  dailyLimit: null,
  bufferRule: 'max',
};

/** Nobody's: a guest without a token. */
export const GUEST = { tokenFor: null, userId: null };

/** A start that is free in every fresh calendar: tomorrow, and `number` half hours later. */
export function slot(number = 0): Instant {
  return instant(Math.ceil(timeNow() / DAY) * DAY + DAY + (number * HOUR) / 2);
}

/** Calendars of one location, open at all times. With `lane`, all of them belong to that lane. */
export async function addCalendars(database: Database, count: number, lane?: number): Promise<Candidate[]> {
  await database.sql(
    `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1, 'Practice', 'UTC', 'EUR', '[]', '{}') on conflict do nothing`,
    [LOCATION_ID],
  );
  const calendarIds = Array.from({ length: count }, () => idInLane(lane));
  await database.sql(
    `insert into calendar (id, kind, shard, revision, hours, location_id, created_at)
      select c.id, 'staff', c.shard, 0, $3::jsonb, $4::uuid, 0 from unnest($1::uuid[], $2::int[]) c(id, shard)`,
    [calendarIds, calendarIds.map(shardOf), JSON.stringify(HOURS), LOCATION_ID],
  );
  return calendarIds.map((calendarId) => ({ calendarId, staffId: randomUUID() }));
}

function idInLane(lane: number | undefined): string {
  for (;;) {
    const id = randomUUID();
    if (lane === undefined || shardOf(id) % LANES === lane) return id;
  }
}

type Said = { readonly level: 'info' | 'warn' | 'error'; readonly facts: object; readonly message: string };
export type TestNode = AsyncDisposable & {
  readonly node: SchedulerNode;
  readonly nodeId: string;
  /** What it logged. */
  readonly said: readonly Said[];
  /** Resolves when another node has taken its shards. */
  readonly buried: Promise<void>;
};

export async function openTestNode(database: Database, journal: JournalDatabase = new SqlJournal(database), timers: Timers = realTimers): Promise<TestNode> {
  const nodeId = randomUUID();
  const said: Said[] = [];
  const note = (level: Said['level']) => (facts: object, message: string) => void said.push({ level, facts, message });
  const log: Log = { info: note('info'), warn: note('warn'), error: note('error') };
  const { promise: buried, resolve } = Promise.withResolvers<void>();
  const node = await openNode({
    nodeId,
    database: journal,
    cluster: new SqlCluster(database),
    bus: null,
    seal: TEST_SEAL,
    timers,
    ids,
    log,
    onLost: () => resolve(),
  });
  return { node, nodeId, said, buried, [Symbol.asyncDispose]: () => node.close() };
}

let keys = 0;
export function newKey(fingerprint = 'same'): RequestKey {
  keys += 1;
  return { caller: 'user:tester', key: `key-${keys}`, fingerprint };
}

export type Asked = {
  readonly terms?: SlotTerms;
  readonly seats?: number;
  readonly peers?: readonly Candidate[];
  /** Any one of these calendars, as those of rooms, is taken along. */
  readonly rooms?: readonly Candidate[];
};
export function claimOf(candidates: Candidate | readonly Candidate[], startsAt: Instant, asked: Asked = {}): ClaimAsk {
  const { terms = TERMS, seats = 1, peers = [], rooms = [] } = asked;
  const [room, ...more] = rooms.map(roomOf);
  const along = room && { resources: [room, ...more] as const };
  const everyone: readonly Candidate[] = Array.isArray(candidates) ? candidates : [candidates as Candidate];
  const withRooms = (people: readonly Candidate[]) => people.map((candidate) => ({ ...candidate, ...along }));
  return { terms, startsAt, seats, override: null, candidates: withRooms(everyone), peers: withRooms(peers) };
}

export function roomOf({ calendarId, staffId }: Candidate): TakenResource {
  return { calendarId, resourceId: staffId };
}

/** A start a minute ago, which the desk enters afterwards: what has begun can be checked in, completed or missed. */
export function begunClaim(candidate: Candidate): ClaimAsk {
  const override = { rules: ['slot-in-past', 'too-soon', 'off-grid'], by: LOCATION_ID } as const;
  return { ...claimOf(candidate, instant(timeNow() - MINUTE)), override };
}

type Command<Type extends SchedulerCommand['type']> = Extract<SchedulerCommand, { type: Type }>;

export function placeHold(ask: ClaimAsk, { holdId = randomUUID() as string, holdSeconds = 60, userId = null as string | null } = {}): Command<'place-hold'> {
  return { type: 'place-hold', holdId, ask, holder: { tokenFor: null, userId }, holdSeconds };
}

export function confirmHold(holdId: string, draft: AppointmentDraft = newDraft()): Command<'confirm-hold'> {
  return { type: 'confirm-hold', holdId, proof: { tokenFor: holdId, userId: null }, draft, approval: 'automatic', ...bookedFor() };
}

export function releaseHold(holdId: string): Command<'release-hold'> {
  return { type: 'release-hold', holdId, proof: { tokenFor: holdId, userId: null } };
}

export function book(ask: ClaimAsk, draft: AppointmentDraft = newDraft(), whom: BookedFor = bookedFor()): Command<'book'> {
  return { type: 'book', ask, draft, approval: 'automatic', ...whom };
}

export function cancel(appointmentId: string): Command<'cancel'> {
  return { type: 'cancel', appointmentId, reason: null, waivePolicy: false };
}

export function reschedule(appointmentId: string, ask: ClaimAsk): Command<'reschedule'> {
  return { type: 'reschedule', appointmentId, ask, waivePolicy: false, overrideReason: null };
}

export function newDraft(draft: Partial<AppointmentDraft> = {}): AppointmentDraft {
  const id = randomUUID();
  return {
    id,
    reference: `R-${id}`,
    serviceId: TERMS.serviceId,
    locationId: LOCATION_ID,
    timeZone: 'UTC',
    price: { amount: 4_000, currency: 'EUR' },
    policy: { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [] },
    source: 'online',
    override: null,
    createdBy: null,
    ...draft,
  };
}

/** A customer who has not booked before. */
export function bookedFor(details: Partial<PersonalDetails> = {}): BookedFor {
  return { customerId: null, details: newDetails(details) };
}

export function newDetails(details: Partial<PersonalDetails> = {}): PersonalDetails {
  const nothing = { phone: null, phoneE164: null, notes: null, staffNotes: null, reason: null, overrideReason: null };
  return { name: 'Ada', email: `${randomUUID()}@example.org`, ...nothing, answers: {}, ...details };
}

/** What an answer says, in one word: the fact, the refusal, or what kind of no-answer it is. */
export function wordOf(answer: Answer): string {
  if (answer.outcome === 'ok') return answer.event.type;
  return answer.outcome === 'no' ? answer.refusal.code : answer.outcome;
}

/** How often each was said. */
export function tallyOf(answers: readonly Answer[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const answer of answers) tally[wordOf(answer)] = (tally[wordOf(answer)] ?? 0) + 1;
  return tally;
}

/** The appointment of an answer that must be one. */
export function appointmentOf(answer: Answer): Appointment {
  if (answer.outcome !== 'ok' || !('appointment' in answer.event)) throw new Error(`not an appointment: ${JSON.stringify(answer)}`);
  return answer.event.appointment;
}

const LONGEST_WAIT_MS = 15_000;

/** Waits for a fact, up to a limit. */
export async function until(fact: () => boolean | Promise<boolean>, what: string, longestMs = LONGEST_WAIT_MS): Promise<void> {
  const deadline = performance.now() + longestMs;
  while (!(await fact())) {
    if (performance.now() > deadline) throw new Error(`waited ${longestMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
