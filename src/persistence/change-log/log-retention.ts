// Cuts what is older than it has to be kept: the change log and claims of the past, calendar by calendar, a few hundred rows at a time.
//
// What is cut of the log is not needed any more: every consumer has read it, no request that is kept is answered from it, and it is not the newest
// change of its calendar. The calendar as it was up to there takes its place (`calendar_base`), so that what is kept can still be played. How far the log is cut
// stands in `log_cut`: a reader that is there has missed nothing.
import { setTimeout as wait } from 'node:timers/promises';
import type { CalendarEvent } from '../../actors/calendar/calendar.ts';
import { baseAfter } from '../../actors/cluster/log-base.ts';
import type { StoredBase } from '../../actors/ports.ts';
import type { CalendarChange } from '../../actors/scheduler.ts';
import { DAY, instant } from '../../model/instant.ts';
import type { Database } from '../database/database.ts';
import { KEEP_THE_LOG } from '../database/one-at-a-time.ts';
import { BASE_OF, readBase } from '../journal/calendar-rows.ts';

/** Rows that one transaction takes away. */
const STEP_ROWS = 500;
/** Between two of them, so that commits never wait for more than one. */
const PAUSE_MS = 20;
/** Of one run; what is left waits for the next. */
const MOST_STEPS = 2_000;
const CALENDARS_AT_ONCE = 100;
/** A decision is dated before its commit, which may have had to wait for the database. So much older than the oldest request that is kept, nothing is answered from it. */
const ANSWER_MARGIN_MS = DAY;

export type LogRetention = { readonly logDays: number; readonly claimDays: number };
export type Cut = { readonly changes: number; readonly claims: number };

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
const CALENDARS = 'select id from calendar where $1::uuid is null or id > $1::uuid order by id limit $2::int';

/** The oldest changes of a calendar, as many of them in one piece as may be cut. */
const CUTTABLE = `with oldest as materialized (
    select h.revision, h.epoch, h.at, h.events, h.xid, h.position from change h join calendar c on c.id = h.calendar_id
      where h.calendar_id = $1::uuid and h.revision < c.revision order by h.revision limit ${STEP_ROWS}),
  judged as (
    select *, bool_and(at < least($2::int8, (select coalesce(min(created_at), ${NOW}) from request) - ${ANSWER_MARGIN_MS})
        and not exists (select 1 from consumer k where (k.xid, k.position) < (o.xid, o.position))) over (order by revision) as may_go
      from oldest o)
  select revision, epoch, at, events, xid::text, position::text from judged where may_go order by revision`;

/** Under the lock under which a new consumer begins; those that were there are further by now. */
const LOCK = `select ${KEEP_THE_LOG}`;
const STILL_UNREAD = 'select 1 as yes from consumer where (xid, position) < (?::text::xid8, ?::int8) limit 1';
const KEEP_BASE = `insert into calendar_base (calendar_id, revision, at, state) values (?::uuid, ?::int8, ?::int8, ?::jsonb)
  on conflict (calendar_id) do update set revision = excluded.revision, at = excluded.at, state = excluded.state where calendar_base.revision = ?::int8 returning calendar_id`;
const DELETE = 'delete from change where calendar_id = ?::uuid and revision <= ?::int8';
const MARK = 'update log_cut set xid = ?::text::xid8, position = ?::int8 where (xid, position) < (?::text::xid8, ?::int8)';

const CUT_CLAIMS = `with old as (
    select id from claim where calendar_id = $1::uuid and ends_at < ${NOW} - $2::int8 and kind <> 'hold' order by ends_at limit ${STEP_ROWS} for update skip locked
  ), gone as (delete from claim m using old where m.id = old.id returning 1)
  select count(*)::int from gone`;

