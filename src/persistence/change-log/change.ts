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
