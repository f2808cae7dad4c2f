// Objects of Stripe as they begin, with everything that the types of its library ask for.
import type Stripe from 'stripe';

type Intent = Stripe.PaymentIntent;
type Refund = Stripe.Refund;

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
