// What the business offers, on the wire: business, locations, services, staff members and hours.

import { z } from 'zod';
import { bareFields, newFields } from './managed-fields.ts';
import { stranded } from './problems.ts';
import {
  colour,
  country,
  currency,
  email,
  instantInput,
  instantText,
  lineOfText,
  localDate,
  money,
  ONE_DAY_MINUTES,
  personName,
  phone,
  position,
  priceType,
  reason,
  taxPercent,
  text,
  timeZone,
  uuid,
} from './scalars.ts';
import { addOns, questions, staffTerms } from './service-parts.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
/** Three years. */
const MOST_MINUTES_AHEAD = 3 * 366 * 24 * 60;
const MOST_DAYS_AHEAD = 3 * 366;

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:30')
  .meta({ example: '09:00' });
const closingTime = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as 17:30, up to 24:00')
  .meta({ example: '17:00' });
const isForward = (window: { from: string; to: string }) => window.from < window.to;
const FORWARD = { message: 'must be later than from', path: ['to'] };

export const dayWindow = z.strictObject({ from: clockTime, to: closingTime }).refine(isForward, FORWARD).meta({ id: 'DayWindow' });
const weeklyWindow = z
  .strictObject({ day: z.enum(WEEKDAYS), from: clockTime, to: closingTime })
  .refine(isForward, FORWARD)
  .meta({ id: 'WeeklyWindow' });
export const weekly = z.array(weeklyWindow).max(100);
/** `{ '2026-12-24': [{ from, to }] }`; an empty list is a closed day. */
const dateWindows = z.record(localDate, z.array(dayWindow).max(20));

export const endAfterStart = (span: { startsAt: number; endsAt: number }) => span.startsAt < span.endsAt;
export const SPAN_ORDER = { message: 'must be later than startsAt', path: ['endsAt'] };

/** POST …/{id}/time-off and …/{id}/blocks of a staff member or resource */
export const blockBody = z
  .strictObject({ id: uuid.optional(), startsAt: instantInput, endsAt: instantInput, reason: reason.nullish() })
  .refine(endAfterStart, SPAN_ORDER)
  .meta({ id: 'NewBlock' });
export type BlockBody = z.output<typeof blockBody>;
/** PATCH …/{id}/blocks/{blockId}. Its reason stays. */
export const moveBlockBody = z
  .strictObject({
    startsAt: instantInput,
    endsAt: instantInput,
    staffId: uuid.optional().meta({ description: 'Whose time it is from then on. Without it, and without `resourceId`: whose it is now.' }),
    resourceId: uuid.optional(),
  })
  .refine(endAfterStart, SPAN_ORDER)
  .refine(({ staffId, resourceId }) => staffId === undefined || resourceId === undefined, {
    path: ['resourceId'],
    message: 'cannot be given together with staffId',
  })
  .meta({ id: 'MoveBlock' });
export type MoveBlockBody = z.output<typeof moveBlockBody>;
export const timeOff = z.object({ id: uuid, startsAt: instantText, endsAt: instantText, reason: z.string().nullable() }).meta({ id: 'TimeOff' });
export const block = z
  .object({
    id: uuid,
    calendarId: uuid,
    staffId: uuid.nullable(),
    resourceId: uuid.optional(),
    startsAt: instantText,
    endsAt: instantText,
    reason: z.string().nullable(),
    revision: z.int(),
  })
  .meta({ id: 'Block' });
export type BlockReply = z.output<typeof block>;

/** What guests have to show before they book: nothing, or that they read the mailbox they name. */
export const guestProof = z.enum(['none', 'email']);

export const business = z
  .object({
    name: z.string(),
    holdSeconds: z.int().meta({ description: 'How long a hold lasts.' }),
    era: z.string().meta({ description: 'The era of the database that revisions belong to.' }),
    guestProof: guestProof.meta({ description: '`email`: guests must send the code from `POST /v1/holds/{id}/proof` when they book.' }),
    demo: z.boolean().meta({ description: 'Whether this is the demo, with accounts to try it out.' }),
  })
  .meta({ id: 'Business' });
export type BusinessReply = z.output<typeof business>;

/** A new field goes here, into `LocationRow` and into a migration. The public sees all of them. */
export const locationFields = {
  name: lineOfText(200),
  timeZone,
  currency,
  address: text(500).nullable().default(null),
  phone: phone.nullable().default(null),
  country: country
    .nullable()
    .meta({ description: 'The country of telephone numbers without a leading +. Default: the country of the time zone, if that is certain.' })
    .default(null),
};
/** POST /v1/locations */
export const newLocationBody = z.strictObject({ id: uuid.optional(), ...newFields(locationFields), weekly: weekly.optional() }).meta({ id: 'NewLocation' });
/** PATCH /v1/locations/{id} */
export const locationChangeBody = z.strictObject(bareFields(locationFields)).partial().meta({ id: 'LocationChange' });
export const publicLocation = z
  .object({
    id: uuid,
    ...bareFields(locationFields),
    phone: z.string().nullable(),
    weekly: z.array(weeklyWindow).meta({ description: 'When it is open. Staff members may have their own hours.' }),
    specialDates: dateWindows.meta({ description: 'Replaces the weekly hours; an empty list is a closed day. The public sees the next 400 days.' }),
  })
  .meta({ id: 'Location' });
