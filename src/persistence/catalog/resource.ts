import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { CalendarRow } from '../journal/calendar.ts';
import { LocationRow } from './location.ts';

/** A room or a piece of equipment that is booked along. Written by the catalog; the database guards that a calendar belongs to one. */
export const ResourceRow = defineEntity({
  name: 'ResourceRow',
  tableName: 'resource',
  properties: {
    id: p.uuid().primary(),
    calendarId: () => p.oneToOne(CalendarRow).owner().mapToPk().fieldName('calendar_id').unique('resource_calendar'),
    name: p.text(),
    kind: p.text().nullable(),
    locationId: () => p.manyToOne(LocationRow).mapToPk().fieldName('location_id').index('resource_location'),
    archived: p.boolean().default(false),
    version: p.integer().default(1),
    position: p.integer().default(0),
  },
});
export type ResourceRow = InferEntity<typeof ResourceRow>;
