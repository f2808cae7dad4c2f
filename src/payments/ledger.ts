// The books: entries that are only ever added. Each is double: what one account gains, the other loses, so all accounts together are always nothing.
import type { Instant } from '../model/instant.ts';
import { type Money, taxIn } from '../model/money.ts';
import { disputeRefundId } from '../model/payment-facts.ts';
import type { LEDGER_ACCOUNTS, PaymentMethod } from '../model/payment-words.ts';

/**
 * `key`: what it follows from, once. The account of the method gains the amount, and that of the customer, whom the business owes it until they have had their appointment,
 * loses it. In minor units. Payouts, and what else the provider moves by itself, are of no payment, appointment and location. `taxPercent`: the rate that was agreed for the payment; null: none was said. `tax`: what the amount includes of it, where it comes from the customer or goes back
 * to them, and null elsewhere. It is worked out when the entry is written, and what came less what went back of a payment has exactly the tax of what is left of it.
 */
export type LedgerEntry = {
  readonly key: string;
  readonly paymentId: string | null;
  readonly appointmentId: string | null;
  readonly locationId: string | null;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amount: number;
  readonly currency: string;
  readonly taxPercent: number | null;
  readonly tax: number | null;
  readonly at: Instant;
};
/** Where money is: with the provider, in the till, in the account of the card terminal, withdrawn by banks that ask for it; and what was received from customers. `fees`: kept by the provider; `payouts`: paid out by it; `other`: what else it has moved, as from one currency to another. */
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

const ACCOUNT_OF = { stripe: 'provider', test: 'provider', cash: 'cash', terminal: 'terminal' } as const satisfies Record<PaymentMethod, LedgerAccount>;

const REFUND_KEY = 'refund/';

/** A payment as it is before the entry. */
type Of = Pick<LedgerEntry, 'taxPercent'> & {
  readonly id: string;
  readonly appointmentId: string;
  readonly locationId: string;
  readonly method: PaymentMethod;
  readonly money: Money;
  readonly received: number;
  readonly refunded: number;
};

export function receiptEntry(payment: Of, amount: number, at: Instant): LedgerEntry {
  return entry(payment, { key: `receipt/${payment.id}`, debit: ACCOUNT_OF[payment.method], credit: 'customers', amount, tax: taxOf(payment, amount) }, at);
}

export function refundEntry(payment: Of, refundId: string, amount: number, at: Instant): LedgerEntry {
  return entry(payment, { key: REFUND_KEY + refundId, debit: 'customers', credit: ACCOUNT_OF[payment.method], amount, tax: taxBack(payment, amount) }, at);
}

/** Money has come from a customer. */
export function isReceipt({ credit }: Pick<LedgerEntry, 'credit'>): boolean {
  return credit === 'customers';
}

/** The id of the refund with which it has gone back to them, or was left to them by a lost dispute; `undefined`: it is something else. */
export function refundOf({ key, debit, credit }: Pick<LedgerEntry, 'key' | 'debit' | 'credit'>): string | undefined {
  if (debit !== 'customers') return undefined;
  return credit === 'disputes' ? disputeRefundId(key.slice(disputeEndKey('').length)) : key.slice(REFUND_KEY.length);
}

export const METHOD_ACCOUNTS = ['provider', 'cash', 'terminal'] as const;
type MethodAccount = (typeof METHOD_ACCOUNTS)[number];
/** What an entry changes of the takings. `disputed`: what banks have withdrawn, less what they have given back. */
type Taken = { readonly account: MethodAccount; readonly received: number; readonly refunded: number; readonly disputed: number };

/** `undefined`: nothing, as of fees and payouts, or where a bank gives a customer for good what it has withdrawn before. */
export function takenBy({ debit, credit, amount }: Pick<LedgerEntry, 'debit' | 'credit' | 'amount'>): Taken | undefined {
  const nothing = { received: 0, refunded: 0, disputed: 0 };
  const account = METHOD_ACCOUNTS.find((one) => one === debit || one === credit);
  if (account === undefined) return undefined;
  if (credit === 'customers') return { account, ...nothing, received: amount };
  if (debit === 'customers') return { account, ...nothing, refunded: amount };
  if (debit !== 'disputes' && credit !== 'disputes') return undefined;
  return { account, ...nothing, disputed: debit === 'disputes' ? amount : -amount };
}

export function disputeKey(disputeId: string): string {
  return `dispute/${disputeId}`;
}

export function disputeEndKey(disputeId: string): string {
  return `dispute-end/${disputeId}`;
}

/** A bank asks for it, and the provider has withdrawn it. */
export function disputeEntry(payment: Of, disputeId: string, amount: number, at: Instant): LedgerEntry {
  return entry(payment, { key: disputeKey(disputeId), debit: 'disputes', credit: 'provider', amount, tax: null }, at);
}

/** Won: the provider has it again. Lost: the customer has. */
export function disputeEndEntry(payment: Of, disputeId: string, amount: number, isWon: boolean, at: Instant): LedgerEntry {
  const [debit, tax] = isWon ? (['provider', null] as const) : (['customers', taxBack(payment, amount)] as const);
  return entry(payment, { key: disputeEndKey(disputeId), debit, credit: 'disputes', amount, tax }, at);
}

type What = Pick<LedgerEntry, 'key' | 'debit' | 'credit' | 'amount' | 'tax'>;

function entry({ id, appointmentId, locationId, money, taxPercent }: Of, what: What, at: Instant): LedgerEntry {
  return { ...what, paymentId: id, appointmentId, locationId, currency: money.currency, taxPercent, at };
}

function taxOf({ money, taxPercent }: Pick<Of, 'money' | 'taxPercent'>, amount: number): number | null {
  return taxPercent === null ? null : taxIn({ ...money, amount }, taxPercent).tax.amount;
}

/** The difference that it makes to the tax of what is left. */
function taxBack(payment: Of, amount: number): number | null {
  const left = payment.received - payment.refunded;
  const [before, after] = [taxOf(payment, left), taxOf(payment, left - amount)];
  return before === null || after === null ? null : before - after;
}

/** What each account has, by currency: `EUR provider`. The sum of all is nothing. */
export function balances(entries: readonly Pick<LedgerEntry, 'debit' | 'credit' | 'amount' | 'currency'>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (account: string, amount: number) => sums.set(account, (sums.get(account) ?? 0) + amount);
  for (const { debit, credit, amount, currency } of entries) {
    add(`${currency} ${debit}`, amount);
    add(`${currency} ${credit}`, -amount);
  }
  return sums;
}
