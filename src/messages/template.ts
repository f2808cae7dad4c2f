// What the business makes messages say: plain text with placeholders from a list, and nothing to decide or to load. Pure.
import type { FieldError } from '../model/field-error.ts';
import type { Instant } from '../model/instant.ts';
import { AGENDA, isToCustomer, type MessageChannel, type MessageKind, type MessageLocale, type StaffKind, type TemplateKind } from '../protocol/messages.ts';

export type TemplateText = { readonly subject: string; readonly body: string };
export type TemplateName = { readonly kind: TemplateKind; readonly channel: MessageChannel; readonly locale: MessageLocale };
/** `text`: null while it says what it says by default. */
export type MessageTemplate = TemplateName & { readonly text: TemplateText | null; readonly version: number };
/** Who wrote it, by id, and when; null for what was written before versions were kept. */
export type Written = { readonly by: { readonly kind: 'user' | 'api-key'; readonly id: string }; readonly at: Instant };
/** What it said, for as long as there are few newer ones. */
export type TemplateVersion = Pick<MessageTemplate, 'text' | 'version'> & { readonly written: Written | null };

/** No name of the customer and nothing that was typed: otherwise a booking for another address could deliver an advertisement. */
const EVERYWHERE = ['business', 'service', 'addOns', 'date', 'when', 'staff', 'where', 'price', 'reference'] as const;
/** Of a text: what is short, or can be cut. */
const IN_TEXTS = ['business', 'service', 'date', 'staff', 'reference'] as const satisfies readonly Placeholder[];
/** Of a day of a staff member. It names no customer either: mails are kept elsewhere. */
const OF_A_DAY = ['business', 'date', 'appointments', 'staff', 'where'] as const;
/** Of one appointment, to a staff member. There is no price: it is in the calendar, for those who may see it. */
const TO_STAFF = ['business', 'service', 'addOns', 'date', 'when', 'staff', 'where', 'reference'] as const satisfies readonly Placeholder[];
export const ABOUT_MONEY: readonly MessageKind[] = ['receipt', 'refund', 'payment-due'];
const EXPLAINED: readonly MessageKind[] = ['appointment-cancelled', 'refund'];
/** They stand for more than words, and are paragraphs of their own. */
const BLOCKS = ['details', 'manage'] as const;
export type Placeholder = (typeof EVERYWHERE)[number] | 'before' | 'explanation' | 'amount' | 'offers';
export type DayPlaceholder = (typeof OF_A_DAY)[number];
export type TemplateBlock = (typeof BLOCKS)[number];
const MANAGED: readonly MessageKind[] = [
  'appointment-booked',
  'appointment-requested',
  'appointment-approved',
  'appointment-changed',
  'appointment-reminder',
  'receipt',
  'refund',
  'payment-due',
];

/** What may stand in double braces in messages of that kind; docs/messages.md explains each. */
export function placeholdersOf(kind: TemplateKind, channel: MessageChannel = 'email'): readonly (Placeholder | DayPlaceholder | TemplateBlock)[] {
  if (kind === AGENDA) return [...OF_A_DAY, ...BLOCKS];
  if (!isToCustomer(kind)) return [...TO_STAFF, ...ofStaffKind(kind), ...BLOCKS];
  const money = ABOUT_MONEY.includes(kind) ? (['amount'] as const) : [];
  if (channel === 'sms') return [...IN_TEXTS, ...money];
  return [
    ...EVERYWHERE,
    ...(kind === 'appointment-changed' ? (['before'] as const) : []),
    ...(EXPLAINED.includes(kind) ? (['explanation'] as const) : []),
    ...money,
    ...(kind === 'refund' ? (['offers'] as const) : []),
    'details',
    ...(MANAGED.includes(kind) ? (['manage'] as const) : []),
  ];
}

function ofStaffKind(kind: StaffKind): readonly Placeholder[] {
  if (kind === 'staff-changed') return ['before', 'explanation'];
  return kind === 'staff-cancelled' ? ['explanation'] : [];
}

