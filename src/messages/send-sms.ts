// The job that sends one text message. It is never sent twice without the provider recognising it: of one that may have been sent nothing is tried again, unless the provider
// sends once under one id.
import { z } from 'zod';
import { type JobKind, NotYet } from '../jobs/job.ts';
import { DAY, type Instant } from '../model/instant.ts';
import type { MessageSettings } from '../protocol/messages.ts';
import { type BudgetLimits, type Share, sharesOf } from './budgets.ts';
import type { Sender } from './compose.ts';
import { resendOf, type StoredMessage } from './message.ts';
import type { MessageStore } from './message-store-port.ts';
import { readNumber } from './phone-numbers.ts';
import { waitsUntil, zoneOfRecipient } from './quiet-hours.ts';
import type { SmsProvider } from './sms-port.ts';
import type { PresentForSms, SmsOutcome, SmsStore } from './sms-store-port.ts';
import { smsText } from './sms-text.ts';

/** As of an e-mail. Quiet hours are shorter. */
const MESSAGE_LIFE_MS = DAY;
/** Longer than a provider is given, with all that is asked of the database. */
const EXPIRE_SECONDS = 90;
const AT_ONCE = 3;
export const SEND_SMS = 'send-sms';
const payload = z.strictObject({ messageId: z.uuid() });
const RETRIES = { most: 70, firstDelaySeconds: 5, longestDelaySeconds: 1_800 };

/** What one segment costs in each country that is texted, in ten-thousandths of the currency that the provider charges, and what a day may cost in all. */
type SmsCosts = { readonly perSegment: ReadonlyMap<string, number>; readonly perDay: number };
export type SmsParts = {
  readonly store: SmsStore & Pick<MessageStore, 'spend' | 'template'>;
  /** Asks for its sending at that moment, in one transaction with the note that it waits. */
  readonly delay: (id: string, until: Instant) => Promise<void>;
  /** null: there is no provider, and what would have been sent can be read in the list. */
  readonly provider: SmsProvider | null;
  readonly costs: SmsCosts;
  readonly settings: () => Pick<MessageSettings, 'sms' | 'quietHours'>;
  readonly sender: () => Sender;
  /** Names a recipient without telling it. */
  readonly nameOf: (recipient: string) => string;
  readonly limits: BudgetLimits;
  readonly onOverBudget: (budget: string, isNews: boolean) => void;
  /** Most of a budget of the installation is used up. */
  readonly onBudgetLow: (budget: string) => void;
  readonly now: () => Instant;
};

export function sendSmsJob(parts: SmsParts): JobKind<z.output<typeof payload>> {
  return {
    ...{ name: SEND_SMS, payload, atOnce: AT_ONCE, expireSeconds: EXPIRE_SECONDS, retries: RETRIES, schedule: null },
    async work({ messageId }) {
      const found = await parts.store.byId(messageId);
      if (found === undefined || found.message.status !== 'waiting') return;
      // Another job was asked for, for the end of the quiet hours.
      if (found.waitsUntil !== null && parts.now() < found.waitsUntil) return;
      await attempt(parts, found.message, found.isDispatched);
    },
  };
}

async function attempt(parts: SmsParts, message: StoredMessage, isDispatched: boolean): Promise<void> {
  const { store, provider, now } = parts;
  const { id, about, kind, createdAt, failure } = message;
  const end = (status: SmsOutcome['status'], why: string) => store.settle(id, { status, failure: why });
  if (isDispatched && provider?.isIdempotent !== true) return end('failed', 'outcome-unknown');
  if (createdAt + MESSAGE_LIFE_MS <= now()) return end('failed', failure === null ? 'too-old' : `too-old (${failure})`);
  if (resendOf(message) === null && !parts.settings().sms[kind]) return end('skipped', 'switched-off');
  const present = await store.present(about.id);
  const phone = present?.phone ?? null;
  if (present === undefined || phone === null) return end('skipped', 'no-phone-number');
  const number = readNumber(phone);
  const { text: template } = await store.template({ kind, channel: 'sms', locale: message.locale });
  const text = smsText(message, parts.sender(), provider?.takesReplies ?? true, template?.body ?? null);
  await store.keepText(id, phone, text);
  const reason = whyNot(message, present, now()) ?? ((await store.isOptedOut(phone)) ? 'opted-out' : null);
  if (reason !== null) return end('skipped', reason);
  if (!number.isTexted) return end('skipped', 'not-a-mobile-number');
  if (provider === null) return end('skipped', 'no-sms-provider');
  const price = parts.costs.perSegment.get(number.country ?? '');
  if (price === undefined) return end('skipped', 'country-not-allowed');
  const until = waitsUntil(message, now(), zoneOfRecipient(number.country ?? '', about.timeZone, now()), parts.settings().quietHours);
  if (until === 'too-late') return end('skipped', 'quiet-hours');
  if (until !== null) return parts.delay(id, until);
  if (!(await hasRoom(parts, id, { phone, source: present.source, cost: price * text.segments }))) return;
  await send(parts, provider, { id, to: phone, text: text.text });
}

async function send({ store }: SmsParts, provider: SmsProvider, sms: { readonly id: string; readonly to: string; readonly text: string }): Promise<void> {
  await store.dispatch(sms.id);
  const answer = await provider.send(sms);
  if (answer.type === 'accepted') return store.settle(sms.id, { status: 'sent', failure: null, providerId: answer.providerId });
  if (answer.type === 'refused') {
    if (answer.isOptedOut === true) await store.keepConsent({ id: `${provider.name}/refused/${sms.id}`, number: sms.to, isOptedOut: true });
    return store.settle(sms.id, { status: answer.isOptedOut === true ? 'skipped' : 'failed', failure: answer.reason });
  }
  if (answer.type === 'unknown' && !provider.isIdempotent) return store.settle(sms.id, { status: 'failed', failure: `outcome-unknown (${answer.reason})` });
  await store.settle(sms.id, { status: 'waiting', failure: answer.reason });
  throw new NotYet(answer.reason);
}

/** False: a budget is used up, and the message is skipped. */
async function hasRoom(
  { store, nameOf, limits, costs, onOverBudget, onBudgetLow, now }: SmsParts,
  id: string,
  { phone, source, cost }: { readonly phone: string; readonly source: string | null; readonly cost: number },
): Promise<boolean> {
  const at = now();
  const shares = sharesOf({ channel: 'sms', recipient: nameOf(phone), source, at }, limits);
  const { full, isNews, low } = await store.spend(id, [...shares, costShare(cost, costs.perDay, at)]);
  if (full !== null) onOverBudget(full, isNews);
  for (const budget of low) onBudgetLow(budget);
  return full === null;
}

function costShare(amount: number, most: number, at: Instant): Share {
  return { name: 'sms-cost-day', startsAt: (at - (at % DAY)) as Instant, amount, most };
}

/** Why it is not sent, by what the appointment is now. */
function whyNot({ kind, about }: StoredMessage, { status, startsAt }: PresentForSms, now: Instant): string | null {
  if (kind !== 'appointment-reminder') return null;
  if (status !== 'booked') return 'not-booked-any-more';
  if (startsAt !== about.startsAt) return 'moved';
  return startsAt <= now ? 'too-late' : null;
}
