import type { Appointment, CalendarEvent, Hold, Refusal } from '../../actors/calendar/calendar.ts';
import { type CommitBatch, CommitFailure, type CommitResult, type JournalDatabase, type StoredCalendar, type StoredRequest } from '../../actors/ports.ts';
import type { CalendarChange } from '../../actors/scheduler.ts';
import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { type Database, type SqlConnection, SqlFailure, type SqlRow } from '../database.ts';
import { commitParameters } from './commit-parameters.ts';

/** A commit takes a few milliseconds; one that takes this long is treated as in doubt. */
const COMMIT_TIMEOUT_MS = 5_000;
const REFENCE_TIMEOUT_MS = 10_000;
/** Calendars per load statement (FINDINGS.md: batches of 50). */
const LOAD_BATCH = 50;

const COMMIT_TYPES =
  'uuid boolean int[] int[] uuid[] int8[] int8[] text[] uuid[] int8[] int[] int8[] text[] uuid[] text[] text[] text[] uuid[] text[] uuid[] int8[] int[] text[] uuid[] uuid[] uuid[] uuid[] text[] text[] uuid[] uuid[] text[] uuid[] int[] int8[] int8[] uuid[] int[] int[] int[] int[] text[] text[] boolean[] uuid[] uuid[] text[] text[] uuid[] uuid[] uuid[] uuid[] int8[] int8[] int8[] text[] int8[] uuid[] uuid[] uuid[] text[] text[] text[] uuid[] uuid[] int8[] text[] text[]'.split(
    ' ',
  );
const COMMIT = `select commit_v1(${COMMIT_TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')})`;

type CommitReply = {
  readonly now: number;
  readonly fenced?: { shard: number; epoch: number; owner: string | null }[];
  readonly lost?: { calendar: string; revision: number }[];
  readonly duplicates?: RequestReply[];
};
type RequestReply = {
  readonly caller: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly entry: string;
  readonly outcome: 'ok' | 'no' | 'abandoned';
  readonly calendar: string | null;
  readonly revision: number | null;
  readonly event: CalendarEvent | null;
  readonly refusal: Refusal | null;
};

/** The journal's half of the database: statements by hand, through typed arrays, each lane on a connection of its own. */
export function openJournalDatabase(database: Database): JournalDatabase {
  const lanes = new Map<number, Promise<SqlConnection>>();

  async function laneConnection(lane: number): Promise<SqlConnection> {
    const known = lanes.get(lane) ?? database.connect();
    lanes.set(lane, known);
    try {
      return await known;
    } catch (error) {
      lanes.delete(lane);
      throw error;
    }
  }

  async function dropLane(lane: number): Promise<void> {
    const known = lanes.get(lane);
    lanes.delete(lane);
    const connection = await known?.catch(() => undefined);
    connection?.destroy();
  }

  async function commit(lane: number, batch: CommitBatch): Promise<CommitResult> {
    let connection: SqlConnection;
    try {
      connection = await laneConnection(lane);
    } catch (error) {
      // Nothing was sent, so nothing can have happened.
      throw new CommitFailure('no connection to the database', { definite: true, sqlState: '08001', constraint: null, cause: error });
    }
    try {
      const rows = await connection.run(COMMIT, commitParameters(batch), { timeoutMs: COMMIT_TIMEOUT_MS });
      return readCommitReply(rows[0]?.[0] as CommitReply);
    } catch (error) {
      const failure = error instanceof SqlFailure ? error : undefined;
      const definite = failure?.definite ?? false;
      if (!definite) await dropLane(lane);
      throw new CommitFailure('the commit did not come back', {
        definite,
        sqlState: failure?.sqlState ?? null,
        constraint: failure?.constraint ?? null,
        cause: error,
      });
    }
  }

  async function refence(lane: number, nodeId: string, shards: readonly number[]): Promise<ReadonlyMap<number, number>> {
    await dropLane(lane);
    const connection = await laneConnection(lane);
    try {
      const rows = await connection.run('select refence_shards_v1($1::uuid, $2::int[])', [nodeId, shards], { timeoutMs: REFENCE_TIMEOUT_MS });
      return epochsOf(rows);
    } catch (error) {
      await dropLane(lane);
      throw error;
    }
  }

  async function load(calendarIds: readonly string[], from: Instant): Promise<readonly StoredCalendar[]> {
    const stored: StoredCalendar[] = [];
    for (let start = 0; start < calendarIds.length; start += LOAD_BATCH) {
      const rows = await database.sql(LOAD, [calendarIds.slice(start, start + LOAD_BATCH), from]);
      stored.push(...rows.map(readCalendar));
    }
    return stored;
  }

  return {
    commit,
    refence,
    load,
    async written(entryIds) {
      const rows = await database.sql(
        'select entry_id from change where entry_id = any($1::uuid[]) union select entry_id from request where entry_id = any($1::uuid[])',
        [entryIds],
      );
      return new Set(rows.map((row) => row[0] as string));
    },
    async takeAllShards(nodeId) {
      return epochsOf(await database.sql('select take_all_shards_v1($1::uuid)', [nodeId]));
    },
    async calendarsWithHolds() {
      return (await database.sql(`select distinct calendar_id from claim where kind = 'hold'`)).map((row) => row[0] as string);
    },
    async homeOfHold(holdId) {
      return (await database.sql(`select calendar_id from claim where id = $1::uuid and kind = 'hold'`, [holdId]))[0]?.[0] as string | undefined;
    },
    async changes(calendarId, after, limit) {
      const rows = await database.sql(
        'select revision, epoch, at, events from change where calendar_id = $1::uuid and revision > $2::int8 order by revision limit $3::int',
        [calendarId, after, limit],
      );
      return rows.map(([revision, epoch, at, events]): CalendarChange => {
        const number = Number(revision);
        return { calendarId, base: number - 1, revision: number, epoch: Number(epoch), at: instant(Number(at)), events: events as CalendarEvent[] };
      });
    },
    async changeRange(calendarId) {
      const rows = await database.sql(
        'select c.revision, (select min(h.revision) from change h where h.calendar_id = c.id) from calendar c where c.id = $1::uuid',
        [calendarId],
      );
      const row = rows[0];
      return row === undefined ? undefined : { revision: Number(row[0]), oldest: row[1] === null ? null : Number(row[1]) };
    },
    async appointment(appointmentId) {
      const rows = await database.sql(
        `select id, calendar_id, reference, status, staff_id, location_id, service_id, starts_at, ends_at, revision, details, created_at, created_by from appointment where id = $1::uuid`,
        [appointmentId],
      );
      return rows[0] === undefined ? undefined : readAppointment(rows[0]);
    },
    async request(caller, key) {
      const rows = await database.sql(REQUEST, [caller, key]);
      return rows[0] === undefined ? undefined : readRequest(rows[0][0] as RequestReply);
    },
    async era() {
      return (await database.sql('select era from business where id = 1'))[0]?.[0] as string;
    },
    async databaseTime() {
      return instant(Number((await database.sql('select (extract(epoch from clock_timestamp()) * 1000)::int8'))[0]?.[0]));
    },
  };
}

