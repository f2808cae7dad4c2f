// Vouchers: a code with which a price becomes less. The rules alone; how often one was used is counted by the database, in the commits of holds and bookings.
import type { Instant } from './instant.ts';
import { type Money, shareOf } from './money.ts';

export type Voucher = {
  readonly id: string;
  /** As `spelledCode` has it. */
  readonly code: string;
  /** Off the price of all seats. One of the two is null. */
  readonly amount: Money | null;
  readonly percent: number | null;
  readonly leastPrice: Money | null;
  /** null: as often as anyone likes. */
  readonly mostUses: number | null;
  readonly mostUsesEach: number | null;
  /** Empty: for all. */
  readonly serviceIds: readonly string[];
  readonly validFrom: Instant | null;
  /** Until this moment, which does not count. */
  readonly validTo: Instant | null;
  readonly endedAt: Instant | null;
  readonly createdAt: Instant;
};

/** What an appointment, or a hold, has of it: an amount in the minor unit of the price, which is what is left without it. */
export type AgreedVoucher = { readonly voucherId: string; readonly discount: number };

/** One code has one spelling, however it was printed: capitals, without spaces. */
export function spelledCode(typed: string): string {
  return typed.normalize('NFKC').replaceAll(/\s+/gu, '').toUpperCase();
}

/** Never more than the price. A share is rounded as in `shareOf`: half a minor unit makes the price less by one. */
export function discountOf(price: Money, { amount, percent }: Pick<Voucher, 'amount' | 'percent'>): number {
  return amount === null ? shareOf(price, percent ?? 0).amount : Math.min(amount.amount, price.amount);
}

type Wanted = { readonly serviceId: string; readonly price: Money; readonly at: Instant };
/** Why it cannot be used; null: it can. */
export type VoucherRefusal = { readonly code: 'voucher-expired' | 'voucher-not-for-this'; readonly detail: string };

export function refusalOf(voucher: Voucher, { serviceId, price, at }: Wanted): VoucherRefusal | null {
  const { endedAt, validFrom, validTo, serviceIds, leastPrice, amount } = voucher;
  if (endedAt !== null || (validTo !== null && at >= validTo)) return { code: 'voucher-expired', detail: 'It has ended.' };
  if (validFrom !== null && at < validFrom) return { code: 'voucher-expired', detail: 'It is not valid yet.' };
  if (serviceIds.length > 0 && !serviceIds.includes(serviceId)) return { code: 'voucher-not-for-this', detail: 'It is for other services.' };
  if (price.amount === 0) return { code: 'voucher-not-for-this', detail: 'There is nothing to pay.' };
  const currency = amount?.currency ?? leastPrice?.currency ?? price.currency;
  if (currency !== price.currency) return { code: 'voucher-not-for-this', detail: `It is for prices in ${currency}.` };
  if (leastPrice === null || price.amount >= leastPrice.amount) return null;
  return { code: 'voucher-not-for-this', detail: `It is for prices from ${leastPrice.amount} ${currency} on, in the minor unit.` };
}
