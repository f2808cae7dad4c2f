// What becomes of one e-mail that is due: whether it leaves, what it says, and what an answer of the mail server means. Pure; `message-sender.ts` has it done.

import type { Outcome as AnyOutcome } from '../mail/lease-queue-port.ts';
import { isMailAddress } from '../mail/mail-address.ts';
import type { MailerAnswer, Message } from '../mail/mailer.ts';
import { later } from '../mail/retries.ts';
import { DAY, type Instant } from '../model/instant.ts';
import type { MessageLocale, MessageSettings } from '../protocol/messages.ts';
import { addressDigest } from './address-digest.ts';
import { composeAgenda, whyNoAgenda } from './agenda.ts';
import { type BudgetLimits, sharesOf } from './budgets.ts';
import { type CalendarFile, calendarFileOf, compose, type Sender } from './compose.ts';
import { type Rendered, resendOf, type StoredMessage } from './message.ts';
import type { MessageEnd, PreparedMessage, Taken, TakenAgenda, TakenMessage, TakenStaffEmail } from './message-queue-port.ts';
import type { Present } from './message-store-port.ts';
import { composeForStaff, whyNoStaffEmail } from './staff-emails.ts';

/** What a customer was not told within a day they have asked about elsewhere. */
const MESSAGE_LIFE_MS = DAY;
/** Stands in the stored text where the link was: it opens the appointment, and readers of messages must not get it. */
const NO_LINK = '[…]';

export type SendingParts = {
  readonly sender: () => Sender;
  /** The link to manage an appointment, or to its receipts in a language. */
  readonly linkTo: (appointmentId: string, corrections: number, receiptIn?: MessageLocale) => string;
  /** To the booking page. */
  readonly bookingLink: string;
  /** The link that ends the reminders of a customer at an address, by its digest. */
  readonly unsubscribeLinkTo: (customerId: string, address: string) => string;
  /** To the calendar, for those who work for the business. */
  readonly deskLink: string;
  readonly settings: () => Pick<MessageSettings, 'email'>;
  /** Names a recipient without telling it. */
  readonly nameOf: (recipient: string) => string;
  readonly limits: BudgetLimits;
  readonly now: () => Instant;
};
type Outcome = AnyOutcome<MessageEnd>;
/** It leaves, unless a budget has no room for it. */
export type Leaving = { readonly prepared: PreparedMessage; readonly mail: Message };

export function judge(parts: SendingParts, taken: Taken): Leaving | Outcome {
  return 'to' in taken ? judgePersonal(parts, taken) : judgeMessage(parts, taken);
}

/** To a person who works for the business. */
function judgePersonal(parts: SendingParts, taken: TakenAgenda | TakenStaffEmail): Leaving | Outcome {
  const { id, attempts, createdAt } = taken.message;
  const now = parts.now();
  const reason = 'entries' in taken ? whyNoAgenda(taken, now) : whyNoStaffEmail(taken, now);
  if (reason !== null) return skipped(reason);
  const to = taken.to ?? '';
  const [sender, desk] = [parts.sender(), parts.deskLink];
  const said =
    'entries' in taken
      ? composeAgenda(taken.message, taken.entries, sender, desk, taken.template)
      : composeForStaff(taken.message, sender, desk, taken.template);
  const rendered = { to, ...said };
  const shares = sharesOf({ channel: 'email', recipient: parts.nameOf(to), source: null, at: now }, parts.limits);
  return { prepared: { id, attempts, rendered, shares }, mail: { ...rendered, id, writtenAt: createdAt } };
}

