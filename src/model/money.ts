/** An amount in the currency's minor unit (cents), never a fraction; `currency` is ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string };

/** A part of an amount, in whole minor units; half a unit is rounded up, so half of 5 is 3. `percent` from 0 to 100. */
export function shareOf({ amount, currency }: Money, percent: number): Money {
  const hundredths = BigInt(amount) * BigInt(percent);
  return { amount: Number((hundredths + 50n) / 100n), currency };
}
