import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { CalendarHours } from '../../model/calendar-hours.ts';
import { LocationRow } from '../catalog/location.ts';

/**
 * One staff member's or one resource's time. The row is made by the catalog; from then on `revision` and `hours` belong to the
 * calendar's actor and change only in the journal's commit, which compares the revision before it sets it.
 */
export const CalendarRow = defineEntity({
  name: 'CalendarRow',
  tableName: 'calendar',
  properties: {
    id: p.uuid().primary(),
    kind: p.enum(['staff', 'resource']),
    shard: p.integer().index('calendar_shard'),
    revision: p.bigint('number').defaultRaw('0'),
    hours: p.json<CalendarHours>(),
    locationId: () => p.manyToOne(LocationRow).mapToPk().fieldName('location_id').index('calendar_location'),
    /** Milliseconds since 1970. */
    createdAt: p.bigint('number'),
  },
});
export type CalendarRow = InferEntity<typeof CalendarRow>;
