// What a service has to be paid before it is booked, and what a no-show costs, by the catalog.
import type { FieldError } from '../model/field-error.ts';
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

/**
 * For all seats; null: nothing. A share is of the price of all seats, less the `discount` of a voucher, rounded as in `shareOf`; an amount is limited by that price. What a discount
 * leaves that providers do not take is paid at the desk.
 */
export function dueBefore(
  { price, deposit, depositPercent, paymentPolicy }: Pick<BookableService, 'price' | 'deposit' | 'depositPercent' | 'paymentPolicy'>,
  seats: number,
  discount = 0,
): Money | null {
  const whole = { ...price, amount: price.amount * seats - discount };
  const due =
    paymentPolicy === 'none'
      ? 0
      : paymentPolicy === 'full' || paymentPolicy === 'reserve'
        ? whole.amount
        : deposit !== null
          ? Math.min(deposit.amount * seats, discount > 0 ? whole.amount : Number.POSITIVE_INFINITY)
          : shareOf(whole, depositPercent ?? 0).amount;
  return due === 0 || (discount > 0 && due < LEAST_DUE) ? null : { amount: due, currency: price.currency };
}

type WithFee = Pick<BookableService, 'price' | 'noShowFee' | 'noShowFeePercent'>;

/** What a no-show of all seats owes; null: nothing. A share is of the price of all seats, less the `discount` of a voucher, rounded as in `shareOf`. */
export function noShowFeeOf({ price, noShowFee, noShowFeePercent }: WithFee, seats: number, discount = 0): Money | null {
  const whole = price.amount * seats - discount;
  const share = shareOf({ ...price, amount: whole }, noShowFeePercent ?? 0);
  const amount = noShowFee === null ? share.amount : noShowFee.amount * seats;
  const fee = { ...share, amount: discount > 0 ? Math.min(amount, whole) : amount };
  return fee.amount === 0 ? null : fee;
}

/** What is wrong with it, by field. Like a deposit it can be taken by card, so it has the limits of a card. */
export function feeErrors(
  service: WithFee & Pick<BookableService, 'capacity' | 'noShowFeeCard' | 'noShowFeeTaxed' | 'taxPercent' | 'paymentPolicy'>,
): readonly FieldError[] {
  const { price, noShowFee, noShowFeePercent, noShowFeeTaxed, taxPercent, capacity } = service;
  if (noShowFee !== null && noShowFeePercent !== null) return [{ path: 'noShowFeePercent', message: 'must be null where noShowFee is an amount' }];
  if (noShowFee !== null && noShowFee.currency !== price.currency) return [{ path: 'noShowFee.currency', message: 'must be the currency of the price' }];
  if (noShowFee !== null && noShowFee.amount > price.amount) return [{ path: 'noShowFee.amount', message: 'must not be more than the price' }];
  if (noShowFee === null && noShowFeePercent === null) {
    const set = (['noShowFeeCard', 'noShowFeeTaxed'] as const).filter((name) => service[name]);
    return set.map((path) => ({ path, message: 'must be false where there is no no-show fee' }));
  }
  if (noShowFeeTaxed && taxPercent === null) return [{ path: 'noShowFeeTaxed', message: 'must be false where taxPercent is null' }];
  if (service.noShowFeeCard && service.paymentPolicy === 'reserve')
    return [{ path: 'noShowFeeCard', message: 'must be false where paymentPolicy is reserve: the fee is taken of what is reserved' }];
  const path = noShowFee === null ? 'noShowFeePercent' : 'noShowFee';
  if ((noShowFeeOf(service, 1)?.amount ?? 0) < LEAST_DUE) return [{ path, message: `must come to at least ${LEAST_DUE} in the minor unit of the currency` }];
  const isTooMuch = (noShowFeeOf(service, capacity)?.amount ?? 0) > MOST_DUE;
  return isTooMuch ? [{ path, message: `must come to at most ${MOST_DUE} in the minor unit of the currency for all seats` }] : [];
}
