// Formats of dates, numbers and sentences. Making one takes longer than using it a hundred times, and thousands of reminders need the same few.
import { IntlMessageFormat } from 'intl-messageformat';
import type { Instant } from '../model/instant.ts';
import type { MessageLocale } from '../protocol/messages.ts';

/** How dates and numbers are written; times of the day with 24 hours, as in what is on the pages. */
export const TAGS: Readonly<Record<MessageLocale, string>> = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR', es: 'es-ES', pt: 'pt-PT' };

/** All languages, zones and sentences of a business are fewer; then it begins anew. */
const MOST_KEPT = 500;

const dateFormat = kept((tag: string, options: string) => new Intl.DateTimeFormat(tag, JSON.parse(options)));
const moneyFormat = kept((tag: string, currency: string) => new Intl.NumberFormat(tag, { style: 'currency', currency }));
const sentenceFormat = kept((tag: string, text: string) => new IntlMessageFormat(text, tag, undefined, { ignoreTag: true }));

export function dateFormatOf(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return dateFormat(tag, JSON.stringify(options));
}

/** A day, with its month in words, or a time of the day. French has `1er` for the first of a month, which `Intl` does not know. */
export function dateText(tag: string, options: Intl.DateTimeFormatOptions, at: Instant): string {
  const parts = dateFormatOf(tag, options).formatToParts(at);
  return parts.map(({ type, value }) => (type === 'day' && value === '1' && tag === TAGS.fr ? '1er' : value)).join('');
}

/** `amount`: in the smallest unit of the currency. */
export function moneyText(tag: string, amount: number, currency: string): string {
  const format = moneyFormat(tag, currency);
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** `text`: an ICU message. */
export function sentence(tag: string, text: string, values: Readonly<Record<string, string | number>>): string {
  return String(sentenceFormat(tag, text).format(values));
}

function kept<T>(make: (tag: string, rest: string) => T): (tag: string, rest: string) => T {
  const made = new Map<string, T>();
  return (tag, rest) => {
    const key = `${tag} ${rest}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= MOST_KEPT) made.clear();
    const fresh = make(tag, rest);
    made.set(key, fresh);
    return fresh;
  };
}
