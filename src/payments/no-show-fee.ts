// The fee of a no-show: whether it is asked for, and charging it to the card that was kept.
import { randomUUIDv7 } from 'node:crypto';
import { type Caller, sourceOf } from '../access/caller.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { FoundAppointment } from '../booking/find-appointment.ts';
import { CARD_DAYS } from '../model/payment-words.ts';
import type { AppointmentPaymentReply, WaiveFee } from '../protocol/payments.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { PAYMENTS_OFF } from './begin-payment.ts';
import { ofOurs, paymentTold } from './desk-payments.ts';
import { chargeableUntil, feeAgreed, taxRateOf } from './owed.ts';
import type { Paying } from './parts.ts';
import type { NewPayment, Payment } from './payment-store-port.ts';
import type { Payments } from './payments.ts';

/** For those who may give money back. Once, with a reason, and taken back the same way. */
export async function waiveFee(parts: Paying, caller: Caller, appointmentId: string, { isWaived, reason }: WaiveFee): Promise<Reply<AppointmentPaymentReply>> {
  const found = await ofOurs(parts, caller, appointmentId, 'refund-payment');
  if (isFailed(found)) return found;
  const { appointment } = found;
  const fee = feeAgreed(appointment);
  if (fee === undefined) return failed('wrong-status', { detail: 'No no-show fee was agreed when it was booked.' });
  if (appointment.status !== 'no-show') return failed('wrong-status', { detail: 'The customer is not marked as a no-show.' });
  const at = parts.scheduler.now();
  const subject = { kind: 'appointment', id: appointmentId, name: null } as const;
  const after = { amount: fee.amount, currency: fee.currency };
  const audit = auditEntry(sourceOf(caller), at, { action: isWaived ? 'no-show-fee.waived' : 'no-show-fee.restored', subject, after });
  await parts.payments.store.waive(appointmentId, isWaived ? { reason, by: caller.principal?.userId ?? null, at } : null, audit);
  return done(await paymentTold(parts, found));
}

/** A card that was declined so often is not asked any more: banks count. */
const MOST_CHARGES = 3;
/** Providers take no less by card, in minor units. */
const LEAST_CHARGE = 50;

const NOT_ADDED = {
  waived: failed('wrong-status', { detail: 'The no-show fee is waived.' }),
  tried: failed('limit-reached', { detail: `The card was declined ${MOST_CHARGES} times.` }),
} as const;

/**
 * What is due of the fee, once: asked again it answers what has become of it. A payment by a link that is open is ended first. `unproven`: the answer to who has not given their password
 * again. The answer says `asked` where the provider has not answered yet, or a link has paid the fee at that moment.
 */
export async function chargeFee(
  parts: Paying,
  caller: Caller,
  appointmentId: string,
  { unproven }: { readonly unproven: Failed | undefined },
): Promise<Reply<AppointmentPaymentReply>> {
  const { online } = parts.payments;
  const found = await ofOurs(parts, caller, appointmentId, 'refund-payment');
  if (isFailed(found)) return found;
  if (online === null) return PAYMENTS_OFF;
  const before = (await online.store.ofAppointment(appointmentId)).find(({ isFee, state }) => isFee && state !== 'closed');
  const fee = before ?? (await addFee(parts, online, { caller, found, unproven }));
  if (isFailed(fee)) return fee;
  await online.settleSoon(fee.id);
  return done(await paymentTold(parts, found), { status: 201, replayed: before !== undefined });
}

type Charging = { readonly caller: Caller; readonly found: FoundAppointment; readonly unproven: Failed | undefined };

async function addFee(parts: Paying, online: Payments, { caller, found, unproven }: Charging): Promise<Payment | Failed> {
  const { appointment } = found;
  const { due, noShowFee } = await paymentTold(parts, found);
  const at = parts.scheduler.now();
  if (appointment.status !== 'no-show') return failed('wrong-status', { detail: 'The customer is not marked as a no-show.' });
  if (noShowFee === null) return failed('wrong-status', { detail: 'No no-show fee was agreed when it was booked.' });
  if (noShowFee.isWaived) return NOT_ADDED.waived;
  if (!noShowFee.hasCard) return failed('wrong-status', { detail: 'There is no card to charge.' });
  if (at > chargeableUntil(appointment)) return failed('too-late', { detail: `The card may be charged until ${CARD_DAYS} days after the appointment.` });
  if (due.amount < LEAST_CHARGE) return failed('wrong-status', { detail: 'Nothing is due that could be charged to a card.' });
  if (unproven !== undefined) return unproven;
  const payUntil = online.payUntil();
  const fee: NewPayment = {
    ...{ id: randomUUIDv7(), holdId: null, appointmentId: appointment.id, locationId: appointment.locationId, state: 'held', method: online.provider.name },
    ...{
      money: due,
      received: 0,
      refunded: 0,
      taxPercent: taxRateOf(appointment),
      providerId: null,
      payUntil,
      booking: null,
      alarm: null,
      card: null,
      isFee: true,
      refusal: null,
    },
    ...{ createdAt: at, lookAt: at, version: 1 },
  };
  const subject = { kind: 'appointment', id: appointment.id, name: null } as const;
  const after = { paymentId: fee.id, amount: due.amount, currency: due.currency };
  const audit = auditEntry(sourceOf(caller), at, { action: 'no-show-fee.charge-asked', subject, after });
  const added = await online.store.addFee(fee, MOST_CHARGES, audit);
  return typeof added === 'string' ? NOT_ADDED[added] : added;
}
