// What becomes of money, as those are told who keep books of their own. No calendar has decided it, so it is no fact of one: `payments/` writes it beside the books.
import { FACT_NAMES, type Fact } from './facts.ts';
import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import { FEE_REFUSALS, type PaymentMethod } from './payment-words.ts';

export const PAYMENT_FACTS = {
  'payment.succeeded': { means: 'Money has come, and is in the books.' },
  'payment.failed': {
    means: 'A card was declined, or has let go of what it had reserved. Where another card may be tried, the same payment can still succeed.',
  },
  'payment.refunded': { means: 'Money has gone back, by us or by the customer’s bank.' },
} as const satisfies Readonly<Record<string, { readonly means: string }>>;
export type PaymentFactType = keyof typeof PAYMENT_FACTS;
export const PAYMENT_FACT_TYPES = Object.keys(PAYMENT_FACTS) as readonly PaymentFactType[] as readonly [PaymentFactType, ...PaymentFactType[]];

/** What webhooks can be about. */
export const WEBHOOK_TYPES: readonly [WebhookType, ...WebhookType[]] = [...FACT_NAMES, ...PAYMENT_FACT_TYPES];
export type WebhookType = Fact | PaymentFactType;

/** What is paid with it. `booking`: a time that was held; `reservation`: what a card had reserved for it; `link`: what was due of an appointment, by card; `desk`: the same, by hand. */
export const PAYMENT_KINDS = ['booking', 'reservation', 'link', 'desk', 'no-show-fee'] as const;
type PaymentKind = (typeof PAYMENT_KINDS)[number];

/** Why a payment has failed. `reservation-ended`: the bank, or a person at the provider, has let go of what was reserved. Each is told once of a payment. */
export const PAYMENT_FAILURES = [...FEE_REFUSALS, 'reservation-ended'] as const;
export type PaymentFailure = (typeof PAYMENT_FAILURES)[number];

const DISPUTE = 'dispute/';

/** What is left to a customer by a lost dispute counts as a refund, under this id. */
export function disputeRefundId(disputeId: string): string {
  return DISPUTE + disputeId;
}

export function isOfDispute(refundId: string): boolean {
  return refundId.startsWith(DISPUTE);
}

/** Ids and amounts, and nothing about people. `money`: what has come, what has gone back, or what was to come. */
export type PaymentFact = {
  /** What it follows from, once. */
  readonly key: string;
  readonly type: PaymentFactType;
  readonly paymentId: string;
  /** Of the appointment that it pays; there may be none yet, or ever. */
  readonly appointmentId: string;
  /** Where the money was taken. */
  readonly locationId: string;
  readonly kind: PaymentKind;
  readonly method: PaymentMethod;
  readonly money: Money;
  /** Of what has gone back. */
  readonly refundId: string | null;
  readonly failure: PaymentFailure | null;
  readonly at: Instant;
};
