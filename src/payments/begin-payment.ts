// A customer pays for what they hold.
import { randomUUIDv7 } from 'node:crypto';
import { type Caller, proofOf, requestKeyOf } from '../access/caller.ts';
import type { Hold } from '../actors/calendar/calendar.ts';
import { askCalendar } from '../booking/ask-calendar.ts';
import { type CheckedHold, refuseWords, withCheckedHold } from '../booking/book.ts';
import { heldBy } from '../booking/holds.ts';
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import type { BeginPayment, HeldPaymentReply, PaidTestReply, PaymentBegunReply } from '../protocol/payments.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Paying } from './parts.ts';
import { beginKeyOf } from './payment-calendars.ts';
import type { BookingToPay, Payment } from './payment-store-port.ts';
import { isForLater, type Payments } from './payments.ts';
import { hasCome } from './settle.ts';

/** The provider and calendars are asked again soon. */
const TRY_AGAIN_SECONDS = 2;
export const PAYMENTS_OFF = failed('payments-off', { detail: 'No payment provider is set up here.' });
export const NOT_NOW = failed('overloaded', { detail: 'The payment provider does not answer.', retryAfterSeconds: TRY_AGAIN_SECONDS });

/** One hold has one payment: asking again gives the same, and what they say about themselves now counts. */
export async function beginPayment(parts: Paying, caller: Caller, holdId: string, body: BeginPayment): Promise<Reply<PaymentBegunReply>> {
  const { online } = parts.payments;
  const hold = await heldBy(parts, caller, holdId);
  if (isFailed(hold)) return hold;
  if (online === null) return PAYMENTS_OFF;
  const due = hold.terms?.due;
  if (due === undefined) return failed('wrong-status', { detail: 'Nothing has to be paid for it: book it.' });
  const refusal = refuseWords(caller, body);
  if (refusal !== undefined) return refusal;
  const request = requestKeyOf(caller, 'begin-payment', { holdId, ...body });
  const asked = { hold, request, isHolder: true, body: { ...body, by: 'hold' as const, holdId, override: undefined } };
  const refused = async (no: Failed) => no;
  return withCheckedHold<PaymentBegunReply>(parts, caller, asked, (checked) => begin(parts, online, { caller, hold, due, checked }), refused);
}

type Beginning = { readonly caller: Caller; readonly hold: Hold; readonly due: Money; readonly checked: CheckedHold };

async function begin(parts: Paying, online: Payments, beginning: Beginning): Promise<Reply<PaymentBegunReply>> {
  const added = await addPayment(parts, online, beginning);
  if (added === undefined) return failed('wrong-status', { detail: 'Its payment is over: hold the time again.' });
  const payUntil = await keepWhilePaying(parts, online, beginning, added);
  if (typeof payUntil !== 'number') return payUntil;
  try {
    const { hold, due } = beginning;
    const begun = await openAtProvider(online, added, hold.terms?.serviceName ?? '', payUntil);
    if (isFailed(begun)) return begun;
    return done({ ...begun, amount: due, payUntil: wireTime(payUntil, hold.terms?.timeZone ?? 'UTC') }, { status: 201 });
  } catch (failure) {
    if (isForLater(failure)) return NOT_NOW;
    throw failure;
  }
}

/** The provider knows of it, and so does the row. Rejects with what `isForLater` knows. */
export async function openAtProvider(
  { provider, store }: Payments,
  added: Payment,
  description: string,
  payUntil: Instant,
): Promise<Omit<PaymentBegunReply, 'amount' | 'payUntil'> | Failed> {
  const there = await provider.begin({
    paymentId: added.id,
    money: added.money,
    description,
    keepsCard: added.card !== null,
    reserves: added.reservation !== null,
  });
  const isKnown =
    added.providerId === there.id || (await store.change(added, { state: 'paying', providerId: there.id, payUntil, lookAt: afterwards(payUntil) }));
  // Another copy of this request was faster, and has written the same.
  if (!isKnown && (await store.byId(added.id))?.providerId !== there.id) return NOT_NOW;
  if (there.clientSecret === null) return failed('wrong-status', { detail: 'This payment is over. Please begin again.' });
  return {
    id: added.id,
    isReserved: added.reservation !== null,
    clientSecret: there.clientSecret,
    provider: provider.name,
    publishableKey: provider.publishableKey,
  };
}

