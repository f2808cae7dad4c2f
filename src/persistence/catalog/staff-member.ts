import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { CalendarRow } from '../journal/calendar.ts';
import { LocationRow } from './location.ts';

/** The person whose time a calendar is. Written by the catalog; the database guards that a calendar belongs to one person. */
export const StaffMemberRow = defineEntity({
  name: 'StaffMemberRow',
  tableName: 'staff_member',
  properties: {
    id: p.uuid().primary(),
    calendarId: () => p.oneToOne(CalendarRow).owner().mapToPk().fieldName('calendar_id').unique('staff_member_calendar'),
    name: p.text(),
    email: p.text().nullable(),
    locationId: () => p.manyToOne(LocationRow).mapToPk().fieldName('location_id').index('staff_member_location'),
    bookable: p.boolean().default(true),
    archived: p.boolean().default(false),
    version: p.integer().default(1),
    position: p.integer().default(0),
  },
});
export type StaffMemberRow = InferEntity<typeof StaffMemberRow>;
