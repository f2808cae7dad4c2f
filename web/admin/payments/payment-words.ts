// Payments in words.
import type { LEDGER_ACCOUNTS, PaymentMethod, PaymentState } from '../../../src/model/payment-words.ts';
import type { PaymentReply } from '../../../src/protocol/payments.ts';

export const METHODS: Readonly<Record<PaymentMethod, string>> = {
  stripe: 'Card, online',
  test: 'Test card, online',
  cash: 'Cash',
  terminal: 'Card terminal',
};

export const ACCOUNTS: Readonly<Record<(typeof LEDGER_ACCOUNTS)[number], string>> = {
  ...{ provider: 'provider', cash: 'till', terminal: 'card terminal', disputes: 'disputes', customers: 'customer' },
  ...{ fees: 'fees of the provider', payouts: 'bank account', other: 'other' },
};

const STATES: Readonly<Record<PaymentState, string>> = {
  held: 'Being paid',
  paying: 'Being paid',
  reserved: 'Reserved on the card',
  booked: 'Paid',
  lapsed: 'Not paid in time',
  'paid-late': 'Came too late',
  refunding: 'Going back',
  refunded: 'Paid back',
  disputed: 'Disputed',
  closed: 'Not paid',
};

/** A part may have gone back while the rest is kept. */
export function stateWords({ state, received, refunded }: Pick<PaymentReply, 'state' | 'received' | 'refunded'>): string {
  if ((state !== 'booked' && state !== 'refunded') || refunded.amount === 0) return STATES[state];
  return refunded.amount < received.amount ? 'Partly paid back' : 'Paid back';
}
