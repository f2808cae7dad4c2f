// Public holidays on the wire.
import { z } from 'zod';
import { localDate, queryInteger } from './scalars.ts';

/** This year and the two after it: laws change, so what lies further ahead is a guess. */
export const YEARS_AHEAD = 2;
/** Which codes exist is known to the list of holidays alone: it has some that are not in ISO 3166, such as XK. */
const code = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .overwrite((text) => text.trim().toUpperCase());

/** GET /v1/locations/{id}/holidays */
export const holidaysQuery = z
  .strictObject({
    country: code(10).optional().meta({ description: 'Default: the country of the location.', example: 'DE' }),
    region: code(20).optional().meta({ description: 'A `code` of `regions`. Default: only what is a holiday in the whole country.', example: 'BE' }),
    year: queryInteger(1, 9_999)
      .optional()
      .meta({ description: `This year, which is the default, or one of the next ${YEARS_AHEAD}.` }),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'must be the two letters of a language (ISO 639), as in de')
      .optional()
      .meta({ description: 'Of the names, where they are known in it. Default: English.' }),
  })
  .meta({ id: 'HolidaysQuery' });
export type HolidaysQuery = z.output<typeof holidaysQuery>;

const publicHoliday = z
  .object({
    date: localDate,
    name: z.string(),
    from: z.string().nullable().meta({ description: 'When it begins, as in 13:00; null if it is the whole day.' }),
  })
  .meta({ id: 'PublicHoliday' });
export type PublicHoliday = z.output<typeof publicHoliday>;

export const publicHolidays = z
  .object({
    country: z.string(),
    region: z.string().nullable(),
    year: z.int(),
    regions: z
      .array(z.object({ code: z.string(), name: z.string() }))
      .meta({ description: 'Those of the country that have holidays of their own; a part of a region, as in BY-A, follows it.' }),
    items: z.array(publicHoliday).meta({ description: 'By date. One of several days is listed with each of them, also with those in the next year.' }),
  })
  .meta({ id: 'PublicHolidays' });
export type PublicHolidaysReply = z.output<typeof publicHolidays>;
