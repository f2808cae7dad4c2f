import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { DateWindows, WeeklyWindow } from '../../model/calendar-hours.ts';

/** A place with opening hours. Written by the catalog; calendars keep a copy of the hours with `hoursVersion`. */
export const LocationRow = defineEntity({
  name: 'LocationRow',
  tableName: 'location',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    timeZone: p.text(),
    currency: p.character().length(3),
    address: p.text().nullable(),
    phone: p.text().nullable(),
    country: p.text().nullable(),
    weekly: p.json<WeeklyWindow[]>(),
    specialDates: p.json<DateWindows>(),
    hoursVersion: p.integer().default(1),
    version: p.integer().default(1),
    archived: p.boolean().default(false),
    position: p.integer().default(0),
  },
});
export type LocationRow = InferEntity<typeof LocationRow>;
