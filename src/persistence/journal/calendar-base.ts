import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

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
