// Formats of money, moments and durations, in the language of the page.
import type { Money } from '../../src/model/money.ts';
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { kitWords, localeTag, say } from './language.ts';

/** The first of these languages that messages are written in. */
export function messageLocaleOf(languages: readonly string[]): MessageLocale | undefined {
  const known: readonly string[] = ['en', 'de', 'fr', 'es', 'pt'] satisfies MessageLocale[];
  return languages.map((language) => language.toLowerCase().split('-')[0] ?? '').find((language) => known.includes(language)) as MessageLocale | undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(timeZone: string, options: Intl.DateTimeFormatOptions, tag = localeTag.value): Intl.DateTimeFormat {
  const key = tag + timeZone + JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(tag, { timeZone, ...options });
  formats.set(key, made);
  return made;
}

/** Making a format takes longer than using it a hundred times. */
const amounts = new Map<string, Intl.NumberFormat>();

function amountFormat(currency: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = localeTag.value + currency + JSON.stringify(options);
  const known = amounts.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(localeTag.value, { style: 'currency', currency, ...options });
  amounts.set(key, made);
  return made;
}

export function money({ amount, currency }: Money): string {
  const format = amountFormat(currency);
  const value = amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
  return Number.isInteger(value) ? amountFormat(currency, { minimumFractionDigits: 0 }).format(value) : format.format(value);
}

export function moneyDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** As it stands in a field: "45" or "45.50". */
export function moneyField({ amount, currency }: Money): string {
  const digits = moneyDigits(currency);
  return amount % 10 ** digits === 0 ? String(amount / 10 ** digits) : (amount / 10 ** digits).toFixed(digits);
}

/** What was typed into such a field, with a point or a comma; `undefined` if it is no amount. */
export function moneyTyped(typed: string, currency: string): Money | undefined {
  const digits = moneyDigits(currency);
  const parts = /^(\d{1,8})(?:\.(\d*))?$/.exec(typed.trim().replace(',', '.'));
  if (parts === null || (parts[2] ?? '').length > digits) return undefined;
  return { amount: Number(parts[1]) * 10 ** digits + Number((parts[2] ?? '').padEnd(digits, '0') || '0'), currency };
}

/** "14:30" or "2:30 PM", as the viewer's locale has it, never broken across lines. */
export function clock(at: number, timeZone: string, tag = localeTag.value): string {
  return dateFormat(timeZone, { hour: 'numeric', minute: '2-digit' }, tag).format(at).replaceAll(/\s/g, '\u00a0');
}

/** "14:30 – 15:15", never broken across lines. */
export function clockRange(from: number, to: number, timeZone: string): string {
  return `${clock(from, timeZone)}\u00a0–\u2060\u00a0${clock(to, timeZone)}`;
}

/** French has `1er` for the first of a month, which `Intl` does not know. */
function withFirst(parts: readonly Intl.DateTimeFormatPart[], tag = localeTag.value): string {
  return parts.map(({ type, value }) => (tag.startsWith('fr') && type === 'day' && value === '1' ? '1er' : value)).join('');
}

/** "Tuesday, 24 November" */
export function longDay(at: number, timeZone: string): string {
  return withFirst(dateFormat(timeZone, { weekday: 'long', day: 'numeric', month: 'long' }).formatToParts(at));
}

/** "Tue, 24 Nov" */
export function shortDay(at: number, timeZone: string, tag = localeTag.value): string {
  return withFirst(dateFormat(timeZone, { weekday: 'short', day: 'numeric', month: 'short' }, tag).formatToParts(at), tag);
}

/** "24 November 2026" */
export function datedDay(at: number, timeZone: string): string {
  return withFirst(dateFormat(timeZone, { dateStyle: 'long' }).formatToParts(at));
}

/** "30 Nov – 6 Dec" */
export function shortDays(first: number, last: number, timeZone: string): string {
  return withFirst(dateFormat(timeZone, { day: 'numeric', month: 'short' }).formatRangeToParts(first, last));
}

/** "November 2026" */
export function monthOf(date: string): string {
  return dateFormat('UTC', { month: 'long', year: 'numeric' }).format(Date.parse(`${date}T12:00:00Z`));
}

/** "November 2026", or "Nov – Dec 2026" */
export function monthsOf(first: string, last: string): string {
  const [from, to] = [first, last].map((date) => Date.parse(`${date}T12:00:00Z`)) as [number, number];
  return monthOf(first) === monthOf(last) ? monthOf(first) : dateFormat('UTC', { month: 'short', year: 'numeric' }).formatRange(from, to);
}

/** The words of a local date, without a zone: the date is already local. */
export function dayWords(date: string): { readonly weekday: string; readonly day: string; readonly long: string } {
  const noon = Date.parse(`${date}T12:00:00Z`);
  return { weekday: dateFormat('UTC', { weekday: 'short' }).format(noon), day: dateFormat('UTC', { day: 'numeric' }).format(noon), long: longDay(noon, 'UTC') };
}

/** "GMT+1" or "New York time", for a moment in a zone. */
export function zoneName(at: number, timeZone: string): string {
  const part = dateFormat(timeZone, { timeZoneName: 'longGeneric' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName');
  return part?.value ?? timeZone;
}

/** True if a clock in both zones shows the same time then. */
export function sameClock(at: number, one: string, other: string): boolean {
  const shown = (timeZone: string) => dateFormat(timeZone, { dateStyle: 'short', timeStyle: 'medium' }).format(at);
  return shown(one) === shown(other);
}

/** "45 min", "1 h", "1 h 30 min" */
export function duration(minutes: number): string {
  const words = kitWords.value.duration;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return say(words.minutes, { minutes: rest });
  return say(rest === 0 ? words.hours : words.both, { hours, minutes: rest });
}

/** "4:05" for a countdown; never below 0:00. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "1 free time", "3 free times" */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "one, two and three" */
export function listed(words: readonly string[]): string {
  return new Intl.ListFormat(localeTag.value, { type: 'conjunction' }).format(words);
}