export const managedLocation = publicLocation
  .extend({ hoursVersion: z.int(), version: z.int(), stranded: stranded.optional() })
  .meta({ id: 'ManagedLocation' });

export const refundRule = z.strictObject({ untilMinutes: z.int().min(0).max(MOST_MINUTES_AHEAD), percent: z.int().min(0).max(100) });
/** That one service may need one of: every claim may have to look at all of them. */
const MOST_RESOURCES = 50;
const share = z.int().min(1).max(100).nullable();
/** How many appointments may start; null is no limit. */
const bookingLimit = z.int().min(1).max(10_000).nullable();
/** Of all services together; without a key in an answer: the reader may not see it. */
const limitsOfPerson = {
  dailyLimit: bookingLimit.optional().meta({ description: 'The most appointments of all services that may start on one local date.' }),
  weeklyLimit: bookingLimit.optional().meta({ description: 'The same from Monday to Sunday.' }),
  monthlyLimit: bookingLimit.optional().meta({ description: 'The same in a month.' }),
};

/** A new field goes here, into `ServiceRow` and into a migration. */
export const serviceFields = {
  name: lineOfText(200),
  description: text(2_000).nullable().default(null),
  category: lineOfText(100).nullable().meta({ description: 'Services of one category are shown together.' }).default(null),
  colour: colour.nullable().default(null),
  position: position.optional().meta({ description: 'Lists are in this order, then by name. Default: after all others.' }),
  minutes: z.int().min(1).max(ONE_DAY_MINUTES),
  slotIntervalMinutes: z.int().min(1).max(ONE_DAY_MINUTES).optional().meta({ description: 'Default: `minutes`.' }),
  bufferBeforeMinutes: z.int().min(0).max(ONE_DAY_MINUTES).default(0),
  bufferAfterMinutes: z.int().min(0).max(ONE_DAY_MINUTES).default(0),
  leadTimeMinutes: z.int().min(0).max(MOST_MINUTES_AHEAD).default(0),
  horizonDays: z.int().min(0).max(MOST_DAYS_AHEAD).nullable().default(null),
  capacity: z.int().min(1).max(500).default(1),
  grid: z.enum(['fixed', 'pack']).default('fixed'),
  price: money.optional().meta({ description: 'Default: nothing, in the currency of the first location.' }),
  priceType: priceType.default('fixed'),
  deposit: money.nullable().meta({ description: 'For one seat, with `paymentPolicy: deposit`.' }).default(null),
  depositPercent: share.meta({ description: 'Instead of `deposit`: a share of the price of all seats; half a minor unit is rounded up.' }).default(null),
  taxPercent: taxPercent.default(null),
  paymentPolicy: z
    .enum(['none', 'deposit', 'full', 'reserve'])
    .meta({
      description:
        'What customers pay before the appointment is booked. Needs a payment provider. `reserve`: the price is reserved on the card and taken at the visit; more than six days ahead it is paid.',
    })
    .default('none'),
  approval: z.enum(['automatic', 'manual']).default('automatic'),
  cancelUntilMinutes: z.int().min(0).max(MOST_MINUTES_AHEAD).nullable().default(null),
  rescheduleUntilMinutes: z.int().min(0).max(MOST_MINUTES_AHEAD).nullable().default(null),
  refundRules: z.array(refundRule).max(20).default([]),
  noShowFee: money.nullable().meta({ description: 'What a customer owes who does not come, for one seat; at most the price.' }).default(null),
  noShowFeePercent: share.meta({ description: 'Instead of `noShowFee`: a share of the price of all seats, rounded like a deposit.' }).default(null),
  noShowFeeCard: z.boolean().meta({ description: 'Whether a card is kept that the fee may be charged to. Needs a payment provider.' }).default(false),
  noShowFeeTaxed: z
    .boolean()
    .meta({
      description:
        'Whether the fee includes the tax of the price. False: it is compensation for the time, without tax. Which it is, the law of the country says.',
    })
    .default(false),
  dailyLimit: bookingLimit.meta({ description: 'The most that may start on one local date, with each person.' }).default(null),
  weeklyLimit: bookingLimit.meta({ description: 'The same from Monday to Sunday.' }).default(null),
  monthlyLimit: bookingLimit.meta({ description: 'The same in a month.' }).default(null),
  active: z.boolean().meta({ description: 'False: nobody can book it.' }).default(true),
  questions: questions.default([]),
  addOns: addOns.default([]),
  staffTerms: staffTerms.default([]),
  online: z.boolean().meta({ description: 'False: only those who work here see it and book it.' }).default(true),
  resourceIds: z
    .array(uuid)
    .max(MOST_RESOURCES)
    .refine((ids) => new Set(ids).size === ids.length, 'must not contain duplicates')
    .meta({ description: 'It needs one of these, in this order of preference; none if empty.' })
    .default([]),
};
/** Who does it is kept with the staff members. */
const serviceStaffIds = z.array(uuid).max(1_000);
/** POST /v1/services: a name and a length are enough. */
export const newServiceBody = z
  .strictObject({ id: uuid.optional(), ...newFields(serviceFields), staffIds: serviceStaffIds.optional() })
  .meta({ id: 'NewService' });
