// What follows from the log for money: an appointment that was paid and is called off is paid back, by the rules that it was booked under, and a hold that is given up
// while it is being paid for takes no money any more.
import type { Appointment, CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { Instant } from '../model/instant.ts';
import { refundShare } from './refund-rules.ts';

/** Never changed: how far refunds have been asked for stands under it. */
export const PAYMENT_CONSUMER = 'payments';
const BATCH_SIZE = 100;
const TOLD_FACTS = ['appointment.cancelled', 'appointment.declined', 'hold.released'] as const satisfies readonly CalendarEvent['type'][];

/** So much of each payment is to go back. `id` and the payment name the refund: it is asked for once. */
export type RefundAsked = {
  readonly id: string;
  /** All that was paid for it online. */
  readonly appointmentId: string;
  /** What it cost by then, in minor units: nothing beyond that is taken of what is reserved. */
  readonly price: number;
  readonly percent: number;
  readonly why: 'cancelled' | 'declined';
  readonly at: Instant;
};

/** The time that was being paid for is free again: what is paid for it from now on goes back. */
export type GivenUp = { readonly holdId: string; readonly at: Instant };

/** Within the transaction: refunds of what is left are asked for, payments of holds that were given up are noted as such, and all of them are looked at now. */
export type PaymentEffects<Transaction> = {
  askForRefunds(transaction: Transaction, asked: readonly RefundAsked[]): Promise<void>;
  noteGivenUp(transaction: Transaction, givenUp: readonly GivenUp[]): Promise<void>;
};

export function refundConsumer<Transaction>(write: PaymentEffects<Transaction>, onWritten: () => void): Consumer<Transaction> {
  return {
    ...{ name: PAYMENT_CONSUMER, from: 'beginning', batchSize: BATCH_SIZE, types: TOLD_FACTS, onWritten },
    async effectsOf(changes) {
      const [asked, givenUp] = [refundsAsked(changes), holdsGivenUp(changes)];
      if (asked.length === 0 && givenUp.length === 0) return null;
      return async (transaction) => {
        await write.askForRefunds(transaction, asked);
        await write.noteGivenUp(transaction, givenUp);
      };
    },
  };
}

/** What several calendars have decided together is asked for once. */
export function refundsAsked(changes: readonly LoggedChange[]): readonly RefundAsked[] {
  const asked = new Map<string, RefundAsked>();
  for (const { at, events } of changes)
    for (const event of events) {
      if (event.type !== 'appointment.cancelled' && event.type !== 'appointment.declined') continue;
      const { appointment } = event;
      const percent = shareOnEnd(appointment, event.type === 'appointment.declined' || appointment.reasonBy === 'business', at);
      const id = `cancelled/${appointment.id}`;
      const why = event.type === 'appointment.declined' ? 'declined' : 'cancelled';
      asked.set(id, { id, appointmentId: appointment.id, price: appointment.price.amount, percent, why, at });
    }
  return [...asked.values()];
}

export function holdsGivenUp(changes: readonly LoggedChange[]): readonly GivenUp[] {
  return changes.flatMap(({ at, events }) =>
    events.flatMap((event) => (event.type === 'hold.released' && event.hold.state === 'paying' ? [{ holdId: event.hold.id, at }] : [])),
  );
}

/** What the business calls off is paid back in full. */
export function shareOnEnd({ policy, startsAt }: Pick<Appointment, 'policy' | 'startsAt'>, isByBusiness: boolean, at: Instant): number {
  return isByBusiness ? 100 : refundShare(policy, startsAt, at);
}
