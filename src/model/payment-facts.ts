// What becomes of money, as those are told who keep books of their own. No calendar has decided it, so it is no fact of one: `payments/` writes it beside the books.
import { FEE_REFUSALS } from './payment-words.ts';

const PAYMENT_FACTS = {
  'payment.succeeded': { means: 'Money has come, and is in the books.' },
  'payment.failed': {
    means: 'A card was declined, or has let go of what it had reserved. Where another card may be tried, the same payment can still succeed.',
  },
  'payment.refunded': { means: 'Money has gone back, by us or by the customer’s bank.' },
} as const satisfies Readonly<Record<string, { readonly means: string }>>;
type PaymentFactType = keyof typeof PAYMENT_FACTS;
export const PAYMENT_FACT_TYPES = Object.keys(PAYMENT_FACTS) as readonly PaymentFactType[] as readonly [PaymentFactType, ...PaymentFactType[]];

/** What is paid with it. `booking`: a time that was held; `reservation`: what a card had reserved for it; `link`: what was due of an appointment, by card; `desk`: the same, by hand. */
export const PAYMENT_KINDS = ['booking', 'reservation', 'link', 'desk', 'no-show-fee'] as const;

/** Why a payment has failed. `reservation-ended`: the bank, or a person at the provider, has let go of what was reserved. Each is told once of a payment. */
export const PAYMENT_FAILURES = [...FEE_REFUSALS, 'reservation-ended'] as const;
export type PaymentFailure = (typeof PAYMENT_FAILURES)[number];
