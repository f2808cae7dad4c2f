import { defineEntity, type InferEntity, p, raw } from '@mikro-orm/core';
import type { CalendarEvent } from '../../actors/calendar/calendar.ts';
import type { ChangedBy } from '../../actors/scheduler.ts';

/**
 * The change log: what each revision of a calendar was. Written only by the journal's commit, never changed. The key guards that a revision happens once.
 * For the business as a whole its order is (xid, position), the writing transaction and what it drew: `change-log-reads.ts` says how it is followed.
 */
export const ChangeRow = defineEntity({
  name: 'ChangeRow',
  tableName: 'change',
  indexes: [
    { name: 'change_entry', properties: ['entryId'] },
    { name: 'change_position', properties: ['xid', 'position'] },
  ],
  properties: {
    calendarId: p.uuid().primary(),
    revision: p.bigint('number').primary(),
    epoch: p.integer(),
    at: p.bigint('number'),
    events: p.json<CalendarEvent[]>().columnType('json'),
    entryId: p.uuid(),
    /** Text, as JavaScript sees it: compared in SQL only. */
    xid: p.string().columnType('xid8').default(raw('pg_current_xact_id()')),
    position: p.bigint('number').autoincrement().generated('identity'),
    /** Ids of who asked. null: a guest, the calendar itself, or a node of the version that did not write it down. */
    by: p.json<ChangedBy>().columnType('json').nullable(),
    requestId: p.text().nullable(),
  },
});
export type ChangeRow = InferEntity<typeof ChangeRow>;

/** The last of all changes that were cut from the log: a reader who is there has missed nothing. One row. */
export const LogCutRow = defineEntity({
  name: 'LogCutRow',
  tableName: 'log_cut',
  checks: [{ name: 'log_cut_only_one', expression: 'id = 1' }],
  properties: {
    id: p.smallint().primary().autoincrement(false),
    xid: p.string().columnType('xid8'),
    position: p.bigint('number'),
  },
});
export type LogCutRow = InferEntity<typeof LogCutRow>;

/** How far each consumer of the change log has come, and which node runs it. The position moves in the transaction of the effects, by compare-and-set. */
export const ConsumerRow = defineEntity({
  name: 'ConsumerRow',
  tableName: 'consumer',
  properties: {
    name: p.text().primary(),
    /** The change that was consumed last. */
    xid: p.string().columnType('xid8'),
    position: p.bigint('number'),
    /** The node that has the lease, or had it last. */
    owner: p.uuid().nullable(),
    /** By the database's clock. Also says when it was last run by anyone. */
    leaseUntil: p.datetime(),
    startedAt: p.datetime(),
  },
});
export type ConsumerRow = InferEntity<typeof ConsumerRow>;

/** A change that a consumer could not consume, whole, as the log may be cut meanwhile. Written in the transaction that passes it, removed by the one that succeeds with it. */
export const SetAsideChangeRow = defineEntity({
  name: 'SetAsideChangeRow',
  tableName: 'set_aside_change',
  properties: {
    consumer: p.text().primary(),
    calendarId: p.uuid().primary(),
    revision: p.bigint('number').primary(),
    xid: p.string().columnType('xid8'),
    position: p.bigint('number'),
    /** `LoggedChange` without what has a column. */
    change: p.json<object>(),
    why: p.text(),
    at: p.bigint('number'),
  },
});
export type SetAsideChangeRow = InferEntity<typeof SetAsideChangeRow>;
