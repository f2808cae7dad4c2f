// What people who work here do with money: see it, take it at the desk, give it back.
import { createHash, randomUUID } from 'node:crypto';
import { type Caller, requestKeyOf, sourceOf } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { may } from '../access/rights.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import { type FoundAppointment, findAppointment } from '../booking/find-appointment.ts';
import { readAppointment } from '../booking/read-appointments.ts';
import type { Instant } from '../model/instant.ts';
import { type Money, taxIn } from '../model/money.ts';
import { agreedPolicy } from '../model/payment-words.ts';
import type { AppointmentPaymentReply, NewRefund, PaidAppointmentReply, PayAtDesk, PaymentReply } from '../protocol/payments.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { receiptEntry, refundEntry } from './ledger.ts';
import { chargeTold, feeAgreed, isKept, owedFor, taxRateOf } from './owed.ts';
import type { Paying } from './parts.ts';
import type { NewPayment, Payment, Refund } from './payment-store-port.ts';
import { shareOnEnd } from './refund-consumer.ts';
import { refundDue } from './refund-rules.ts';
import { isByHand, receiptMessage, refundMessage } from './settle.ts';
import { letGoOfReserved, reservedTold, takeReserved } from './take-reserved.ts';

/** Providers take no less by card, in minor units. */
const SMALLEST_BY_CARD = 50;
/** More than any appointment is paid in. */
const MOST_OF_APPOINTMENT = 50;
/** Desks that take money for the same appointment at once. */
const MOST_AT_THE_SAME_TIME = 5;

export const NO_CARD = { card: null, isFee: false, refusal: null } as const;

type WithRefunds = { readonly payment: Payment; readonly refunds: readonly Refund[] };

/** For who may see the appointment. Alarms and written reasons are for those who work here. */
export async function readAppointmentPayment(parts: Paying, caller: Caller, appointmentId: string): Promise<Reply<AppointmentPaymentReply>> {
  const found = await findAppointment(parts, caller, appointmentId, 'read-appointment');
  if (isFailed(found)) return found;
  const { voucher, ...told } = await paymentTold(parts, found);
  // Its code is as good as money. The customer has it already.
  const mayUse = found.as !== 'manager' || may(caller.principal, 'take-payment', found.appointment);
  return done({ ...told, voucher: voucher && { ...voucher, code: mayUse ? voucher.code : null } });
}

/** With what would go back if the reader cancelled it now. The version in its tag is that of the appointment, and money comes without a new one. */
export async function readPaidAppointment(parts: Paying, caller: Caller, appointmentId: string): Promise<Reply<PaidAppointmentReply>> {
  const reply = await readAppointment(parts, caller, appointmentId);
  if (isFailed(reply)) return reply;
  const money = await readAppointmentPayment(parts, caller, appointmentId);
  if (isFailed(money)) return money;
  const { refundNow, policy, price, priceType, voucher, taxPercent, due, overpaid, paid, reserved, refunded, noShowFee, status } = money.body;
  return {
    ...reply,
    isAlwaysTold: money.body.payments.length > 0,
    body: { ...reply.body, payment: { policy, price, priceType, voucher, taxPercent, due, overpaid, paid, reserved, refunded, noShowFee, status }, refundNow },
  };
}

export async function paymentTold(parts: Paying, { appointment, as }: FoundAppointment): Promise<AppointmentPaymentReply> {
  const { price, taxPercent = null, payment: booked, timeZone, id } = appointment;
  const stored = await parts.payments.store.ofAppointment(id);
  const all = await refundsOf(parts, stored);
  const money = (amount: number): Money => ({ amount, currency: price.currency });
  const paid = sumOf(all, ({ payment }) => payment.received);
  const gone = sumOf(all, goneOf);
  const fee = feeAgreed(appointment);
  const isWaived = appointment.status === 'no-show' && (await parts.payments.store.isWaived(id));
  const reserved = reservedTold(parts, { appointment, as }, stored);
  const owed = owedFor(appointment, isWaived);
  const due = Math.max(0, owed - (paid - gone));
  return {
    policy: booked === undefined ? 'none' : (booked.policy ?? agreedPolicy(booked.due, price)),
    voucher: await voucherTold(parts, appointment),
    ...{ price, priceType: appointment.policy.priceType ?? 'fixed', taxPercent, paid: money(paid), reserved, refunded: money(gone), due: money(due) },
    overpaid: money(isKept(appointment) ? 0 : Math.max(0, paid - gone - owed)),
    noShowFee:
      fee === undefined ? null : { amount: fee, taxPercent: taxRateOf({ ...appointment, status: 'no-show' }), isWaived, ...chargeTold(appointment, stored) },
    payingUntil: payingUntil(stored, parts.scheduler.now(), timeZone),
    canPayByCard: parts.payments.online !== null && reserved === null && due >= SMALLEST_BY_CARD,
    status: reserved !== null && paid === 0 ? 'reserved' : statusOf(all, { paid, gone, due, owed }),
    refundNow: appointment.status === 'pending' || appointment.status === 'booked' ? money(refundOnCancelling(parts, { appointment, as }, all)) : null,
    payments: all.map(({ payment, refunds }) => ({
      ...wirePayment(payment, timeZone, as === 'manager'),
      tax: payment.taxPercent === null ? null : taxIn(money(payment.received - payment.refunded), payment.taxPercent),
      refunds: refunds.map(({ id: refundId, amount, state, createdAt }) => ({
        id: refundId,
        amount: money(amount),
        state,
        createdAt: wireTime(createdAt, timeZone),
      })),
    })),
  };
}

