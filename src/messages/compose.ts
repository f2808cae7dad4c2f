// A message as it leaves: subject, plain text and HTML. Pure.
import { icsOf } from '../calendars-in-and-out/ics-event.ts';
import { dateFormatOf, dateText, moneyText, sentence, TAGS } from '../mail/formats.ts';
import type { Instant } from '../model/instant.ts';
import { AGENDA, isToCustomer, type MessageKind, type MessageLocale } from '../protocol/messages.ts';
import { htmlOf, type Said } from './mail-html.ts';
import type { AboutAppointment, NewMessage } from './message.ts';
import { blockIn, filled, paragraphsOf, placeholdersOf, type TemplateName, type TemplateText } from './template.ts';
import { DE } from './words/de.ts';
import { EN } from './words/en.ts';
import { ES } from './words/es.ts';
import { FR } from './words/fr.ts';
import { PT } from './words/pt.ts';
import type { MessageWords, Words } from './words/words.ts';

export const WORDS: Readonly<Record<MessageLocale, Words>> = { en: EN, de: DE, fr: FR, es: ES, pt: PT };
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
/** `link`: to manage or pay for the appointment, or to book another; null where there is nothing to do any more. */
export type Composed = { readonly subject: string; readonly text: string; readonly html: string };
export type CalendarFile = { readonly method: 'request' | 'cancel'; readonly text: string };

/** `template`: what the business makes it say; null: what it says by default. */
export function compose(
  message: Pick<NewMessage, 'kind' | 'locale' | 'about'>,
  sender: Sender,
  link: string | null,
  template: TemplateText | null = null,
): Composed {
  const { kind, locale, about } = message;
  const words = WORDS[locale];
  const service = oneLine(about.serviceName ?? sender.nameOfService(about.serviceId) ?? '');
  const spoken = {
    ...{ business: oneLine(sender.business), service, date: dayOf(about.startsAt, about.timeZone, locale), by: about.by ?? 'customer' },
    ...moneySpoken(about, locale),
    ...cardSpoken(about, locale),
    ...balanceSpoken(about, locale),
  };
  const say = (text: string) => said(text, locale, spoken);
  const cells = cellsOf(about, sender, locale, service);
  const { subject, heading, lead } = words[kind];
  const values = { ...cells, ...spoken, explanation: say(lead) };
  const mail: Said = {
    ...laidOut({ subject: say(subject), heading: say(heading), lead: say(lead) }, template, values),
    rows: rowsOf(isOff(kind) ? { ...cells, voucher: '', price: '', reserved: '' } : cells, words),
    action: link === null ? null : { text: say(actionWordsOf(kind, about, words)), link },
    footer: say(words.footer),
  };
  return { subject: mail.subject, text: textOf(mail), html: htmlOf(mail, locale) };
}

/** What stands above the last line: as the template has it, otherwise the words with everything there is below them. */
export function laidOut(
  { subject, heading, lead }: MessageWords,
  template: TemplateText | null,
  values: Readonly<Record<string, string>>,
): Pick<Said, 'subject' | 'heading' | 'blocks'> {
  if (template === null) return { subject: oneLine(subject), heading, blocks: [{ text: lead }, 'details', 'manage'] };
  const [first = '', ...paragraphs] = paragraphsOf(template.body);
  const blocks = paragraphs.map((paragraph) => {
    const block = blockIn(paragraph);
    return block === 'details' || block === 'manage' ? block : { text: filled(paragraph, values) };
  });
  return {
    subject: oneLine(filled(template.subject, values)),
    heading: filled(first, values),
    blocks: blocks.filter((block) => typeof block === 'string' || block.text !== ''),
  };
}

/** What a message says by default, as a template to begin with. A text has no subject. */
export function defaultTemplate({ kind, channel, locale }: TemplateName): TemplateText {
  if (kind === AGENDA) return defaultOfDay(locale);
  const { subject, heading, lead } = isToCustomer(kind) ? WORDS[locale][kind] : WORDS[locale].staff[kind];
  const say = (text: string) =>
    said(text, locale, {
      business: '{{business}}',
      service: '{{service}}',
      date: '{{date}}',
      amount: '{{amount}}',
      by: 'customer',
      offers: 'none',
      balance: 'none',
      card: 'none',
    });
  if (channel === 'sms' && isToCustomer(kind)) return { subject: '', body: say(WORDS[locale].sms[kind]) };
  const known = placeholdersOf(kind);
  const blocks = (['details', 'manage'] as const).filter((name) => known.includes(name)).map((name) => `{{${name}}}`);
  return { subject: say(subject), body: [say(heading), known.includes('explanation') ? '{{explanation}}' : say(lead), ...blocks].join('\n\n') };
}

