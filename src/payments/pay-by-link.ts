// A customer pays for an appointment that is there already: what the desk has booked by phone, or what is left of a price. The link is that to the appointment.
import { randomUUIDv7 } from 'node:crypto';
import { type Caller, sourceOf } from '../access/caller.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import { findAppointment, manageUrl } from '../booking/find-appointment.ts';
import type { PaymentBegunReply, PaymentLinkReply, SendLink } from '../protocol/payments.ts';
import { done, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { NOT_NOW, openAtProvider, PAYMENTS_OFF } from './begin-payment.ts';
import { idOf, NO_CARD, ofOurs, paymentTold } from './desk-payments.ts';
import { taxRateOf } from './owed.ts';
import type { Paying } from './parts.ts';
import { isForLater } from './payments.ts';

const NOTHING_DUE = failed('wrong-status', { detail: 'Nothing has to be paid for it by card.' });

/** One payment at a time: asking again gives the same, unless what is due has changed. It books nothing, so it keeps no time. */
export async function beginLinkPayment(parts: Paying, caller: Caller, appointmentId: string): Promise<Reply<PaymentBegunReply>> {
  const { online } = parts.payments;
  const found = await findAppointment(parts, caller, appointmentId, 'read-appointment');
  if (isFailed(found)) return found;
  if (online === null) return PAYMENTS_OFF;
  const { due, canPayByCard } = await paymentTold(parts, found);
  if (!canPayByCard) return NOTHING_DUE;
  const { appointment } = found;
  const payUntil = online.payUntil();
  const at = parts.scheduler.now();
  const added = await online.store.addOpen({
    ...{ id: randomUUIDv7(), holdId: null, appointmentId, locationId: appointment.locationId, state: 'held', method: online.provider.name },
    ...{
      money: due,
      received: 0,
      refunded: 0,
      taxPercent: taxRateOf(appointment),
      providerId: null,
      payUntil,
      booking: null,
      alarm: null,
      createdAt: at,
      lookAt: payUntil,
      version: 1,
    },
    ...NO_CARD,
  });
  try {
    if (added.isFee) {
      await online.settle(added.id);
      return NOT_NOW;
    }
    if (added.money.amount !== due.amount || added.payUntil === null || added.payUntil <= at) {
      await online.store.change(added, { payUntil: at, lookAt: at });
      await online.settle(added.id);
      return NOT_NOW;
    }
    const begun = await openAtProvider(online, added, appointment.serviceName ?? '', added.payUntil);
    return isFailed(begun) ? begun : done({ ...begun, amount: due, payUntil: wireTime(added.payUntil, appointment.timeZone) }, { status: 201 });
  } catch (failure) {
    if (isForLater(failure)) return NOT_NOW;
    throw failure;
  }
}

/** For the desk: to read out or copy, and by e-mail if it is asked for. */
export async function paymentLink(parts: Paying, caller: Caller, appointmentId: string, { send }: SendLink): Promise<Reply<PaymentLinkReply>> {
  const { online, store } = parts.payments;
  const found = await ofOurs(parts, caller, appointmentId, 'take-payment');
  if (isFailed(found)) return found;
  if (online === null) return PAYMENTS_OFF;
  const { appointment } = found;
  const { due, canPayByCard } = await paymentTold(parts, found);
  if (!canPayByCard) return NOTHING_DUE;
  const hasAddress = appointment.details?.email != null;
  if (send && !hasAddress) return failed('wrong-status', { detail: 'The customer has no e-mail address.' });
  const at = parts.scheduler.now();
  const subject = { kind: 'appointment', id: appointmentId, name: null } as const;
  const audit = auditEntry(sourceOf(caller), at, { action: 'payment.link-made', subject, after: { amount: due.amount, currency: due.currency, sent: send } });
  const key = `payment-due/${idOf(caller, 'payment-link', undefined)}`;
  await store.tellCustomer(appointment, { ...(send && { message: { key, kind: 'payment-due', money: due, at } }), audit });
  return done({ url: await manageUrl(parts, appointmentId), amount: due, isSent: send });
}
