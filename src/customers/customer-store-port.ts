// What keeping customers needs of its storage. `persistence/customers/` implements it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { Customer, CustomerPayment, CustomerRecord } from './customer.ts';
import type { Question } from './question.ts';
import type { Within } from './within.ts';

/** `after`: the last one of the page before. */
type CustomerQuestion = { readonly question: Question | null; readonly within: Within; readonly limit: number; readonly after: string | null };

/** Inside a transaction, with the rows of the customers it asks for locked. */
export type CustomerTransaction = KeptReplies & {
  /** Also by the id of one that was merged into them. */
  customer(id: string, within: Within): Promise<Customer | undefined>;
  /** Whose address this is; an address that came by merging counts. */
  ownerOf(email: string): Promise<string | undefined>;
  isIdTaken(id: string): Promise<boolean>;
  add(customer: Customer): Promise<void>;
  /** A line whose address belongs to a customer by now is left out. How many were added. */
  addMany(customers: readonly Customer[]): Promise<number>;
  /** And the contact details of upcoming appointments that were those of before. */
  change(before: Customer, after: Customer, phoneE164: string | null): Promise<void>;
  /** Whether they belong to a location that the reader does not look after: by an appointment, or since the record was made there. */
  isElsewhere(customer: Customer, within: Within): Promise<boolean>;
  /** Appointments that are still to be kept, or under way. */
  ahead(id: string): Promise<{ readonly count: number; readonly next: { readonly id: string; readonly startsAt: Instant; readonly timeZone: string } | null }>;
  /** Whether a payment for a booking of theirs is under way: it keeps what they typed until it has ended. */
  isPaying(customer: Customer): Promise<boolean>;
  /** Everything of one is the other's from now on: appointments, messages, account; address and id lead to them. `merged`: what the other one is then. */
  merge(from: Customer, merged: Customer, at: Instant): Promise<void>;
  /** Everything that was typed about them is gone, with their account, whose sessions end. */
  erase(customer: Customer, at: Instant): Promise<{ readonly endedSessions: readonly string[] }>;
  addAuditEntry(entry: AuditEntry): Promise<void>;
  /** How far an import is with what this transaction adds. */
  noteImport(id: string, progress: { readonly customers: number; readonly added: number; readonly at: Instant; readonly isOver: boolean }): Promise<void>;
};

/** How far one import is. `customers`: to be added; null while the table is read. `seenAt`: of its last step. */
export type ImportProgress = {
  readonly id: string;
  readonly customers: number | null;
  readonly added: number;
  readonly startedAt: Instant;
  readonly seenAt: Instant;
  readonly endedAt: Instant | null;
};

/** What a table of customers has of one. `isShared`: as of a record. */
export type ExportedCustomer = Pick<Customer, 'id' | 'name' | 'email' | 'phone' | 'notes' | 'tags'> & Pick<CustomerRecord, 'isShared'>;

export type CustomerStore = {
  /** By how well it fits, then by name. `unknown-cursor`: the last one of the page before is not there any more. */
  list(question: CustomerQuestion): Promise<{ readonly items: readonly CustomerRecord[]; readonly hasMore: boolean } | 'unknown-cursor'>;
  /** Also by the id of one that was merged into them. */
  record(id: string, within: Within): Promise<CustomerRecord | undefined>;
  /** Customers with one of these addresses, also one that came by merging, or one of these names. */
  known(
    among: readonly { readonly name: string; readonly email?: string | null | undefined }[],
  ): Promise<readonly Pick<ExportedCustomer, 'name' | 'email' | 'phone'>[]>;
  /** By id, after one of them; null: from the first on. */
  exported(within: Within, after: string | null, limit: number): Promise<readonly ExportedCustomer[]>;
  /** Addresses that came by merging. */
  otherAddresses(id: string): Promise<readonly string[]>;
  /** Newest first; of a reader of a location, those there. */
  payments(id: string, within: Within, limit: number): Promise<readonly CustomerPayment[]>;
  readonly imports: {
    begin(beginning: { readonly id: string; readonly locationId: string | null; readonly at: Instant }): Promise<void>;
    /** One that was refused as a whole. */
    forget(id: string): Promise<void>;
    /** The newest first, of a reader of a location those of its users. */
    list(within: Within): Promise<readonly ImportProgress[]>;
  };
  changing<T>(work: (transaction: CustomerTransaction) => Promise<T>): Promise<T>;
};
