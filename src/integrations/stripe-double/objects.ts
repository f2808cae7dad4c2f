// Objects of Stripe as they begin, with everything that the types of its library ask for.
import type Stripe from 'stripe';
import type { Payout } from './balance.ts';
import type { Made } from './double-requests.ts';
import type { CardState } from './saved-cards.ts';

type Intent = Stripe.PaymentIntent;
type Refund = Stripe.Refund;
export type Dispute = Pick<
  Stripe.Dispute,
  'id' | 'object' | 'amount' | 'charge' | 'created' | 'currency' | 'livemode' | 'payment_intent' | 'reason' | 'status'
>;
/** What it keeps; JSON, so that it can be written down. */
export type DoubleState = CardState & {
  readonly intents: Record<string, Intent>;
  readonly refunds: Record<string, Stripe.Refund>;
  readonly disputes: Record<string, Dispute>;
  readonly payouts: Record<string, Payout>;
  /** When banks let go of what is reserved, in seconds, by the payment. */
  readonly reserved: Record<string, number>;
  /** What has changed the balance, the oldest first. */
  readonly transactions: Record<string, Stripe.BalanceTransaction>;
  readonly kept: Record<string, { readonly fingerprint: string; readonly made: Made }>;
};

export function newIntent(asked: Pick<Intent, 'id' | 'amount' | 'currency' | 'created' | 'description' | 'metadata' | 'client_secret'>): Intent {
  return {
    ...asked,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    confirmation_method: 'automatic',
    customer: null,
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
  } satisfies Stripe.PaymentIntent;
}

export function newRefund(asked: Pick<Refund, 'id' | 'amount' | 'charge' | 'created' | 'currency' | 'metadata' | 'payment_intent'>): Refund {
  return {
    ...asked,
    object: 'refund',
    balance_transaction: null,
    customer: null,
    customer_account: null,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  } satisfies Refund;
}

export function refundList(data: Refund[]): Stripe.ApiList<Refund> {
  return { object: 'list', data, has_more: false, url: '/v1/refunds' };
}