const REQUEST = `select jsonb_build_object('caller', r.caller, 'key', r.key, 'fingerprint', r.fingerprint, 'entry', r.entry_id, 'outcome', r.outcome, 'calendar', r.calendar_id,
  'revision', r.revision, 'refusal', r.refusal, 'event', (select h.events -> (r.event_index::int) from change h where h.calendar_id = r.calendar_id and h.revision = r.revision))
  from request r where r.caller = $1 and r.key = $2`;

/** One row per calendar; its claims come as one JSON array of arrays, so that revision, hours and claims are one snapshot. */
const LOAD = `select c.id, c.shard, c.revision, c.hours, coalesce((select h.at from change h where h.calendar_id = c.id and h.revision = c.revision), 0),
  (select coalesce(json_agg(json_build_array(m.id, m.kind, m.status, m.starts_at, m.ends_at, m.buffer_before_minutes, m.buffer_after_minutes, m.service_id, m.capacity, m.lane, m.seats,
    case when m.kind <> 'appointment' then m.details end)), '[]') from claim m where m.calendar_id = c.id and m.ends_at > $2::int8)
  from calendar c where c.id = any($1::uuid[])`;

type ClaimColumns = [string, ClaimTime['kind'], ClaimTime['status'], number, number, number, number, string | null, number, number, number, object | null];

function readCalendar([id, shard, revision, hours, changedAt, columns]: SqlRow): StoredCalendar {
  const holds: Hold[] = [];
  const blockReasons = new Map<string, string>();
  const claims = (columns as ClaimColumns[]).map(
    ([claimId, kind, status, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats, details]): ClaimTime => {
      if (kind === 'hold') holds.push(details as Hold);
      const reason = kind === 'block' ? (details as { reason: string | null } | null)?.reason : null;
      if (reason) blockReasons.set(claimId, reason);
      return {
        id: claimId,
        kind,
        status,
        startsAt: instant(startsAt),
        endsAt: instant(endsAt),
        bufferBeforeMinutes,
        bufferAfterMinutes,
        serviceId,
        capacity,
        lane,
        seats,
      };
    },
  );
  return {
    id: id as string,
    shard: Number(shard),
    revision: Number(revision),
    changedAt: instant(Number(changedAt)),
    hours: hours as CalendarHours,
    claims,
    holds,
    blockReasons,
  };
}

function readAppointment(row: SqlRow): Appointment & { readonly revision: number } {
  const [id, calendarId, reference, status, staffId, locationId, serviceId, startsAt, endsAt, revision, details, createdAt, createdBy] = row;
  return {
    ...(details as Appointment),
    id: id as string,
    calendarId: calendarId as string,
    reference: reference as string,
    status: status as Appointment['status'],
    staffId: staffId as string,
    locationId: locationId as string,
    serviceId: serviceId as string,
    startsAt: instant(Number(startsAt)),
    endsAt: instant(Number(endsAt)),
    createdAt: instant(Number(createdAt)),
    createdBy: createdBy as string | null,
    revision: Number(revision),
  };
}

function readRequest(reply: RequestReply): StoredRequest {
  const { entry, calendar, ...rest } = reply;
  return { ...rest, entryId: entry, calendarId: calendar };
}

function readCommitReply(reply: CommitReply): CommitResult {
  const databaseTime = instant(reply.now);
  if (reply.fenced !== undefined) return { type: 'fenced', databaseTime, shards: reply.fenced };
  return {
    type: 'written',
    databaseTime,
    lost: new Set((reply.lost ?? []).map((lost) => lost.calendar)),
    duplicates: (reply.duplicates ?? []).map(readRequest),
  };
}

function epochsOf(rows: readonly SqlRow[]): ReadonlyMap<number, number> {
  return new Map((rows[0]?.[0] as { shard: number; epoch: number }[]).map(({ shard, epoch }) => [shard, epoch]));
}
