// Our own: the actors, their lanes and the journal on PostgreSQL, as the server opens them, without the gateway.
import { randomUUID } from 'node:crypto';
import { openNode } from '../../src/actors/cluster/node.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { Answer, AppointmentDraft, BookedFor, Scheduler, SchedulerCommand } from '../../src/actors/scheduler.ts';
import { ids, timers } from '../../src/integrations/this-machine.ts';
import type { CalendarHours, Weekday } from '../../src/model/calendar-hours.ts';
import { instant } from '../../src/model/instant.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import type { ClaimContender } from './contender.ts';

const WEEKDAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
/** Open day and night, so that every half hour is a slot. */
const HOURS: CalendarHours = {
  timeZone: null,
  weekly: null,
  overrides: {},
  ownHours: false,
  timeOff: [],
  location: { timeZone: 'Europe/Berlin', weekly: WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' })), specialDates: {}, version: 1 },
};
const TERMS: SlotTerms = {
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
const HOLD_SECONDS = 3_600;

/** Without a bus nothing is sent. */
const NO_SEAL = { seal: (text: string) => text, open: (text: string) => text };

type Calendar = { readonly calendarId: string; readonly staffId: string };
type CommandFor = (calendar: Calendar, startsAt: number) => SchedulerCommand;

/** A hold: what two customers compete for. */
export const slotkeeperHolds = contender('Slotkeeper, holds', (calendar, startsAt) => ({
  type: 'place-hold',
  holdId: randomUUID(),
  ask: { terms: TERMS, startsAt: instant(startsAt), seats: 1, override: null, candidates: [calendar] },
  holder: { tokenFor: null, userId: null },
  holdSeconds: HOLD_SECONDS,
}));

/** An appointment with its customer, its history and its notification: more rows than the alternatives write. */
export const slotkeeperBookings = contender('Slotkeeper, appointments', (calendar, startsAt) => ({
  type: 'book',
  ask: { terms: TERMS, startsAt: instant(startsAt), seats: 1, override: null, candidates: [calendar] },
  draft: draft(),
  approval: 'automatic',
  ...customer(),
}));

function contender(name: string, commandFor: CommandFor): ClaimContender {
  return {
    name,
    poolSizes: [],
    async open(postgres, count) {
      const database = await openDatabase({ kind: 'postgres', url: await postgres.createDatabase() });
      const calendars = await createCalendars(database, count);
      const log = { info: () => undefined, warn: console.error, error: console.error };
      const storage = { database: new SqlJournal(database), cluster: new SqlCluster(database), bus: null, seal: NO_SEAL };
      const node = await openNode({ ...storage, nodeId: randomUUID(), timers, ids, log, onLost: console.error });
      await wake(node, calendars);
      return {
        async claim(number, startsAt) {
          const calendar = calendars[number];
          if (calendar === undefined) throw new Error(`there is no calendar ${number}`);
          const request = { caller: 'bench', key: randomUUID(), fingerprint: 'bench' };
          return wonOrTaken(await node.ask(request, commandFor(calendar, startsAt)));
        },
        async [Symbol.asyncDispose]() {
          await node.close();
          await database[Symbol.asyncDispose]();
        },
      };
    },
  };
}

function wonOrTaken(answer: Answer): 'won' | 'taken' {
  if (answer.outcome === 'ok') return 'won';
  if (answer.outcome === 'no' && answer.refusal.code === 'slot-taken') return 'taken';
  throw new Error(`neither won nor taken: ${JSON.stringify(answer)}`);
}

async function createCalendars(database: Database, count: number): Promise<readonly Calendar[]> {
  const locationId = randomUUID();
  await database.sql(
    `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1::uuid, 'Bench', 'Europe/Berlin', 'EUR', $2::text::jsonb, '{}')`,
    [locationId, JSON.stringify(HOURS.location.weekly)],
  );
  const calendars = Array.from({ length: count }, () => ({ calendarId: randomUUID(), staffId: randomUUID() }));
  await database.sql(
    `insert into calendar (id, kind, shard, hours, location_id, created_at) select c.id, 'staff', c.shard, $3::text::jsonb, $4::uuid, 0 from unnest($1::uuid[], $2::int[]) c(id, shard)`,
    [calendars.map(({ calendarId }) => calendarId), calendars.map(({ calendarId }) => shardOf(calendarId)), JSON.stringify(HOURS), locationId],
  );
  return calendars;
}

/** Loads all calendars, so that loading is not part of what is timed. */
async function wake(node: Scheduler, calendars: readonly Calendar[]): Promise<void> {
  const now = node.now();
  for (const calendar of calendars) {
    await node.slots([{ ...calendar, terms: TERMS, from: now, to: instant(now + 1), seats: 1, movingAppointmentId: null }]);
  }
}

function draft(): AppointmentDraft {
  const id = randomUUID();
  return {
    id,
    reference: id.slice(0, 18),
    serviceId: TERMS.serviceId,
    locationId: randomUUID(),
    timeZone: 'Europe/Berlin',
    price: { amount: 4_500, currency: 'EUR' },
    policy: { cancelUntilMinutes: 1_440, rescheduleUntilMinutes: 1_440, refundRules: [] },
    source: 'integration',
    override: null,
    createdBy: null,
  };
}

/** One that is not known yet: the most that is written. */
function customer(): BookedFor {
  const nothing = { phone: null, phoneE164: null, notes: null, staffNotes: null, reason: null, overrideReason: null };
  return { customerId: null, details: { name: 'Ada Lovelace', email: `${randomUUID()}@example.com`, ...nothing, answers: {} } };
}
