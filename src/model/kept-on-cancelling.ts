// How much the business keeps of a customer who cancels, and until when: what the refund rules say of an appointment that is not booked yet.
import { MINUTE } from './instant.ts';
import { type Money, shareOf } from './money.ts';
import { LEAST_TAKEN } from './payment-words.ts';

type RefundRules = readonly { readonly untilMinutes: number; readonly percent: number }[];
/** `startsAt` in milliseconds. */
type Cancelled = { readonly startsAt: number; readonly refundRules: RefundRules; readonly cancelUntilMinutes: number | null };
/** `kept` in minor units. `until`: null from the last moment on, to the start. */
type KeptUntil = { readonly until: number | null; readonly kept: number };

/**
 * Of what is reserved on a card; each part ends where the next begins. Moments that are over by `now` are left out, and so is when it can no longer be cancelled. Without rules nothing
 * is kept, and there is nothing to say.
 */
export function keptByTime(reserved: Money, { startsAt, refundRules, cancelUntilMinutes }: Cancelled, now: number): readonly KeptUntil[] {
  const ending = startsAt - (cancelUntilMinutes ?? 0) * MINUTE;
  if (refundRules.length === 0 || ending < now) return [];
  const ends = new Set(refundRules.map(({ untilMinutes }) => startsAt - untilMinutes * MINUTE).filter((end) => end >= now && end < ending));
  const parts: { readonly until: number; readonly kept: number }[] = [];
  for (const until of [...ends, ending].sort((one, other) => one - other)) {
    const counting = refundRules.filter(({ untilMinutes }) => until <= startsAt - untilMinutes * MINUTE);
    const kept = reserved.amount - shareOf(reserved, Math.max(0, ...counting.map(({ percent }) => percent))).amount;
    const taken = kept < LEAST_TAKEN ? 0 : kept;
    if (parts.at(-1)?.kept === taken) parts.pop();
    parts.push({ until, kept: taken });
  }
  const isLast = (index: number) => index > 0 && index === parts.length - 1 && cancelUntilMinutes === null;
  return parts.map((part, index) => (isLast(index) ? { ...part, until: null } : part));
}