/** Of a payment by link that a customer has begun; the hold of one that is not booked yet is not an appointment’s. */
function payingUntil(stored: readonly Payment[], now: Instant, timeZone: string): string | null {
  const open = stored.find(
    ({ holdId, isFee, state, payUntil }) => holdId === null && !isFee && (state === 'held' || state === 'paying') && (payUntil ?? 0) > now,
  );
  return open?.payUntil == null ? null : wireTime(open.payUntil, timeZone);
}

async function voucherTold({ vouchers }: Paying, { voucher, price }: FoundAppointment['appointment']): Promise<AppointmentPaymentReply['voucher']> {
  const known = voucher == null || voucher.discount === 0 ? undefined : await vouchers.byId(voucher.voucherId);
  return voucher == null || known === undefined ? null : { code: known.code, discount: { ...price, amount: voucher.discount } };
}

/** Exactly what the log’s consumer asks for then. What was paid at the desk is given back at the desk, by hand; what a bank asks for waits until the dispute is over. */
function refundOnCancelling({ scheduler }: Paying, { appointment, as }: Pick<FoundAppointment, 'appointment' | 'as'>, all: readonly WithRefunds[]): number {
  const percent = shareOnEnd(appointment, as === 'manager', scheduler.now());
  const online = all.filter(({ payment }) => !isByHand(payment) && payment.state !== 'disputed');
  return sumOf(online, (one) => refundDue({ ...one.payment.money, amount: one.payment.received }, goneOf(one), percent).amount);
}

async function withRefunds(parts: Paying, appointmentId: string): Promise<readonly WithRefunds[]> {
  return refundsOf(parts, await parts.payments.store.ofAppointment(appointmentId));
}

/** Of those that money has come with. */
async function refundsOf({ payments: { store } }: Paying, stored: readonly Payment[]): Promise<readonly WithRefunds[]> {
  return Promise.all(stored.filter(({ received }) => received > 0).map(async (payment) => ({ payment, refunds: await store.refundsOf(payment.id) })));
}

/** What has gone back or is on its way. */
function goneOf({ payment, refunds }: WithRefunds): number {
  return payment.refunded + refunds.reduce((sum, { state, amount }) => sum + (state === 'asked' ? amount : 0), 0);
}

function sumOf(all: readonly WithRefunds[], amountOf: (one: WithRefunds) => number): number {
  return all.reduce((sum, one) => sum + amountOf(one), 0);
}

type Sums = { readonly paid: number; readonly gone: number; readonly due: number; readonly owed: number };

function statusOf(all: readonly WithRefunds[], { paid, gone, due, owed }: Sums) {
  if (all.some(({ payment }) => payment.state === 'disputed')) return 'disputed';
  if (gone > 0) return gone < paid ? 'partly-refunded' : 'refunded';
  if (paid === 0) return due === 0 ? 'none' : 'unpaid';
  return paid < owed ? 'partly-paid' : 'paid';
}

export function wirePayment(
  { id, appointmentId, locationId, method, state, money, received, refunded, taxPercent, isFee, alarm, createdAt, receiptNumber }: Payment,
  timeZone: string,
  isOurs: boolean,
): PaymentReply {
  const of = (amount: number): Money => ({ amount, currency: money.currency });
  return {
    ...{ id, appointmentId, locationId, method, state, amount: money, received: of(received), refunded: of(refunded), isFee },
    ...{ taxPercent, receiptNumber, alarm: isOurs ? alarm : null, createdAt: wireTime(createdAt, timeZone) },
  };
}

