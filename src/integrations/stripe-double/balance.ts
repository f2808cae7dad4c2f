// The balance of the double: what changes it, and the list of that. Its fees are those of a card from Europe.
import type Stripe from 'stripe';

type Transaction = Stripe.BalanceTransaction;
type Charge = Pick<Stripe.Charge, 'id' | 'object' | 'amount' | 'currency' | 'created' | 'livemode' | 'metadata' | 'payment_intent'>;
export type Payout = Pick<Stripe.Payout, 'id' | 'object' | 'amount' | 'arrival_date' | 'created' | 'currency' | 'livemode' | 'status' | 'type'>;
type Listed = { readonly object: 'list'; readonly data: readonly object[]; readonly has_more: boolean; readonly url: string };

const DAY_SECONDS = 86_400;
const FEE_PERCENT = 1.5;
const FEE_FIXED = 25;
const DISPUTE_FEE = 2_000;
const DEFAULT_LIMIT = 10;

export type Change = {
  readonly type: 'charge' | 'refund' | 'dispute' | 'dispute_reversal' | 'payout' | 'stripe_fee';
  readonly id: string;
  readonly source: string | null;
  /** Below zero: the balance becomes smaller. */
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
};

export function transactionOf({ type, id, source, amount, currency, created }: Change): Transaction {
  const fee = type === 'charge' ? Math.round((amount * FEE_PERCENT) / 100) + FEE_FIXED : type === 'dispute' ? DISPUTE_FEE : 0;
  const detail = { amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' };
  return {
    ...{ id, amount, created, currency, fee, source },
    object: 'balance_transaction',
    available_on: created + 2 * DAY_SECONDS,
    balance_type: 'payments',
    description: null,
    exchange_rate: null,
    fee_details: fee === 0 ? [] : [detail],
    net: amount - fee,
    reporting_category: type === 'stripe_fee' ? 'fee' : type,
    status: 'available',
    type: type === 'dispute' || type === 'dispute_reversal' ? 'adjustment' : type,
  } satisfies Transaction;
}

export function balanceIn(transactions: Readonly<Record<string, Transaction>>, currency: string): number {
  return Object.values(transactions).reduce((sum, one) => sum + (one.currency === currency ? one.net : 0), 0);
}

export function newPayout(of: Pick<Payout, 'id' | 'amount' | 'created' | 'currency'>): Payout {
  return { ...of, object: 'payout', arrival_date: of.created + DAY_SECONDS, livemode: false, status: 'in_transit', type: 'bank_account' } satisfies Payout;
}

export function chargeOf({ latest_charge, id, amount_received, currency, created, metadata }: Stripe.PaymentIntent): Charge {
  const charge = typeof latest_charge === 'string' ? latest_charge : (latest_charge?.id ?? '');
  return { id: charge, object: 'charge', amount: amount_received, currency, created, livemode: false, metadata, payment_intent: id } satisfies Charge;
}

/** The newest first, as Stripe lists them. `sourceOf`: what is asked for in the place of its id. */
export function listed(transactions: Readonly<Record<string, Transaction>>, asked: URLSearchParams, sourceOf: (id: string) => object | undefined): Listed {
  const within = (name: string, otherwise: number) => (asked.has(name) ? Number(asked.get(name)) : otherwise);
  const [from, to, limit] = [within('created[gte]', 0), within('created[lt]', Infinity), within('limit', DEFAULT_LIMIT)];
  const all = Object.values(transactions)
    .filter(({ created }) => created >= from && created < to)
    .toReversed();
  const after = asked.get('starting_after');
  const rest = after === null ? all : all.slice(all.findIndex(({ id }) => id === after) + 1);
  const isExpanded = asked.get('expand[0]') === 'data.source';
  const data = rest.slice(0, limit).map((one) => (isExpanded && typeof one.source === 'string' ? { ...one, source: sourceOf(one.source) ?? one.source } : one));
  return { object: 'list', data, has_more: rest.length > limit, url: '/v1/balance_transactions' };
}
