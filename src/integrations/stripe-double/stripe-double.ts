// A strict local double of Stripe: what this server asks of it, and nothing else. Objects have the types of Stripe's library, so that they are as complete as the real ones. It serves
// the demo and the tests, behind the same implementation that talks to Stripe. It knows no network: `fetch` answers requests, and its owner delivers the events.
import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import { balanceIn, type Change, chargeOf, listed, newPayout, transactionOf } from './balance.ts';
import type { Deliveries } from './deliveries.ts';
import { isSame, known, type Made, metadataOf, Refused, wholeOf, word } from './double-requests.ts';
import { amountToCapture, captureMethodOf, chargeTold, RESERVED_SECONDS, reservedIntent } from './manual-capture.ts';
import { type Dispute, type DoubleState, newIntent, newRefund, refundList } from './objects.ts';
import { SavedCards } from './saved-cards.ts';
import { cardOf, DECLINED, type Decline, type TestCard } from './test-cards.ts';

type Intent = Stripe.PaymentIntent;
export type DoubleOptions = {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Seconds. */
  readonly now: () => number;
  readonly deliveries: Deliveries;
  readonly state?: Partial<DoubleState>;
  /** Called after each change. */
  readonly onChange?: (state: DoubleState) => void;
};

const LARGEST_AMOUNT = 99_999_999;
const SMALLEST_AMOUNT = 50;

export class StripeDouble {
  readonly #options: DoubleOptions;
  readonly state: DoubleState;
  readonly #cards: SavedCards;

  constructor(options: DoubleOptions) {
    this.#options = options;
    this.state = {
      intents: {},
      refunds: {},
      disputes: {},
      payouts: {},
      reserved: {},
      transactions: {},
      kept: {},
      customers: {},
      methods: {},
      setups: {},
      ...options.state,
    };
    this.#cards = new SavedCards(this.state, { now: options.now, tell: (type, object) => this.#tell(type, object) });
  }

  /** Instead of the network, for Stripe’s library. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    const { status, body } = this.answer(init?.method ?? 'GET', url, headers, String(init?.body ?? ''));
    return Response.json(body, { status, headers: { 'request-id': `req_${word()}` } });
  };

  /** A page pays, with a card of `test-cards.ts`. What comes of it is what Stripe’s own page would be told. */
  pay(clientSecret: string, card: string, authenticated: boolean | null): { readonly status: Intent['status']; readonly message: string | null } | undefined {
    const intent = Object.values(this.state.intents).find((one) => one.client_secret !== null && isSame(one.client_secret, clientSecret));
    if (intent === undefined) return this.#setUp(clientSecret, card, authenticated);
    if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_action') return { status: intent.status, message: null };
    const paid = this.#paid(intent, cardOf(card), authenticated);
    return { status: paid.status, message: paid.last_payment_error?.message ?? null };
  }

