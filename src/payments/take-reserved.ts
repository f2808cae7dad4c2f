// The desk takes what is reserved on a card, and what is told of it.
import { type Caller, sourceOf } from '../access/caller.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { FoundAppointment } from '../booking/find-appointment.ts';
import type { Money } from '../model/money.ts';
import { LEAST_TAKEN } from '../model/payment-words.ts';
import type { AppointmentPaymentReply } from '../protocol/payments.ts';
import { type Failed, failed, failedField } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { PAYMENTS_OFF } from './begin-payment.ts';
import type { Paying } from './parts.ts';
import type { Payment } from './payment-store-port.ts';
import { shareOnEnd } from './refund-consumer.ts';
import { keptOf } from './refund-rules.ts';

type Of = Pick<FoundAppointment, 'appointment' | 'as'>;
/** Before that the customer may still call it off. */
const TAKEN_FROM: readonly string[] = ['checked-in', 'completed', 'no-show'];

/** null: nothing is, or it has been decided that nothing of it is taken. */
export function reservedTold({ scheduler }: Paying, { appointment, as }: Of, payments: readonly Payment[]): AppointmentPaymentReply['reserved'] {
  const held = payments.find(({ state, reservation }) => state === 'reserved' && reservation?.takeAt != null && reservation.capture !== 0);
  if (held?.reservation?.takeAt == null) return null;
  const isOpen = appointment.status === 'pending' || appointment.status === 'booked';
  const owed = payments.reduce((left, { received, refunded }) => left - (received - refunded), appointment.price.amount);
  const amount = { ...held.money, amount: held.reservation.capture ?? held.money.amount };
  return {
    amount,
    takeAt: wireTime(held.reservation.takeAt, appointment.timeZone),
    isBeingTaken: held.reservation.capture !== null,
    takenOnCancelling: isOpen ? { ...held.money, amount: keptOf(held.money, owed, shareOnEnd(appointment, as === 'manager', scheduler.now())) } : null,
  };
}

/** Once, all or a part, up to what is still due; the rest is let go. Nothing of it is asked for with 0, at any time. Asked again for the same it says what has become of it. */
export async function takeReserved(
  parts: Paying,
  caller: Caller,
  { appointment }: FoundAppointment,
  { asked, due }: { readonly asked: Money; readonly due: Money },
): Promise<{ readonly payment: Payment; readonly replayed: boolean } | Failed> {
  const { online } = parts.payments;
  if (online === null) return PAYMENTS_OFF;
  const all = await online.store.ofAppointment(appointment.id);
  const isLetGo = asked.amount === 0;
  const open = all.find(({ reservation, state }) => reservation !== null && state !== 'closed');
  const held = open ?? (isLetGo ? all.findLast(({ reservation }) => reservation?.capture === 0) : undefined);
  if (held?.reservation == null) return failed('wrong-status', { detail: 'Nothing is reserved for it.' });
  const { reservation } = held;
  if (asked.currency !== held.money.currency) return failedField('invalid-request', 'amount.currency', `must be ${held.money.currency}`);
  const isDecided = reservation.capture !== null || held.received > 0;
  if (isDecided && (reservation.capture ?? held.received) !== asked.amount)
    return failed('wrong-status', { detail: `It was decided already that ${reservation.capture ?? held.received} of it is taken, in the minor unit.` });
  if (!isDecided) {
    if (held.state !== 'reserved' || held.booking !== null) return failed('wrong-status', { detail: 'The card has not reserved it yet.' });
    if (!isLetGo && !TAKEN_FROM.includes(appointment.status)) return failed('wrong-status', { detail: 'It is taken once the customer is checked in.' });
    const most = Math.min(held.money.amount, due.amount);
    if (!isLetGo && (asked.amount < LEAST_TAKEN || asked.amount > most))
      return failedField('invalid-request', 'amount.amount', `must be 0, or from ${LEAST_TAKEN} to ${most}: that is reserved and still due`);
    const at = parts.scheduler.now();
    const subject = { kind: 'appointment', id: appointment.id, name: null } as const;
    const after = { paymentId: held.id, method: 'reserved', amount: asked.amount, currency: asked.currency };
    const audit = auditEntry(sourceOf(caller), at, { action: 'payment.recorded', subject, after });
    const decided = await online.store.change(held, { reservation: { ...reservation, capture: asked.amount }, lookAt: at, audit });
    if (decided === undefined) return failed('overloaded', { detail: 'Something else has happened to this payment. Nothing was done.', retryAfterSeconds: 1 });
  }
  await online.settleSoon(held.id);
  return { payment: (await online.store.byId(held.id)) ?? held, replayed: isDecided };
}

/** As far as nothing is owed any more after cash was taken. */
export async function letGoOfReserved({ payments: { store, online } }: Paying, appointmentId: string): Promise<void> {
  const held = (await store.ofAppointment(appointmentId)).find(({ state }) => state === 'reserved');
  if (held !== undefined) await online?.settleSoon(held.id);
}
