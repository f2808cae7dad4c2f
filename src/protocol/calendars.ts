// Calendars on the wire: claims, facts, the change feed.
import { z } from 'zod';
import { EDITED_FIELDS, FACT_NAMES, FACTS } from '../model/facts.ts';
import { appointmentStatus, customer } from './appointments.ts';
import { timeOff } from './catalog.ts';
import { instantInput, instantText, queryInteger, queryList, uuid } from './scalars.ts';

/** One claim. `customer`, `reference` and notes are there for those who may see them. */
const claim = z
  .object({
    kind: z.enum(['hold', 'appointment', 'block']),
    id: uuid,
    startsAt: instantText,
    endsAt: instantText,
    lane: z.int(),
    seats: z.int(),
    serviceId: uuid.nullable(),
    staffId: uuid.optional().meta({ description: 'On a resource’s calendar: whom it is with.' }),
    resourceId: uuid.optional().meta({ description: 'On a staff member’s calendar: what it takes along.' }),
    serviceName: z.string().optional().meta({ description: 'The name of the service when it was booked; for a hold, its name now.' }),
    addOnIds: z.array(uuid).optional().meta({ description: 'Of an appointment: what is done along with it, if anything.' }),
    status: z.union([appointmentStatus, z.enum(['held', 'paying'])]).nullable(),
    expiresAt: instantText.optional().meta({ description: 'Holds only.' }),
    reason: z.string().nullable().optional().meta({ description: 'Blocks only.' }),
    reference: z.string().optional(),
    customer: customer.optional(),
    notes: z.string().nullable().optional(),
    staffNotes: z.string().nullable().optional(),
    overlaps: z.boolean().optional().meta({ description: 'For staff: true if it was put over what had its time.' }),
  })
  .meta({ id: 'Claim' });
export type ClaimReply = z.output<typeof claim>;

/** A fact, flat: the ids and times it is about, and the claim as it is afterwards. */
export const changeEvent = z
  .object({
    type: z.enum(FACT_NAMES).meta({ description: FACT_NAMES.map((fact) => `\`${fact}\`: ${FACTS[fact].means}`).join('\n') }),
    holdId: uuid.optional().meta({ description: 'The hold; for `appointment.booked` and `.requested`, the hold that was booked.' }),
    appointmentId: uuid.optional(),
    blockId: uuid.optional(),
    staffId: uuid.optional(),
    calendarId: uuid.optional().meta({ description: 'Where the claim is afterwards.' }),
    resourceId: uuid.optional().meta({ description: 'The resource that is used: the same fact is also on its calendar.' }),
    serviceId: uuid.optional(),
    serviceName: z.string().optional().meta({ description: 'The name of the service when it was held or booked; absent in older facts.' }),
    addOnIds: z.array(uuid).optional().meta({ description: 'What is done along with it, if anything.' }),
    startsAt: instantText.optional(),
    endsAt: instantText.optional(),
    lane: z.int().optional(),
    seats: z.int().optional(),
    status: z.union([appointmentStatus, z.enum(['held', 'paying'])]).optional(),
    expiresAt: instantText.optional(),
    renewalsLeft: z.int().optional(),
    reference: z.string().optional(),
    customer: customer.optional(),
    notes: z.string().nullable().optional(),
    staffNotes: z.string().nullable().optional(),
    overlaps: z.boolean().optional().meta({ description: 'For staff, of an appointment: whether it was put over what had its time.' }),
    reason: z.string().nullable().optional(),
    change: z.string().optional().meta({ description: 'For `hours.changed`: what was changed. For `external.changed`: `add`, `replace` or `remove`.' }),
    externalCalendarId: uuid.optional().meta({ description: 'For `external.changed`: which external calendar has new busy times.' }),
    conflicts: z
      .array(uuid)
      .optional()
      .meta({ description: 'For `external.changed`: the first appointments, by start, that the busy times overlap now and did not before. They stay booked.' }),
    from: z
      .object({ calendarId: uuid, staffId: uuid, resourceId: uuid.optional(), startsAt: instantText, endsAt: instantText, lane: z.int() })
      .optional()
      .meta({ description: 'For `appointment.rescheduled` and `appointment.edited`: where it was.' }),
    edited: z.array(z.enum(EDITED_FIELDS)).optional().meta({ description: 'For `appointment.edited`: what has been changed.' }),
  })
  .meta({ id: 'ChangeEvent' });
