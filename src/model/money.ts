/** An amount in the currency's minor unit (cents), never a fraction; `currency` is ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string };
