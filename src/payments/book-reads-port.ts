import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import type { PaymentMethod, PaymentState } from '../model/payment-words.ts';
import type { LedgerAccount, LedgerEntry } from './ledger.ts';
import type { Payment } from './payment-store-port.ts';

/** `nextCursor` null: that was all. */
type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };
type Question = { readonly locationId: string | null; readonly cursor: string | null };

/** null does not filter. `from` and `to` are about when it was begun, half-open. */
export type PaymentQuestion = Question & {
  readonly states: readonly PaymentState[] | null;
  readonly methods: readonly PaymentMethod[] | null;
  readonly hasAlarm: boolean | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** The reference of its appointment, or what the customer is found by. */
  readonly text: string | null;
  /** With a text: only of appointments that are at this location now. */
  readonly textWithin: string | null;
};

/** `account`: only what moves money of it. */
type LedgerQuestion = Question & { readonly account: LedgerAccount | null };

/** With what the receipt of its payment is called. */
export type StoredLedgerEntry = LedgerEntry & { readonly number: number; readonly receiptNumber: string | null };

/** A location, and a half-open time there; null: of no location. */
type PlaceAndTime = { readonly locationId: string | null; readonly from: Instant; readonly to: Instant };
/** `day`: which of the days that were asked for, from 0 on. */
export type LedgerSum = {
  readonly locationId: string;
  readonly day: number;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly currency: string;
  readonly taxPercent: number | null;
  readonly amount: number;
  /** Nothing where none was said. */
  readonly tax: number;
};

/** Of the visits of one day at a location: what a voucher took off their prices. Not of what was called off, nor of no-shows, who owe no price. */
export type DiscountSum = Pick<LedgerSum, 'locationId' | 'day' | 'currency'> & {
  readonly voucherId: string;
  readonly code: string;
  readonly uses: number;
  readonly discount: number;
};

/** Payments and the books, as they are read by those who look after money. Rejects with ReadFailure while the database does not answer. */
export type BookReads = {
  /** The newest first. */
  list(question: PaymentQuestion, limit: number): Promise<Page<Payment> | 'unknown-cursor'>;
  ledger(question: LedgerQuestion, limit: number): Promise<Page<StoredLedgerEntry> | 'unknown-cursor'>;
  /** The oldest first. */
  entriesOf(payment: Pick<Payment, 'id' | 'appointmentId'>): Promise<readonly StoredLedgerEntry[]>;
  /** What the provider has kept of each of these payments, by currency; of what is not known nothing. */
  feesOf(paymentIds: readonly string[]): Promise<ReadonlyMap<string, readonly Money[]>>;
  /** Sums of entries at these locations by day. `bounds`: where each day begins, and where the last one ends. */
  sums(locationIds: readonly string[], bounds: readonly Instant[]): Promise<readonly LedgerSum[]>;
  /** What vouchers took off, by the day of the visit; `bounds` as of `sums`. At most so many. */
  discounts(locationIds: readonly string[], bounds: readonly Instant[], limit: number): Promise<readonly DiscountSum[]>;
  /** The oldest first, after the one of this number. */
  entriesAt(places: readonly PlaceAndTime[], after: number, limit: number): Promise<readonly StoredLedgerEntry[]>;
  /** In the audit trail: the books were exported. */
  noteExport(entry: AuditEntry): Promise<void>;
};
