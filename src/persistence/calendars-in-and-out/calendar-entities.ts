import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The secret feed of a staff member. A new secret replaces the row, so the old one ends. */
export const CalendarFeedRow = defineEntity({
  name: 'CalendarFeedRow',
  tableName: 'calendar_feed',
  properties: {
    staffId: p.uuid().primary(),
    /** SHA-256; the secret is stored nowhere. */
    secretHash: p.text().unique('calendar_feed_secret_hash'),
    customerNames: p.boolean(),
    createdAt: p.bigint('number'),
  },
});

/** An external calendar that a staff member's calendar follows. The busy times themselves are part of the hours; titles are stored nowhere. */
export const ExternalCalendarRow = defineEntity({
  name: 'ExternalCalendarRow',
  tableName: 'external_calendar',
  properties: {
    id: p.uuid().primary(),
    staffId: p.uuid().index('external_calendar_staff'),
    calendarId: p.uuid(),
    /** The address is often a secret itself. */
    sealedUrl: p.text(),
    host: p.text(),
    createdAt: p.bigint('number'),
    /** Also the lease of the node that refreshes it. */
    nextRefreshAt: p.bigint('number').index('external_calendar_next_refresh_at'),
    lastOkAt: p.bigint('number').nullable(),
    failedAt: p.bigint('number').nullable(),
    failure: p.text().nullable(),
    failures: p.integer(),
    busyTimes: p.integer(),
    readUntil: p.bigint('number').nullable(),
    etag: p.text().nullable(),
    /** The window and the zone that the last good answer was read in. */
    readAs: p.text().nullable(),
  },
});
export type ExternalCalendarRow = InferEntity<typeof ExternalCalendarRow>;
