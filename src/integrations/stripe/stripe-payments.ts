import Stripe from 'stripe';
import { type Instant, instant, SECOND } from '../../model/instant.ts';
import {
  type PaymentProvider,
  type ProviderCard,
  type ProviderCharge,
  type ProviderDispute,
  type ProviderHint,
  type ProviderMovement,
  type ProviderPayment,
  type ProviderRefund,
  ProviderUnavailable,
} from '../../payments/payment-provider-port.ts';

/** A customer waits for the first of them. */
const TIMEOUT_MS = 10 * SECOND;
/** With the same idempotency key, by the library. */
const RETRIES = 1;
/** An event that is older, or from further ahead, is not believed. */
const TOLERANCE_SECONDS = 300;
const MOST_REFUNDS = 100;
/** More than banks ask about one payment. */
const MOST_DISPUTES = 10;
/** Of all payments: what Stripe lists at most at once. More within the months that a dispute takes would be a business that banks no longer serve. */
const MOST_DISPUTED = 100;

/** Stripe lists so many at once. */
const MOVEMENTS_AT_ONCE = 100;
/** Of one reading, which is of a day. A business with more needs another way than a list. */
const MOST_MOVEMENTS = 10_000;

export type StripeAccess = {
  readonly name: PaymentProvider['name'];
  readonly secretKey: string;
  /** While a secret is replaced, both are good. */
  readonly webhookSecrets: readonly string[];
  readonly publishableKey: string | null;
  /** Where the API is, if not at Stripe. */
  readonly apiBase: string | null;
  /** Instead of the network. */
  readonly fetch?: typeof fetch;
};

/** Cards only: their money is here at once or not at all, so the time is never kept for days. */
export function stripePayments({ name, secretKey, webhookSecrets, publishableKey, apiBase, fetch }: StripeAccess): PaymentProvider {
  const base = apiBase === null ? null : new URL(apiBase);
  const stripe = new Stripe(secretKey, {
    ...{ timeout: TIMEOUT_MS, maxNetworkRetries: RETRIES, telemetry: false },
    ...(base && { protocol: base.protocol === 'http:' ? 'http' : 'https', host: base.hostname, port: base.port === '' ? portOf(base) : base.port }),
    ...(fetch && { httpClient: Stripe.createFetchHttpClient(fetch) }),
  });
  return {
    ...{ name, publishableKey, isLive: /^(sk|rk)_live_/.test(secretKey) },
    begin: (asked) => asking(() => beginAt(stripe, asked)),
    read: (id) =>
      asking(async () => {
        if (isSetup(id)) return optional(setupOf, await stripe.setupIntents.retrieve(id).catch(missing));
        return optional(paymentOf, await stripe.paymentIntents.retrieve(id, WITH_CHARGE).catch(missing));
      }),
    cancel: (id) =>
      asking(async () => {
        // What cannot be cancelled any more says why when it is read.
        if (isSetup(id)) return setupOf((await stripe.setupIntents.cancel(id, ABANDONED).catch(unexpected)) ?? (await stripe.setupIntents.retrieve(id)));
        return paymentOf((await stripe.paymentIntents.cancel(id, ABANDONED).catch(unexpected)) ?? (await stripe.paymentIntents.retrieve(id)));
      }),
    capture: ({ id, amount }) =>
      asking(async () => {
        const asked = { amount_to_capture: amount };
        // What was taken or let go of before says so when it is read.
        const taken = await stripe.paymentIntents.capture(id, asked, { idempotencyKey: `capture-${id}-${amount}` }).catch(unexpected);
        return paymentOf(taken ?? (await stripe.paymentIntents.retrieve(id, WITH_CHARGE)));
      }),
    charge: (asked) => asking(() => chargeAt(stripe, asked)),
    // With the customer, who was made for this one card, the card is gone, too.
    forgetCard: ({ customerId }) => asking(async () => void (await stripe.customers.del(customerId).catch(missing))),
    refund: ({ refundId, of, amount }) =>
      asking(async () => {
        // The key is forgotten after some time, and what was made under it is not.
        const { data } = await stripe.refunds.list({ payment_intent: of, limit: MOST_REFUNDS });
        const before = data.find(({ metadata }) => metadata?.refundId === refundId);
        const asked = { payment_intent: of, amount, metadata: { refundId } };
        const made = before ?? (await stripe.refunds.create(asked, { idempotencyKey: `refund-${refundId}` }).catch(disputed));
        return made === undefined ? { id: refundId, amount, status: 'disputed' } : refundOf(made);
      }),
    disputes: (of) => asking(async () => (await stripe.disputes.list({ payment_intent: of, limit: MOST_DISPUTES })).data.map(disputeOf)),
    disputed: () =>
      asking(async () =>
        (await stripe.disputes.list({ limit: MOST_DISPUTED })).data.flatMap(({ payment_intent: of }) => (typeof of === 'string' ? of : (of?.id ?? []))),
      ),
    movements: (from, to) => asking(() => movementsIn(stripe, from, to)),
    open: (body, signature, at) => hintIn(stripe, { body, signature, at, secrets: webhookSecrets }),
  };
}

