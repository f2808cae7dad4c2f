// How many messages may leave: to one recipient, because of one source of guests, and in all, in an hour and in a day, for each channel by itself. What a budget
// has no room for is not sent, also not later: a flood ends here, whatever let it in. Pure; the counting is in `persistence/messages/message-budget.ts`.
import { DAY, HOUR, type Instant, instant } from '../model/instant.ts';
import type { MessageChannel } from '../protocol/messages.ts';

/** A customer has a few appointments at a time, and each is told of, moved and reminded of once or twice. */
const TO_ONE_RECIPIENT = { email: { hour: 20, day: 60 }, sms: { hour: 5, day: 10 } } as const;
/** So many messages for each appointment that guests may have from one address. */
const FOR_EACH_GUEST_BOOKING = { email: { hour: 3, day: 10 }, sms: { hour: 0.5, day: 1 } } as const;
/** How many times as much the networks around an address may have, the widest first: as in `access/address-group.ts`. An IPv4 address is a single group. */
const FACTORS_OF_SOURCE: readonly (readonly number[])[] = [[1], [1.5, 1], [2, 1.5, 1]];

export type BudgetLimits = {
  readonly emailsPerHour: number;
  readonly emailsPerDay: number;
  readonly smsPerHour: number;
  readonly smsPerDay: number;
  /** Appointments that guests may have from one address. */
  readonly guestBookings: number;
  /** Multiplies all of them. */
  readonly scale: number;
};

/** What a message takes of one budget. `name` begins with the budget's own name; a hash of whom it counts for may follow after a slash. */
export type Share = { readonly name: string; readonly startsAt: Instant; readonly amount: number; readonly most: number };
/**
 * What has come of asking for room. `full`: the budget that had none, and the message is skipped. `isNews`: the first refusal of that budget in its time, on all nodes. `low`:
 * budgets of the installation that it has brought to four fifths, each told once.
 */
export type Spent = { readonly full: string | null; readonly isNews: boolean; readonly low: readonly string[] };

type Spending = {
  readonly channel: MessageChannel;
  /** A name for the recipient that does not reveal who it is. */
  readonly recipient: string;
  /** Where a guest has booked from: hashes of networks, the widest first, with dots in between. null: it was no guest. */
  readonly source: string | null;
  readonly at: Instant;
};

/** By the clock and in UTC: an hour or a day begins for all at the same time. */
export function sharesOf({ channel, recipient, source, at }: Spending, limits: BudgetLimits): readonly Share[] {
  const inAll = channel === 'email' ? { hour: limits.emailsPerHour, day: limits.emailsPerDay } : { hour: limits.smsPerHour, day: limits.smsPerDay };
  const windows = [
    { window: 'hour', startsAt: beginOf(at, HOUR) },
    { window: 'day', startsAt: beginOf(at, DAY) },
  ] as const;
  return windows.flatMap(({ window, startsAt }) => {
    const share = (name: string, most: number): Share => ({ name, startsAt, amount: 1, most: Math.max(1, Math.floor(most * limits.scale)) });
    const groups = source?.split('.') ?? [];
    const factors = FACTORS_OF_SOURCE[groups.length - 1] ?? [];
    return [
      share(`${channel}-recipient-${window}/${recipient}`, TO_ONE_RECIPIENT[channel][window]),
      ...factors.map((factor, index) =>
        share(`${channel}-source-${window}/${groups.slice(0, index + 1).join('.')}`, factor * limits.guestBookings * FOR_EACH_GUEST_BOOKING[channel][window]),
      ),
      share(`${channel}-total-${window}`, inAll[window]),
    ];
  });
}

function beginOf(at: Instant, length: number): Instant {
  return instant(Math.floor(at / length) * length);
}
