// What a customer owes for an appointment as it stands: its price, or the fee of a no-show.
import type { Appointment } from '../actors/calendar/calendar.ts';
import type { Money } from '../model/money.ts';

type Agreed = Pick<Appointment, 'status' | 'price' | 'policy'>;

/** Never more than the price, which the business may have lowered since. `undefined`: none was agreed. */
export function feeAgreed({ price, policy: { noShowFee } }: Pick<Agreed, 'price' | 'policy'>): Money | undefined {
  return noShowFee && { ...noShowFee, amount: Math.min(noShowFee.amount, price.amount) };
}

/** In minor units of the price. Nothing for what was called off, and for a no-show the fee, unless it is waived. */
export function owedFor(appointment: Agreed, isWaived: boolean): number {
  if (appointment.status === 'cancelled' || appointment.status === 'declined') return 0;
  if (appointment.status !== 'no-show') return appointment.price.amount;
  return isWaived ? 0 : (feeAgreed(appointment)?.amount ?? 0);
}

/** What was paid is nobody’s to ask back: after it was called off, as the refund rules have given back what they give, and for a no-show without an agreed fee. */
export function isKept({ status, policy }: Pick<Agreed, 'status' | 'policy'>): boolean {
  return status === 'cancelled' || status === 'declined' || (status === 'no-show' && policy.noShowFee === undefined);
}