function portOf({ protocol }: URL): number {
  return protocol === 'http:' ? 80 : 443;
}

const ABANDONED = { cancellation_reason: 'abandoned' } as const;
/** The charge of a reservation says when it ends. */
const WITH_CHARGE = { expand: ['latest_charge'] };
const CARDS = { payment_method_types: ['card'] };
/** More than one kept card is ever charged for. */
const MOST_CHARGES = 100;

type Begun = Parameters<PaymentProvider['begin']>[0];

/** A kept card belongs to a customer of the provider, who has no name, is made for this payment, and is removed with the card. */
async function beginAt(stripe: Stripe, { paymentId, money: { amount, currency }, description, keepsCard, reserves }: Begun): Promise<ProviderPayment> {
  const customer = keepsCard ? (await stripe.customers.create({ metadata: { paymentId } }, { idempotencyKey: `customer-${paymentId}` })).id : null;
  if (customer !== null && amount === 0) {
    const asked = { ...CARDS, customer, usage: 'off_session', description, metadata: { paymentId, currency } } as const;
    return setupOf(await stripe.setupIntents.create(asked, { idempotencyKey: `setup-${paymentId}` }));
  }
  const kept = customer === null ? {} : ({ customer, setup_future_usage: 'off_session' } as const);
  const asked = {
    ...CARDS,
    amount,
    currency: currency.toLowerCase(),
    description,
    metadata: { paymentId },
    ...kept,
    ...(reserves && { capture_method: 'manual' as const }),
  };
  return paymentOf(await stripe.paymentIntents.create(asked, { idempotencyKey: `payment-${paymentId}` }));
}

/** The key is forgotten after some time, and what was charged under it is not. */
async function chargeAt(
  stripe: Stripe,
  { paymentId, money, description, card, isWanted }: ProviderCharge,
): Promise<ProviderPayment | 'card-gone' | 'not-made'> {
  const { customerId: customer, methodId: payment_method } = card;
  const made = await stripe.paymentIntents.list({ customer, limit: MOST_CHARGES }).catch(missing);
  const before = made?.data.find(({ metadata }) => metadata.paymentId === paymentId);
  if (before !== undefined) return paymentOf(before);
  if (!isWanted) return 'not-made';
  const method = await stripe.paymentMethods.retrieve(payment_method).catch(missing);
  if (method === undefined || idOf(method.customer) !== customer) return 'card-gone';
  const asked = { ...CARDS, amount: money.amount, currency: money.currency.toLowerCase(), description, metadata: { paymentId } };
  const charged = { ...asked, customer, payment_method, confirm: true, off_session: true };
  const intent = await stripe.paymentIntents.create(charged, { idempotencyKey: `payment-${paymentId}` }).catch(declinedOrGone);
  return intent === 'card-gone' ? intent : paymentOf(intent);
}

