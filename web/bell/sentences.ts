// Notifications and messages in plain words, and where they lead.
import type { ChosenEmail } from '../../src/protocol/messages.ts';
import type { NotificationKind, NotificationReply } from '../../src/protocol/notifications.ts';
import { tagOf } from '../kit/language.ts';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { spoken, type Voice } from './voice.ts';
import { whyNotSent } from './why-not-sent.ts';

type Sentence = { readonly title: string; readonly detail: string };

/** What can also be had by e-mail, as a kind of its own. */
export const BY_EMAIL: { readonly [Kind in NotificationKind]?: ChosenEmail } = {
  'appointment-booked': 'staff-booked',
  'appointment-requested': 'staff-requested',
  'appointment-changed': 'staff-changed',
  'appointment-cancelled': 'staff-cancelled',
  'time-off-decided': 'time-off-decided',
};

export function sentenceFor({ kind, appointment, message, budget, payment, timeOffRequest }: NotificationReply, voice: Voice): Sentence {
  const title = voice.words.titles[kind];
  if (message !== undefined) {
    const why = message.failure === undefined ? '' : asSentence(whyNotSent(message.failure, voice.words.whyNotSent));
    return { title, detail: [why, appointment === undefined ? '' : wordsOf(appointment, voice)].filter((part) => part !== '').join(' ') };
  }
  if (appointment !== undefined)
    return { title: [title, ...(appointment.customerName === undefined ? [] : [appointment.customerName])].join(': '), detail: wordsOf(appointment, voice) };
  if (timeOffRequest !== undefined) return { title, detail: timeOffWords(kind, timeOffRequest, voice) };
  if (payment !== undefined) return { title, detail: alarmWords(payment.why, voice) };
  if (budget !== undefined) return { title, detail: budgetWords(budget, voice) };
  return { title, detail: kind.startsWith('appointment-') ? voice.words.details.hidden : '' };
}

function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function wordsOf({ serviceName, staffId, staffName, startsAt, from }: NonNullable<NotificationReply['appointment']>, voice: Voice): string {
  const { details } = voice.words;
  const what = [serviceName, staffName === null ? null : spoken(details.with, { staff: staffName }, voice)].filter((part) => part !== null).join(' ');
  const times = [what, wallTime(startsAt, voice)];
  if (from !== undefined) {
    const isElsewhere = from.staffId !== staffId && from.staffName !== null;
    times.push(spoken(isElsewhere ? details.beforeWith : details.before, { when: wallTime(from.startsAt, voice), staff: from.staffName ?? '' }, voice));
  }
  return times.filter((part) => part !== '').join(', ');
}

/** "Ada, Mon 1 Dec – Fri 5 Dec", "approved, Mon 1 Dec" */
function timeOffWords(
  kind: NotificationKind,
  { staffName, status, startsAt, endsAt }: NonNullable<NotificationReply['timeOffRequest']>,
  { locale, words }: Voice,
): string {
  const days = [Date.parse(`${startsAt.slice(0, 19)}Z`), Date.parse(`${endsAt.slice(0, 19)}Z`) - 1].map((at) => shortDay(at, 'UTC', tagOf(locale)));
  return [kind === 'time-off-decided' ? words.timeOff[status] : staffName, [...new Set(days)].join(' – ')].filter((part) => part !== null).join(', ');
}

/** Why a payment needs, or needed, attention. */
export function alarmWords(why: string, { words: { payments } }: Voice): string {
  return (payments as Readonly<Record<string, string>>)[why] ?? payments.other;
}

/** A budget is named by its channel, what it counts, and its hour or day. */
function budgetWords(budget: string, voice: Voice): string {
  const [channel = '', counted = '', span = ''] = budget.split('-');
  if (!['recipient', 'source', 'total', 'cost'].includes(counted) || (span !== 'hour' && span !== 'day')) return budget;
  return spoken(voice.words.details.budget, { channel, counted, span }, voice);
}

/** As the clocks of the place show it: the text says it before its offset. */
function wallTime(text: string, { locale }: Voice): string {
  const at = Date.parse(`${text.slice(0, 19)}Z`);
  return `${shortDay(at, 'UTC', tagOf(locale))}, ${clock(at, 'UTC', tagOf(locale))}`;
}

/** Opens the appointment at the desk, or what it is about in the back office; `undefined`: there is nothing to open. */
export function linkOf({ kind, appointment, timeOffRequest, webhookId, payment, budget }: NotificationReply): string | undefined {
  if (webhookId !== undefined) return `/admin#integrations/webhooks/${webhookId}`;
  if (payment?.id !== undefined) return `/admin#payments/${payment.id}`;
  if (budget !== undefined) return '/admin#messages';
  if (timeOffRequest !== undefined) return kind === 'time-off-requested' ? `/admin#hours/${timeOffRequest.staffId}` : undefined;
  if (appointment === undefined) return undefined;
  return `/desk#${new URLSearchParams({ appointment: appointment.id, staff: appointment.staffId, at: appointment.startsAt })}`;
}
