/** An amount in the currency's minor unit (cents), never a fraction; `currency` is ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string };

/** `from`: it costs at least that, and the business says at the desk how much it is. `free`: nothing is ever asked for. */
export const PRICE_TYPES = ['fixed', 'from', 'free'] as const;
export type PriceType = (typeof PRICE_TYPES)[number];

/** A part of an amount, in whole minor units; half a unit is rounded up, so half of 5 is 3. `percent` from 0 to 100. */
export function shareOf({ amount, currency }: Money, percent: number): Money {
  const hundredths = BigInt(amount) * BigInt(percent);
  return { amount: Number((hundredths + 50n) / 100n), currency };
}

/**
 * The tax that an amount includes, and the rest: together they are the amount. `percent` has at most two decimals. The tax is rounded to whole minor
 * units, half a unit up.
 */
export function taxIn({ amount, currency }: Money, percent: number): { readonly tax: Money; readonly net: Money } {
  const rate = BigInt(Math.round(percent * 100));
  const gross = 10_000n + rate;
  const tax = Number((2n * BigInt(amount) * rate + gross) / (2n * gross));
  return { tax: { amount: tax, currency }, net: { amount: amount - tax, currency } };
}
