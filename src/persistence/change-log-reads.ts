// The change log of the whole business, in an order in which nothing is passed over.
//
// A row has the id of the transaction that wrote it (`xid`) and a number that it drew (`position`). Numbers are drawn before the commit, so the largest one says
// nothing about what is still to come. Transaction ids do: below `pg_snapshot_xmin` every transaction has ended. Whoever reads only those, in the order
// (xid, position), never finds a row later that belongs before one that was read. For one calendar it is the order of the revisions: the writer of the
// later one was sent after the earlier one was durable, so its transaction began later. A transaction anywhere in the database server that writes for
// long holds readers back for as long.
import type { CalendarEvent } from '../actors/calendar/calendar.ts';
import type { CalendarChange, ChangedBy } from '../actors/scheduler.ts';
import { instant } from '../model/instant.ts';
import type { Database } from './database.ts';
import { asReadFailure } from './read-failure.ts';

/** Where a reader is: the row read last. Both are numbers of up to 64 bits, and are compared in SQL only. */
export type LogPosition = { readonly xid: string; readonly position: string };
export type LoggedChange = CalendarChange & LogPosition & { readonly by: ChangedBy | null; readonly requestId: string | null };
/** null: all of them. */
export type LogFilter = { readonly calendarIds: readonly string[] | null; readonly types: readonly string[] | null };
/** `last`: how far was looked, null where there was nothing to look at; `isMore`: there may be more behind it. */
export type LogPage = { readonly changes: readonly LoggedChange[]; readonly last: LogPosition | null; readonly isMore: boolean };

/** Rows that one statement looks at: those that the filter leaves out are not sent, and nobody waits for a walk through the whole log. */
const MOST_SCANNED = 5_000;

const SETTLED = 'xid < pg_snapshot_xmin(pg_current_snapshot())';
const NEWEST = `select xid, position from change where ${SETTLED} order by xid desc, position desc limit 1`;

const PAGE = `with scanned as materialized (
    select * from change where (xid, position) > ($1::text::xid8, $2::int8) and ${SETTLED} order by xid, position limit ${MOST_SCANNED}),
  found as materialized (
    select * from scanned where ($3::uuid[] is null or calendar_id = any($3))
      and ($4::text[] is null or exists (select 1 from jsonb_array_elements(events) e where e ->> 'type' = any($4)))
    order by xid, position limit $5::int)
  select (select json_build_array(xid::text, position::text) from scanned order by xid desc, position desc limit 1), (select count(*)::int from scanned),
    (select coalesce(json_agg(json_build_array(xid::text, position::text, calendar_id, revision, epoch, at, events, by, request_id) order by xid, position), '[]') from found)`;

/** The row at a position, or else on which side of it all rows are. */
const PLACE = `select exists (select 1 from change where xid = $1::text::xid8 and position = $2::int8),
  not exists (select 1 from change where (xid, position) > ($1::text::xid8, $2::int8))`;

type FoundColumns = [string, string, string, number, number, number, CalendarEvent[], ChangedBy | null, string | null];

/** Rejects with ReadFailure while the database does not answer. */
export class ChangeLogReads {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest row that readers get, null where there is none. */
  async newest(): Promise<LogPosition | null> {
    const [row] = await this.#database.sql(`select xid::text, position::text from (${NEWEST}) n`).catch(asReadFailure);
    return row === undefined ? null : { xid: row[0] as string, position: row[1] as string };
  }

  /** Whether a position was given by this log: `kept`, or it is older than all that is kept, or ahead of everything. */
  async placeOf({ xid, position }: LogPosition): Promise<'kept' | 'too-old' | 'unknown'> {
    const [row] = await this.#database.sql(PLACE, [xid, position]).catch(asReadFailure);
    if (row?.[0] === true) return 'kept';
    return row?.[1] === true ? 'unknown' : 'too-old';
  }

  /** What comes after a position, the oldest first; null is before everything. A page with fewer than `limit` changes has been looked through to `last`. */
  async page(after: LogPosition | null, { calendarIds, types }: LogFilter, limit: number): Promise<LogPage> {
    const { xid, position } = after ?? { xid: '0', position: '0' };
    const [row] = await this.#database.sql(PAGE, [xid, position, calendarIds, types, limit]).catch(asReadFailure);
    const [scannedLast, scanned, found] = row as unknown as [[string, string] | null, number, FoundColumns[]];
    const changes = found.map(readChange);
    const lastFound = changes.at(-1);
    const isFull = changes.length === limit;
    const last = isFull && lastFound !== undefined ? { xid: lastFound.xid, position: lastFound.position } : positionOf(scannedLast);
    return { changes, last, isMore: isFull || scanned === MOST_SCANNED };
  }
}

function positionOf(columns: readonly [string, string] | null): LogPosition | null {
  return columns === null ? null : { xid: columns[0], position: columns[1] };
}

function readChange([xid, position, calendarId, revision, epoch, at, events, by, requestId]: FoundColumns): LoggedChange {
  return { xid, position, calendarId, base: revision - 1, revision, epoch, at: instant(at), events, by, requestId };
}
