// The job that sends one message: at least once, under the same Message-ID.
import { z } from 'zod';
import { type JobKind, NotYet } from '../jobs/job.ts';
import { isMailAddress } from '../mail/mail-address.ts';
import type { Post } from '../mail/post.ts';
import { DAY, type Instant } from '../model/instant.ts';
import type { MessageChannel, MessageSettings } from '../protocol/messages.ts';
import { addressDigest } from './address-digest.ts';
import { type BudgetLimits, sharesOf } from './budgets.ts';
import { type CalendarFile, calendarFileOf, compose, type Sender } from './compose.ts';
import { type AboutAppointment, type Rendered, resendOf, type StoredMessage } from './message.ts';
import type { MessageStore, Present } from './message-store-port.ts';

/** What a customer was not told within a day they have asked about elsewhere. */
const MESSAGE_LIFE_MS = DAY;
/** Longer than a mail server takes for one mail, with all of its limits. */
const EXPIRE_SECONDS = 150;
/** Each is a mail on a connection of its own; few mail servers like more from one place. */
const AT_ONCE = 3;
/** Doubled from five seconds up to half an hour, for more than the life of a message. */
const RETRIES = { most: 70, firstDelaySeconds: 5, longestDelaySeconds: 1_800 };
/** Stands in the stored text where the link was: it opens the appointment, and readers of messages must not get it. */
const NO_LINK = '[…]';

export const messageJobPayload = z.strictObject({ messageId: z.uuid() });
export type SendMessageJob = JobKind<z.output<typeof messageJobPayload>>;
export const SEND_MESSAGE = 'send-message';

export type SendingParts = {
  readonly store: MessageStore;
  /** null: there is no mail server, and what would have been sent can be read in the list. */
  readonly post: Post | null;
  readonly sender: () => Sender;
  /** The link to manage an appointment. */
  readonly linkTo: (appointmentId: string) => string;
  /** The link that ends the reminders of a customer at an address, by its digest. */
  readonly unsubscribeLinkTo: (customerId: string, address: string) => string;
  readonly settings: () => Pick<MessageSettings, 'email'>;
  /** Names a recipient without telling it. */
  readonly nameOf: (recipient: string) => string;
  readonly limits: BudgetLimits;
  /** A budget had no room for a message. */
  readonly onOverBudget: (budget: string, isNews: boolean) => void;
  readonly now: () => Instant;
};

export function sendMessageJob(parts: SendingParts): SendMessageJob {
  return {
    ...{ name: SEND_MESSAGE, payload: messageJobPayload, atOnce: AT_ONCE, expireSeconds: EXPIRE_SECONDS, retries: RETRIES, schedule: null },
    async work({ messageId }) {
      const message = await parts.store.byId(messageId);
      if (message?.status === 'waiting') await attempt(parts, message);
    },
  };
}

async function attempt(parts: SendingParts, message: StoredMessage): Promise<void> {
  const { store, post, sender, linkTo, unsubscribeLinkTo, settings, now } = parts;
  const { id, about, createdAt, failure } = message;
  if (createdAt + MESSAGE_LIFE_MS <= now()) return store.settle(id, { status: 'failed', failure: failure === null ? 'too-old' : `too-old (${failure})` });
  const isResent = resendOf(message) !== null;
  if (!isResent && !settings().email[message.kind]) return store.settle(id, { status: 'skipped', failure: 'switched-off' });
  const present = await store.present(about.id);
  const reason = whyNot(message, present, now());
  if (reason !== null) return store.settle(id, { status: 'skipped', failure: reason });
  const to = message.rendered?.to ?? present?.email ?? '';
  const isReminder = message.kind === 'appointment-reminder';
  const address = addressDigest(message.customerId, to);
  if (isReminder && (await store.declinesReminders(message.customerId, address))) return store.settle(id, { status: 'skipped', failure: 'unsubscribed' });
  const refusal = isResent ? null : await store.addressRefused(message.customerId, to);
  if (refusal !== null) return store.settle(id, { status: 'skipped', failure: `address-refused (${refusal.replace('refused ', '')})` });
  const { text: template } = await store.template({ kind: message.kind, channel: 'email', locale: message.locale });
  const link = isManaged(present) ? linkTo(about.id) : null;
  const rendered = { to, ...compose(message, sender(), link, template) };
  await store.keepRendered(id, withoutLink(rendered, link));
  if (post === null) return store.settle(id, { status: 'skipped', failure: 'no-mail-server' });
  if (!(await hasRoom(parts, id, { channel: 'email', recipient: to, source: present?.source ?? null }))) return;
  const { text, html, subject } = rendered;
  const answer = await post.send({
    id,
    to,
    subject,
    text,
    html,
    writtenAt: createdAt,
    ...calendarIn(calendarFileOf(message, sender())),
    ...(isReminder && { unsubscribe: unsubscribeLinkTo(message.customerId, address) }),
  });
  if (answer.type === 'accepted') return store.settle(id, { status: 'sent', failure: null });
  if (answer.type === 'refused') return store.settle(id, { status: answer.isAddressRefused === true ? 'bounced' : 'failed', failure: answer.reason });
  await store.settle(id, { status: 'waiting', failure: answer.reason });
  throw new NotYet(answer.reason);
}

/** False: a budget is used up, and the message is skipped. */
async function hasRoom(
  { store, nameOf, limits, onOverBudget, now }: SendingParts,
  id: string,
  { channel, recipient, source }: { readonly channel: MessageChannel; readonly recipient: string; readonly source: string | null },
): Promise<boolean> {
  const { full, isNews } = await store.spend(id, sharesOf({ channel, recipient: nameOf(recipient), source, at: now() }, limits));
  if (full !== null) onOverBudget(full, isNews);
  return full === null;
}

/** Why it is not sent, by what the appointment is now. */
function whyNot(message: StoredMessage, present: Present | undefined, now: Instant): string | null {
  if (present === undefined || present.email === null || present.email === '') return 'no-address';
  if (!isMailAddress(present.email)) return 'bad-address';
  const { kind, about } = message;
  if (resendOf(message) !== null) return isStillTrue(about, present) ? null : 'changed-meanwhile';
  if (kind !== 'appointment-reminder') return null;
  if (present.status !== 'booked') return 'not-booked-any-more';
  if (present.startsAt !== about.startsAt) return 'moved';
  return about.startsAt <= now ? 'too-late' : null;
}

/** Whether what a message says of its appointment is so now. */
export function isStillTrue({ status, startsAt, endsAt, staffId }: AboutAppointment, present: Present | undefined): boolean {
  return present?.status === status && present.startsAt === startsAt && present.endsAt === endsAt && present.staffId === staffId;
}

/** A token says nothing to its reader about what is over. */
function isManaged(present: Present | undefined): boolean {
  return present?.status === 'booked' || present?.status === 'pending';
}

function calendarIn(calendar: CalendarFile | null): { readonly calendar?: CalendarFile } {
  return calendar === null ? {} : { calendar };
}

function withoutLink(rendered: Rendered, link: string | null): Rendered {
  if (link === null) return rendered;
  const escaped = link.replaceAll('&', '&amp;');
  return { ...rendered, text: rendered.text.replaceAll(link, NO_LINK), html: rendered.html.replaceAll(escaped, '#') };
}
