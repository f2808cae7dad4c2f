// The small values that requests and replies are made of. Every text has a length and every number a range.
import { z } from 'zod';
import { MOST_ADD_ONS } from '../model/add-ons.ts';
import { isCountry } from '../model/countries.ts';
import { type Instant, parseInstant } from '../model/instant.ts';
import { isLocalDate, isTimeZone, timeZoneNamed } from '../model/local-dates.ts';
import { PRICE_TYPES } from '../model/money.ts';

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

/** An IANA time zone name, read in any case and kept as the database spells it. */
export const timeZone = z
  .string()
  .max(64)
  .overwrite((name) => timeZoneNamed(name) ?? name)
  .refine(isTimeZone, 'must be an IANA time zone, as in Europe/Berlin')
  .meta({ example: 'Europe/Berlin' });

/** Letters, digits, punctuation and signs, but for those that are drawn as nothing: fillers, joiners, and Braille without a dot. */
const VISIBLE = /(?!\p{Default_Ignorable_Code_Point}|\u2800)[\p{L}\p{N}\p{P}\p{S}]/u;
/**
 * Marks that come along when a text is copied and that nobody sees: of direction (which could turn what stands behind the name around), soft
 * hyphens, spaces without width, byte order marks. Joiners stay: Persian, Hindi and some emoji are written with them.
 */
const UNSEEN_MARKS = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

const WITHOUT_CONTROLS = [(value: string) => !/[^\P{Cc}\t\n\r]/u.test(value) && value.isWellFormed(), 'must not contain control characters'] as const;

/** Text for people: no leading or trailing space, at least one character that can be seen, no control characters but line breaks and tabs. */
export function text(most: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((value) => VISIBLE.test(value), 'must have a character that can be seen')
    .refine(...WITHOUT_CONTROLS);
}

/** As `text`, where an empty one is none. */
export function textOrNone(most: number) {
  return z
    .string()
    .trim()
    .max(most)
    .refine(...WITHOUT_CONTROLS);
}

/** Text in one line, as names are: line breaks, tabs and runs of spaces become one space, and marks that nobody sees are taken out. */
export function lineOfText(most: number) {
  return z.string().overwrite(inOneLine).pipe(text(most));
}

function inOneLine(typed: string): string {
  return typed.replaceAll(UNSEEN_MARKS, '').replaceAll(/\s+/gu, ' ').normalize('NFC').trim();
}

export const personName = lineOfText(200);

