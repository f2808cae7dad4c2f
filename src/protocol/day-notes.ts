// What the front desk writes down for a day, for those who work there later.
import { z } from 'zod';
import { instantText, LONGEST_NOTES, localDate, textOrNone, uuid } from './scalars.ts';

/** /v1/locations/{id}/day-notes/{date} */
export const dayNoteParams = z.object({ id: uuid, date: localDate });
/** PUT. An empty text is none. */
export const dayNoteBody = z.strictObject({ text: textOrNone(LONGEST_NOTES) }).meta({ id: 'DayNoteText' });
export const dayNote = z
  .object({
    locationId: uuid,
    date: localDate,
    text: z.string().meta({ description: 'Empty if there is none.' }),
    changedAt: instantText.nullable().meta({ description: 'Null if nothing was ever written.' }),
    version: z.int().meta({ description: '0 if nothing was ever written.' }),
  })
  .meta({ id: 'DayNote' });
export type DayNoteReply = z.output<typeof dayNote>;
