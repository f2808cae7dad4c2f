// Which appointments are asked for, and how many there are, on the wire.
import { z } from 'zod';
import { APPOINTMENT_STATUSES } from '../model/appointment-status.ts';
import { type Instant, instant, parseInstant } from '../model/instant.ts';
import { appointmentStatus, sourceGroup } from './appointments.ts';
import { instantInput, localDate, pageQuery, queryList, timeZone, uuid } from './scalars.ts';
import { checkDateRange } from './slots.ts';

/** The first moment of a local date, or an instant. */
export type DayOrInstant = { readonly date: string } | { readonly at: Instant };
const dayOrInstant = z
  .string()
  .max(40)
  .meta({ description: 'A local date, or an instant with offset.' })
  .transform((text, context): DayOrInstant => {
    if (localDate.safeParse(text).success) return { date: text };
    const at = parseInstant(text.replace(/ (\d{2}:\d{2})$/, '+$1'));
    if (at !== undefined) return { at: instant(at) };
    context.addIssue({ code: 'custom', message: 'must be a date such as 2026-11-24, or a date and time with an offset', input: text });
    return z.NEVER;
  });

const APPOINTMENT_ORDERS = ['startsAt', '-startsAt', 'updatedAt'] as const;

/** GET /v1/appointments */
export const appointmentsQuery = z.strictObject({
  from: dayOrInstant.optional().meta({ description: 'Appointments that overlap the half-open range from `from` to `to`.' }),
  to: dayOrInstant.optional(),
  updatedSince: instantInput.optional().meta({
    description: 'Appointments created or changed at or after this moment, ordered by last change. Next time ask from one minute before the last one you saw.',
  }),
  order: z.enum(APPOINTMENT_ORDERS).optional().meta({
    description: '`startsAt`: earliest first; `-startsAt`: latest first; `updatedAt`: by last change, the only order with `updatedSince`.',
  }),
  timeZone: timeZone.optional().meta({ description: 'The zone of the dates. Default: that of the location.' }),
  staffId: queryList(uuid, 100).optional(),
  locationId: queryList(uuid, 100).optional(),
  customerId: uuid.optional(),
  serviceId: uuid.optional(),
  resourceId: queryList(uuid, 100).optional().meta({ description: 'Those that take one of these rooms or pieces of equipment along.' }),
  status: queryList(appointmentStatus, APPOINTMENT_STATUSES.length).optional(),
  sourceGroup: sourceGroup.optional(),
  ...pageQuery,
});
export type AppointmentsAsked = z.output<typeof appointmentsQuery>;

/** GET /v1/appointments/counts */
export const appointmentCountsQuery = z
  .strictObject({
    from: localDate.meta({ description: 'First local date.' }),
    to: localDate.meta({ description: 'The local date after the last one, at most 62 days later.' }),
    timeZone: timeZone.optional().meta({ description: 'The zone of the dates. Default: that of the location.' }),
    staffId: queryList(uuid, 100).optional(),
    locationId: queryList(uuid, 100).optional(),
    customerId: uuid.optional(),
  })
  .superRefine(checkDateRange);
export type AppointmentCountsAsked = z.output<typeof appointmentCountsQuery>;
export const appointmentCounts = z
  .object({
    timeZone: z.string(),
    days: z.array(z.object({ date: localDate, appointments: z.int() })).meta({ description: 'Every date of the range.' }),
  })
  .meta({ id: 'AppointmentCounts', description: 'Appointments by the local date they start on, without those that were cancelled or declined.' });
export type AppointmentCountsReply = z.output<typeof appointmentCounts>;
