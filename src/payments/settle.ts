// Brings a payment to where it belongs, by what the provider and the calendar say when they are asked. It may be cut off anywhere and begun again anywhere, by several nodes at once:
// each write to the row is a compare-and-set, what is asked of the calendar has a key made from the provider’s id of the payment, and what is asked of the provider has an id of ours.
import { HOUR, type Instant, instant, MINUTE } from '../model/instant.ts';
import { LOST_DISPUTE, settleDisputes } from './disputes.ts';
import { feeChargeOf, openLinksOf } from './fee-charge.ts';
import { receiptEntry, refundEntry } from './ledger.ts';
import type { PaymentProvider, ProviderPayment } from './payment-provider-port.ts';
import { cellOf, OPEN_STATES, type PaymentEvent } from './payment-states.ts';
import type { PayerMessage, Payment, PaymentChange, PaymentStore, Refund } from './payment-store-port.ts';
import { beyondDecided, nextReservation } from './reservation.ts';

/** What the calendars are asked. Each rejects where nothing is known, and can be asked again. */
export type PaymentCalendars = {
  /** The hold is there; of what pays for an appointment that is there already: there is time left, and as much is still due. */
  isHeld(payment: Payment): Promise<boolean>;
  /** Whether there is, or was, an appointment that this payment has made. */
  hasMade(payment: Payment): Promise<boolean>;
  /** Books the hold for the payment that has come. */
  book(payment: Payment): Promise<'claimed' | 'claim-refused'>;
  /** What of it is still owed for its appointment, in minor units; null: it was called off, so what is kept was decided then. */
  owed(payment: Payment): Promise<number | null>;
  /** Free times near the one that was wanted, the nearest first. */
  nearest(payment: Payment): Promise<readonly Instant[]>;
  /** Asks for the same time once more, after the hold is over. */
  claimAgain(payment: Payment): Promise<'claimed' | 'claim-refused'>;
};

export type SettlingParts = {
  readonly store: Pick<PaymentStore, 'byId' | 'change' | 'refundsOf' | 'entries' | 'ofAppointment'>;
  readonly provider: PaymentProvider;
  readonly calendars: PaymentCalendars;
  readonly now: () => Instant;
};

/** More than any payment takes, nodes that get in each other’s way included; what is left is done at the next look. */
const MOST_STEPS = 25;

/** Cash, or the card terminal: nothing follows by itself. */
export function isByHand({ method }: Pick<Payment, 'method'>): boolean {
  return method === 'cash' || method === 'terminal';
}

/** `rest`: nothing more can be done now. */
type Step = 'again' | 'rest';

export async function settlePayment(parts: SettlingParts, paymentId: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const payment = await parts.store.byId(paymentId);
    if (payment === undefined || isByHand(payment)) return;
    if ((await stepOf(parts, payment)) === 'rest') return;
  }
}

async function stepOf(parts: SettlingParts, payment: Payment): Promise<Step> {
  if (payment.providerId === null) return payment.isFee ? chargeFee(parts, payment) : unknownToProvider(parts, payment);
  const there = await parts.provider.read(payment.providerId);
  const wrong = there === undefined ? 'unknown-to-provider' : mismatchOf(payment, there, parts.provider);
  if (there === undefined || wrong !== null) return alarm(parts, payment, wrong ?? 'unknown-to-provider');
  if (there.status === 'succeeded' && !hasCome(payment)) return changed(parts, payment, cameWith(payment, there, parts.now()));
  if (payment.card === 'leaving') return forgetCard(parts, payment, there);
  if (payment.state === 'disputed' && (await settleDisputes(parts, payment))) return 'again';
  const reservation = await nextReservation(parts, payment, there);
  if (reservation !== null) return changed(parts, payment, { reservation });
  const event = await eventOf(parts, payment, there);
  if (event === null) return rest(parts, payment);
  return meet(parts, payment, event, besideOf(payment, event, there, parts.now()));
}

/** What is written with the state that an event leads to. */
function besideOf(payment: Payment, event: PaymentEvent, { needsOwner }: ProviderPayment, at: Instant): PaymentChange {
  if (event === 'failed') return { failed: { why: 'declined', at } };
  if (event === 'charge-refused') {
    const refusal = needsOwner ? 'needs-owner' : 'declined';
    return { refusal, failed: { why: refusal, at } };
  }
  if (payment.state !== 'reserved') return {};
  if (event === 'cancelled') return { failed: { why: 'reservation-ended', at } };
  return event === 'succeeded' ? takenOf(payment, at) : {};
}

