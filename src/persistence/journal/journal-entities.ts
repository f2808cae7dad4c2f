import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Refusal } from '../../actors/calendar/calendar.ts';
import { CLAIM_TRIGGERS } from '../appointments/voucher-triggers.ts';

/** A calendar as it was at the last change that was cut from its log. Written only by what cuts, in the same transaction. */
export const CalendarBaseRow = defineEntity({
  name: 'CalendarBaseRow',
  tableName: 'calendar_base',
  properties: {
    calendarId: p.uuid().primary(),
    revision: p.bigint('number'),
    /** When that change was decided, milliseconds since 1970. */
    at: p.bigint('number'),
    state: p.json<object>(),
  },
});
export type CalendarBaseRow = InferEntity<typeof CalendarBaseRow>;

/**
 * What occupies a calendar now or later: holds, appointments, blocks. Written only by the journal's commit, on its hottest path, so
 * without foreign keys; a claim that is over is removed by the commit that ends it.
 *
 * The database is the lock. Two live claims of one calendar may overlap only if they are of one session (one service, one start),
 * and within a session each has a lane of its own. One that was put over others on purpose has no session, so that the constraint lets it be; what comes
 * after it is kept from its time by the commit, which looks for such claims before it adds others.
 *
 * A claim that takes a resource along has two rows with one id: on the calendar of its record (half 0) and on the resource's (half 1).
 */
export const ClaimRow = defineEntity({
  name: 'ClaimRow',
  tableName: 'claim',
  checks: [
    { name: 'claim_no_overlap', expression: 'EXCLUDE USING gist (calendar_id WITH =, during WITH &&, session WITH <>)' },
    { name: 'claim_lasts', expression: 'starts_at < ends_at' },
    { name: 'claim_session', expression: `session is not null or (kind = 'appointment' and capacity = 1)` },
    { name: 'claim_lane', expression: 'lane >= 0 and seats >= 1 and capacity >= 1' },
  ],
  indexes: [
    // A claim that is a session of its own has no other beside it.
    { name: 'claim_one_per_lane', expression: 'create unique index claim_one_per_lane on claim (calendar_id, session, lane) where session <> id' },
    { name: 'claim_calendar_ends_at', properties: ['calendarId', 'endsAt'] },
    { name: 'claim_overlapping', expression: 'create index claim_overlapping on claim (calendar_id) where session is null' },
    { name: 'claim_holds', expression: `create index claim_holds on claim (calendar_id) where kind = 'hold'` },
  ],
  triggers: CLAIM_TRIGGERS,
  properties: {
    id: p.uuid().primary(),
    half: p.smallint().primary().default(0),
    calendarId: p.uuid(),
    /** The calendar of the other half. */
    along: p.uuid().nullable(),
    kind: p.enum(['hold', 'appointment', 'block']),
    session: p.uuid().nullable(),
    lane: p.smallint(),
    /** Half-open, milliseconds since 1970. */
    startsAt: p.bigint('number'),
    endsAt: p.bigint('number'),
    during: p.type('string').columnType('int8range').generated('(int8range(starts_at, ends_at)) stored'),
    serviceId: p.uuid().nullable(),
    bufferBeforeMinutes: p.integer().default(0),
    bufferAfterMinutes: p.integer().default(0),
    capacity: p.smallint().default(1),
    seats: p.smallint().default(1),
    status: p.text().nullable(),
    /** The whole hold, or a block's reason. */
    details: p.json<object>().columnType('json').nullable(),
  },
});
export type ClaimRow = InferEntity<typeof ClaimRow>;

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
