// A message as it leaves: subject, plain text and HTML. Pure.
import { IntlMessageFormat } from 'intl-messageformat';
import { icsOf } from '../calendars-in-and-out/ics-event.ts';
import type { Instant } from '../model/instant.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import { htmlOf, type Said } from './mail-html.ts';
import type { AboutAppointment, NewMessage } from './message.ts';
import { DE } from './words/de.ts';
import { EN } from './words/en.ts';
import { ES } from './words/es.ts';
import { FR } from './words/fr.ts';
import { PT } from './words/pt.ts';
import type { Words } from './words/words.ts';

export const WORDS: Readonly<Record<MessageLocale, Words>> = { en: EN, de: DE, fr: FR, es: ES, pt: PT };
/** How dates and numbers are written; times of the day with 24 hours, as in what is on the pages. */
export const TAGS: Readonly<Record<MessageLocale, string>> = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR', es: 'es-ES', pt: 'pt-PT' };
/** What is longer makes no subject. */
const LONGEST_NAME = 80;

/** In whose name messages are written, as the catalog has it at that moment. */
export type Sender = {
  readonly business: string;
  readonly email: string;
  nameOfStaff(id: string): string | null;
  nameOfService(id: string): string | null;
  /** Name and address. */
  placeOf(locationId: string): string | null;
};
/** `link`: to manage the appointment; null where there is nothing to manage any more. */
type Composed = { readonly subject: string; readonly text: string; readonly html: string };
export type CalendarFile = { readonly method: 'request' | 'cancel'; readonly text: string };

export function compose({ kind, locale, about }: Pick<NewMessage, 'kind' | 'locale' | 'about'>, sender: Sender, link: string | null): Composed {
  const words = WORDS[locale];
  const business = oneLine(sender.business);
  const service = oneLine(about.serviceName ?? sender.nameOfService(about.serviceId) ?? '');
  const values = { business, service, date: dayOf(about.startsAt, about.timeZone, locale), by: about.by ?? 'customer' };
  const say = (text: string) => String(new IntlMessageFormat(text, TAGS[locale], undefined, { ignoreTag: true }).format(values));
  const { subject, heading, lead } = words[kind];
  const rows = rowsOf(about, sender, { words, locale, service });
  const action = link === null ? null : { text: words.manage, link };
  const said = { business, subject: oneLine(say(subject)), heading: say(heading), lead: say(lead), rows, action, footer: say(words.footer) };
  return { subject: said.subject, text: textOf(said), html: htmlOf(said, locale) };
}

/** What puts the appointment into the reader's calendar, replaces it there, or takes it out. A request is none yet. */
export function calendarFileOf({ kind, about }: Pick<NewMessage, 'kind' | 'about'>, { business, email, ...sender }: Sender): CalendarFile | null {
  if (kind === 'appointment-requested' || kind === 'appointment-declined' || kind === 'appointment-reminder' || about.status === 'pending') return null;
  const method = kind === 'appointment-cancelled' ? 'cancel' : 'request';
  const { id: appointmentId, startsAt, endsAt, createdAt, changedAt, status } = about;
  const service = about.serviceName ?? sender.nameOfService(about.serviceId) ?? business;
  const event = {
    appointmentId,
    startsAt,
    endsAt,
    createdAt,
    changedAt,
    status,
    description: null,
    summary: service,
    location: sender.placeOf(about.locationId),
  };
  return { method, text: icsOf({ name: business, method, events: [event], organizer: { name: business, email } }) };
}

type Manner = { readonly words: Words; readonly locale: MessageLocale; readonly service: string };

function rowsOf(about: AboutAppointment, sender: Sender, { words: { labels }, locale, service }: Manner): Said['rows'] {
  const { startsAt, endsAt, timeZone, from, price } = about;
  const rows: readonly (readonly [string, string | null])[] = [
    [labels.when, spanOf(startsAt, endsAt, timeZone, locale)],
    [labels.before, from === undefined ? null : spanOf(from.startsAt, from.endsAt, timeZone, locale)],
    [labels.service, service],
    [labels.staff, sender.nameOfStaff(about.staffId)],
    [labels.where, sender.placeOf(about.locationId) ?? about.locationName ?? null],
    [labels.price, price.amount === 0 ? null : moneyOf(price, locale)],
    [labels.reference, about.reference],
  ];
  return rows.flatMap(([label, value]) => (value === null || value === '' ? [] : [[label, oneLine(value)] as const]));
}

function textOf({ heading, lead, rows, action, footer }: Said): string {
  const table = rows.map(([label, value]) => `${label}: ${value}`).join('\n');
  return `${[heading, lead, table, ...(action === null ? [] : [`${action.text}:\n${action.link}`]), footer].join('\n\n')}\n`;
}

function dayOf(at: Instant, timeZone: string, locale: MessageLocale): string {
  return new Intl.DateTimeFormat(TAGS[locale], { timeZone, day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** With the name of the zone as it is called then, since nobody knows where the reader is. */
function spanOf(startsAt: Instant, endsAt: Instant, timeZone: string, locale: MessageLocale): string {
  const tag = TAGS[locale];
  const day = new Intl.DateTimeFormat(tag, { timeZone, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const time = new Intl.DateTimeFormat(tag, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const zone = new Intl.DateTimeFormat(tag, { timeZone, timeZoneName: 'long' }).formatToParts(startsAt).find(({ type }) => type === 'timeZoneName')?.value;
  const end = day.format(startsAt) === day.format(endsAt) ? time.format(endsAt) : `${day.format(endsAt)}, ${time.format(endsAt)}`;
  return `${day.format(startsAt)}, ${time.format(startsAt)} – ${end} (${zone ?? timeZone})`;
}

function moneyOf({ amount, currency }: AboutAppointment['price'], locale: MessageLocale): string {
  const format = new Intl.NumberFormat(TAGS[locale], { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** No line of ours ends where we do not end it. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= 2 * LONGEST_NAME ? line : `${characters.slice(0, 2 * LONGEST_NAME - 1).join('')}…`;
}
