// Changes of hours on the wire, and plans of them and of removals: what a change strands, and what becomes of it.
import { z } from 'zod';
import { dayWindow, endAfterStart, hoursQuery, SPAN_ORDER, weekly } from './catalog.ts';
import { notify } from './messages.ts';
import { MOST_STRANDED } from './problems.ts';
import { instantInput, instantText, localDate, reason, uuid } from './scalars.ts';

/** A plan names as many as a refusal does: more is closed in steps. */
const MOST_PLANNED = MOST_STRANDED;
/** What becomes of the appointments that a plan has named, by their ids; with `?planId=`. */
const strandedChoices = z
  .record(
    uuid,
    z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('keep') }),
      z.strictObject({ action: z.literal('cancel') }),
      z.strictObject({ action: z.literal('move'), staffId: uuid.optional(), startsAt: instantInput }),
    ]),
  )
  .refine((choices) => Object.keys(choices).length <= MOST_PLANNED, `must have at most ${MOST_PLANNED} entries`)
  .meta({ id: 'StrandedChoices', description: 'With `planId`: what becomes of each appointment that the plan has named.' });
export type StrandedChoices = z.output<typeof strandedChoices>;
/** What a change by a plan has in its body beside the change itself. */
export const plannedOfStranded = { stranded: strandedChoices.optional(), notify: notify.optional() };
/** DELETE of hours, and of what appointments depend on: nothing, or with a plan what becomes of the stranded appointments. */
export const removedHoursBody = z.strictObject(plannedOfStranded).meta({ id: 'RemovedHours' });

/** PUT …/hours of a location */
export const weeklyBody = z.strictObject({ weekly, ...plannedOfStranded }).meta({ id: 'WeeklyHours' });
/** PUT …/hours of staff and resources; `null` is "none of their own": the location's count. */
export const ownWeeklyBody = z.strictObject({ weekly: weekly.nullable(), ...plannedOfStranded }).meta({ id: 'OwnWeeklyHours' });
const windows = z.array(dayWindow).max(20);
/** PUT …/date-overrides/{date} and …/special-dates/{date} */
export const windowsBody = z.strictObject({ windows, ...plannedOfStranded }).meta({ id: 'DateHours' });
/** More than a year at a time. */
const MOST_DATES = 400;
/** PUT …/special-dates */
export const specialDatesBody = z
  .strictObject({
    dates: z
      .record(localDate, windows.nullable())
      .refine((dates) => Object.keys(dates).length <= MOST_DATES, `must have at most ${MOST_DATES} entries`)
      .refine((dates) => Object.keys(dates).length > 0, 'must have at least one entry')
      .meta({ description: 'The hours of each date; an empty list is a closed day, and null takes the special date away. Other dates stay.' }),
    ...plannedOfStranded,
  })
  .meta({ id: 'SpecialDates' });
export const timeOffBody = z
  .strictObject({ id: uuid.optional(), startsAt: instantInput, endsAt: instantInput, reason: reason.nullish(), ...plannedOfStranded })
  .refine(endAfterStart, SPAN_ORDER)
  .meta({ id: 'NewTimeOff' });

const byPlan = {
  plan: z.enum(['true']).optional().meta({ description: 'Changes nothing: answers which appointments the change strands, and who could take each when.' }),
  planId: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Carries out the change together with what `stranded` in the body says, or is refused as `plan-outdated`.' }),
};
const ONE_WAY = 'must have one of plan, planId and appointments';
type Ways = { readonly plan?: unknown; readonly planId?: unknown; readonly appointments?: unknown };
const isOneWay = ({ plan, planId, appointments }: Ways) => [plan, planId, appointments].filter((given) => given !== undefined).length <= 1;

export const plannedHoursQuery = z
  .strictObject({ ...hoursQuery.shape, ...byPlan })
  .refine(isOneWay, ONE_WAY)
  .meta({ id: 'PlannedHoursQuery' });
export type PlannedHoursQuery = z.output<typeof plannedHoursQuery>;

const upcoming = {
  appointments: z.enum(['keep', 'cancel']).optional().meta({
    description:
      'What happens to upcoming appointments. `keep`: they stay. `cancel`: the business cancels them. Without it, nothing is removed if there are any.',
  }),
  reason: reason.optional().meta({ description: 'With `appointments=cancel`: why.' }),
};
const isOfCancel = ({ appointments, reason }: { appointments?: string | undefined; reason?: string | undefined }) =>
  reason === undefined || appointments === 'cancel';
const OF_CANCEL = { path: ['reason'], message: 'goes with appointments=cancel only' };
/** DELETE of a staff member, resource, service or location. */
export const plannedRemovalQuery = z
  .strictObject({ ...upcoming, ...byPlan })
  .refine(isOfCancel, OF_CANCEL)
  .refine(isOneWay, ONE_WAY)
  .meta({ id: 'PlannedRemoval' });
export type PlannedRemoval = z.output<typeof plannedRemovalQuery>;
export type Removal = Pick<PlannedRemoval, 'appointments' | 'reason'>;
export type OfPlan = { readonly stranded?: StrandedChoices | undefined; readonly notify?: z.output<typeof notify> | undefined };

/** 200 of a change of hours with `?plan=true`. */
export const hoursPlan = z
  .object({
    planId: z.string(),
    expiresAt: instantText,
    kept: z.int().meta({ description: 'How many appointments ahead stay as they are.' }),
    stranded: z.array(
      z.object({
        appointmentId: uuid,
        startsAt: instantText,
        endsAt: instantText,
        staffId: uuid,
        serviceName: z.string().nullable(),
        status: z.string(),
        customer: z.object({ id: uuid, name: z.string() }).nullable().meta({ description: 'Null if the reader may not see it.' }),
        options: z
          .array(z.object({ staffId: uuid, startsAt: instantText }))
          .meta({ description: 'Who could take it and when, the best first. What is proposed for one is proposed for no other.' }),
      }),
    ),
  })
  .meta({ id: 'HoursPlan' });
export type HoursPlanReply = z.output<typeof hoursPlan>;