/** A declined card leaves a payment behind; a card that was removed at this moment does not. */
function declinedOrGone(failure: unknown): Stripe.PaymentIntent | 'card-gone' {
  if (failure instanceof Stripe.errors.StripeCardError && failure.payment_intent !== undefined) return failure.payment_intent;
  if (failure instanceof Stripe.errors.StripeInvalidRequestError && (failure.param === 'payment_method' || failure.param === 'customer')) return 'card-gone';
  throw failure;
}

function isSetup(id: string): boolean {
  return id.startsWith('seti_');
}

function optional<From, To>(of: (from: From) => To, from: From | undefined): To | undefined {
  return from === undefined ? undefined : of(from);
}

function idOf(of: string | { readonly id: string } | null): string | null {
  return typeof of === 'string' ? of : (of?.id ?? null);
}

/** Refusals of ours stay what they are. */
async function asking<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (failure) {
    const isDown =
      failure instanceof Stripe.errors.StripeConnectionError ||
      failure instanceof Stripe.errors.StripeAPIError ||
      failure instanceof Stripe.errors.StripeRateLimitError ||
      // The same is being asked for by another node at this moment.
      (failure instanceof Stripe.errors.StripeError && failure.statusCode === 409);
    throw isDown ? new ProviderUnavailable('the payment provider does not answer', { cause: failure }) : failure;
  }
}

function missing(failure: unknown): undefined {
  if (failure instanceof Stripe.errors.StripeInvalidRequestError && failure.code === 'resource_missing') return undefined;
  throw failure;
}

function unexpected(failure: unknown): undefined {
  const { code } = failure instanceof Stripe.errors.StripeInvalidRequestError ? failure : {};
  if (code === 'payment_intent_unexpected_state' || code === 'setup_intent_unexpected_state') return undefined;
  throw failure;
}

function disputed(failure: unknown): undefined {
  if (failure instanceof Stripe.errors.StripeInvalidRequestError && failure.code === 'charge_disputed') return undefined;
  throw failure;
}

function paymentOf(intent: Stripe.PaymentIntent): ProviderPayment {
  return {
    id: intent.id,
    status: statusOf(intent.status),
    money: { amount: intent.amount, currency: intent.currency.toUpperCase() },
    received: intent.amount_received,
    isLive: intent.livemode,
    paymentId: intent.metadata.paymentId ?? null,
    clientSecret: intent.client_secret,
    captureBefore: captureBefore(intent),
    hasFailed: intent.last_payment_error !== null,
    needsOwner: intent.last_payment_error?.code === 'authentication_required',
    card: intent.setup_future_usage === 'off_session' ? cardOf(intent) : null,
  };
}

function captureBefore({ latest_charge: charge }: Stripe.PaymentIntent): Instant | null {
  const seconds = charge === null || typeof charge === 'string' ? undefined : charge.payment_method_details?.card?.capture_before;
  return seconds === undefined ? null : instant(seconds * SECOND);
}

/** A card that is kept without a payment: no money, in the currency of what may be charged. */
function setupOf(setup: Stripe.SetupIntent): ProviderPayment {
  return {
    id: setup.id,
    status: statusOf(setup.status),
    money: { amount: 0, currency: setup.metadata?.currency ?? '' },
    received: 0,
    isLive: setup.livemode,
    paymentId: setup.metadata?.paymentId ?? null,
    clientSecret: setup.client_secret,
    captureBefore: null,
    hasFailed: setup.last_setup_error !== null,
    needsOwner: false,
    card: cardOf(setup),
  };
}

function cardOf({ status, customer, payment_method }: Pick<Stripe.SetupIntent, 'status' | 'customer' | 'payment_method'>): ProviderCard | null {
  const [customerId, methodId] = [idOf(customer), idOf(payment_method)];
  return status !== 'succeeded' || customerId === null || methodId === null ? null : { customerId, methodId };
}

function statusOf(status: Stripe.PaymentIntent['status'] | Stripe.SetupIntent['status']): ProviderPayment['status'] {
  if (status === 'succeeded') return 'succeeded';
  if (status === 'processing') return 'processing';
  if (status === 'requires_capture') return 'authorised';
  return status === 'canceled' ? 'cancelled' : 'open';
}