  #setUp(clientSecret: string, card: string, authenticated: boolean | null): ReturnType<StripeDouble['pay']> {
    const set = this.#cards.setUp(clientSecret, cardOf(card), authenticated);
    if (set !== undefined) this.#options.onChange?.(this.state);
    return set;
  }

  /** As if the owner of a card had taken it back at their bank’s, or a page of Stripe. */
  detachCards(): void {
    this.#cards.detachAll();
    this.#options.onChange?.(this.state);
  }

  answer(method: string, url: URL, headers: Headers, text: string): Made {
    if (headers.get('authorization') !== `Bearer ${this.#options.secretKey}`)
      return new Refused(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' }).made;
    this.endReservations();
    const key = method === 'POST' ? headers.get('idempotency-key') : null;
    const fingerprint = `${method} ${url.pathname} ${text}`;
    const before = key === null ? undefined : this.state.kept[key];
    if (before !== undefined && before.fingerprint !== fingerprint)
      return new Refused(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters' }).made;
    if (before !== undefined) return before.made;
    try {
      const made = { status: 200, body: this.#made(method, url, new URLSearchParams(method === 'GET' ? url.search : text)) };
      if (key !== null) this.state.kept[key] = { fingerprint, made };
      if (method !== 'GET') this.#options.onChange?.(this.state);
      return made;
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      // What was tried is tried once.
      if (key !== null && failure.made.status === 402) this.state.kept[key] = { fingerprint, made: failure.made };
      return failure.made;
    }
  }

  #made(method: string, url: URL, parameters: URLSearchParams): object {
    const [, id = '', act = ''] = /^\/v1\/payment_intents(?:\/(\w+)(?:\/(\w+))?)?$/.exec(url.pathname) ?? [];
    const isIntents = url.pathname.startsWith('/v1/payment_intents');
    if (isIntents && method === 'GET' && id === '') return this.#intentsOf(known(parameters, 'listOfCustomer').get('customer'));
    if (isIntents && method === 'POST' && id === '') return this.#create(known(parameters, 'create'));
    if (isIntents && method === 'GET' && act === '') return this.#read(this.#intent(id, known(parameters, 'read')), parameters);
    if (isIntents && method === 'POST' && act === 'capture') return this.#capture(this.#intent(id, known(parameters, 'capture')), parameters);
    if (isIntents && method === 'POST' && act === 'cancel') return this.#cancel(this.#intent(id, known(parameters, 'cancel')));
    if (url.pathname === '/v1/refunds' && method === 'POST') return this.#refund(known(parameters, 'refund'));
    if (url.pathname === '/v1/refunds' && method === 'GET') return refundList(this.#refundsOf(known(parameters, 'list').get('payment_intent') ?? ''));
    if (url.pathname === '/v1/disputes' && method === 'GET') return this.#disputesOf(known(parameters, 'list').get('payment_intent'));
    const ofCards = this.#cards.made(method, url.pathname, parameters);
    if (ofCards !== undefined) return ofCards;
    if (url.pathname === '/v1/balance_transactions' && method === 'GET')
      return listed(this.state.transactions, known(parameters, 'balance'), (id) => this.#sourceOf(id));
    throw new Refused(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${url.pathname})` });
  }

  #intent(id: string, _parameters: URLSearchParams): Intent {
    const intent = this.state.intents[id];
    if (intent !== undefined) return intent;
    throw new Refused(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such payment_intent: '${id}'`, param: 'intent' });
  }

  #create(parameters: URLSearchParams): Intent {
    const amount = wholeOf(parameters, 'amount', LARGEST_AMOUNT);
    if (amount < SMALLEST_AMOUNT)
      throw new Refused(400, { type: 'invalid_request_error', code: 'amount_too_small', message: 'Amount is too small', param: 'amount' });
    const currency = parameters.get('currency') ?? '';
    if (!/^[a-z]{3}$/.test(currency)) throw new Refused(400, { type: 'invalid_request_error', message: 'Invalid currency', param: 'currency' });
    const id = `pi_${word()}`;
    const asked = { id, amount, currency, created: this.#options.now(), description: parameters.get('description'), metadata: metadataOf(parameters) };
    const capture_method = captureMethodOf(parameters);
    const saved = this.#cards.askedOf(parameters);
    const { customer, setup_future_usage, method } = saved;
    const made = { ...newIntent({ ...asked, client_secret: `${id}_secret_${word()}` }), customer, setup_future_usage, capture_method };
    const intent = this.#keep(made, 'payment_intent.created');
    return method === null ? intent : this.#charged({ ...intent, payment_method: method });
  }

  /** The owner of the card is not there to be asked. */
  #charged(intent: Intent): Intent {
    const declined = this.#cards.declineOf(String(intent.payment_method));
    if (declined === null) return this.#succeeded(intent);
    const left = this.#failed(intent, declined);
    throw new Refused(402, { type: 'card_error', ...declined, payment_intent: left });
  }

  #intentsOf(customer: string | null): Stripe.ApiList<Intent> {
    const data = Object.values(this.state.intents).filter((intent) => intent.customer === customer && customer !== null);
    return { object: 'list', data: data.toReversed(), has_more: false, url: '/v1/payment_intents' };
  }

  #cancel(intent: Intent): Intent {
    if (!['requires_payment_method', 'requires_action', 'requires_capture'].includes(intent.status))
      throw new Refused(400, {
        type: 'invalid_request_error',
        code: 'payment_intent_unexpected_state',
        message: `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      });
    return this.#cancelled(intent, 'abandoned');
  }

  #cancelled(intent: Intent, cancellation_reason: 'abandoned' | 'automatic'): Intent {
    const cancelled = {
      ...intent,
      status: 'canceled',
      canceled_at: this.#options.now(),
      cancellation_reason,
      next_action: null,
      amount_capturable: 0,
    } as const;
    return this.#keep(cancelled, 'payment_intent.canceled');
  }

  /** Banks let go of what is not taken in time. */
  endReservations(): void {
    for (const intent of Object.values(this.state.intents))
      if (intent.status === 'requires_capture' && (this.state.reserved[intent.id] ?? 0) <= this.#options.now()) this.#cancelled(intent, 'automatic');
  }

  #reserved(intent: Intent): Intent {
    this.state.reserved[intent.id] = this.#options.now() + RESERVED_SECONDS;
    return this.#keep(reservedIntent(intent), 'payment_intent.amount_capturable_updated');
  }

  #capture(intent: Intent, parameters: URLSearchParams): Intent {
    const amount = amountToCapture(intent, parameters, LARGEST_AMOUNT);
    return this.#succeeded({ ...intent, amount_capturable: 0 }, amount);
  }

  #read(intent: Intent, parameters: URLSearchParams): object {
    return chargeTold(intent, parameters, this.state.reserved[intent.id]);
  }

  #paid(intent: Intent, card: TestCard, authenticated: boolean | null): Intent {
    const asks = card.outcome === 'authenticate';
    if (asks && authenticated === null) {
      const next_action = { type: 'use_stripe_sdk' } as const;
      return this.#keep({ ...intent, status: 'requires_action', next_action, last_payment_error: null }, 'payment_intent.requires_action');
    }
    const declined = asks && authenticated === false ? DECLINED.authentication : card.outcome === 'authenticate' ? null : card.outcome;
    if (declined !== null) return this.#failed(intent, declined);
    const payment_method = intent.setup_future_usage === null ? null : this.#cards.attach(String(intent.customer), card);
    return intent.capture_method === 'manual' ? this.#reserved({ ...intent, payment_method }) : this.#succeeded({ ...intent, payment_method });
  }

  #failed(intent: Intent, declined: Decline): Intent {
    const failed = { ...intent, status: 'requires_payment_method', payment_method: null, next_action: null } as const;
    return this.#keep({ ...failed, last_payment_error: { type: 'card_error', ...declined } }, 'payment_intent.payment_failed');
  }

  #succeeded(intent: Intent, amount = intent.amount): Intent {
    const latest_charge = typeof intent.latest_charge === 'string' ? intent.latest_charge : `ch_${word()}`;
    const paid = { ...intent, status: 'succeeded', next_action: null, last_payment_error: null, latest_charge } as const;
    this.#changeBalance({ type: 'charge', source: latest_charge, amount, currency: intent.currency });
    return this.#keep({ ...paid, amount_received: amount }, 'payment_intent.succeeded');
  }

  #refund(parameters: URLSearchParams): Stripe.Refund {
    const intent = this.#intent(parameters.get('payment_intent') ?? '', parameters);
    const amount = wholeOf(parameters, 'amount', LARGEST_AMOUNT);
    const gone = this.#gone(intent.id);
    const disputes = this.#disputesOf(intent.id).data;
    const isTaken = gone + amount > intent.amount_received && disputes.some(({ status }) => status === 'lost');
    // What a bank only asks about can be given back.
    if (isTaken || disputes.some(({ status }) => status === 'needs_response'))
      throw new Refused(400, { type: 'invalid_request_error', code: 'charge_disputed', message: 'Charge has been charged back; cannot issue a refund.' });
    if (intent.status !== 'succeeded' || amount === 0 || gone + amount > intent.amount_received)
      throw new Refused(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'Refund amount is greater than what is left' });
    const { currency, latest_charge: charge } = intent;
    const asked = { id: `re_${word()}`, amount, charge, created: this.#options.now(), currency, metadata: metadataOf(parameters), payment_intent: intent.id };
    const refund = newRefund(asked);
    this.state.refunds[refund.id] = refund;
    this.#changeBalance({ type: 'refund', source: refund.id, amount: -amount, currency: refund.currency });
    this.#tell('refund.created', refund);
    return refund;
  }

  #refundsOf(intentId: string): Stripe.Refund[] {
    return Object.values(this.state.refunds).filter(({ payment_intent }) => payment_intent === intentId);
  }

  /** null: of all payments. */
  #disputesOf(intentId: string | null): { readonly object: 'list'; readonly data: readonly Dispute[]; readonly has_more: boolean; readonly url: string } {
    const data = Object.values(this.state.disputes).filter(({ payment_intent }) => intentId === null || payment_intent === intentId);
    return { object: 'list', data: data.toReversed(), has_more: false, url: '/v1/disputes' };
  }

  /** What was given back, and what banks have taken or withdrawn. */
  #gone(intentId: string): number {
    const taken = this.#disputesOf(intentId).data.filter(({ status }) => status === 'lost' || status === 'needs_response');
    return [...this.#refundsOf(intentId), ...taken].reduce((sum, one) => sum + one.amount, 0);
  }

  /** The customer’s bank asks for so much of what is left, or for all of it; nothing if that is nothing. `isWarning`: it only asks about it, and nothing is withdrawn. */
  openDispute(intentId: string, { most = LARGEST_AMOUNT, isWarning = false }: { readonly most?: number; readonly isWarning?: boolean } = {}): void {
    const intent = this.state.intents[intentId];
    const left = intent === undefined ? 0 : intent.amount_received - this.#gone(intentId);
    if (intent === undefined || left <= 0) return;
    const { currency, latest_charge } = intent;
    const charge = typeof latest_charge === 'string' ? latest_charge : (latest_charge?.id ?? '');
    const id = `du_${word()}`;
    const asked = { id, amount: Math.min(most, left), charge, currency, payment_intent: intentId };
    const dispute = {
      ...asked,
      object: 'dispute',
      created: this.#options.now(),
      livemode: false,
      reason: 'general',
      status: isWarning ? 'warning_needs_response' : 'needs_response',
    } satisfies Dispute;
    this.#keepDispute(dispute, 'charge.dispute.created');
    if (!isWarning) this.#withdraw(dispute);
  }

  /** A bank that has only asked claims the money now, if there is as much left; it is withdrawn. */
  escalateDispute(id: string): void {
    const dispute = this.state.disputes[id];
    const intentId = typeof dispute?.payment_intent === 'string' ? dispute.payment_intent : '';
    if (dispute?.status !== 'warning_needs_response') return;
    if ((this.state.intents[intentId]?.amount_received ?? 0) - this.#gone(intentId) < dispute.amount) return this.closeDispute(id, 'won');
    this.#keepDispute({ ...dispute, status: 'needs_response' }, 'charge.dispute.updated');
    this.#withdraw(dispute);
  }

  /** What was only asked about is closed either way. */
  closeDispute(id: string, status: 'won' | 'lost'): void {
    const dispute = this.state.disputes[id];
    if (dispute?.status === 'warning_needs_response') this.#keepDispute({ ...dispute, status: 'warning_closed' }, 'charge.dispute.closed');
    if (dispute?.status !== 'needs_response') return;
    if (status === 'won') this.#changeBalance({ type: 'dispute_reversal', source: id, amount: dispute.amount, currency: dispute.currency });
    this.#keepDispute({ ...dispute, status }, 'charge.dispute.closed');
  }

  #withdraw({ id, amount, currency }: Dispute): void {
    this.#changeBalance({ type: 'dispute', source: id, amount: -amount, currency });
  }

  /** To the bank account of the business: all that is there; nothing if that is nothing. */
  payOut(currency: string): void {
    const amount = balanceIn(this.state.transactions, currency);
    if (amount <= 0) return;
    const payout = newPayout({ id: `po_${word()}`, amount, created: this.#options.now(), currency });
    this.state.payouts[payout.id] = payout;
    this.#changeBalance({ type: 'payout', source: payout.id, amount: -amount, currency });
  }

  /** A fee of a month, for no payment. */
  charge(amount: number, currency: string): void {
    this.#changeBalance({ type: 'stripe_fee', source: null, amount: -amount, currency });
  }

  #changeBalance(change: Omit<Change, 'id' | 'created'>): void {
    const id = `txn_${word()}`;
    this.state.transactions[id] = transactionOf({ ...change, id, created: this.#options.now() });
    this.#options.onChange?.(this.state);
  }

  #sourceOf(id: string): object | undefined {
    const { intents, refunds, disputes, payouts } = this.state;
    const intent = Object.values(intents).find(({ latest_charge }) => latest_charge === id);
    return intent === undefined ? (refunds[id] ?? disputes[id] ?? payouts[id]) : chargeOf(intent);
  }

  #keepDispute(dispute: Dispute, type: Stripe.Event['type']): void {
    this.state.disputes[dispute.id] = dispute;
    this.#tell(type, dispute);
    this.#options.onChange?.(this.state);
  }

  #keep(intent: Intent, type: Stripe.Event['type']): Intent {
    this.state.intents[intent.id] = intent;
    this.#tell(type, intent);
    this.#options.onChange?.(this.state);
    return intent;
  }

  #tell(type: Stripe.Event['type'], object: Intent | Stripe.Refund | Stripe.SetupIntent | Dispute): void {
    const created = this.#options.now();
    const event = {
      ...{ id: `evt_${word()}`, object: 'event', api_version: null, created, type, livemode: false, pending_webhooks: 1 },
      ...{ data: { object: structuredClone(object) }, request: null },
    };
    const body = JSON.stringify(event satisfies Pick<Stripe.Event, 'id' | 'api_version' | 'created' | 'livemode' | 'pending_webhooks' | 'request' | 'type'>);
    this.#options.deliveries.add(body);
  }

  /** The header that Stripe sends with an event: a scheme, the time and a keyed hash of both. */
  sign(body: string): string {
    const at = this.#options.now();
    return `t=${at},v1=${createHmac('sha256', this.#options.webhookSecret).update(`${at}.${body}`).digest('hex')}`;
  }
}
