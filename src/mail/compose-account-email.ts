// From an e-mail that was kept to a message that can be sent. Pure.
import type { Instant } from '../model/instant.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import { emailLink } from './email-link.ts';
import type { TakenEmail } from './email-queue-port.ts';
import { dateText, sentence, TAGS } from './formats.ts';
import type { Message } from './mailer.ts';
import { DE } from './words/de.ts';
import { EN } from './words/en.ts';
import { ES } from './words/es.ts';
import { FR } from './words/fr.ts';
import { PT } from './words/pt.ts';
import type { EmailWords } from './words/words.ts';

/** In whose name e-mails are written, as it is at that moment. */
export type Sender = {
  readonly business: string;
  /** Of the times in an e-mail, since it is not known where its reader is. */
  readonly timeZone: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
};

/** Times in e-mails are those of the business; with locations in several zones there is none that everyone understands but UTC. */
export function accountEmailSender(business: string, timeZones: Iterable<string>, publicUrl: string): Sender {
  const [timeZone = 'UTC', ...others] = new Set(timeZones);
  return { business, timeZone: others.length === 0 ? timeZone : 'UTC', publicUrl };
}

const WORDS: Readonly<Record<MessageLocale, EmailWords>> = { en: EN, de: DE, fr: FR, es: ES, pt: PT };
/** The name of a business has up to 200 characters; what is longer makes no subject. */
const LONGEST_NAME = 80;

type Written = Pick<TakenEmail, 'id' | 'email' | 'topic' | 'locale' | 'token' | 'tokenExpiresAt' | 'createdAt'>;

/** `link-expired`: it needs a link or a code, and that is good no longer. */
export function composeAccountEmail(mail: Written, { business, timeZone, publicUrl }: Sender): Message | 'link-expired' {
  const { id, email, topic, locale, token, tokenExpiresAt, createdAt } = mail;
  const words = WORDS[locale];
  const { subject, paragraphs } = words[topic];
  const facts = { business: oneLine(business), accountUrl: `${publicUrl}/account`, writtenAt: readable(createdAt, timeZone, locale) };
  const opening =
    token === null || tokenExpiresAt === null
      ? null
      : { token, link: emailLink(publicUrl, topic, token), expiresAt: readable(tokenExpiresAt, timeZone, locale) };
  if (opening === null && paragraphs.some((paragraph) => paragraph === '{link}' || paragraph === '{token}')) return 'link-expired';
  const say = (text: string) => sentence(TAGS[locale], text, { ...facts, ...opening });
  const text = `${[...paragraphs, words.footer].map(say).join('\n\n')}\n`;
  return { id, to: email, subject: say(subject), text, writtenAt: createdAt };
}

/** Two names of a business that differ in white space look the same, and no line of ours ends where we do not end it. */
function oneLine(name: string): string {
  const line = name.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  const mails = [...line];
  return mails.length <= LONGEST_NAME ? line : `${mails.slice(0, LONGEST_NAME - 1).join('')}…`;
}

/** As in `25 November 2026, 14:30 (Europe/Berlin)`, cut to the minute: a link is never good for less than the e-mail says. */
function readable(at: Instant, timeZone: string, locale: MessageLocale): string {
  const tag = TAGS[locale];
  const date = dateText(tag, { timeZone, day: 'numeric', month: 'long', year: 'numeric' }, at);
  return `${date}, ${dateText(tag, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at)} (${timeZone})`;
}