/** The money, or the card where no money was asked for. */
export function hasCome({ received, money, card }: Payment): boolean {
  return received > 0 || (money.amount === 0 && card !== 'asked');
}

function cameWith(payment: Payment, { received }: ProviderPayment, at: Instant): PaymentChange {
  const isMoney = received > 0;
  return { ...(isMoney && { received, ledger: [receiptEntry(payment, received, at)] }), ...(payment.card === 'asked' && { card: 'kept' }) };
}

/** Not before it is known whether a fee was charged to it. */
async function forgetCard(parts: SettlingParts, payment: Payment, there: ProviderPayment): Promise<Step> {
  const all = await parts.store.ofAppointment(payment.appointmentId);
  if (all.some(({ isFee, state, providerId }) => isFee && state === 'held' && providerId === null)) {
    await write(parts, payment, { lookAt: nextLook(payment, parts.now()) });
    return 'rest';
  }
  if (there.card !== null) await parts.provider.forgetCard(there.card);
  return changed(parts, payment, { card: 'gone' });
}

/** Not before every payment by a link is over: one of them may have paid the fee. While a fee is open, no other can begin. */
async function chargeFee(parts: SettlingParts, fee: Payment): Promise<Step> {
  if (fee.state === 'held') for (const { id } of await openLinksOf(parts.store, fee)) await settlePayment(parts, id);
  const change = fee.state === 'held' ? await feeChargeOf(parts, fee) : null;
  return change === null ? rest(parts, fee) : changed(parts, fee, change);
}

/** What no page was told of cannot have been paid. */
async function unknownToProvider(parts: SettlingParts, payment: Payment): Promise<Step> {
  if (payment.state !== 'held' || (payment.payUntil !== null && payment.payUntil > parts.now())) return rest(parts, payment);
  return changed(parts, payment, { state: cellOf('held', 'cancelled').to, booking: null, lookAt: null });
}

/** Our own words for what differs from what we asked for; null: nothing. */
export function mismatchOf({ id, money, received, reservation }: Payment, there: ProviderPayment, { isLive }: Pick<PaymentProvider, 'isLive'>): string | null {
  if (there.paymentId !== id) return 'other-payment';
  if (there.isLive !== isLive) return 'other-mode';
  if (there.money.currency !== money.currency) return 'other-currency';
  if (there.money.amount !== money.amount) return 'other-amount';
  if (there.status === 'succeeded' && there.received !== money.amount && (reservation === null || there.received > money.amount))
    return 'other-amount-received';
  return received > 0 && there.status !== 'succeeded' ? 'receipt-gone' : null;
}

/** What has happened, seen from the state that the payment is in; null: nothing. */
async function eventOf({ store, calendars }: SettlingParts, payment: Payment, there: ProviderPayment): Promise<PaymentEvent | null> {
  const { state, id, isFee, reservation, booking } = payment;
  if (hasCome(payment)) {
    if (state === 'booked' || state === 'refunded' || state === 'refunding') {
      if ((await store.refundsOf(id)).some((refund) => refund.state === 'asked')) return 'refund-asked';
      return state === 'refunding' && payment.alarm !== 'refund-failed' ? 'refund-succeeded' : null;
    }
    return state === 'disputed' ? null : 'succeeded';
  }
  if (there.status === 'authorised' && reservation !== null) {
    if (state !== 'reserved' || booking !== null) return 'authorised';
    return reservation.capture === null ? null : reservation.capture === 0 ? 'release-asked' : 'capture-asked';
  }
  if (there.status === 'cancelled') return state === 'closed' ? null : 'cancelled';
  // The provider was told of it after it was given up.
  if (state === 'closed') return there.status === 'processing' ? 'processing' : 'begun';
  if (state === 'lapsed') return there.status === 'processing' ? null : 'expired';
  if (isFee && there.hasFailed) return 'charge-refused';
  // The customer may try another card, as long as the time is kept.
  if (state === 'held' && !there.hasFailed) return 'begun';
  if (state === 'paying' && there.hasFailed) return 'failed';
  if ((state === 'paying' || state === 'held') && !(await calendars.isHeld(payment))) return 'expired';
  return null;
}

