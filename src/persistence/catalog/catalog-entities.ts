import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { AddOn } from '../../model/add-ons.ts';
import type { CalendarHours, DateWindows, WeeklyWindow } from '../../model/calendar-hours.ts';
import type { Question } from '../../model/questions.ts';
import type { StaffTerms } from '../../model/staff-terms.ts';
import type { MessageSettings } from '../../protocol/messages.ts';

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

/**
 * The business itself: one row, made by the first migration. Settings and `catalogVersion` are written by the catalog, `era` and `life` by the
 * nodes' beats (and by the operator after restoring a database that has lost its tail), `holdsDemo` by the seeding of the demo. The database guards that there is only one.
 */
export const BusinessRow = defineEntity({
  name: 'BusinessRow',
  tableName: 'business',
  checks: [{ name: 'business_only_one', expression: 'id = 1' }],
  properties: {
    id: p.smallint().primary().autoincrement(false),
    name: p.text(),
    bufferRule: p.enum(['max', 'sum']),
    guestProof: p.enum(['none', 'email']).default('none'),
    /** The era of the database that revisions belong to. */
    era: p.uuid(),
    /** What was said of the settings that have no column of their own. */
    settings: p.json<{ readonly messages?: MessageSettings; readonly embedOrigins?: readonly string[] }>(),
    version: p.integer().default(1),
    /** Grows with every change of the catalog, so that nodes notice what others have changed. */
    catalogVersion: p.integer().default(1),
    /** System identifier and timeline of the database cluster that wrote the latest beat; null before the first. */
    life: p.text().nullable(),
    /** Seeded with the demo, whose passwords everybody knows. */
    holdsDemo: p.boolean().default(false),
    /** When its tables were made: access tokens from before are of another database. 0 where nobody noted it. */
    madeAt: p.bigint('number').defaultRaw('0'),
  },
});
export type BusinessRow = InferEntity<typeof BusinessRow>;

/** What is done for a customer. Written by the catalog. Amounts are minor units of `priceCurrency`; null means no limit, no deposit. */
export const ServiceRow = defineEntity({
  name: 'ServiceRow',
  tableName: 'service',
  checks: [
    { name: 'service_lengths', expression: 'minutes > 0 and slot_interval_minutes > 0 and buffer_before_minutes >= 0 and buffer_after_minutes >= 0' },
    { name: 'service_capacity', expression: 'capacity >= 1' },
    { name: 'service_deposit', expression: 'deposit_percent >= 1 and deposit_percent <= 100' },
    { name: 'service_tax', expression: 'tax_percent >= 0 and tax_percent <= 100' },
    { name: 'service_no_show_fee', expression: 'no_show_fee_percent >= 1 and no_show_fee_percent <= 100' },
  ],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    description: p.text().nullable(),
    category: p.text().nullable(),
    colour: p.text().nullable(),
    minutes: p.integer(),
    slotIntervalMinutes: p.integer(),
    bufferBeforeMinutes: p.integer().default(0),
    bufferAfterMinutes: p.integer().default(0),
    leadTimeMinutes: p.integer().default(0),
    horizonDays: p.integer().nullable(),
    capacity: p.integer().default(1),
    grid: p.enum(['fixed', 'pack']).default('fixed'),
    priceAmount: p.bigint('number'),
    priceCurrency: p.character().length(3),
    priceType: p.enum(['fixed', 'from', 'free']).default('fixed'),
    depositAmount: p.bigint('number').nullable(),
    depositPercent: p.integer().nullable(),
    taxPercent: p.decimal('number').precision(5).scale(2).nullable(),
    paymentPolicy: p.enum(['none', 'deposit', 'full', 'reserve']).default('none'),
    approval: p.enum(['automatic', 'manual']).default('automatic'),
    cancelUntilMinutes: p.integer().nullable(),
    rescheduleUntilMinutes: p.integer().nullable(),
    refundRules: p.json<{ untilMinutes: number; percent: number }[]>(),
    noShowFeeAmount: p.bigint('number').nullable(),
    noShowFeePercent: p.integer().nullable(),
    noShowFeeCard: p.boolean().default(false),
    noShowFeeTaxed: p.boolean().default(false),
    dailyLimit: p.integer().nullable(),
    weeklyLimit: p.integer().nullable(),
    monthlyLimit: p.integer().nullable(),
    /** In the order in which they are taken. */
    resourceIds: p.json<string[]>().defaultRaw(`'[]'`),
    questions: p.json<Question[]>().defaultRaw(`'[]'`),
    addOns: p.json<AddOn[]>().defaultRaw(`'[]'`),
    staffTerms: p.json<StaffTerms[]>().defaultRaw(`'[]'`),
    active: p.boolean().default(true),
    online: p.boolean().default(true),
    archived: p.boolean().default(false),
    version: p.integer().default(1),
    position: p.integer().default(0),
  },
});
export type ServiceRow = InferEntity<typeof ServiceRow>;

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

/** Who does what. Written by the catalog. */
export const StaffServiceRow = defineEntity({
  name: 'StaffServiceRow',
  tableName: 'staff_service',
  properties: {
    staffId: () => p.manyToOne(StaffMemberRow).mapToPk().primary().fieldName('staff_id'),
    serviceId: () => p.manyToOne(ServiceRow).mapToPk().primary().fieldName('service_id').index('staff_service_service'),
  },
});
export type StaffServiceRow = InferEntity<typeof StaffServiceRow>;

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
