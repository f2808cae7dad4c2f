import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Refusal } from '../../actors/calendar/calendar.ts';

/**
 * What became of a request to a calendar, by its caller's key, kept for a day. Written in the commit that did it, so that repeating
 * the request never does it twice; `abandoned` is a tombstone: it was not done and never will be.
 */
export const RequestRow = defineEntity({
  name: 'RequestRow',
  tableName: 'request',
  indexes: [
    { name: 'request_created_at', properties: ['createdAt'] },
    // One that is `ok` is found by its change.
    { name: 'request_entry', expression: `create index request_entry on request (entry_id) where outcome <> 'ok'` },
  ],
  properties: {
    caller: p.text().primary(),
    key: p.text().primary(),
    fingerprint: p.text(),
    entryId: p.uuid(),
    outcome: p.enum(['ok', 'no', 'abandoned']),
    calendarId: p.uuid().nullable(),
    /** Where its event is in the change log. */
    revision: p.bigint('number').nullable(),
    eventIndex: p.smallint().nullable(),
    refusal: p.json<Refusal>().columnType('json').nullable(),
    createdAt: p.bigint('number'),
  },
});
export type RequestRow = InferEntity<typeof RequestRow>;