/** What became of money goes with the changes around it, which every consumer has read. */
const CUT_PAYMENT_FACTS = `with old as (
    select f.key from payment_fact f, log_cut k where (f.xid, f.position) <= (k.xid, k.position) order by f.xid, f.position limit ${STEP_ROWS}
  ), gone as (delete from payment_fact f using old where f.key = old.key returning 1)
  select count(*)::int from gone`;

/** Both by the database's clock. Stops between two steps when it is told to. */
export async function cutLog(database: Database, { logDays, claimDays }: LogRetention, signal?: AbortSignal): Promise<Cut> {
  const total = { changes: 0, claims: 0 };
  let steps = 0;
  const more = () => steps < MOST_STEPS && signal?.aborted !== true;
  const [[now] = []] = await database.sql(`select ${NOW}`);
  for (let after: string | null = null; more(); ) {
    const page: readonly string[] = (await database.sql(CALENDARS, [after, CALENDARS_AT_ONCE])).map(([id]) => id as string);
    for (const calendarId of page) {
      for (let rows = STEP_ROWS; rows === STEP_ROWS && more(); steps += 1) {
        rows = await cutChanges(database, calendarId, Number(now) - logDays * DAY);
        total.changes += rows;
        if (rows > 0) await wait(PAUSE_MS);
      }
      for (let rows = STEP_ROWS; rows === STEP_ROWS && more(); steps += 1) {
        rows = Number((await database.sql(CUT_CLAIMS, [calendarId, claimDays * DAY]))[0]?.[0]);
        total.claims += rows;
        if (rows > 0) await wait(PAUSE_MS);
      }
    }
    after = page.at(-1) ?? null;
    if (page.length < CALENDARS_AT_ONCE) break;
  }
  for (let rows = STEP_ROWS; rows === STEP_ROWS && more(); steps += 1) rows = Number((await database.sql(CUT_PAYMENT_FACTS))[0]?.[0]);
  return total;
}

/** One step: how many were cut. All or nothing; another node that does the same is found out by the revision of the base. */
async function cutChanges(database: Database, calendarId: string, olderThan: number): Promise<number> {
  const rows = await database.sql(CUTTABLE, [calendarId, olderThan]);
  const last = rows.at(-1);
  if (last === undefined) return 0;
  const changes = rows.map(([revision, epoch, at, events]) => changeOf(calendarId, [Number(revision), Number(epoch), Number(at)], events as CalendarEvent[]));
  const [stored] = await database.sql(BASE_OF, [calendarId]);
  const before = stored === undefined ? undefined : readBase(calendarId, stored);
  const base = baseAfter(before, calendarId, changes);
  if (base === undefined || changes[0]?.base !== (before?.revision ?? 0)) return 0;
  const newest = rows
    .map(([, , , , xid, position]) => [xid as string, position as string] as const)
    .reduce((one, other) => (isBefore(one, other) ? other : one));
  return await database.transaction(async (em) => {
    await em.execute(LOCK);
    if ((await em.execute(STILL_UNREAD, [...newest])).length > 0) return 0;
    const kept = await em.execute(KEEP_BASE, [calendarId, base.revision, base.at, JSON.stringify(stateIn(base)), before?.revision ?? 0]);
    if (kept.length === 0) return 0;
    await em.execute(DELETE, [calendarId, base.revision]);
    await em.execute(MARK, [...newest, ...newest]);
    return changes.length;
  });
}

function stateIn({ hours, claims, holds, blockReasons }: StoredBase): object {
  return { ...(hours && { hours }), claims, holds, blockReasons };
}

function changeOf(calendarId: string, [revision, epoch, at]: readonly [number, number, number], events: readonly CalendarEvent[]): CalendarChange {
  return { calendarId, base: revision - 1, revision, epoch, at: instant(at), events };
}

function isBefore([oneXid, one]: readonly [string, string], [otherXid, other]: readonly [string, string]): boolean {
  return oneXid === otherXid ? BigInt(one) < BigInt(other) : BigInt(oneXid) < BigInt(otherXid);
}
