// What goes back follows from the log: an appointment that was paid and is called off, by the rules that it was booked under.
import type { Appointment, CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { Instant } from '../model/instant.ts';
import { refundShare } from './refund-rules.ts';

/** Never changed: how far refunds have been asked for stands under it. */
const PAYMENT_CONSUMER = 'payments';
const BATCH_SIZE = 100;
const TOLD_FACTS = ['appointment.cancelled', 'appointment.declined'] as const satisfies readonly CalendarEvent['type'][];

/** So much of each payment is to go back. `id` and the payment name the refund: it is asked for once. */
export type RefundAsked = {
  readonly id: string;
  /** All that was paid for it online. */
  readonly appointmentId: string;
  readonly percent: number;
  readonly why: 'cancelled' | 'declined';
  readonly at: Instant;
};

/** `write` asks for refunds of what is left, and for a look at these payments, within the transaction. */
export function refundConsumer<Transaction>(
  write: (transaction: Transaction, asked: readonly RefundAsked[]) => Promise<void>,
  onWritten: () => void,
): Consumer<Transaction> {
  return {
    ...{ name: PAYMENT_CONSUMER, from: 'beginning', batchSize: BATCH_SIZE, types: TOLD_FACTS, onWritten },
    async effectsOf(changes) {
      const asked = refundsAsked(changes);
      return asked.length === 0 ? null : (transaction) => write(transaction, asked);
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
      if (percent > 0) asked.set(id, { id, appointmentId: appointment.id, percent, why: event.type === 'appointment.declined' ? 'declined' : 'cancelled', at });
    }
  return [...asked.values()];
}

/** What the business calls off is paid back in full. */
export function shareOnEnd({ policy, startsAt }: Pick<Appointment, 'policy' | 'startsAt'>, isByBusiness: boolean, at: Instant): number {
  return isByBusiness ? 100 : refundShare(policy, startsAt, at);
}