/** A name or an address with a dot, or this machine; no `;`, `,` or `*`, which would mean more in a policy of a browser. */
const SITE = /^(https:\/\/([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d-]{1,63}|https?:\/\/localhost)(:\d{1,5})?$/;
/** The origin of a site as browsers name it. Only this machine does without TLS: on the way, everyone could show what they like in its name. */
export const siteOrigin = z
  .string()
  .max(300)
  .refine((site) => SITE.test(site) && URL.parse(site)?.origin === site, 'must be an origin such as https://www.example.com, without a path')
  .meta({ example: 'https://www.example.com' });

/** RFC 5321, 4.5.3.1, in bytes. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_EMAIL = 254;
/** RFC 5322's dot-atom, with the letters and digits of every script (RFC 6531). */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+(\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+)*$/u;
const DOMAIN = /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/;

/**
 * One mailbox has one spelling, since one address is one customer: lower case, letters in their plain form (NFKC), the domain as the mail
 * servers know it (`xn--…`). What is no address comes back as it was, and is none.
 */
function spelledEmail(typed: string): string {
  const trimmed = typed.replaceAll(UNSEEN_MARKS, '').trim();
  const at = trimmed.lastIndexOf('@');
  const [local, domain] = [trimmed.slice(0, Math.max(0, at)), trimmed.slice(at + 1)];
  if (at < 1 || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return trimmed.toLowerCase();
  return `${local.normalize('NFKC').toLowerCase().normalize('NFKC')}@${URL.parse(`http://${domain}`)?.hostname ?? domain.toLowerCase()}`;
}

function isEmail(spelled: string): boolean {
  const at = spelled.lastIndexOf('@');
  const bytes = (part: string) => new TextEncoder().encode(part).length;
  const [local, domain] = [spelled.slice(0, Math.max(0, at)), spelled.slice(at + 1)];
  return bytes(spelled) <= LONGEST_EMAIL && bytes(local) <= LONGEST_LOCAL_PART && LOCAL_PART.test(local) && DOMAIN.test(domain);
}

/** Letters of every script, before and after the `@`. See `spelledEmail` for how it is kept. */
export const email = z
  .string()
  .max(LONGEST_EMAIL)
  .overwrite(spelledEmail)
  .refine(isEmail, 'must be an e-mail address')
  .meta({ format: 'email', example: 'ada@example.org' });

/** A field that was left empty is none: null. */
export const emailOrNone = z
  .string()
  .max(LONGEST_EMAIL)
  .overwrite(spelledEmail)
  .refine((spelled) => spelled === '' || isEmail(spelled), 'must be an e-mail address')
  .transform((spelled) => (spelled === '' ? null : spelled))
  .meta({ example: 'ada@example.org' });

/** Digits of any script with what is put between them, then perhaps an extension. */
const PHONE = /^(tel:)?[+\p{Nd}()./ -]*\p{Nd}[()./ -]*([,;]* ?([#x]|;?ext(ension|n)?[.:=]?|extn?[.:]?|durchwahl:?|poste|int[.:]?) ?\p{Nd}{1,9}#?)?$/iu;
const LEAST_DIGITS = 3;

/** As a person typed or pasted it, without what nobody sees and with the plain forms of spaces, hyphens and signs. */
function plainPhone(typed: string): string {
  return typed
    .normalize('NFKC')
    .replaceAll(UNSEEN_MARKS, '')
    .replaceAll(/[\p{Pd}\u2212]/gu, '-')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** A telephone number for people to call. A field that was left empty is none: null. The server keeps the number in E.164 beside it. */
export const phone = z
  .string()
  .max(60)
  .overwrite(plainPhone)
  .refine((plain) => plain === '' || (PHONE.test(plain) && (plain.match(/\p{Nd}/gu) ?? []).length >= LEAST_DIGITS), 'must be a telephone number')
  .transform((plain) => (plain === '' ? null : plain))
  .meta({ example: '+49 30 1234567' });

/** ISO 3166-1 alpha-2. */
export const country = z
  .string()
  .max(10)
  .overwrite((code) => code.trim().toUpperCase())
  .refine(isCountry, 'must be the two letters of a country (ISO 3166), as in DE')
  .meta({ example: 'DE' });
export const LONGEST_NOTES = 2_000;
export const notes = text(LONGEST_NOTES);
export const reason = text(500);

/** ISO 4217, upper case. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code, as in EUR');
export const money = z
  .strictObject({ amount: z.int().min(0).max(1_000_000_000), currency })
  .meta({ id: 'Money', description: 'An amount in the minor unit of the currency (cents).' });
/** More may have gone than has come, and sums of many days are larger than any price. */
export const sum = z
  .object({ amount: z.int(), currency: z.string() })
  .meta({ id: 'Sum', description: 'A sum in the minor unit of the currency. It may be negative.' });
export const priceType = z.enum(PRICE_TYPES).meta({
  description:
    '`from`: the price is the least, until the business sets the final one at the desk; a deposit and a no-show fee are shares of it. `free`: nothing is ever asked for.',
});
export const taxPercent = z
  .number()
  .min(0)
  .max(100)
  .refine((percent) => Math.round(percent * 100) / 100 === percent, 'must have at most two decimals')
  .nullable()
  .meta({ description: 'The tax rate, with at most two decimals. The price includes the tax. Null: receipts say nothing of taxes.', example: 19 });

/** As it is drawn on the pages. */
export const colour = z
  .string()
  .max(7)
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'must be a colour in six hexadecimal digits, as in #3a7d44')
  .meta({ example: '#3a7d44' });
/** A place in a list that people put into an order; equal ones are sorted by name. */
export const position = z.int().min(0).max(1_000_000);

export const ONE_DAY_MINUTES = 24 * 60;
export const seats = z.int().min(1).max(500);
export const addOnIds = z
  .array(uuid)
  .max(MOST_ADD_ONS)
  .refine((ids) => new Set(ids).size === ids.length, 'must not contain duplicates');

/** A whole number in a query string. */
export function queryInteger(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ override: { type: 'integer', minimum: least, maximum: most } });
}

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
