// What a service has to be paid before it is booked, by the catalog.
import { type Money, shareOf } from '../model/money.ts';
import type { BookableService } from './catalog.ts';

/** Providers take no less: fifty cents, fifty yen. */
export const LEAST_DUE = 50;

/** For all seats; null: nothing. A share is of the price of all seats, rounded as in `shareOf`. */
export function dueBefore(
  { price, deposit, depositPercent, paymentPolicy }: Pick<BookableService, 'price' | 'deposit' | 'depositPercent' | 'paymentPolicy'>,
  seats: number,
): Money | null {
  const whole = { ...price, amount: price.amount * seats };
  const due =
    paymentPolicy === 'none'
      ? 0
      : paymentPolicy === 'full'
        ? whole.amount
        : deposit !== null
          ? deposit.amount * seats
          : shareOf(whole, depositPercent ?? 0).amount;
  return due === 0 ? null : { amount: due, currency: price.currency };
}
