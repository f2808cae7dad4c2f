import type { Money } from './money.ts';

/**
 * Where a payment is. `held`: asked for, and the provider may not know of it yet. `paying`: the customer can pay, and the calendar keeps the time until then. `booked`: there is an
 * appointment, and the money is here. `lapsed`: the time is free again, and the provider is told to take no money. `paid-late`: money came after that. `refunding`: money
 * goes back. `refunded`: all that was to go back has. `disputed`: the customer’s bank asks for the money. `closed`: no money came, and none can come.
 */
export const PAYMENT_STATES = ['held', 'paying', 'booked', 'lapsed', 'paid-late', 'refunding', 'refunded', 'disputed', 'closed'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Who takes the money. The last two are at the desk, by hand. */
export const PAYMENT_METHODS = ['stripe', 'test', 'cash', 'terminal'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** What is agreed where so much of this price has to be paid before. */
export function agreedPolicy(due: Money, price: Money): 'deposit' | 'full' {
  return due.amount < price.amount ? 'deposit' : 'full';
}
