// What payments ask the calendars: under keys made from the provider’s id of the payment, so that asking twice does it once.

import { createHash } from 'node:crypto';
import type { Caller } from '../access/caller.ts';
import type { Scheduler, SchedulerCommand } from '../actors/scheduler.ts';
import type { AppointmentReads } from '../booking/appointment-reads-port.ts';
import { listedBy, resolveClaim } from '../booking/candidates.ts';
import type { Catalogs } from '../booking/parts.ts';
import { DAY, type Instant, instant } from '../model/instant.ts';
import { agreedPolicy } from '../model/payment-words.ts';
import { isFailed } from '../protocol/reply.ts';
import { owedFor } from './owed.ts';
import type { BookingToPay, Payment, PaymentStore } from './payment-store-port.ts';
import type { PaymentCalendars } from './settle.ts';

/** A calendar has not answered, or it is not known what it did: it is asked again, under the same key. */
export class CalendarUnavailable extends Error {
  override readonly name = 'CalendarUnavailable';
}

type Parts = Catalogs & {
  readonly scheduler: Scheduler;
  readonly appointments: Pick<AppointmentReads, 'customerOf'>;
  readonly store: Pick<PaymentStore, 'ofAppointment' | 'byId' | 'isWaived'>;
  /** Resolves once all that was released before is noted as given up, or with false: not in time. */
  readonly knowsGivenUp: () => Promise<boolean>;
};

/** Whom a payment books for may book online, and nothing more. */
const ANYBODY: Caller = { principal: null, address: '', key: null, dryRun: false, holdToken: null, manageToken: null, ifMatch: null, requestId: null };

/** Under which payments ask; no caller of the gateway has it. */
const PAYMENTS = 'payments';

export function paymentCalendars(parts: Parts): PaymentCalendars {
  const { scheduler } = parts;
  return {
    async isHeld(payment) {
      const { holdId, payUntil } = payment;
      if (holdId !== null) return (await scheduler.hold(holdId)) !== undefined;
      return (payUntil ?? 0) > scheduler.now() && (await isStillOwed(parts, payment));
    },
    hasMade: async ({ id, appointmentId }) => (await scheduler.appointment(appointmentId))?.payment?.paymentId === id,
    async book(payment) {
      const { holdId, booking } = payment;
      if (holdId === null) return (await isStillOwed(parts, payment)) ? 'claimed' : 'claim-refused';
      if (booking === null) return 'claim-refused';
      const command = { type: 'confirm-hold', holdId, proof: { tokenFor: holdId, userId: null }, ...(await bookingOf(parts, payment, booking)) } as const;
      return ask(scheduler, payment, 'book', command);
    },
    owed: (payment) => owedOf(parts, payment),
    nearest: async ({ booking }) => (booking === null ? [] : nearestTo(parts, booking)),
    async claimAgain(payment) {
      const { id, holdId } = payment;
      if (holdId === null) return (await isStillOwed(parts, payment)) ? 'claimed' : 'claim-refused';
      if (!(await parts.knowsGivenUp())) throw new CalendarUnavailable('it is not known yet whether it was given up');
      const booking = (await parts.store.byId(id))?.booking ?? null;
      if (booking === null || booking.isGivenUp) return 'claim-refused';
      const claim = resolveClaim(parts, ANYBODY, { ...booking.slot, addOns: booking.draft.addOns, wasHeld: true });
      if (isFailed(claim)) return 'claim-refused';
      return ask(scheduler, payment, 'again', { type: 'book', ask: claim.ask, ...(await bookingOf(parts, payment, booking)) });
    },
  };
}

/** What is still owed for its appointment besides what others have paid, at most all of it; null: it was called off. */
async function owedOf({ scheduler, store }: Parts, { id, appointmentId, money }: Payment): Promise<number | null> {
  const appointment = await scheduler.appointment(appointmentId);
  if (appointment === undefined || appointment.status === 'cancelled' || appointment.status === 'declined') return null;
  const owed = owedFor(appointment, appointment.status === 'no-show' && (await store.isWaived(appointmentId)));
  const others = (await store.ofAppointment(appointmentId)).filter((other) => other.id !== id);
  const paid = others.reduce((sum, { received, refunded }) => sum + received - refunded, 0);
  return Math.max(0, Math.min(money.amount, owed - paid));
}

/** So many are offered, within so many days on both sides. */
const MOST_OFFERED = 3;
const OFFERED_WITHIN = 7 * DAY;

async function nearestTo(parts: Parts, { slot, draft }: BookingToPay): Promise<readonly Instant[]> {
  const claim = resolveClaim(parts, ANYBODY, { ...slot, addOns: draft.addOns });
  if (isFailed(claim)) return [];
  const { terms, seats, candidates } = claim.ask;
  const [from, to] = [Math.max(slot.startsAt - OFFERED_WITHIN, parts.scheduler.now()), slot.startsAt + OFFERED_WITHIN].map(instant);
  if (from === undefined || to === undefined || from >= to) return [];
  const found = await parts.scheduler.slots(candidates.map((candidate) => listedBy(candidate, { terms, from, to, seats, movingAppointmentId: null })));
  const starts = new Set(found.flatMap(({ startsAt }) => startsAt));
  return [...starts].sort((one, other) => Math.abs(one - slot.startsAt) - Math.abs(other - slot.startsAt)).slice(0, MOST_OFFERED);
}

async function bookingOf({ appointments }: Parts, { id, money, appointmentId }: Payment, { draft, approval, details, customerId }: BookingToPay) {
  const paid = {
    ...draft,
    id: appointmentId,
    payment: { due: money, paymentId: id, policy: draft.policy.reserves ? ('reserve' as const) : agreedPolicy(money, draft.price) },
  };
  const known = details.email === null ? undefined : await appointments.customerOf(details.email);
  return { draft: paid, approval, details, customerId: customerId ?? known?.id ?? null };
}

async function ask(scheduler: Scheduler, { id, providerId }: Payment, what: 'book' | 'again', command: SchedulerCommand): Promise<'claimed' | 'claim-refused'> {
  const key = `${what}/${providerId}`;
  const answer = await scheduler.ask({ caller: PAYMENTS, key, fingerprint: fingerprintOf(`${key}/${id}`) }, command);
  if (answer.outcome === 'ok') return 'claimed';
  if (answer.outcome === 'no') return 'claim-refused';
  throw new CalendarUnavailable(`the calendar has not answered: ${answer.outcome}`);
}

export function beginKeyOf(paymentId: string) {
  return { caller: PAYMENTS, key: `begin/${paymentId}`, fingerprint: fingerprintOf(paymentId) };
}

function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Whether the appointment is still there and as much is still due, whatever else was paid for it meanwhile. A fee is due only of a no-show. */
async function isStillOwed({ scheduler, store }: Parts, { id, appointmentId, money, isFee }: Payment): Promise<boolean> {
  const appointment = await scheduler.appointment(appointmentId);
  if (appointment === undefined || (isFee && appointment.status !== 'no-show')) return false;
  const owed = owedFor(appointment, appointment.status === 'no-show' && (await store.isWaived(appointmentId)));
  const others = (await store.ofAppointment(appointmentId)).filter((other) => other.id !== id);
  const paid = others.reduce((sum, { received, refunded }) => sum + received - refunded, 0);
  return owed - paid >= money.amount;
}
