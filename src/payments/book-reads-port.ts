import type { Instant } from '../model/instant.ts';
import type { PaymentMethod, PaymentState } from '../model/payment-words.ts';
import type { LedgerEntry } from './ledger.ts';
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
};

export type StoredLedgerEntry = LedgerEntry & { readonly number: number };

/** Payments and the books, as they are read by those who look after money. Rejects with ReadFailure while the database does not answer. */
export type BookReads = {
  /** The newest first. */
  list(question: PaymentQuestion, limit: number): Promise<Page<Payment> | 'unknown-cursor'>;
  ledger(question: Question, limit: number): Promise<Page<StoredLedgerEntry> | 'unknown-cursor'>;
  /** The oldest first. */
  entriesOf(payment: Pick<Payment, 'id' | 'appointmentId'>): Promise<readonly StoredLedgerEntry[]>;
};
