// Calendars elsewhere on the wire: feeds that calendar programs follow, and external calendars whose busy times hold here.
import { z } from 'zod';
import { instantText, uuid } from './scalars.ts';

const LONGEST_URL = 2_000;

/** POST /v1/staff/{id}/calendar-feed */
export const calendarFeedBody = z
  .strictObject({
    customerNames: z.boolean().optional().meta({ description: 'Whether entries name the customer; true by default. Anyone with the address can read them.' }),
  })
  .meta({ id: 'NewCalendarFeed' });
export const calendarFeed = z
  .object({
    url: z.string().meta({ description: 'The address of the feed. It is the only key to it and is not told again: keep it like a password.' }),
    customerNames: z.boolean(),
  })
  .meta({ id: 'CalendarFeed' });

/** POST /v1/staff/{id}/external-calendars */
export const externalCalendarBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'Your own id, if you have one.' }),
    url: z
      .string()
      .min(1)
      .max(LONGEST_URL)
      .meta({ description: 'The address of an iCalendar file (https or webcal), as Google, Outlook and Apple publish it.' }),
  })
  .meta({ id: 'NewExternalCalendar' });

const conflict = z.object({ appointmentId: uuid, startsAt: instantText, endsAt: instantText, busyFrom: instantText, busyTo: instantText }).meta({
  id: 'ExternalConflict',
  description: 'An appointment ahead that a busy time of the external calendar overlaps. It stays booked until the desk moves or cancels it.',
});

export const externalCalendar = z
  .object({
    id: uuid,
    url: z.string().meta({ description: 'Only the host: the rest is a secret and is not told again.' }),
    state: z.enum(['ok', 'late', 'failed']).meta({
      description:
        '`failed`: the last attempt failed. `late`: no attempt has succeeded for 45 minutes, or none yet. The busy times of the last success hold either way.',
    }),
    failure: z
      .string()
      .nullable()
      .meta({ description: 'Why the last attempt failed, such as `too-large`, `not-a-calendar`, `answered-404`; null if it succeeded.' }),
    failedAt: instantText.nullable(),
    lastOkAt: instantText.nullable(),
    nextRefreshAt: instantText,
    busyTimes: z.int().meta({ description: 'How many busy times it has within the days that can be booked.' }),
    readUntil: instantText.nullable().meta({ description: 'Busy times after this are not known.' }),
    createdAt: instantText,
    conflicts: z.array(conflict).meta({ description: 'The first 50, by start.' }),
  })
  .meta({ id: 'ExternalCalendar' });
export type ExternalCalendarReply = z.output<typeof externalCalendar>;
export const externalCalendars = z.object({ items: z.array(externalCalendar), nextCursor: z.null() }).meta({ id: 'ExternalCalendars' });
