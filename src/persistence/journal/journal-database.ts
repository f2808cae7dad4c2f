import type { CalendarEvent, Refusal } from '../../actors/calendar/calendar.ts';
import {
  type CommitBatch,
  CommitFailure,
  type CommitResult,
  type HoldHome,
  type JournalDatabase,
  type Missed,
  type ShardOwner,
  type StoredBase,
  type StoredCalendar,
  type StoredRequest,
} from '../../actors/ports.ts';
import type { CalendarChange } from '../../actors/scheduler.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { AppointmentReads } from '../appointments/appointment-reads.ts';
import { type Database, type SqlConnection, SqlFailure, type SqlRow } from '../database/database.ts';
import { asReadFailure } from '../database/read-failure.ts';
import { BASE_OF, LOAD_CALENDARS, readBase, readCalendar } from './calendar-rows.ts';
import { commitParameters } from './commit-tables.ts';
import { COMMIT } from './commit-v5.ts';

/** A commit takes a few milliseconds; one that takes this long is treated as in doubt. */
const COMMIT_TIMEOUT_MS = 5_000;
const REFENCE_TIMEOUT_MS = 10_000;
/** Calendars per load statement: a board or everyone who does a service is one or a few statements, and none of them is a long one. */
const LOAD_BATCH = 50;

/** A request that is `ok` has a change, so the index on requests leaves those out. */
const WRITTEN = `select entry_id from change where entry_id = any($1::uuid[]) union select entry_id from request where entry_id = any($1::uuid[]) and outcome <> 'ok'`;
/** Both are of one snapshot, and the log is not looked at where it has too much. */
const MISSED = `select c.revision, (select coalesce(json_agg(json_build_array(h.revision, h.epoch, h.at, h.events) order by h.revision), '[]') from change h
    where h.calendar_id = c.id and h.revision > $2::int8 and c.revision - $2::int8 <= $3::int)
  from calendar c where c.id = $1::uuid`;

/** The journal's half of the database: statements by hand, through typed arrays, each lane on a connection of its own. */
export class SqlJournal implements JournalDatabase {
  readonly #database: Database;
  readonly #lanes: LaneConnections;
  readonly #appointments: AppointmentReads;

  constructor(database: Database) {
    this.#database = database;
    this.#lanes = new LaneConnections(database);
    this.#appointments = new AppointmentReads(database);
  }

  async commit(lane: number, batch: CommitBatch): Promise<CommitResult> {
    const parameters = parametersFor(batch);
    const connection = await this.#connection(lane);
    try {
      const rows = await connection.run(COMMIT, parameters, { timeoutMs: COMMIT_TIMEOUT_MS });
      return readCommitReply(rows[0]?.[0] as CommitReply);
    } catch (error) {
      const failure = error instanceof SqlFailure ? error : undefined;
      const definite = failure?.definite ?? false;
      if (!definite) await this.#lanes.drop(lane);
      const facts = { definite, sqlState: failure?.sqlState ?? null, constraint: failure?.constraint ?? null };
      throw new CommitFailure('the commit did not come back', { ...facts, cause: error });
    }
  }

