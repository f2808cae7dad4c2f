import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { CalendarEvent } from '../../actors/calendar/calendar.ts';

/** The change log: what each revision of a calendar was. Written only by the journal's commit, never changed. The key guards that a revision happens once. */
export const ChangeRow = defineEntity({
  name: 'ChangeRow',
  tableName: 'change',
  indexes: [
    { name: 'change_entry', properties: ['entryId'] },
    { name: 'change_calendar_at', properties: ['calendarId', 'at'] },
  ],
  properties: {
    calendarId: p.uuid().primary(),
    revision: p.bigint('number').primary(),
    epoch: p.integer(),
    at: p.bigint('number'),
    events: p.json<CalendarEvent[]>(),
    entryId: p.uuid(),
  },
});
export type ChangeRow = InferEntity<typeof ChangeRow>;
