// Notifications in plain words, and where they lead.
import type { ChosenEmail } from '../../src/protocol/messages.ts';
import type { NotificationKind, NotificationReply } from '../../src/protocol/notifications.ts';
import { whyNotSent } from '../kit/message-fates.ts';
import { clock, shortDay } from '../kit/money-and-time.ts';

type Sentence = { readonly title: string; readonly detail: string };

/** What the switches are called. */
export const KIND_WORDS: Readonly<Record<NotificationKind, string>> = {
  'appointment-booked': 'New bookings',
  'appointment-requested': 'Requests to approve',
  'appointment-changed': 'Changed appointments',
  'appointment-cancelled': 'Cancelled appointments',
  'message-failed': 'Messages that did not arrive',
  'message-kept': 'Messages that were written and not sent',
  'webhook-disabled': 'Webhooks that were disabled',
  'external-calendar-failed': 'External calendars that cannot be read',
  'external-calendar-conflict': 'Conflicts with external calendars',
  'budget-reached': 'Budgets for messages that are used up',
  'payment-alarm': 'Payments that need attention',
  'time-off-requested': 'Requests for time off',
  'time-off-decided': 'Answers to your requests for time off',
};

/** What can also be had by e-mail, as a kind of its own. */
export const BY_EMAIL: { readonly [Kind in NotificationKind]?: ChosenEmail } = {
  'appointment-booked': 'staff-booked',
  'appointment-requested': 'staff-requested',
  'appointment-changed': 'staff-changed',
  'appointment-cancelled': 'staff-cancelled',
  'time-off-decided': 'time-off-decided',
};

const TITLES: Readonly<Record<NotificationKind, string>> = {
  'appointment-booked': 'New booking',
  'appointment-requested': 'Request to approve',
  'appointment-changed': 'Changed',
  'appointment-cancelled': 'Cancelled',
  'message-failed': 'A message did not arrive',
  'message-kept': 'A message was written and not sent',
  'webhook-disabled': 'A webhook was disabled',
  'external-calendar-failed': 'An external calendar cannot be read',
  'external-calendar-conflict': 'An external calendar conflicts with an appointment',
  'budget-reached': 'A budget for messages is used up',
  'payment-alarm': 'A payment needs attention',
  'time-off-requested': 'Time off is asked for',
  'time-off-decided': 'Your request for time off',
};

export function sentenceFor({ kind, appointment, message, budget, payment, timeOffRequest }: NotificationReply): Sentence {
  const title = TITLES[kind];
  if (message !== undefined) {
    const why = message.failure === undefined ? '' : asSentence(whyNotSent(message.failure));
    return { title, detail: [why, appointment === undefined ? '' : wordsOf(appointment)].filter((part) => part !== '').join(' ') };
  }
  if (appointment !== undefined)
    return { title: `${title}${appointment.customerName === undefined ? '' : `: ${appointment.customerName}`}`, detail: wordsOf(appointment) };
  if (timeOffRequest !== undefined) return { title, detail: timeOffWords(kind, timeOffRequest) };
  if (payment !== undefined) return { title, detail: alarmWords(payment.why) };
  if (budget !== undefined) return { title, detail: budgetWords(budget) };
  return { title, detail: kind.startsWith('appointment-') ? 'You can no longer see the details.' : '' };
}

function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function wordsOf({ serviceName, staffId, staffName, startsAt, from }: NonNullable<NotificationReply['appointment']>): string {
  const what = [serviceName, staffName === null ? null : `with ${staffName}`].filter((part) => part !== null).join(' ');
  const before =
    from === undefined ? '' : `, before ${wallTime(from.startsAt)}${from.staffId === staffId || from.staffName === null ? '' : ` with ${from.staffName}`}`;
  return `${what}${what === '' ? '' : ', '}${wallTime(startsAt)}${before}`;
}

/** "Ada, Mon 1 Dec – Fri 5 Dec", "approved, Mon 1 Dec" */
function timeOffWords(kind: NotificationKind, { staffName, status, startsAt, endsAt }: NonNullable<NotificationReply['timeOffRequest']>): string {
  const days = [Date.parse(`${startsAt.slice(0, 19)}Z`), Date.parse(`${endsAt.slice(0, 19)}Z`) - 1].map((at) => shortDay(at, 'UTC'));
  return [kind === 'time-off-decided' ? status : staffName, [...new Set(days)].join(' – ')].filter((part) => part !== null).join(', ');
}

const PAYMENT_WORDS: Readonly<Record<string, string>> = {
  'refund-failed': 'Money could not be given back. Please see to it with the provider.',
  'dispute-opened': 'The customer’s bank asks for the money. Please answer at the provider.',
  'dispute-won': 'A dispute is over: the money stays here.',
  'dispute-lost': 'A dispute is over: the customer has got the money back.',
  'claim-refused': 'A dispute is over, and there is no appointment for the money: it goes back if the time is taken.',
  'other-account': 'The provider has told of a payment of another account. Please check its webhooks.',
  'unknown-to-provider': 'The provider does not know it.',
  'other-payment': 'The provider has it as another payment. Nothing was changed.',
  'other-mode': 'It is a test payment where real ones are taken, or the other way round. Nothing was changed.',
  'other-currency': 'The provider says another currency than was asked for. Nothing was changed.',
  'other-amount': 'The provider says another amount than was asked for. Nothing was changed.',
  'other-amount-received': 'The provider has received another amount than was asked for. Nothing was changed.',
  'receipt-gone': 'It was received, and the provider no longer says so. Please look at it there.',
};

/** Why a payment needs, or needed, attention. */
export function alarmWords(why: string): string {
  return PAYMENT_WORDS[why] ?? 'It is not what was asked for.';
}

const COUNTED_FOR: Readonly<Record<string, string>> = {
  recipient: 'for one recipient',
  source: 'for bookings from one address',
  total: 'for all together',
  cost: 'because of their cost',
};

/** A budget is named by its channel, what it counts, and its hour or day. */
function budgetWords(budget: string): string {
  const [channel, counted = '', span] = budget.split('-');
  const of = COUNTED_FOR[counted];
  if (of === undefined || (span !== 'hour' && span !== 'day')) return budget;
  return `${channel === 'email' ? 'E-mails' : 'Text messages'} ${of}, until this ${span} is over. Messages are skipped until then.`;
}

/** As the clocks of the place show it: the text says it before its offset. */
function wallTime(text: string): string {
  const at = Date.parse(`${text.slice(0, 19)}Z`);
  return `${shortDay(at, 'UTC')}, ${clock(at, 'UTC')}`;
}

/** Opens the appointment at the desk, or the hours of who asks for time off; `undefined`: there is nothing to open. */
export function linkOf({ kind, appointment, timeOffRequest }: NotificationReply): string | undefined {
  if (timeOffRequest !== undefined) return kind === 'time-off-requested' ? `/admin#hours/${timeOffRequest.staffId}` : undefined;
  if (appointment === undefined) return undefined;
  return `/desk#${new URLSearchParams({ appointment: appointment.id, staff: appointment.staffId, at: appointment.startsAt })}`;
}
