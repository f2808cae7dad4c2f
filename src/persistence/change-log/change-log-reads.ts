// The change log of the whole business, in an order in which nothing is passed over.
//
// A row has the id of the transaction that wrote it (`xid`) and a number that it drew (`position`). Numbers are drawn before the commit, so the largest one says
// nothing about what is still to come. Transaction ids do: below `pg_snapshot_xmin` every transaction has ended. A reader of only those, in the order
// (xid, position), never meets a row later that belongs before one that was read. For one calendar it is the order of the revisions: the writer of the
// later one was sent after the earlier one was durable, so its transaction began later. A transaction anywhere in the database server that writes for
// long holds readers back for as long.
//
// What becomes of money has places in the same order (`payments/payment-facts.ts`). No transaction writes both, so a place is of one of them.
import type { CalendarEvent } from '../../actors/calendar/calendar.ts';
import type { ChangeLog, LogFilter, LoggedChange, LogPage, LogPosition } from '../../actors/change-log-port.ts';
import type { ChangedBy } from '../../actors/scheduler.ts';
import { instant } from '../../model/instant.ts';
import type { PaymentFact } from '../../model/payment-facts.ts';
import type { Database } from '../database/database.ts';
import { asReadFailure } from '../database/read-failure.ts';
import { PAYMENT_FACT_JSON } from '../payments/payment-facts.ts';

/** Rows that one statement looks at: those that the filter leaves out are not sent, and no caller waits for a walk through the whole log. */
const MOST_SCANNED = 5_000;

const SETTLED = 'xid < pg_snapshot_xmin(pg_current_snapshot())';
/** A statement: the newest row that readers get. */
export const NEWEST_SETTLED = `select xid, position from change where ${SETTLED} order by xid desc, position desc limit 1`;

const HEAD = 'select xid::text, position::text from (select xid, position from change order by xid desc, position desc limit 1) n';

/** Without a position it begins where the log is cut: the newest change of a calendar is kept however old it is, and from there a reader could not go on. */
const NEXT = `where (xid, position) > (coalesce($1::text::xid8, (select k.xid from log_cut k)), coalesce($2::int8, (select k.position from log_cut k))) and ${SETTLED}
  order by xid, position limit $6::int`;
const CHANGES = `select xid, position, calendar_id, revision, epoch, at, events, by, request_id, entry_id, null::json as payment from change ${NEXT}`;
/** What becomes of money stands under the id of its payment and a number of its own. */
const WITH_PAYMENTS = `select * from ((${CHANGES}) union all (
    select xid, position, payment_id, position, 0, at, '[]'::json, null::json, null, payment_id, ${PAYMENT_FACT_JSON} from payment_fact f ${NEXT})) either
  order by xid, position limit $6::int`;

const pageOf = (rows: string) => `with scanned as materialized (${rows}),
  found as materialized (
    select * from scanned where ($3::uuid[] is null or calendar_id = any($3))
      and ($4::text[] is null or payment ->> 'type' = any($4) or exists (select 1 from json_array_elements(events) e where e ->> 'type' = any($4)))
    order by xid, position limit $5::int)
  select (select json_build_array(xid::text, position::text) from scanned order by xid desc, position desc limit 1), (select count(*)::int from scanned),
    (select (k.xid, k.position) > ($1::text::xid8, $2::int8) from log_cut k),
    (select coalesce(json_agg(json_build_array(xid::text, position::text, calendar_id, revision, epoch, at, events, by, request_id, entry_id, payment) order by xid, position), '[]') from found)`;
const PAGE = pageOf(CHANGES);
const PAGE_WITH_PAYMENTS = pageOf(WITH_PAYMENTS);

/** Whether something behind a position was cut, and whether it is ahead of all that is there and of all that was cut. */
const PLACE = `select (k.xid, k.position) > ($1::text::xid8, $2::int8),
  ($1::text::xid8, $2::int8) > (k.xid, k.position) and not exists (select 1 from change h where (h.xid, h.position) >= ($1::text::xid8, $2::int8))
    and not exists (select 1 from payment_fact f where (f.xid, f.position) >= ($1::text::xid8, $2::int8)) from log_cut k`;

type FoundColumns = [string, string, string, number, number, number, CalendarEvent[], ChangedBy | null, string | null, string, PaymentFact | null];

export class ChangeLogReads implements ChangeLog {
  readonly #database: Database;
  readonly #page: string;

  /** `withPayments`: between the changes it also tells what becomes of money, each as a change without events and with `payment`. */
  constructor(database: Database, { withPayments = false }: { readonly withPayments?: boolean } = {}) {
    this.#database = database;
    this.#page = withPayments ? PAGE_WITH_PAYMENTS : PAGE;
  }

  async newest(): Promise<LogPosition | null> {
    const [row] = await this.#database.sql(`select xid::text, position::text from (${NEWEST_SETTLED}) n`).catch(asReadFailure);
    return row === undefined ? null : { xid: row[0] as string, position: row[1] as string };
  }

  async head(): Promise<LogPosition | null> {
    const [row] = await this.#database.sql(HEAD).catch(asReadFailure);
    return row === undefined ? null : { xid: row[0] as string, position: row[1] as string };
  }

  async placeOf({ xid, position }: LogPosition): Promise<'kept' | 'too-old' | 'unknown'> {
    const [row] = await this.#database.sql(PLACE, [xid, position]).catch(asReadFailure);
    if (row?.[0] === true) return 'too-old';
    return row?.[1] === true ? 'unknown' : 'kept';
  }

  async page(after: LogPosition | null, { calendarIds, types }: LogFilter, limit: number): Promise<LogPage> {
    const { xid, position } = after ?? { xid: null, position: null };
    const scanning = calendarIds === null && types === null ? limit : MOST_SCANNED;
    const [row] = await this.#database.sql(this.#page, [xid, position, calendarIds, types, limit, scanning]).catch(asReadFailure);
    const [scannedLast, scanned, isCut, found] = row as unknown as [[string, string] | null, number, boolean, FoundColumns[]];
    const changes = found.map(readChange);
    const lastFound = changes.at(-1);
    const isFull = changes.length === limit;
    const last = isFull && lastFound !== undefined ? { xid: lastFound.xid, position: lastFound.position } : positionOf(scannedLast);
    return { changes, last, isMore: isFull || scanned === scanning, hasGap: after !== null && isCut };
  }
}

function positionOf(columns: readonly [string, string] | null): LogPosition | null {
  return columns === null ? null : { xid: columns[0], position: columns[1] };
}

function readChange([xid, position, calendarId, revision, epoch, at, events, by, requestId, entryId, payment]: FoundColumns): LoggedChange & {
  readonly payment?: PaymentFact;
} {
  const change = { xid, position, calendarId, base: revision - 1, revision, epoch, at: instant(at), events, by, requestId, entryId };
  return payment === null ? change : { ...change, payment };
}
