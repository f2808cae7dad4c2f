// What a customer gets back who cancels, by the rules that were frozen with the hold.
import type { AppointmentPolicy } from '../actors/calendar/calendar.ts';
import { type Instant, MINUTE } from '../model/instant.ts';
import { type Money, shareOf } from '../model/money.ts';
import { LEAST_TAKEN } from '../model/payment-words.ts';

/**
 * The largest share of all rules whose time is not over: a rule counts until so many minutes before the start, that minute included. Without any rule everything goes back, as
 * the business has not said that it keeps something; with rules and none that counts, nothing does.
 */
export function refundShare({ refundRules }: Pick<AppointmentPolicy, 'refundRules'>, startsAt: Instant, at: Instant): number {
  if (refundRules.length === 0) return 100;
  const inTime = refundRules.filter(({ untilMinutes }) => at <= startsAt - untilMinutes * MINUTE);
  return Math.max(0, ...inTime.map(({ percent }) => percent));
}

/** Of what was paid, less what has gone back or is on its way. Never more than is left. */
export function refundDue(paid: Money, gone: number, percent: number): Money {
  const whole = shareOf(paid, percent).amount;
  return { amount: Math.max(0, Math.min(whole, paid.amount) - gone), currency: paid.currency };
}

/** Of what is reserved, what the business keeps where so much would go back of what is still `owed`. What a card cannot be charged with is let go. */
export function keptOf(reserved: Money, owed: number, percent: number): number {
  const most = { ...reserved, amount: Math.max(0, Math.min(reserved.amount, owed)) };
  const kept = most.amount - refundDue(most, 0, percent).amount;
  return kept < LEAST_TAKEN ? 0 : kept;
}