/** PATCH /v1/services/{id} */
export const serviceChangeBody = z
  .strictObject({ ...bareFields(serviceFields), staffIds: serviceStaffIds })
  .partial()
  .meta({ id: 'ServiceChange' });
export const service = z
  .object({
    id: uuid,
    ...bareFields(serviceFields),
    staffIds: z.array(uuid).meta({ description: 'Bookable staff members who offer it.' }),
    version: z.int(),
  })
  .meta({ id: 'Service' });
export type ServiceReply = z.output<typeof service>;

/** A new field goes here, into `StaffMemberRow` and into a migration. The public sees those of `publicStaff`. */
export const staffFields = {
  name: personName,
  email: email.nullable().default(null),
  locationId: uuid,
  bookable: z.boolean().default(true),
  serviceIds: z.array(uuid).max(1_000).default([]),
};
/** POST /v1/staff */
export const newStaffBody = z
  .strictObject({
    id: uuid.optional(),
    calendarId: uuid.optional(),
    ...newFields(staffFields),
    timeZone: timeZone.nullish(),
    ownHours: z.boolean().optional(),
    ...limitsOfPerson,
  })
  .meta({ id: 'NewStaffMember' });
/** PATCH /v1/staff/{id} */
export const staffChangeBody = z
  .strictObject({ ...bareFields(staffFields), timeZone: timeZone.nullable(), ownHours: z.boolean(), ...limitsOfPerson })
  .partial()
  .meta({ id: 'StaffMemberChange' });
export const publicStaff = z
  .object({ id: uuid, calendarId: uuid, name: z.string(), locationId: uuid, timeZone: z.string().nullable().optional(), serviceIds: z.array(uuid) })
  .meta({ id: 'StaffMember' });
export const managedStaff = publicStaff
  .extend({
    ...bareFields(staffFields),
    ownHours: z.boolean().optional(),
    ...limitsOfPerson,
    weekly: z.array(weeklyWindow).nullable().optional(),
    dateOverrides: dateWindows.optional(),
    timeOff: z.array(timeOff).optional(),
    stranded: stranded.optional(),
    version: z.int(),
  })
  .meta({ id: 'ManagedStaffMember' });

/** A new field goes here, into `ResourceRow` and into a migration. The public sees all of them. */
export const resourceFields = {
  name: lineOfText(200),
  kind: lineOfText(50).nullable().meta({ description: 'A description in your own words.', example: 'room' }).default(null),
  locationId: uuid,
};
/** POST /v1/resources */
export const newResourceBody = z
  .strictObject({ id: uuid.optional(), calendarId: uuid.optional(), ...newFields(resourceFields), ownHours: z.boolean().optional() })
  .meta({ id: 'NewResource' });
/** PATCH /v1/resources/{id} */
export const resourceChangeBody = z
  .strictObject({ ...bareFields(resourceFields), ownHours: z.boolean() })
  .partial()
  .meta({ id: 'ResourceChange' });
export const publicResource = z
  .object({ id: uuid, calendarId: uuid, ...bareFields(resourceFields) })
  .meta({ id: 'Resource', description: 'A room or a piece of equipment that a service may need along with the staff member.' });
export const managedResource = publicResource
  .extend({
    ownHours: z.boolean(),
    weekly: z.array(weeklyWindow).nullable(),
    dateOverrides: dateWindows,
    timeOff: z.array(timeOff),
    stranded: stranded.optional(),
    version: z.int(),
  })
  .meta({ id: 'ManagedResource' });

export const removed = z.object({ cancelled: z.int() }).meta({ id: 'Removed', description: 'How many appointments this request has cancelled.' });

/** Of every change of hours, closures and time off. */
export const hoursQuery = z
  .strictObject({
    appointments: z.enum(['keep']).optional().meta({
      description: 'Keeps appointments whose time the change closes; the reply lists them as `stranded`. Without it, nothing is changed if there are any.',
    }),
  })
  .meta({ id: 'HoursChangeQuery' });
export type HoursQuery = z.output<typeof hoursQuery>;

export const addedTimeOff = timeOff.extend({ stranded: stranded.optional() }).meta({ id: 'AddedTimeOff' });

/** GET …/hours */
export const locationHours = z.object({ timeZone: z.string(), weekly: z.array(weeklyWindow), specialDates: dateWindows }).meta({ id: 'LocationHours' });
export const calendarHours = z
  .object({ timeZone: z.string().nullable(), ownHours: z.boolean(), weekly: z.array(weeklyWindow).nullable(), dateOverrides: dateWindows })
  .meta({ id: 'CalendarHours' });
