// Before a price is reserved on the card: what that is, when it is taken, and how much of it if the customer cancels.
import { keptByTime } from '../../src/model/kept-on-cancelling.ts';
import { serverNow } from '../kit/api.ts';
import { say } from '../kit/language.ts';
import { clock, money, shortDay } from '../kit/money-and-time.ts';
import { timeZone } from './choosing.ts';
import type { Kept } from './keeping.ts';
import { words } from './languages.ts';

export function ReserveNote({ hold }: { readonly hold: Kept }) {
  const { due, policy } = hold;
  if (due === undefined || !policy?.reserves) return null;
  const { reserveNote, reserveLate, lateNothing, lateUntil, lateThen } = words.value.pay;
  const steps = keptByTime(due, { ...policy, startsAt: Date.parse(hold.startsAt) }, serverNow());
  const parts = steps.map(({ until, kept: taken }) => {
    const values = {
      amount: money({ ...due, amount: taken }),
      ...(until !== null && { day: shortDay(until, timeZone.value), time: clock(until, timeZone.value) }),
    };
    return say(until === null ? lateThen : taken === 0 ? lateNothing : lateUntil, values);
  });
  return (
    <p>
      {say(reserveNote, { amount: money(due) })} {parts.length > 0 && say(reserveLate, { parts: parts.join(' · ') })}
    </p>
  );
}