/** `why`: what is written with the new state. */
async function meet(parts: SettlingParts, payment: Payment, event: PaymentEvent, why: PaymentChange = {}): Promise<Step> {
  const { to, act } = cellOf(payment.state, event);
  const next = to === payment.state ? payment : await write(parts, payment, { state: to, ...restFor(payment, to, parts.now()), ...why });
  if (next === undefined) return 'again';
  switch (act) {
    case 'none':
    case 'keep':
    case 'pay':
      return next === payment ? rest(parts, payment) : 'again';
    case 'book':
      return claimed(parts, next, await parts.calendars.book(next));
    case 'claim-again':
      return claimed(parts, next, await claimAgain(parts, next));
    case 'cancel':
      return cancel(parts, next);
    case 'capture':
      return capture(parts, next);

    case 'refund-all':
      return changed(parts, next, await allBackOf(parts, next));
    case 'refund':
      return refund(parts, next);
    case 'alarm':
      return alarm(parts, next, event);
    default:
      return act satisfies never;
  }
}

/** An appointment that follows from this payment may be there from an attempt that was cut off, whatever became of it since. */
async function claimAgain({ calendars }: SettlingParts, payment: Payment): Promise<'claimed' | 'claim-refused'> {
  return (await calendars.hasMade(payment)) ? 'claimed' : calendars.claimAgain(payment);
}

async function claimed(parts: SettlingParts, payment: Payment, event: 'claimed' | 'claim-refused'): Promise<Step> {
  const { to, act } = cellOf(payment.state, event);
  const now = parts.now();
  const isTold = to === 'booked' && payment.received > 0;
  const asks = act === 'refund-all' ? await allBackOf(parts, payment) : isTold ? { message: receiptMessage(payment, payment.received, now) } : {};
  const isBooked = event === 'claimed' ? { booking: null } : {};
  return changed(parts, payment, { state: to, ...asks, ...restFor(payment, to, now), ...isBooked, ...(to === 'booked' && beyondDecided(payment, now)) });
}

export function receiptMessage({ id, money }: Pick<Payment, 'id' | 'money'>, amount: number, at: Instant): PayerMessage {
  return { key: `receipt/${id}`, kind: 'receipt', money: { ...money, amount }, at };
}

export function refundMessage({ money }: Pick<Payment, 'money'>, refundId: string, amount: number, at: Instant): PayerMessage {
  return { key: `refund/${refundId}`, kind: 'refund', money: { ...money, amount }, at };
}

/** What was reserved has come. */
function takenOf(payment: Payment, at: Instant): PaymentChange {
  return { message: receiptMessage(payment, payment.received, at), ...beyondDecided(payment, at) };
}

/** The money and the card. */
async function allBackOf(parts: SettlingParts, payment: Payment): Promise<PaymentChange> {
  const forgets = payment.card === 'kept' ? ({ card: 'leaving' } as const) : {};
  return { ...(payment.received > 0 && (await refundOf(parts, payment))), ...forgets };
}

/** Less what was asked for before, as by the rules of an appointment that was called off meanwhile. */
async function refundOf({ store, now }: SettlingParts, { id, holdId, booking, received, refunded }: Payment): Promise<Pick<PaymentChange, 'refund'>> {
  const asked = (await store.refundsOf(id)).reduce((sum, { state, amount }) => sum + (state === 'asked' ? amount : 0), 0);
  const amount = received - refunded - asked;
  const why = holdId === null ? 'not-due' : booking?.isGivenUp ? 'given-up' : 'late';
  return amount > 0 ? { refund: { id: `late/${id}`, paymentId: id, amount, why, by: null, state: 'asked', createdAt: now() } } : {};
}

/** It may be that it has ended, or was taken, just before: the next step sees it. */
async function capture(parts: SettlingParts, payment: Payment): Promise<Step> {
  const amount = payment.reservation?.capture ?? 0;
  if (payment.providerId === null || amount === 0) return rest(parts, payment);
  const { status } = await parts.provider.capture({ id: payment.providerId, amount });
  return status === 'authorised' ? rest(parts, payment) : 'again';
}

async function cancel(parts: SettlingParts, payment: Payment): Promise<Step> {
  if (payment.providerId === null) return rest(parts, payment);
  const { status } = await parts.provider.cancel(payment.providerId);
  // It may have succeeded just before: the next step sees the money.
  return status === 'cancelled' || status === 'succeeded' ? 'again' : rest(parts, payment);
}

