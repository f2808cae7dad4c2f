// What a service has to be paid before it is booked, by the catalog.
import { type Money, shareOf } from '../model/money.ts';
import type { BookableService } from './catalog.ts';

/** Providers take no less: fifty cents, fifty yen. */
const LEAST_DUE = 50;
/** And no more: eight digits. */
const MOST_DUE = 99_999_999;

/** What is wrong with what all seats, or one, would have to pay; null: nothing. */
export function wrongDue(service: Pick<BookableService, 'price' | 'deposit' | 'depositPercent' | 'paymentPolicy' | 'capacity'>): string | null {
  if (service.paymentPolicy === 'deposit' && service.deposit?.amount === 0) return 'must be more than 0 where paymentPolicy is deposit';
  const due = dueBefore(service, 1);
  if (due !== null && due.amount < LEAST_DUE) return `must come to at least ${LEAST_DUE} in the minor unit of the currency to be paid online`;
  const most = dueBefore(service, service.capacity);
  return most !== null && most.amount > MOST_DUE ? `must come to at most ${MOST_DUE} in the minor unit of the currency for all seats to be paid online` : null;
}

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