export type ChangeEventReply = z.output<typeof changeEvent>;

const span = z.object({ startsAt: instantText, endsAt: instantText });

/** Open stretches of a calendar in the asked range, in real time. */
const openHours = z
  .object({
    timeZone: z.string(),
    windows: z.array(span),
    timeOff: z.array(timeOff),
    external: z.array(span).meta({ description: 'Busy times from calendars elsewhere.' }),
  })
  .meta({ id: 'OpenHours' });
export type OpenHoursReply = z.output<typeof openHours>;

/** GET /v1/calendars/{id}. The calendar now (claims that are not over yet), or with `at` as it was at that moment. */
export const calendarQuery = z.strictObject({
  at: z
    .string()
    .max(40)
    .transform((text) => text.replace(/ (\d{2}:\d{2})$/, '+$1'))
    .pipe(instantInput)
    .optional(),
});
export const calendar = z
  .object({
    era: z.string(),
    calendarId: uuid,
    staffId: uuid.nullable(),
    resourceId: uuid.optional().meta({ description: 'For the calendar of a resource.' }),
    revision: z.int(),
    timeZone: z.string(),
    at: instantText,
    claims: z.array(claim),
  })
  .meta({ id: 'Calendar' });
export type CalendarReply = z.output<typeof calendar>;

/** GET /v1/calendars/{id}/changes */
export const changesQuery = z.strictObject({ after: queryInteger(0, 999_999_999).default(0), limit: queryInteger(1, 1_000).optional() });
export const changes = z
  .object({
    era: z.string(),
    calendarId: uuid,
    revision: z.int().meta({ description: 'The newest revision of the calendar.' }),
    changes: z.array(z.object({ revision: z.int(), epoch: z.int(), at: instantText, events: z.array(changeEvent) })),
    nextAfter: z.int().meta({ description: 'Send this as `after` next time.' }),
  })
  .meta({ id: 'Changes' });
export type ChangesReply = z.output<typeof changes>;

/** Balancers in between give a silent request a minute. */
const LONGEST_WAIT_SECONDS = 30;
const LONGEST_CURSOR = 200;

/** GET /v1/changes */
export const businessChangesQuery = z.strictObject({
  after: z
    .string()
    .min(1)
    .max(LONGEST_CURSOR)
    .optional()
    .meta({ description: 'A cursor from this server, or 0 for the oldest change kept. Without it: from now on.' }),
  types: queryList(z.enum(FACT_NAMES), FACT_NAMES.length).optional().meta({ description: 'Only these facts; can be repeated.' }),
  staffId: queryList(uuid, 100).optional(),
  resourceId: queryList(uuid, 100).optional().meta({ description: 'With `staffId` the calendars of both: of these people and of these resources.' }),
  locationId: queryList(uuid, 100).optional().meta({ description: 'Only calendars of current staff and resources.' }),
  limit: queryInteger(1, 1_000).optional(),
  wait: queryInteger(0, LONGEST_WAIT_SECONDS).optional().meta({ description: 'Seconds to wait for a change if there is none yet.' }),
});
export const businessChanges = z
  .object({
    era: z.string(),
    changes: z.array(
      z.object({
        cursor: z.string(),
        calendarId: uuid,
        revision: z.int(),
        at: instantText,
        by: z.object({ userId: uuid.optional(), apiKeyId: uuid.optional() }).nullable().optional().meta({
          description: 'Who asked; null for a guest or the calendar itself, as when a hold expires. Absent if the reader may not see customers.',
        }),
        requestId: z.string().optional().meta({ description: 'The id of the request, if `by` names a user or a key.' }),
        events: z.array(changeEvent),
      }),
    ),
    nextAfter: z.string().meta({ description: 'Send this as `after` next time, even if `changes` is empty.' }),
  })
  .meta({ id: 'BusinessChanges' });
export type BusinessChangesReply = z.output<typeof businessChanges>;

/** POST /v1/requests/{key}/abandon */
export const abandonReply = z
  .object({
    outcome: z.enum(['abandoned', 'done', 'refused']),
    revision: z.int().optional(),
    calendarId: uuid.optional(),
    event: changeEvent.optional().meta({ description: 'With `done`: what happened.' }),
    code: z.string().optional().meta({ description: 'With `refused`: the problem code.' }),
  })
  .meta({ id: 'Abandoned' });
export type AbandonReply = z.output<typeof abandonReply>;
