// The language of a page. Every page begins in English; a page that has other languages sets it, together with the words in it.
import { computed, signal } from '@preact/signals';
import { IntlMessageFormat } from 'intl-messageformat';
import type { ComponentChild } from 'preact';
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { EN, type KitWords } from './words/en.ts';
import type { ProblemWords } from './words/problem-words.ts';

type Values = Readonly<Record<string, string | number>>;
/** `<name>words</name>` in a sentence becomes what this makes of the words. */
type Parts = Readonly<Record<string, (words: string) => ComponentChild>>;

/** How dates, numbers and money are written where the visitor has no variety of the language of their own. */
const TAGS = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR', es: 'es-ES', pt: 'pt-PT' } as const satisfies Record<MessageLocale, string>;

export const language = signal<MessageLocale>('en');
export const kitWords = signal<KitWords>(EN);
/** `undefined`: English, which has a sentence for every problem. */
export const problemWords = signal<ProblemWords | undefined>(undefined);
/** For `Intl`: `de-AT` for an Austrian who reads German. */
export const localeTag = computed(() => tagOf(language.value));

export function tagOf(locale: MessageLocale): string {
  return navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === locale) ?? TAGS[locale];
}

// Only the parser would ask which languages the browser supports, and the parser is not in the bundle. The answer takes a phone 50 milliseconds.
IntlMessageFormat.resolveLocale = () => undefined;

/** By language, one for each sentence that has been said in it: as many as the catalogue has. */
const formats = new Map<string, Map<string, IntlMessageFormat>>();

function formatOf(text: string, tag: string): IntlMessageFormat {
  const made = formats.get(tag) ?? new Map<string, IntlMessageFormat>();
  formats.set(tag, made);
  const known = made.get(text);
  if (known !== undefined) return known;
  const format = new IntlMessageFormat(text, tag);
  made.set(text, format);
  return format;
}

/** Hebrew, Arabic and what else is read from the right. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name that is read from the right does not turn round the numbers and commas beside it. */
export function isolated(name: string): string {
  return FROM_THE_RIGHT.test(name) ? `\u2068${name}\u2069` : name;
}

function isolatedEach(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? isolated(value) : value]));
}

/** `text`: an ICU message. In the bundle it is parsed already; see `web/vite.config.ts`. */
export function say(text: string, values: Values = {}, tag = localeTag.value): string {
  return typeof text === 'string' && !text.includes('{') ? text : String(formatOf(text, tag).format(isolatedEach(values)));
}

/** A sentence of which some words are more than words, such as a link. */
export function sayWith(text: string, parts: Parts, values: Values = {}): ComponentChild {
  const made = Object.fromEntries(Object.entries(parts).map(([name, make]) => [name, (inside: readonly unknown[]) => make(inside.join(''))]));
  return formatOf(text, localeTag.value).format<ComponentChild>({ ...isolatedEach(values), ...made }) as ComponentChild;
}