  /** Without a connection nothing was sent, so nothing can have happened. */
  async #connection(lane: number): Promise<SqlConnection> {
    try {
      return await this.#lanes.of(lane);
    } catch (error) {
      throw new CommitFailure('no connection to the database', { definite: true, sqlState: '08001', constraint: null, cause: error });
    }
  }

  async refence(lane: number, shards: readonly number[]): Promise<readonly ShardOwner[]> {
    await this.#lanes.drop(lane);
    const [row] = await this.#askOnLane(lane, 'select refence_shards_v2($1::int[])', [shards]);
    return row?.[0] as readonly ShardOwner[];
  }

  async #askOnLane(lane: number, statement: string, parameters: readonly unknown[]): Promise<readonly SqlRow[]> {
    const connection = await this.#lanes.of(lane);
    try {
      return await connection.run(statement, parameters, { timeoutMs: REFENCE_TIMEOUT_MS });
    } catch (error) {
      await this.#lanes.drop(lane);
      throw error;
    }
  }

  async written(lane: number, entryIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#askOnLane(lane, WRITTEN, [entryIds]);
    return new Set(rows.map((row) => row[0] as string));
  }

  #read(statement: string, parameters: readonly unknown[] = []): Promise<readonly SqlRow[]> {
    return this.#database.sql(statement, parameters).catch(asReadFailure);
  }

  async load(calendarIds: readonly string[], from: Instant): Promise<readonly StoredCalendar[]> {
    const stored: StoredCalendar[] = [];
    for (let start = 0; start < calendarIds.length; start += LOAD_BATCH) {
      const rows = await this.#read(LOAD_CALENDARS, [calendarIds.slice(start, start + LOAD_BATCH), from]);
      stored.push(...rows.map(readCalendar));
    }
    return stored;
  }

  async calendarsWithHolds(shards: readonly number[]): Promise<readonly string[]> {
    const statement = `select distinct m.calendar_id from claim m join calendar c on c.id = m.calendar_id where m.kind = 'hold' and c.shard = any($1::int[])`;
    const rows = await this.#read(statement, [shards]);
    return rows.map((row) => row[0] as string);
  }

  async revisions(calendarIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#read('select id, revision from calendar where id = any($1::uuid[])', [calendarIds]);
    return new Map(rows.map(([id, revision]) => [id as string, Number(revision)]));
  }

  async homeOfHold(holdId: string): Promise<HoldHome | undefined> {
    const [row] = await this.#read(`select calendar_id, along from claim where id = $1::uuid and half = 0 and kind = 'hold'`, [holdId]);
    return row === undefined ? undefined : { calendarId: row[0] as string, resourceCalendarId: row[1] as string | null };
  }

  async changes(calendarId: string, after: number, limit: number): Promise<readonly CalendarChange[]> {
    const statement = 'select revision, epoch, at, events from change where calendar_id = $1::uuid and revision > $2::int8 order by revision limit $3::int';
    const rows = await this.#read(statement, [calendarId, after, limit]);
    return rows.map((row) => readChange(calendarId, row));
  }

  async missed(calendarId: string, after: number, most: number): Promise<Missed | undefined> {
    const [row] = await this.#read(MISSED, [calendarId, after, most]);
    return row === undefined ? undefined : { revision: Number(row[0]), changes: (row[1] as SqlRow[]).map((change) => readChange(calendarId, change)) };
  }

  async changeRange(calendarId: string): Promise<{ readonly oldest: number | null; readonly revision: number } | undefined> {
    const statement = 'select c.revision, (select min(h.revision) from change h where h.calendar_id = c.id) from calendar c where c.id = $1::uuid';
    const [row] = await this.#read(statement, [calendarId]);
    return row === undefined ? undefined : { revision: Number(row[0]), oldest: row[1] === null ? null : Number(row[1]) };
  }

  async baseOf(calendarId: string): Promise<StoredBase | undefined> {
    const [row] = await this.#read(BASE_OF, [calendarId]);
    return row === undefined ? undefined : readBase(calendarId, row);
  }

  /** What was typed stays behind: what is read here travels to other nodes and into facts. */
  async appointment(appointmentId: string): ReturnType<JournalDatabase['appointment']> {
    const found = await this.#appointments.withCalendar(appointmentId).catch(asReadFailure);
    if (found === undefined) return undefined;
    const { details: _, ...appointment } = found.appointment;
    return { ...appointment, asOf: found.asOf };
  }

  async customerOf(email: string): Promise<string | undefined> {
    return (await this.#appointments.customerOf(email).catch(asReadFailure))?.id;
  }

  async request(caller: string, key: string): Promise<StoredRequest | undefined> {
    const [row] = await this.#read(REQUEST_BY_KEY, [caller, key]);
    return row === undefined ? undefined : readRequest(row[0] as RequestReply);
  }
}

/** What cannot be written is refused here, as the database would. */
function parametersFor(batch: CommitBatch): readonly Buffer[] {
  try {
    return commitParameters(batch);
  } catch (error) {
    throw new CommitFailure('a decision cannot be written', { definite: true, sqlState: '22P02', constraint: null, cause: error });
  }
}

function readChange(calendarId: string, [revision, epoch, at, events]: SqlRow): CalendarChange {
  const number = Number(revision);
  return { calendarId, base: number - 1, revision: number, epoch: Number(epoch), at: instant(Number(at)), events: events as CalendarEvent[] };
}

/** The connections of the lanes: one each, made when needed, dropped for good when nobody knows what became of its last statement. */
export class LaneConnections {
  readonly #database: Database;
  readonly #lanes = new Map<number, Promise<SqlConnection>>();

  constructor(database: Database) {
    this.#database = database;
  }

  async of(lane: number): Promise<SqlConnection> {
    const known = this.#lanes.get(lane) ?? this.#database.connect();
    this.#lanes.set(lane, known);
    try {
      return await known;
    } catch (error) {
      this.#lanes.delete(lane);
      throw error;
    }
  }

  async drop(lane: number): Promise<void> {
    const known = this.#lanes.get(lane);
    this.#lanes.delete(lane);
    // A connection that could not be made needs no dropping.
    const connection = await known?.catch(() => undefined);
    connection?.destroy();
  }
}

/** What `commit_v5` returns. */
type CommitReply = {
  readonly now: number;
  readonly fenced?: readonly ShardOwner[];
  readonly lost?: readonly { readonly calendar: string; readonly revision: number }[];
  readonly duplicates?: readonly RequestReply[];
};
/** A row of `request` with the fact that answered it. */
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

const REQUEST_BY_KEY = `select json_build_object('caller', r.caller, 'key', r.key, 'fingerprint', r.fingerprint, 'entry', r.entry_id, 'outcome', r.outcome, 'calendar', r.calendar_id,
  'revision', r.revision, 'refusal', r.refusal, 'event', (select h.events -> (r.event_index::int) from change h where h.calendar_id = r.calendar_id and h.revision = r.revision))
  from request r where r.caller = $1 and r.key = $2`;

function readCommitReply(reply: CommitReply): CommitResult {
  const databaseTime = instant(reply.now);
  if (reply.fenced !== undefined) return { type: 'fenced', databaseTime, shards: reply.fenced };
  const lost = new Set((reply.lost ?? []).map(({ calendar }) => calendar));
  return { type: 'written', databaseTime, lost, duplicates: (reply.duplicates ?? []).map(readRequest) };
}

function readRequest({ entry, calendar, ...rest }: RequestReply): StoredRequest {
  return { ...rest, entryId: entry, calendarId: calendar };
}