function defaultOfDay(locale: MessageLocale): TemplateText {
  const { subject, heading, lead } = WORDS[locale].agenda;
  const say = (text: string) => sentence(TAGS[locale], text, { business: '{{business}}', date: '{{date}}', appointments: '{{appointments}}' });
  return { subject: say(subject), body: [say(heading), say(lead), '{{details}}', '{{manage}}'].join('\n\n') };
}

type Spoken = Readonly<Record<'business' | 'service' | 'date' | 'by' | 'amount' | 'offers' | 'balance' | 'card', string>>;

function moneySpoken({ money, offers }: AboutAppointment, locale: MessageLocale): Pick<Spoken, 'amount' | 'offers'> {
  return {
    amount: money === undefined ? '' : moneyText(TAGS[locale], money.amount, money.currency),
    offers: offers === undefined ? 'none' : String(offers.length),
  };
}

/** What is only reserved is not paid. */
function cardSpoken({ reserved, money }: AboutAppointment, locale: MessageLocale): Pick<Spoken, 'card'> & Partial<Pick<Spoken, 'amount'>> {
  return reserved === undefined || money !== undefined
    ? { card: 'none' }
    : { card: 'reserved', amount: moneyText(TAGS[locale], reserved.amount, reserved.currency) };
}

/** What a change has made of what was paid: below zero, that much is still to be paid. While the price is only the least, that is not known. */
function beyondPrice({ price, priceType, paid, isRepriced }: AboutAppointment): number {
  return isRepriced === undefined || paid === undefined || priceType === 'from' ? 0 : paid.amount - price.amount;
}

function balanceSpoken(about: AboutAppointment, locale: MessageLocale): Pick<Spoken, 'balance'> & Partial<Pick<Spoken, 'amount'>> {
  const beyond = beyondPrice(about);
  if (beyond === 0) return { balance: 'none' };
  return { balance: beyond < 0 ? 'due' : 'over', amount: moneyText(TAGS[locale], Math.abs(beyond), about.price.currency) };
}

/** What the link leads to. */
function actionWordsOf(kind: MessageKind, { offers }: AboutAppointment, words: Words): string {
  if (kind === 'payment-due') return words.pay;
  if (kind === 'receipt') return words.receiptPage;
  return offers === undefined ? words.manage : words.bookAgain;
}

function said(text: string, locale: MessageLocale, values: Spoken): string {
  return sentence(TAGS[locale], text, values);
}

const CALENDAR_KINDS: readonly MessageKind[] = ['appointment-booked', 'appointment-approved', 'appointment-changed', 'appointment-cancelled'];

/** What puts the appointment into the reader's calendar, replaces it there, or takes it out. A request is none yet. */
export function calendarFileOf({ kind, about }: Pick<NewMessage, 'kind' | 'about'>, { business, email, ...sender }: Sender): CalendarFile | null {
  if (!CALENDAR_KINDS.includes(kind) || about.status === 'pending') return null;
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
    summary: withAddOns(service, about.addOns),
    location: sender.placeOf(about.locationId),
  };
  return { method, text: icsOf({ name: business, method, events: [event], organizer: { name: business, email } }) };
}

/** In one line, as it stands in a calendar and in a list of a day. */
export function withAddOns(service: string, addOns: readonly string[] = []): string {
  return [service, ...addOns].join(' + ');
}

type Cells = Readonly<Record<keyof Words['labels'], string>>;

