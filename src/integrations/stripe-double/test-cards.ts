// Cards for trying out, with the numbers that Stripe gives them: https://docs.stripe.com/testing

type Decline = { readonly code: 'card_declined' | 'payment_intent_authentication_failure'; readonly decline_code?: string; readonly message: string };
export type TestCard = { readonly number: string; readonly outcome: Decline | 'authenticate' | null };

export const DECLINED = {
  generic: { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' },
  funds: { code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  authentication: { code: 'payment_intent_authentication_failure', message: 'We are unable to authenticate your payment method.' },
} as const satisfies Record<string, Decline>;

const CARDS: readonly TestCard[] = [
  { number: '4242424242424242', outcome: null },
  { number: '4000000000000002', outcome: DECLINED.generic },
  { number: '4000000000009995', outcome: DECLINED.funds },
  { number: '4000002500003155', outcome: 'authenticate' },
];

/** Any other number is declined. */
export function cardOf(number: string): TestCard {
  const digits = number.replaceAll(/\D/g, '');
  return CARDS.find((card) => card.number === digits) ?? { number: digits, outcome: DECLINED.generic };
}
