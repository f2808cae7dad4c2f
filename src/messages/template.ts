// What the business makes messages say: plain text with placeholders from a list, and nothing to decide or to load. Pure.
import type { FieldError } from '../model/field-error.ts';
import type { MessageChannel, MessageKind, MessageLocale } from '../protocol/messages.ts';

export type TemplateText = { readonly subject: string; readonly body: string };
export type TemplateName = { readonly kind: MessageKind; readonly channel: MessageChannel; readonly locale: MessageLocale };
/** `text`: null while it says what it says by default. */
export type MessageTemplate = TemplateName & { readonly text: TemplateText | null; readonly version: number };

/** No name of the customer and nothing that was typed: otherwise a booking for another address could deliver an advertisement. */
const EVERYWHERE = ['business', 'service', 'date', 'when', 'staff', 'where', 'price', 'reference'] as const;
/** They stand for more than words, and are paragraphs of their own. */
const BLOCKS = ['details', 'manage'] as const;
export type Placeholder = (typeof EVERYWHERE)[number] | 'before' | 'explanation';
export type TemplateBlock = (typeof BLOCKS)[number];
const MANAGED: readonly MessageKind[] = ['appointment-booked', 'appointment-requested', 'appointment-approved', 'appointment-changed', 'appointment-reminder'];

/** What may stand in double braces in messages of that kind; docs/messages.md explains each. */
export function placeholdersOf(kind: MessageKind): readonly (Placeholder | TemplateBlock)[] {
  return [
    ...EVERYWHERE,
    ...(kind === 'appointment-changed' ? (['before'] as const) : []),
    ...(kind === 'appointment-cancelled' ? (['explanation'] as const) : []),
    'details',
    ...(MANAGED.includes(kind) ? (['manage'] as const) : []),
  ];
}

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const MARKUP = /<[a-z!/?]/i;
const ADDRESS = /[a-z][a-z0-9+.-]*:\/\/\S*/gi;
const SCRIPT = /\b(javascript|vbscript|data):\S/i;
/** What mail programs make a link of by themselves. */
const BARE_HOST = /(?<![@\w.-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w@-])/gi;
const COMMON_ENDS = new Set(
  'com net org info biz io co app dev xyz online site shop store top click link me tv de at ch fr es pt uk eu us br mx ru cn it nl be pl example test'.split(
    ' ',
  ),
);

/** What is wrong with a template, by field. `hosts`: where links may lead. */
export function templateErrors(kind: MessageKind, { subject, body }: TemplateText, hosts: readonly string[]): readonly FieldError[] {
  return [...fieldErrors('subject', subject, kind, hosts), ...fieldErrors('body', body, kind, hosts)];
}

function fieldErrors(path: 'subject' | 'body', text: string, kind: MessageKind, hosts: readonly string[]): readonly FieldError[] {
  const allowed: readonly string[] = placeholdersOf(kind).filter((name) => path === 'body' || !isBlock(name));
  const messages: string[] = [];
  for (const [, name = ''] of text.matchAll(PLACEHOLDER))
    if (!allowed.includes(name)) messages.push(`has the unknown placeholder {{${name.slice(0, 40)}}}; known here are ${allowed.join(', ')}`);
  if (/\{\{|\}\}/.test(text.replaceAll(PLACEHOLDER, ''))) messages.push('has double braces that are not a placeholder');
  if (paragraphsOf(text).some((paragraph) => blockIn(paragraph) === 'inside'))
    messages.push('has {{details}} or {{manage}} inside a paragraph; each is one of its own');
  if (MARKUP.test(text)) messages.push('must be plain text, without markup');
  if (hasForeignLink(text.replaceAll(PLACEHOLDER, 'x'), hosts)) messages.push(`may link only to ${hosts.join(', ')}`);
  return messages.map((message) => ({ path, message }));
}

function hasForeignLink(text: string, hosts: readonly string[]): boolean {
  if (SCRIPT.test(text)) return true;
  const isOwn = (address: string) => {
    const url = URL.parse(address);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && (hosts.includes(url.host) || hosts.includes(url.hostname));
  };
  if ([...text.matchAll(ADDRESS)].some(([address]) => !isOwn(address))) return true;
  return [...text.replaceAll(ADDRESS, ' ').matchAll(BARE_HOST)].some(([, host = '', ..._]) => {
    const lower = host.toLowerCase();
    return !hosts.includes(lower) && (lower.startsWith('www.') || COMMON_ENDS.has(lower.slice(lower.lastIndexOf('.') + 1)));
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
export function filled(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => values[name as Placeholder] ?? '').trim();
}

function isBlock(name: string): boolean {
  return (BLOCKS as readonly string[]).includes(name);
}
