// Cards for trying out, with the numbers that Stripe gives them: https://docs.stripe.com/testing

export type Decline = {
  readonly code: 'card_declined' | 'payment_intent_authentication_failure' | 'authentication_required';
  readonly decline_code?: string;
  readonly message: string;
};
/** `later`: what it says to a charge without its owner, once it is kept. */
export type TestCard = { readonly number: string; readonly outcome: Decline | 'authenticate' | null; readonly later?: Decline };

export const DECLINED = {
  generic: { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' },
  funds: { code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  authentication: { code: 'payment_intent_authentication_failure', message: 'We are unable to authenticate your payment method.' },
  required: {
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
} as const satisfies Record<string, Decline>;

const CARDS: readonly TestCard[] = [
  { number: '4242424242424242', outcome: null },
  { number: '4000000000000002', outcome: DECLINED.generic },
  { number: '4000000000009995', outcome: DECLINED.funds },
  { number: '4000002500003155', outcome: 'authenticate' },
  { number: '4000002760003184', outcome: 'authenticate', later: DECLINED.required },
  { number: '4000000000000341', outcome: null, later: DECLINED.generic },
];

/** Any other number is declined. */
export function cardOf(number: string): TestCard {
  const digits = number.replaceAll(/\D/g, '');
  return CARDS.find((card) => card.number === digits) ?? { number: digits, outcome: DECLINED.generic };
}