/** What is there for the hold, with what the customer says now; `undefined`: it cannot be paid any more. */
async function addPayment({ scheduler }: Paying, online: Payments, { hold, due, checked }: Beginning): Promise<Payment | undefined> {
  const payUntil = online.payUntil();
  const booking = bookingOf(hold, checked);
  const added = await online.store.add({
    ...{
      id: randomUUIDv7(),
      holdId: hold.id,
      appointmentId: checked.draft.id,
      locationId: hold.terms?.locationId ?? '',
      state: 'held',
      method: online.provider.name,
    },
    ...{ money: due, received: 0, refunded: 0, providerId: null, payUntil, booking, alarm: null },
    reservation: hold.terms?.policy.reserves ? { capture: null, takeAt: null } : null,
    ...{ card: hold.terms?.policy.keepsCard ? 'asked' : null, isFee: false, refusal: null },
    ...{ taxPercent: booking.draft.taxPercent ?? null, createdAt: scheduler.now(), lookAt: afterwards(payUntil), version: 1 },
  });
  if ((added.state !== 'held' && added.state !== 'paying') || added.booking === null || hasCome(added) || added.money.amount !== due.amount) return undefined;
  const { id, reference } = added.booking.draft;
  const renewed = { ...booking, draft: { ...booking.draft, id, reference } };
  return JSON.stringify(renewed) === JSON.stringify(added.booking) ? added : ((await online.store.change(added, { booking: renewed })) ?? added);
}

function bookingOf({ serviceId, staffId, startsAt, endsAt, seats, resource }: Hold, { draft, approval, customerId, details }: CheckedHold): BookingToPay {
  return { draft, approval, customerId, details, slot: { serviceId, staffId, startsAt, endsAt, seats, ...(resource && { resourceId: resource.resourceId }) } };
}

/** Until when the calendar keeps the time. */
async function keepWhilePaying(parts: Paying, online: Payments, { caller, hold, due }: Beginning, { id }: Payment): Promise<Instant | Failed> {
  if (hold.state === 'paying') return hold.expiresAt;
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  const command = { type: 'begin-paying', holdId: hold.id, proof, paySeconds: online.paySeconds, due } as const;
  const reply = await askCalendar(parts, caller, beginKeyOf(id), command, ({ event }) =>
    event.type === 'payment.begun' ? { status: 200, body: { until: event.hold.expiresAt } } : failed('idempotency-key-reused'),
  );
  return isFailed(reply) ? reply : reply.body.until;
}

/** A moment later the calendar has let go of the hold. */
function afterwards(payUntil: Instant): Instant {
  return instant(payUntil + MINUTE / 4);
}

/** What has become of it: what a page asks that has paid, or was closed meanwhile. Asking also looks at the provider. */
export async function readHeldPayment(parts: Paying, caller: Caller, holdId: string): Promise<Reply<HeldPaymentReply>> {
  const { online } = parts.payments;
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  // The token shows it also after the hold is over.
  const hold = proof.tokenFor === holdId ? undefined : await heldBy(parts, caller, holdId);
  if (hold !== undefined && isFailed(hold)) return hold;
  if (online === null) return PAYMENTS_OFF;
  const before = await online.store.byHold(holdId);
  if (before === undefined) return failed('not-found', { detail: 'Nothing is being paid for this hold.' });
  await online.settleSoon(before.id);
  const payment = (await online.store.byId(before.id)) ?? before;
  const { id, state, money, payUntil, appointmentId, booking } = payment;
  const hasAppointment = state !== 'held' && state !== 'paying' && (await online.hasMade(payment));
  const open =
    (state === 'paying' || state === 'held') && !hasCome(payment) && payment.providerId !== null
      ? await secretOf(online, payment.providerId)
      : { isDeclined: false };
  const zone = booking?.draft.timeZone ?? 'UTC';
  return done({
    ...{ id, state, amount: money, payUntil: payUntil === null ? null : wireTime(payUntil, zone), provider: online.provider.name },
    ...{ appointmentId: hasAppointment ? appointmentId : null, publishableKey: online.provider.publishableKey, ...open },
    ...(hasAppointment && { manageToken: parts.tokens.manageToken(appointmentId) }),
  });
}

async function secretOf({ provider }: Payments, providerId: string): Promise<Pick<HeldPaymentReply, 'clientSecret' | 'isDeclined'>> {
  try {
    const there = await provider.read(providerId);
    if (there?.status !== 'open' || there.clientSecret === null) return { isDeclined: false };
    return { clientSecret: there.clientSecret, isDeclined: there.hasFailed };
  } catch (failure) {
    if (isForLater(failure)) return { isDeclined: false };
    throw failure;
  }
}

/** The provider’s event, as it came. */
export async function takePaymentEvent({ payments: { online } }: Pick<Paying, 'payments'>, body: Uint8Array, signature: string | undefined): Promise<Reply> {
  if (online === null) return PAYMENTS_OFF;
  try {
    const taken = await online.takeEvent(body, signature);
    if (taken === 'taken') return done({}, { status: 204 });
    return failed('invalid-request', {
      detail: 'The signature is missing, too old, or not the provider’s.',
      errors: [{ path: 'Stripe-Signature', message: 'is not good' }],
    });
  } catch (failure) {
    if (isForLater(failure)) return NOT_NOW;
    throw failure;
  }
}

/** The pay form of the demo, in the place of the provider’s. `pay`: what the double does with a card. */
export type TestPaying = {
  pay(clientSecret: string, card: string, authenticated: boolean | null): PaidTestReply | { readonly status: 'declined'; readonly message: string } | undefined;
};