export const MOST_SEGMENTS = 3;
/** Of a text with any character beyond the GSM alphabet, in parts: 3GPP TS 23.040. */
const MOST_UNITS = MOST_SEGMENTS * 67;
export const SHORTEST_NAMES = 10;
/** As in `qua, 30/09, 14:30`. */
const LONGEST_DATE = 30;
/** The largest amount that a provider takes, as in `CHF 999,999.99`. */
const LONGEST_AMOUNT = 18;
/** How to get no more of them, after a reminder. */
const LONGEST_STOP = 45;

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const MARKUP = /<[a-z!/?]/i;
/** Browsers take a backslash for a slash. */
const ADDRESS = /[a-z][a-z0-9+.-]*:[\\/]{2}\S*/gi;
const SCRIPT = /\b(javascript|vbscript|data):\S/i;
/** What mail programs make a link of by themselves. */
const BARE_HOST = /(?<![\p{L}\p{N}_.-])((?:[\p{L}\p{N}-]+\.)+(?:xn--[a-z0-9-]+|\p{L}{2,}))(?![\p{L}\p{N}@_-])(:\d|[/?#])?/giu;
const OF_MAILBOX = /[\p{L}\p{N}_.+-]@$/u;
/** Dots that browsers take for one, and that NFKC leaves. */
const OTHER_DOTS = /[\u3002\u06d4]/gu;
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/gu;
/** They turn around what stands behind them, so that it is not what it looks like. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Besides those of countries, which have two letters. */
const COMMON_ENDS = new Set(
  'com net org info biz app dev xyz online site shop store top click link page web live pro vip club fun icu buzz cloud blog mobi tel name example test'.split(
    ' ',
  ),
);

/** What is wrong with a template, by field. `hosts`: where links may lead. */
export function templateErrors({ kind, channel, locale }: TemplateName, { subject, body }: TemplateText, hosts: readonly string[]): readonly FieldError[] {
  const inBody = fieldErrors('body', body, placeholdersOf(kind, channel), hosts);
  if (channel === 'sms') return [...inBody, ...textErrors(kind, locale, body)];
  return [...fieldErrors('subject', subject, placeholdersOf(kind), hosts), ...inBody];
}

/** A text is one line, and short enough whatever the names in it are: they are cut to ten characters, and one of them can make every character of the text cost two. */
function textErrors(kind: TemplateKind, locale: MessageLocale, body: string): readonly FieldError[] {
  if (/[\r\n]/.test(body)) return [{ path: 'body', message: 'must be one line' }];
  const longest = body.replaceAll(PLACEHOLDER, (_, name: string) =>
    'x'.repeat(name === 'date' ? LONGEST_DATE : name === 'amount' ? LONGEST_AMOUNT : SHORTEST_NAMES),
  );
  const room = MOST_UNITS - (kind === 'appointment-reminder' ? LONGEST_STOP : 0);
  if (longest.length <= room) return [];
  return [{ path: 'body', message: `is too long for ${MOST_SEGMENTS} segments in the worst case: ${longest.length - room} characters too many (${locale})` }];
}

function fieldErrors(path: 'subject' | 'body', text: string, known: readonly string[], hosts: readonly string[]): readonly FieldError[] {
  const allowed = known.filter((name) => path === 'body' || !isBlock(name));
  const messages: string[] = [];
  for (const [, name = ''] of text.matchAll(PLACEHOLDER))
    if (!allowed.includes(name)) messages.push(`has the unknown placeholder {{${name.slice(0, 40)}}}; known here are ${allowed.join(', ')}`);
  if (/\{\{|\}\}/.test(text.replaceAll(PLACEHOLDER, ''))) messages.push('has double braces that are not a placeholder');
  if (paragraphsOf(text).some((paragraph) => blockIn(paragraph) === 'inside'))
    messages.push('has {{details}} or {{manage}} inside a paragraph; each is one of its own');
  if (MARKUP.test(text)) messages.push('must be plain text, without markup');
  if (TURNING.test(text)) messages.push('must not have marks that turn text around');
  if (hasForeignLink(seenText(text.replaceAll(PLACEHOLDER, 'x')), hosts)) messages.push(`may link only to ${hosts.join(', ')}`);
  return messages.map((message) => ({ path, message }));
}

/** As a program that makes links reads it. */
function seenText(text: string): string {
  return text.normalize('NFKC').replaceAll(UNSEEN, '').replaceAll(OTHER_DOTS, '.');
}

function hasForeignLink(text: string, hosts: readonly string[]): boolean {
  if (SCRIPT.test(text)) return true;
  const isOwn = (address: string) => {
    const url = URL.parse(address);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && (hosts.includes(url.host) || hosts.includes(url.hostname));
  };
  if ([...text.matchAll(ADDRESS)].some(([address]) => !isOwn(address))) return true;
  return [...text.replaceAll(ADDRESS, ' ').matchAll(BARE_HOST)].some(({ 1: host = '', 2: path, index, input }) => {
    if (path === undefined && OF_MAILBOX.test(input.slice(Math.max(0, index - 2), index))) return false;
    const lower = host.toLowerCase();
    const end = lower.slice(lower.lastIndexOf('.') + 1);
    return (
      !hosts.includes(lower) && (path !== undefined || lower.startsWith('www.') || end.startsWith('xn--') || /^[a-z]{2}$/.test(end) || COMMON_ENDS.has(end))
    );
  });
}

export function paragraphsOf(body: string): readonly string[] {
  return body
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n\s*/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '');
}

/** `inside`: there is one among other words. */
export function blockIn(paragraph: string): TemplateBlock | 'inside' | null {
  const names = Array.from(paragraph.matchAll(PLACEHOLDER), ([, name = '']) => name);
  const block = BLOCKS.find((name) => names.includes(name));
  if (block === undefined) return null;
  return paragraph.replaceAll(PLACEHOLDER, '').trim() === '' && names.length === 1 ? block : 'inside';
}

/** One value in the place of each placeholder, as text. */
export function filled<Name extends string>(text: string, values: Readonly<Record<Name, string>>): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => values[name as Name] ?? '').trim();
}

function isBlock(name: string): boolean {
  return (BLOCKS as readonly string[]).includes(name);
}
