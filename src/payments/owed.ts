// What a customer owes for an appointment as it stands: its price, or the fee of a no-show; and what has become of charging the fee.
import type { Appointment } from '../actors/calendar/calendar.ts';
import { DAY, type Instant, instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import { CARD_DAYS } from '../model/payment-words.ts';
import type { AppointmentPaymentReply } from '../protocol/payments.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Payment } from './payment-store-port.ts';

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

/** What was paid cannot be asked back: after it was called off, as the refund rules have given back what they give, and for a no-show without an agreed fee. */
export function isKept({ status, policy }: Pick<Agreed, 'status' | 'policy'>): boolean {
  return status === 'cancelled' || status === 'declined' || (status === 'no-show' && policy.noShowFee === undefined);
}

/** Of what is paid for it now: of a no-show that is the fee, which has the tax of the price only where that was agreed. null: none. */
export function taxRateOf({ status, taxPercent = null, policy }: Pick<Appointment, 'status' | 'taxPercent' | 'policy'>): number | null {
  return status !== 'no-show' || policy.feeTaxed ? taxPercent : null;
}

export function chargeableUntil({ endsAt }: Pick<Appointment, 'endsAt'>): Instant {
  return instant(endsAt + CARD_DAYS * DAY);
}

type Charge = Omit<NonNullable<AppointmentPaymentReply['noShowFee']>, 'amount' | 'taxPercent' | 'isWaived'>;

export function chargeTold(appointment: Pick<Appointment, 'endsAt' | 'timeZone'>, payments: readonly Payment[]): Charge {
  const hasCard = payments.some(({ card }) => card === 'kept');
  const last = payments.findLast(({ isFee }) => isFee);
  return {
    hasCard,
    chargeUntil: hasCard ? wireTime(chargeableUntil(appointment), appointment.timeZone) : null,
    charge: last === undefined ? null : chargeOf(last),
  };
}

function chargeOf({ received, state, refusal }: Payment): NonNullable<Charge['charge']> {
  if (received > 0) return 'charged';
  if (refusal !== null) return refusal;
  return state === 'closed' ? 'not-charged' : 'asked';
}