function refundOf({ id, status, amount }: Stripe.Refund): ProviderRefund {
  if (status === 'succeeded') return { id, status, amount };
  return { id, amount, status: status === 'failed' || status === 'canceled' ? 'failed' : 'pending' };
}

/** What is only asked about (`warning_…`) is not taken yet. */
function disputeOf({ id, amount, status }: Stripe.Dispute): ProviderDispute {
  const isWithdrawn = !status.startsWith('warning_') && status !== 'prevented';
  if (status === 'lost') return { id, amount, status: 'lost', isWithdrawn };
  return { id, amount, isWithdrawn, status: status === 'won' || status === 'warning_closed' || status === 'prevented' ? 'won' : 'open' };
}

async function movementsIn(stripe: Stripe, from: Instant, to: Instant): Promise<readonly ProviderMovement[]> {
  // In whole seconds, the first and the last one included: what is read twice is one entry.
  const created = { gte: Math.floor(from / SECOND), lt: Math.floor(to / SECOND) + 1 };
  const listed = stripe.balanceTransactions.list({ created, limit: MOVEMENTS_AT_ONCE, expand: ['data.source'] });
  const found = await listed.autoPagingToArray({ limit: MOST_MOVEMENTS });
  if (found.length === MOST_MOVEMENTS) throw new Error(`the provider has moved money more than ${MOST_MOVEMENTS} times within a day`);
  return found.map(movementOf);
}

function movementOf({ id, type, amount, fee, currency, created, exchange_rate, source }: Stripe.BalanceTransaction): ProviderMovement {
  const from = source === null || typeof source === 'string' ? null : source;
  const isOfPayment = from?.object === 'charge' || from?.object === 'refund' || from?.object === 'dispute';
  const intent = isOfPayment ? from.payment_intent : null;
  const before = isOfPayment && exchange_rate !== null ? { amount: Math.sign(amount) * from.amount, currency: from.currency.toUpperCase() } : null;
  return {
    ...{ id, amount, fee, currency: currency.toUpperCase(), at: instant(created * SECOND), before },
    kind: isOfPayment ? 'payment' : type.startsWith('payout') ? 'payout' : FEES.includes(type) ? 'fee' : 'other',
    of: typeof intent === 'string' ? intent : (intent?.id ?? null),
    // A charge has the metadata of its payment.
    paymentId: from?.object === 'charge' ? (from.metadata.paymentId ?? null) : null,
  };
}

const FEES: readonly string[] = ['stripe_fee', 'stripe_fx_fee', 'tax_fee'] satisfies Stripe.BalanceTransaction['type'][];

type Received = { readonly body: Uint8Array; readonly signature: string | undefined; readonly at: number; readonly secrets: readonly string[] };

function hintIn(stripe: Stripe, { body, signature, at, secrets }: Received): ProviderHint | null {
  const signedAt = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature ?? '')?.[1]);
  if (signature === undefined || !(Math.abs(at / SECOND - signedAt) <= TOLERANCE_SECONDS)) return null;
  for (const secret of secrets) {
    try {
      // The library compares in constant time and reads the JSON afterwards; of the age we have judged both sides.
      return hintOf(stripe.webhooks.constructEvent(Buffer.from(body), signature, secret, Number.MAX_SAFE_INTEGER));
    } catch (failure) {
      if (!(failure instanceof Stripe.errors.StripeSignatureVerificationError)) return null;
    }
  }
  return null;
}

/** Only what it is about: what has become of it is asked for. */
function hintOf(event: Stripe.Event): ProviderHint {
  const { object } = event.data;
  const isOf = 'payment_intent' in object ? object.payment_intent : null;
  const isIntent = 'object' in object && (object.object === 'payment_intent' || object.object === 'setup_intent');
  const about = isIntent && 'id' in object ? object.id : typeof isOf === 'string' ? isOf : (isOf?.id ?? null);
  return { id: event.id, about: about ?? null, isDispute: event.type.startsWith('charge.dispute.'), isLive: event.livemode, account: event.account ?? null };
}
