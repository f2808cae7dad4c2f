// What is reserved on a card: when it is taken, and how much of it. What was decided is written down before anything is done, so that it is done once.
import { DAY, HOUR, type Instant, instant } from '../model/instant.ts';
import { LEAST_TAKEN } from '../model/payment-words.ts';
import type { ProviderPayment } from './payment-provider-port.ts';
import type { Payment, PaymentChange, Reservation } from './payment-store-port.ts';

/** So long before the bank lets go of what is reserved it is taken by itself. */
const TAKE_BEFORE = 12 * HOUR;
/** Where the provider does not say when that is. */
const KEPT_AT_LEAST = 6 * DAY;

type Deciding = { readonly calendars: { owed(payment: Payment): Promise<number | null> }; readonly now: () => Instant };

/**
 * What is to be noted next; null: nothing. As soon as the card has promised the money, until when; then, once it is time, that what is owed is taken. Earlier only that nothing is owed
 * any more, as after it was paid in cash. What is kept of an appointment that was called off is decided with that.
 */
export async function nextReservation({ calendars, now }: Deciding, payment: Payment, there: ProviderPayment): Promise<Reservation | null> {
  const { reservation, state, booking } = payment;
  if (reservation === null || there.status !== 'authorised') return null;
  if (reservation.takeAt === null) return { ...reservation, takeAt: instant((there.captureBefore ?? now() + KEPT_AT_LEAST) - TAKE_BEFORE) };
  if (state !== 'reserved' || booking !== null || reservation.capture !== null) return null;
  const owed = await calendars.owed(payment);
  if (owed === null || (owed > 0 && reservation.takeAt > now())) return null;
  return { ...reservation, capture: owed < LEAST_TAKEN ? 0 : owed };
}

/** It was taken, and then decided otherwise: what is more goes back. */
export function beyondDecided({ id, reservation, received, refunded }: Payment, createdAt: Instant): Pick<PaymentChange, 'refund' | 'lookAt'> {
  const amount = reservation === null || reservation.capture === null ? 0 : received - refunded - reservation.capture;
  if (amount <= 0) return {};
  return { refund: { id: `beyond/${id}`, paymentId: id, amount, why: 'not-due', by: null, state: 'asked', createdAt }, lookAt: createdAt };
}
