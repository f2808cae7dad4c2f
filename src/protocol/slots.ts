// Free times on the wire.
import { z } from 'zod';
import { MOST_ADD_ONS } from '../model/add-ons.ts';
import { checkRange } from '../model/local-dates.ts';
import { readMoment } from './moments.ts';
import { instantText, localDate, queryInteger, queryList, timeZone, uuid } from './scalars.ts';

export const MOST_STAFF_ASKED = 100;

const range = {
  from: localDate.meta({ description: "First local date, in the viewer's zone." }),
  to: localDate.meta({ description: 'The local date after the last one.' }),
};

/** Refuses a range that is empty, backwards or too long. */
export function checkDateRange(asked: { from: string; to: string }, context: z.RefinementCtx): void {
  const wrong = checkRange(asked.from, asked.to);
  if (wrong !== undefined) context.addIssue({ code: 'custom', path: [wrong.path], message: wrong.message, input: asked[wrong.path] });
}

/** GET /v1/slots */
export const slotsQuery = z
  .strictObject({
    serviceId: uuid,
    ...range,
    staffId: queryList(uuid, MOST_STAFF_ASKED).optional(),
    locationId: uuid.optional(),
    timeZone: timeZone.optional().meta({ description: "The viewer's zone: reads the dates and formats the times. Default: the location's." }),
    grain: z.enum(['slot', 'day']).default('slot'),
    seats: queryInteger(1, 500).optional(),
    addOnIds: queryList(uuid, MOST_ADD_ONS).optional().meta({ description: 'What is done along with it: the times are long enough for all of it.' }),
    movingAppointmentId: uuid
      .optional()
      .meta({ description: 'That appointment does not stand in the way. For those who may move it: with its `Manage-Token`, or logged in.' }),
  })
  .superRefine(checkDateRange);
export type SlotsAsked = z.output<typeof slotsQuery>;

const slot = z.object({ startsAt: instantText, endsAt: instantText, staffId: uuid, resourceId: uuid.optional(), remaining: z.int() }).meta({
  id: 'Slot',
  description: '`resourceId`, where the service needs one: the first that is free then, of those at the location of the staff member.',
});
const slotsDay = z
  .object({ date: localDate, slots: z.int(), morning: z.int(), afternoon: z.int() })
  .meta({ id: 'SlotsDay', description: 'How many different starts there are on a local date; `morning` is before noon.' });
const slotsCalendar = z.object({ calendarId: uuid, staffId: uuid, revision: z.int(), era: z.string() }).meta({ id: 'SlotsCalendar' });
export const slotsReply = z
  .object({
    timeZone: z.string(),
    slots: z.array(slot).optional().meta({ description: 'With `grain=slot`: 10,000 at most, of whole days.' }),
    nextFrom: localDate
      .nullable()
      .optional()
      .meta({ description: 'With `grain=slot`: the `from` to go on with, where one answer does not hold everything; else null.' }),
    omitted: z.int().optional().meta({
      description:
        'With `grain=slot`: how many free times of one day did not fit, else 0. Every start is listed then, but not everyone who could take it: name a location, or people.',
    }),
    days: z.array(slotsDay).optional().meta({ description: 'With `grain=day`.' }),
    calendars: z.array(slotsCalendar).meta({ description: 'The state of each calendar that this was read from.' }),
  })
  .meta({ id: 'Slots' });
export type SlotsReply = z.output<typeof slotsReply>;

/** GET /v1/slots/explain */
export const explainQuery = z
  .strictObject({
    serviceId: uuid,
    staffId: uuid,
    startsAt: z.string().max(40).meta({ format: 'date-time' }),
    timeZone: timeZone.optional(),
    seats: queryInteger(1, 500).optional(),
    addOnIds: queryList(uuid, MOST_ADD_ONS).optional(),
  })
  .transform(({ startsAt, timeZone: zone, ...rest }, context) => {
    // A plus sign that was not percent-encoded arrives as a space.
    const read = readMoment(startsAt.replace(/ (\d{2}:\d{2})$/, '+$1'), zone);
    if (read.ok) return { ...rest, startsAt: read.at };
    context.addIssue({ code: 'custom', path: ['startsAt'], message: read.message, input: startsAt, params: { problem: read.code } });
    return z.NEVER;
  });
export type ExplainAsked = z.output<typeof explainQuery>;

const SLOT_RULES = ['slot-in-past', 'too-soon', 'too-far', 'outside-hours', 'slot-taken', 'off-grid', 'limit-reached'] as const;
export const explainReply = z
  .object({
    bookable: z.boolean(),
    rules: z
      .array(z.object({ rule: z.enum(SLOT_RULES), ok: z.boolean(), detail: z.string().optional() }))
      .meta({ description: 'Every rule, in the order in which they are checked.' }),
    revision: z.int(),
  })
  .meta({ id: 'SlotExplanation' });
export type ExplainReply = z.output<typeof explainReply>;