function judgeMessage(parts: SendingParts, taken: TakenMessage): Leaving | Outcome {
  const { message, present, template } = taken;
  const now = parts.now();
  const end = whyNot(parts, taken, now);
  if (end !== null) return end;
  const { id, attempts, kind, customerId, about, createdAt } = message;
  const to = addressOf(taken);
  const sender = parts.sender();
  const manageLink = hasLink(taken) ? parts.linkTo(about.id, taken.corrections, kind === 'receipt' ? message.locale : undefined) : null;
  const link = about.offers === undefined ? manageLink : parts.bookingLink;
  const rendered = { to, ...compose(message, sender, link, template) };
  const { text, html, subject } = rendered;
  const shares = sharesOf({ channel: 'email', recipient: parts.nameOf(to), source: present?.source ?? null, at: now }, parts.limits);
  return {
    prepared: { id, attempts, rendered: withoutLink(rendered, manageLink), shares },
    mail: {
      ...{ id, to, subject, text, html, writtenAt: createdAt },
      ...calendarIn(calendarFileOf(message, sender)),
      ...(kind === 'appointment-reminder' && customerId !== null && { unsubscribe: parts.unsubscribeLinkTo(customerId, addressDigest(customerId, to)) }),
    },
  };
}

/** `attempts`: how many there were, this one included. */
export function outcomeOf(answer: MailerAnswer, attempts: number): Outcome {
  if (answer.type === 'accepted') return { status: 'sent', failure: null };
  if (answer.type === 'refused') return { status: answer.isAddressRefused === true ? 'bounced' : 'failed', failure: answer.reason };
  return later(answer.reason, attempts);
}

function whyNot({ settings }: SendingParts, taken: TakenMessage, now: Instant): Outcome | null {
  const { message, present, declinedAddresses, refusal } = taken;
  const { kind, customerId, createdAt, failure } = message;
  if (createdAt + MESSAGE_LIFE_MS <= now) return { status: 'failed', failure: failure === null ? 'too-old' : `too-old (${failure})` };
  const isResent = resendOf(message) !== null;
  if (!isResent && !settings().email[kind]) return skipped('switched-off');
  const reason = whyNotNow(message, present, now);
  if (reason !== null) return skipped(reason);
  if (kind === 'appointment-reminder' && customerId !== null && declinedAddresses.includes(addressDigest(customerId, addressOf(taken))))
    return skipped('unsubscribed');
  return refusal === null || isResent ? null : skipped(`address-refused (${refusal.replace('refused ', '')})`);
}

function skipped(failure: string): Outcome {
  return { status: 'skipped', failure };
}

/** The one that it was written to before, if there was an attempt. */
function addressOf({ message, present }: TakenMessage): string {
  return message.rendered?.to ?? present?.email ?? '';
}

/** By what the appointment is now. */
function whyNotNow(message: StoredMessage, present: Present | undefined, now: Instant): string | null {
  if (present === undefined || present.email === null || present.email === '') return 'no-address';
  if (!isMailAddress(present.email)) return 'bad-address';
  const { kind, about } = message;
  if (resendOf(message) !== null) return isStillTrue(message, present) ? null : 'changed-meanwhile';
  if (kind !== 'appointment-reminder') return null;
  if (present.status !== 'booked') return 'not-booked-any-more';
  if (present.startsAt !== about.startsAt) return 'moved';
  return about.startsAt <= now ? 'too-late' : null;
}

/** Whether what a message says of its appointment is so now. What has come or gone back stays so. */
export function isStillTrue({ kind, about }: Pick<StoredMessage, 'kind' | 'about'>, present: Present | undefined): boolean {
  if (kind === 'receipt' || kind === 'refund') return true;
  const { status, startsAt, endsAt, staffId } = about;
  return present?.status === status && present.startsAt === startsAt && present.endsAt === endsAt && present.staffId === staffId;
}

/** A token says nothing to its reader about what is over. A repeat says what the first attempt said, which may have arrived. */
function hasLink({ message: { rendered }, present }: TakenMessage): boolean {
  return rendered === null ? present?.status === 'booked' || present?.status === 'pending' : (rendered.text?.includes(NO_LINK) ?? false);
}

function calendarIn(calendar: CalendarFile | null): { readonly calendar?: CalendarFile } {
  return calendar === null ? {} : { calendar };
}

function withoutLink(rendered: Rendered, link: string | null): Rendered {
  if (link === null) return rendered;
  const escaped = link.replaceAll('&', '&amp;');
  return { ...rendered, text: rendered.text.replaceAll(link, NO_LINK), html: rendered.html.replaceAll(escaped, '#') };
}
