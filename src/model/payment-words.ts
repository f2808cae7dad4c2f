import type { Money } from './money.ts';

/**
 * Where a payment is. `held`: asked for, and the provider may not know of it yet. `paying`: the customer can pay, and the calendar keeps the time until then. `booked`: there is an
 * appointment, and the money is here. `lapsed`: the time is free again, and the provider is told to take no money. `paid-late`: money came after that. `refunding`: money
 * goes back. `reserved`: the card has promised the money and nothing has come, until it is taken or let go. `refunded`: all that was to go back has. `disputed`: the customer’s bank asks for the money. `closed`: no money came, and none can come.
 */
export const PAYMENT_STATES = ['held', 'paying', 'reserved', 'booked', 'lapsed', 'paid-late', 'refunding', 'refunded', 'disputed', 'closed'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Who takes the money. The last two are at the desk, by hand. */
/** Accounts of the books; `payments/ledger.ts` says what each has. */
export const LEDGER_ACCOUNTS = ['provider', 'cash', 'terminal', 'disputes', 'customers', 'fees', 'payouts', 'other'] as const;
export const PAYMENT_METHODS = ['stripe', 'test', 'cash', 'terminal'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** The card of a payment. `asked`: it is kept once the payment has come; `kept`: a no-show fee may be charged to it; `leaving`: the provider is told to forget it; `gone`: it has. */
export const CARD_STATES = ['asked', 'kept', 'leaving', 'gone'] as const;
export type CardState = (typeof CARD_STATES)[number];

/** So long after the end of an appointment its card may be charged; then it is forgotten. Customers are told so before they book. */
export const CARD_DAYS = 7;

/** Why a fee was not charged: the card was declined, its owner has to confirm, or it was removed. */
export const FEE_REFUSALS = ['declined', 'needs-owner', 'card-gone'] as const;
export type FeeRefusal = (typeof FEE_REFUSALS)[number];

/** Who is to come within so many days has the price reserved on their card; of a later visit it is paid when booking, as banks keep a reservation for seven. */
export const RESERVE_DAYS = 6;

/** What is agreed where so much of this price has to be paid before; nothing where only a card is kept. */
export function agreedPolicy(due: Money, price: Money): 'none' | 'deposit' | 'full' {
  if (due.amount === 0) return 'none';
  return due.amount < price.amount ? 'deposit' : 'full';
}
/** Providers take no less by card, in minor units: less is let go. */
export const LEAST_TAKEN = 50;