/** Of what there is nothing to say of, nothing. */
export function cellsOf(about: AboutAppointment, sender: Sender, locale: MessageLocale, service: string): Cells {
  const { startsAt, endsAt, timeZone, from, price, discount, paid, reserved, isRepriced, offers = [], addOns = [] } = about;
  const [beyond, moneyIn] = [beyondPrice(about), (amount: number) => moneyText(TAGS[locale], amount, price.currency)];
  return {
    when: spanOf(startsAt, endsAt, timeZone, locale),
    before: from === undefined ? '' : beforeOf(about, from, sender, locale),
    service,
    addOns: oneLine(addOns.join(', ')),
    staff: oneLine(sender.nameOfStaff(about.staffId) ?? ''),
    where: oneLine(sender.placeOf(about.locationId) ?? about.locationName ?? ''),
    voucher: discount === undefined ? '' : `−${moneyIn(discount.amount)}`,
    price: priceIn(about, locale),
    paid: isRepriced === undefined || paid === undefined ? '' : moneyIn(paid.amount),
    reserved: reserved === undefined ? '' : moneyIn(reserved.amount),
    due: beyond < 0 ? moneyIn(-beyond) : '',
    overpaid: beyond > 0 ? moneyIn(beyond) : '',
    amount: moneySpoken(about, locale).amount,
    offers: offers.map((at) => dayOf(at, timeZone, locale)).join('; '),
    reference: about.reference,
  };
}

function priceIn({ price: { amount, currency }, priceType }: AboutAppointment, locale: MessageLocale): string {
  const { priceFrom, free } = WORDS[locale];
  if (priceType === 'free') return free;
  const written = moneyText(TAGS[locale], amount, currency);
  return amount === 0 ? '' : priceType === 'from' ? sentence(TAGS[locale], priceFrom, { amount: written }) : written;
}

/** What is no longer so: the time, who it was with, or both. */
function beforeOf(
  { startsAt, endsAt, timeZone, staffId }: AboutAppointment,
  from: NonNullable<AboutAppointment['from']>,
  sender: Sender,
  locale: MessageLocale,
): string {
  const isAtSameTime = from.startsAt === startsAt && from.endsAt === endsAt;
  const parts = [
    ...(isAtSameTime ? [] : [spanOf(from.startsAt, from.endsAt, timeZone, locale)]),
    ...(from.staffId === staffId ? [] : [oneLine(sender.nameOfStaff(from.staffId) ?? '')]),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Nothing is to be paid for it. */
function isOff(kind: MessageKind): boolean {
  return kind === 'appointment-cancelled' || kind === 'appointment-declined' || kind === 'refund';
}

export function rowsOf(cells: Cells, { labels }: Words): Said['rows'] {
  const names = [
    'when',
    'before',
    'service',
    'addOns',
    'staff',
    'where',
    'voucher',
    'price',
    'paid',
    'reserved',
    'due',
    'overpaid',
    'amount',
    'offers',
    'reference',
  ] as const;
  return names.flatMap((name) => (cells[name] === '' ? [] : [[labels[name], cells[name]] as const]));
}

export function textOf({ heading, blocks, rows, action, footer }: Said): string {
  const table = rows.map(([label, value]) => `${label}: ${value}`).join('\n');
  const button = action === null ? '' : `${action.text}:\n${action.link}`;
  const parts = blocks.map((block) => (typeof block !== 'string' ? block.text : block === 'details' ? table : button));
  return `${[heading, ...parts.filter((part) => part !== ''), footer].join('\n\n')}\n`;
}

export function dayOf(at: Instant, timeZone: string, locale: MessageLocale): string {
  return dateText(TAGS[locale], { timeZone, day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at);
}

/** With the name of the zone as it is called then, since nobody knows where the reader is. */
function spanOf(startsAt: Instant, endsAt: Instant, timeZone: string, locale: MessageLocale): string {
  const tag = TAGS[locale];
  const day = (at: Instant) => dateText(tag, { timeZone, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, at);
  const time = dateFormatOf(tag, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const zone = dateFormatOf(tag, { timeZone, timeZoneName: 'long' })
    .formatToParts(startsAt)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const end = day(startsAt) === day(endsAt) ? time.format(endsAt) : `${day(endsAt)}, ${time.format(endsAt)}`;
  return `${day(startsAt)}, ${time.format(startsAt)} – ${end} (${zone ?? timeZone})`;
}

/** No line of ours ends where we do not end it. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= 2 * LONGEST_NAME ? line : `${characters.slice(0, 2 * LONGEST_NAME - 1).join('')}…`;
}
