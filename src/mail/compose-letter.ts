// From a letter that was kept to a message that can be sent. Pure.
import type { Instant } from '../model/instant.ts';
import { letterLink } from './letter-link.ts';
import type { TakenLetter } from './letter-queue-port.ts';
import type { Message } from './post.ts';
import { type Text, WORDINGS } from './wording.ts';

/** In whose name letters are written, as it is at that moment. */
export type Sender = {
  readonly business: string;
  /** Of the times in a letter: nobody knows where its reader is. */
  readonly timeZone: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
};

/** The name of a business has up to 200 characters; what is longer makes no subject. */
const LONGEST_NAME = 80;

/** `link-expired`: it needs a link or a code, and that is good no longer. */
export function composeLetter(letter: TakenLetter, { business, timeZone, publicUrl }: Sender): Message | 'link-expired' {
  const { topic, token, tokenExpiresAt, createdAt } = letter;
  const facts = { business: oneLine(business), accountUrl: `${publicUrl}/account`, writtenAt: readable(createdAt, timeZone) };
  const wording = WORDINGS[topic];
  if (!wording.hasToken) return messageOf(letter, facts.business, wording.write(facts));
  if (token === null || tokenExpiresAt === null) return 'link-expired';
  const opening = { token, link: letterLink(publicUrl, topic, token), expiresAt: readable(tokenExpiresAt, timeZone) };
  return messageOf(letter, facts.business, wording.write(facts, opening));
}

function messageOf({ id, email, createdAt }: TakenLetter, business: string, { subject, paragraphs }: Text): Message {
  const text = `${[...paragraphs, `${business}. This letter was written by a program; nobody reads what is answered to it.`].join('\n\n')}\n`;
  return { id, to: email, subject, text, writtenAt: createdAt };
}

/** Two names of a business that differ in white space look the same, and no line of ours ends where we do not end it. */
function oneLine(name: string): string {
  const line = name.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  const letters = [...line];
  return letters.length <= LONGEST_NAME ? line : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`;
}

/** As in `25 November 2026, 14:30 (Europe/Berlin)`, cut to the minute: a link is never good for less than the letter says. */
function readable(at: Instant, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const date = local.toPlainDate().toLocaleString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
  return `${date}, ${local.toPlainTime().toString({ smallestUnit: 'minute' })} (${timeZone})`;
}