async function refund(parts: SettlingParts, payment: Payment): Promise<Step> {
  const all = await parts.store.refundsOf(payment.id);
  const asked = all.find(({ state }) => state === 'asked');
  if (asked === undefined || payment.providerId === null) return 'again';
  const { id: refundId, amount, why } = asked;
  if (payment.refunded + amount > payment.received) {
    // The customer has a part of it, or all, already: their bank has taken it since.
    const later = all.slice(all.indexOf(asked)).filter((one) => one.why === LOST_DISPUTE && one.state === 'done');
    if (later.length === 0) return refundFailed(parts, payment, refundId);
    const rest = amount - later.reduce((sum, one) => sum + one.amount, 0);
    const settled = { refundId, state: 'failed' } as const;
    if (rest > 0) return changed(parts, payment, { settled, refund: { ...asked, id: `${refundId}/rest`, amount: rest, createdAt: parts.now() } });
    return changed(parts, payment, { state: cellOf('refunding', 'refund-succeeded').to, settled });
  }
  const { status } = await parts.provider.refund({ refundId, of: payment.providerId, amount });
  if (status === 'disputed') return (await settleDisputes(parts, payment)) ? 'again' : rest(parts, payment);
  if (status === 'pending') return rest(parts, payment);
  if (status === 'failed') return refundFailed(parts, payment, refundId);
  // Who has paid too late has no appointment.
  const offers = why === 'late' ? { offers: await parts.calendars.nearest(payment) } : {};
  return changed(parts, payment, {
    message: { ...refundMessage(payment, refundId, amount, parts.now()), ...offers },
    refunded: payment.refunded + amount,
    settled: { refundId, state: 'done' },
    ledger: [refundEntry(payment, refundId, amount, parts.now())],
    ...(isRemedy(asked, all) && payment.alarm === 'refund-failed' && { alarm: null }),
  });
}

/** Given back at the desk, after all that has failed. */
function isRemedy({ by, createdAt }: Refund, all: readonly Refund[]): boolean {
  return by !== null && all.every((one) => one.state !== 'failed' || one.createdAt < createdAt);
}

/** It has to be paid back another way: it is not tried again by itself. */
function refundFailed(parts: SettlingParts, payment: Payment, refundId: string): Promise<Step> {
  const { to } = cellOf(payment.state, 'refund-failed');
  return changed(parts, payment, { state: to, settled: { refundId, state: 'failed' }, alarm: 'refund-failed', tells: 'refund-failed', lookAt: null });
}

/** Said once, and looked at again in case it was put right. */
async function alarm(parts: SettlingParts, payment: Payment, why: string): Promise<Step> {
  if (payment.alarm !== why) await write(parts, payment, { alarm: why, tells: why, lookAt: nextLook(payment, parts.now()) });
  else await rest(parts, payment);
  return 'rest';
}

async function rest(parts: SettlingParts, payment: Payment): Promise<Step> {
  const lookAt = OPEN_STATES.includes(payment.state) ? nextLook(payment, parts.now()) : null;
  if (lookAt === payment.lookAt) return 'rest';
  return (await write(parts, payment, { lookAt })) === undefined ? 'again' : 'rest';
}

const LOOK_EVERY = MINUTE;
/** What has been open for long is looked at less often: a tenth of its age later, within an hour. */
function nextLook({ createdAt }: Payment, now: Instant): Instant {
  return instant(now + Math.min(HOUR, Math.max(LOOK_EVERY, Math.floor((now - createdAt) / 10))));
}

/** What is kept of the booking ends with the need for it. It is looked at once more: something may have been asked for meanwhile. */
function restFor({ booking, lookAt }: Payment, to: Payment['state'], now: Instant): PaymentChange {
  const isOver = to === 'booked' || to === 'closed' || to === 'refunded';
  return { lookAt: lookAt ?? now, ...(isOver && booking !== null && { booking: null }) };
}

async function changed(parts: SettlingParts, payment: Payment, change: PaymentChange): Promise<Step> {
  await write(parts, payment, change);
  return 'again';
}

function write({ store }: SettlingParts, payment: Payment, change: PaymentChange): Promise<Payment | undefined> {
  return store.change(payment, change);
}