export async function ofOurs(parts: Paying, caller: Caller, appointmentId: string, action: Action): Promise<FoundAppointment | Failed> {
  const found = await findAppointment(parts, caller, appointmentId, action);
  return isFailed(found) || found.as === 'manager' ? found : failed('forbidden', { detail: 'This is for the business to do.' });
}

/** Recorded once for an id or an Idempotency-Key. */
export function idOf(caller: Caller, operation: string, named: string | undefined): string {
  if (named !== undefined) return named;
  if (caller.key === null) return randomUUID();
  const { caller: scope, key } = requestKeyOf(caller, operation, {});
  const hex = createHash('sha256').update(`${operation}\n${scope}\n${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Cash, or the card terminal. Never more than is due: who was not alone looks again what that is. */
export async function payAtDesk(
  parts: Paying,
  caller: Caller,
  appointmentId: string,
  body: PayAtDesk,
  attempts = MOST_AT_THE_SAME_TIME,
): Promise<Reply<PaymentReply>> {
  const found = await ofOurs(parts, caller, appointmentId, 'take-payment');
  if (isFailed(found)) return found;
  const { appointment } = found;
  const { amount, currency } = body.amount;
  const { store } = parts.payments;
  const id = idOf(caller, 'pay-at-desk', body.id);
  const before = await store.byId(id);
  if (before !== undefined) {
    const isSame =
      before.appointmentId === appointmentId && before.method === body.method && before.money.amount === amount && before.money.currency === currency;
    return isSame ? done(wirePayment(before, appointment.timeZone, true), { status: 201, replayed: true }) : failed(takenCode(body.id));
  }
  const { due, payments, reserved } = await paymentTold(parts, found);
  if (body.method === 'reserved') {
    const taken = await takeReserved(parts, caller, found, { asked: body.amount, due });
    return isFailed(taken) ? taken : done(wirePayment(taken.payment, appointment.timeZone, true), { status: 201, replayed: taken.replayed });
  }
  if (reserved?.isBeingTaken) return failed('wrong-status', { detail: 'What is reserved on the card is being taken. Look again in a moment.' });
  if (currency !== due.currency) return failedField('invalid-request', 'amount.currency', `must be ${due.currency}`);
  if (amount === 0) return failedField('invalid-request', 'amount.amount', 'must be more than 0');
  if (amount > due.amount) return failedField('invalid-request', 'amount.amount', `must be at most ${due.amount}: that is still due`);
  if (payments.length >= MOST_OF_APPOINTMENT) return failed('limit-reached', { detail: `An appointment has at most ${MOST_OF_APPOINTMENT} payments.` });
  const at = parts.scheduler.now();
  const paid: NewPayment = {
    ...{
      id,
      holdId: null,
      appointmentId,
      locationId: appointment.locationId,
      state: 'booked',
      method: body.method,
      money: body.amount,
      received: amount,
      refunded: 0,
      taxPercent: taxRateOf(appointment),
    },
    ...{ providerId: null, payUntil: null, booking: null, alarm: null, createdAt: at, lookAt: null, version: 1, ...NO_CARD },
  };
  const subject = { kind: 'appointment', id: appointmentId, name: null } as const;
  const audit = auditEntry(sourceOf(caller), at, { action: 'payment.recorded', subject, after: { paymentId: id, method: body.method, amount, currency } });
  const added = await store.addAtDesk(paid, payments.length, { ledger: [receiptEntry(paid, amount, at)], message: receiptMessage(paid, amount, at), audit });
  if (added !== undefined) await letGoOfReserved(parts, appointmentId);
  if (added !== undefined) return done(wirePayment(added, appointment.timeZone, true), { status: 201 });
  return attempts > 1 ? payAtDesk(parts, caller, appointmentId, body, attempts - 1) : failed('overloaded', { retryAfterSeconds: 1 });
}

/** `unproven`: the answer to who has not given their password again. Within what was paid and has not gone back. Online the provider gives it back, at the desk it was given back by hand. */
export async function refundPayment(
  parts: Paying,
  caller: Caller,
  appointmentId: string,
  body: NewRefund & { readonly unproven: Failed | undefined },
): Promise<Reply<AppointmentPaymentReply>> {
  const found = await ofOurs(parts, caller, appointmentId, 'refund-payment');
  if (isFailed(found)) return found;
  const { store, online } = parts.payments;
  const id = `desk/${idOf(caller, 'refund', body.id)}`;
  const all = await withRefunds(parts, appointmentId);
  const before = await store.refund(id);
  if (before !== undefined)
    return isRepeat(before, all, body) ? done(await paymentTold(parts, found), { status: 201, replayed: true }) : failed(takenCode(body.id));
  const chosen = paymentToRefund(parts, caller, { all, found }, body);
  if (isFailed(chosen)) return chosen;
  if (body.unproven !== undefined) return body.unproven;
  const { amount, currency } = body.amount;
  const at = parts.scheduler.now();
  const subject = { kind: 'appointment', id: appointmentId, name: null } as const;
  const audit = auditEntry(sourceOf(caller), at, { action: 'payment.refund-asked', subject, after: { paymentId: chosen.id, amount, currency } });
  const refund = { id, paymentId: chosen.id, amount, why: body.reason, by: caller.principal?.userId ?? null, createdAt: at } as const;
  const wasByHand = isByHand(chosen);
  if (!wasByHand && online === null) return failed('payments-off', { detail: 'The payment provider that has the money is not set up.' });
  const changed = wasByHand
    ? await store.change(chosen, {
        newRefund: { ...refund, state: 'done' },
        refunded: chosen.refunded + amount,
        ledger: [refundEntry(chosen, id, amount, at)],
        message: refundMessage(chosen, id, amount, at),
        audit,
      })
    : await store.change(chosen, { newRefund: { ...refund, state: 'asked' }, lookAt: at, audit });
  if (changed === undefined) return failed('overloaded', { detail: 'Something else has happened to this payment. Nothing was done.', retryAfterSeconds: 1 });
  if (!wasByHand) await online?.settleSoon(chosen.id);
  return done(await paymentTold(parts, found), { status: 201 });
}

/** Of the same appointment, and the same throughout. */
function isRepeat(before: Refund, all: readonly WithRefunds[], { paymentId, amount, reason }: NewRefund): boolean {
  const of = all.find(({ payment }) => payment.id === before.paymentId)?.payment;
  if (of === undefined || before.amount !== amount.amount || of.money.currency !== amount.currency) return false;
  return before.why === reason && (paymentId === undefined || paymentId === of.id);
}

/** An id or a key stands for something else already. */
function takenCode(named: string | undefined): 'id-in-use' | 'idempotency-key-reused' {
  return named === undefined ? 'idempotency-key-reused' : 'id-in-use';
}

/** Where the money was taken, whose till it is in. After a move that is another location than the appointment’s. */
function mayRefund({ principal }: Caller, { payment: { locationId } }: WithRefunds): boolean {
  return may(principal, 'refund-payment', { staffId: null, locationId });
}

function paymentToRefund(
  { catalog }: Paying,
  caller: Caller,
  { all, found: { appointment } }: { readonly all: readonly WithRefunds[]; readonly found: FoundAppointment },
  { paymentId, amount: { amount, currency } }: NewRefund,
): Payment | Failed {
  if (currency !== appointment.price.currency) return failedField('invalid-request', 'amount.currency', `must be ${appointment.price.currency}`);
  if (amount === 0) return failedField('invalid-request', 'amount.amount', 'must be more than 0');
  const named = paymentId === undefined ? all : all.filter(({ payment }) => payment.id === paymentId);
  if (named.length === 0)
    return paymentId === undefined
      ? failed('wrong-status', { detail: 'Nothing was paid.' })
      : failedField('not-found', 'paymentId', 'is not a payment of this appointment');
  const leftOf = (one: WithRefunds) => (one.payment.state === 'disputed' ? 0 : one.payment.received - goneOf(one));
  const ours = named.filter((one) => mayRefund(caller, one));
  if (ours.length === 0) {
    const { locations } = catalog.snapshotWithArchived();
    const names = new Set(named.map(({ payment: { locationId } }) => locations.get(locationId)?.name ?? locationId));
    return failed('forbidden', { detail: `This money was paid at ${[...names].join(', ')}, where you may not give money back.` });
  }
  const enough = ours.find((one) => leftOf(one) >= amount);
  return (
    enough?.payment ??
    failedField('invalid-request', 'amount.amount', `must be at most ${Math.max(...ours.map(leftOf))}: that is what is left of what was paid`)
  );
}
