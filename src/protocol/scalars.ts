// The small values that requests and replies are made of. Every text has a length and every number a range.
import { z } from 'zod';
import { type Instant, parseInstant } from '../model/instant.ts';
import { isLocalDate, isTimeZone } from '../model/local-dates.ts';

/** Ids are UUIDs (v7 when the server makes them); callers may bring their own. Upper case is taken and lowered. */
export const uuid = z
  .guid('must be a UUID')
  .toLowerCase()
  .meta({ description: 'UUID; version 7 when the server makes it', example: '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d' });

/** A moment in a reply. */
export const instantText = z.string().meta({ format: 'date-time', example: '2026-11-24T09:00:00+01:00' });

/** Calendars keep minutes in 32 bits, and nobody books beyond. */
const LATEST = Date.UTC(2200, 0, 1);
export const OUT_OF_REACH = 'must be between the years 1970 and 2200';

export function isInReach(at: Instant): boolean {
  return at >= 0 && at < LATEST;
}

export const INSTANT_ADVICE = 'must be a date and time with an offset, as in 2026-11-24T09:00:00+01:00 or 2026-11-24T08:00:00Z';

/** A moment in a request, read to an `Instant`. */
export const instantInput = z
  .string()
  .max(40)
  .meta({ format: 'date-time', example: '2026-11-24T09:00:00+01:00' })
  .transform((text, context) => {
    const at = parseInstant(text);
    if (at !== undefined && isInReach(at)) return at;
    context.addIssue({ code: 'custom', message: at === undefined ? INSTANT_ADVICE : OUT_OF_REACH, input: text });
    return z.NEVER;
  });

/** `YYYY-MM-DD`, a date that exists. */
export const localDate = z.string().refine(isLocalDate, 'must be a date that exists, as in 2026-11-24').meta({ format: 'date', example: '2026-11-24' });

/** An IANA time zone name. */
export const timeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone, as in Europe/Berlin').meta({ example: 'Europe/Berlin' });

/** Text for people: no leading or trailing space, at least one character, no control characters but line breaks and tabs. */
export function text(most: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((value) => !/[^\P{Cc}\t\n\r]/u.test(value) && value.isWellFormed(), 'must not contain control characters');
}

export const personName = text(200);
/** Read in lower case: one address is one customer. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email()).meta({ example: 'ada@example.org' });
export const phone = z
  .string()
  .trim()
  .min(3)
  .max(40)
  .regex(/^[+0-9()./ -]+$/, 'must be a telephone number')
  .meta({ example: '+49 30 1234567' });
export const notes = text(2_000);
export const reason = text(500);

/** ISO 4217, upper case. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code, as in EUR');
export const money = z
  .strictObject({ amount: z.int().min(0).max(1_000_000_000), currency })
  .meta({ id: 'Money', description: 'An amount in the minor unit of the currency (cents).' });

export const seats = z.int().min(1).max(500);

/** A whole number in a query string. */
export function queryInteger(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ override: { type: 'integer', minimum: least, maximum: most } });
}

/** `true` or `false` in a query string. */
export const queryBoolean = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A query parameter that may be given several times. */
export function queryList<Item extends z.ZodType>(item: Item, most: number) {
  return z.union([z.array(item).max(most), item.transform((one) => [one])]).transform((value) => value as z.output<Item>[]);
}

export const MOST_LISTED = 200;
export const pageQuery = { limit: queryInteger(1, MOST_LISTED).optional(), cursor: z.string().min(1).max(500).optional() };

/** A page of a list; `nextCursor` is null on the last one. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
