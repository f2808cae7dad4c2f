// Hours of a staff member or resource on the wire, and plans of their changes: what a change strands, and what becomes of it.
import { z } from 'zod';
import { endAfterStart, hoursQuery, SPAN_ORDER, weekly, windowsBody } from './catalog.ts';
import { notify } from './messages.ts';
import { MOST_STRANDED } from './problems.ts';
import { instantInput, instantText, reason, uuid } from './scalars.ts';

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
const planned = { stranded: strandedChoices.optional(), notify: notify.optional() };
/** DELETE of hours: nothing, or with a plan what becomes of the stranded appointments. */
export const removedHoursBody = z.strictObject(planned).meta({ id: 'RemovedHours' });

export const ownWeeklyBody = z.strictObject({ weekly: weekly.nullable(), ...planned }).meta({ id: 'OwnWeeklyHours' });
/** PUT …/date-overrides/{date} */
export const overrideBody = z.strictObject({ windows: windowsBody.shape.windows, ...planned }).meta({ id: 'OwnDateHours' });
export const timeOffBody = z
  .strictObject({ id: uuid.optional(), startsAt: instantInput, endsAt: instantInput, reason: reason.nullish(), ...planned })
  .refine(endAfterStart, SPAN_ORDER)
  .meta({ id: 'NewTimeOff' });

/** Of a calendar: also by a plan. */
export const plannedHoursQuery = z
  .strictObject({
    ...hoursQuery.shape,
    plan: z.enum(['true']).optional().meta({ description: 'Changes nothing: answers which appointments the change strands, and who could take each when.' }),
    planId: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Carries out the change together with what `stranded` in the body says, or is refused as `plan-outdated`.' }),
  })
  .refine((query) => Object.values(query).filter((given) => given !== undefined).length <= 1, 'must have one of plan, planId and appointments')
  .meta({ id: 'PlannedHoursQuery' });

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
