import { defineEntity, p } from '@mikro-orm/core';
import type { CalendarHours } from '../../model/calendar-hours.ts';

/**
 * An appointment as it is counted in reports: see `insights/roll-up.ts`. These tables are written only while the row of their consumer is locked: by the consumer itself, with a merge or an erasure
 * of customers, with an entry in the books, and when they are rebuilt. They hold ids and numbers.
 */
export const InsightAppointmentRow = defineEntity({
  name: 'InsightAppointmentRow',
  tableName: 'insight_appointment',
  indexes: [
    { name: 'insight_appointment_customer', properties: ['customerId', 'startsAt'] },
    { name: 'insight_appointment_staff', properties: ['staffId', 'day'] },
  ],
  properties: {
    id: p.uuid().primary(),
    status: p.text(),
    locationId: p.uuid(),
    serviceId: p.uuid(),
    staffId: p.uuid(),
    customerId: p.uuid(),
    source: p.text(),
    startsAt: p.bigint('number'),
    day: p.integer(),
    hour: p.smallint(),
    seconds: p.integer(),
    price: p.bigint('number'),
    currency: p.character().length(3),
    leadMinutes: p.integer(),
    isFirst: p.boolean(),
    isRebooked: p.boolean(),
  },
});

/** The sum of all rows of a cell: what MEASURES in `insights/roll-up.ts` says, under the same names. */
export const InsightSumRow = defineEntity({
  name: 'InsightSumRow',
  tableName: 'insight_sum',
  indexes: [{ name: 'insight_sum_subject', properties: ['slice', 'subjectId', 'day'] }],
  properties: {
    slice: p.text().primary(),
    day: p.integer().primary().autoincrement(false),
    hour: p.smallint().primary().autoincrement(false),
    locationId: p.uuid().primary(),
    subjectId: p.uuid().primary(),
    source: p.text().primary(),
    currency: p.character().length(3).primary(),
    pending: p.integer(),
    booked: p.integer(),
    checkedIn: p.integer(),
    completed: p.integer(),
    noShow: p.integer(),
    cancelled: p.integer(),
    declined: p.integer(),
    seconds: p.bigint('number'),
    value: p.bigint('number'),
    leadMinutes: p.bigint('number'),
    leadDay: p.integer(),
    leadWeek: p.integer(),
    leadMonth: p.integer(),
    leadLonger: p.integer(),
    visits: p.integer(),
    newCustomers: p.integer(),
    rebooked: p.integer(),
  },
});

/** An entry of the books as it is counted. Staff member and service are those of its appointment; without one, all zeros. */
export const InsightEntryRow = defineEntity({
  name: 'InsightEntryRow',
  tableName: 'insight_entry',
  indexes: [{ name: 'insight_entry_appointment', properties: ['appointmentId'] }],
  properties: {
    number: p.bigint('number').primary().autoincrement(false),
    appointmentId: p.uuid(),
    locationId: p.uuid(),
    staffId: p.uuid(),
    serviceId: p.uuid(),
    /** Where the money is: `provider`, `cash` or `terminal`. */
    account: p.text(),
    currency: p.character().length(3),
    /** The local date at the location. */
    day: p.integer(),
    received: p.bigint('number'),
    refunded: p.bigint('number'),
    disputed: p.bigint('number').defaultRaw('0'),
  },
});

/** The sum of the entries of a day, once by staff member and once by service. */
export const InsightMoneyRow = defineEntity({
  name: 'InsightMoneyRow',
  tableName: 'insight_money',
  properties: {
    slice: p.text().primary(),
    day: p.integer().primary().autoincrement(false),
    locationId: p.uuid().primary(),
    subjectId: p.uuid().primary(),
    account: p.text().primary(),
    currency: p.character().length(3).primary(),
    received: p.bigint('number'),
    refunded: p.bigint('number'),
    disputed: p.bigint('number').defaultRaw('0'),
  },
});

/** The hours of a calendar from a local date on, until the next row of it. `day` is -1 for the hours before the first change that is known. */
export const InsightHoursRow = defineEntity({
  name: 'InsightHoursRow',
  tableName: 'insight_hours',
  properties: {
    calendarId: p.uuid().primary(),
    day: p.integer().primary().autoincrement(false),
    hours: p.json<CalendarHours>(),
  },
});

/** Claims that were refused because the time was taken, by the local date and hour of the start that was asked for. Without a staff member, anyone was asked for: all zeros. */
export const InsightRefusedRow = defineEntity({
  name: 'InsightRefusedRow',
  tableName: 'insight_refused',
  properties: {
    day: p.integer().primary().autoincrement(false),
    hour: p.smallint().primary().autoincrement(false),
    locationId: p.uuid().primary(),
    serviceId: p.uuid().primary(),
    staffId: p.uuid().primary(),
    refused: p.integer(),
  },
});
