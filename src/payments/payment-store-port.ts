// What payments need of their storage. `persistence/payments/` implements it, and a store in memory in `test/payments/`.
import type { PersonalDetails } from '../actors/calendar/typed.ts';
import type { AppointmentDraft } from '../actors/scheduler.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import type { PaymentFailure } from '../model/payment-facts.ts';
import type { CardState, FeeRefusal, PaymentMethod, PaymentState } from '../model/payment-words.ts';
import type { LedgerEntry } from './ledger.ts';

/** What the appointment will be, as it was when paying began: enough to book it from an event alone. Personal, and removed once there is an appointment or can be none. */
export type BookingToPay = {
  readonly draft: AppointmentDraft;
  readonly approval: 'automatic' | 'manual';
  readonly details: PersonalDetails;
  /** null: no customer was known by the address. */
  readonly customerId: string | null;
  /** The slot, to ask for it again. */
  readonly slot: {
    readonly serviceId: string;
    readonly staffId: string;
    readonly startsAt: Instant;
    readonly endsAt: Instant;
    readonly seats: number;
    readonly resourceId?: string;
  };
  /** The hold was released while it was being paid for: money that comes all the same books nothing and goes back. */
  readonly isGivenUp?: true;
};

/** `capture`: how much is to be taken, in minor units, 0 being nothing; null: not decided. `takeAt`: when it is taken by itself, before the bank lets go of it; null: nothing is reserved yet. */
export type Reservation = { readonly capture: number | null; readonly takeAt: Instant | null };

/** One payment. `received` and `refunded`: what has come and gone back, in minor units of `money`. */
export type Payment = {
  readonly id: string;
  /** null: paid at the desk. */
  readonly holdId: string | null;
  /** Of the appointment that it pays; there may be none yet, or ever. */
  readonly appointmentId: string;
  readonly locationId: string;
  readonly state: PaymentState;
  readonly method: PaymentMethod;
  readonly money: Money;
  readonly received: number;
  readonly refunded: number;
  /** The rate of the tax that it includes, as agreed for what it pays; null: none was said. */
  readonly taxPercent: number | null;
  /** The provider's name of it; null: it has not been told yet, or there is none. */
  readonly providerId: string | null;
  readonly payUntil: Instant | null;
  readonly booking: BookingToPay | null;
  /** What its receipt is called. The storage gives it when money is booked, and it stays; null: none has come. */
  readonly receiptNumber: string | null;
  /** Why it needs attention; our own words. */
  readonly alarm: string | null;
  /** Of the card that is kept with it; null: none was asked for. With an amount of nothing the card is all there is. */
  readonly card: CardState | null;
  /** A no-show fee, which is charged to a kept card. */
  readonly isFee: boolean;
  /** Of such a fee: why it was not charged. */
  readonly refusal: FeeRefusal | null;
  /** What is reserved on a card and taken later; null: it is paid at once. */
  readonly reservation: Reservation | null;
  readonly createdAt: Instant;
  /** When it is to be looked at again; null: only if something happens. */
  readonly lookAt: Instant | null;
  /** Grows with each change. */
  readonly version: number;
};

/** Without a reservation it is paid at once. */
export type NewPayment = Omit<Payment, 'receiptNumber' | 'reservation'> & Partial<Pick<Payment, 'reservation'>>;

type RefundState = 'asked' | 'done' | 'failed';
/** `id` is also what the provider knows it by. `why`: our own word, or what was written at the desk. `by`: that user. */
export type Refund = {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly why: string;
  readonly by: string | null;
  readonly state: RefundState;
  readonly createdAt: Instant;
};

/** `offers`: free times near the one that was wanted, of money that came too late. */
export type PayerMessage = {
  readonly key: string;
  readonly kind: 'receipt' | 'refund' | 'payment-due';
  readonly money: Money;
  readonly offers?: readonly Instant[];
  readonly at: Instant;
};

export type PaymentChange = {
  readonly state?: PaymentState;
  readonly received?: number;
  readonly refunded?: number;
  readonly providerId?: string;
  readonly payUntil?: Instant;
  readonly booking?: BookingToPay | null;
  readonly alarm?: string | null;
  readonly card?: CardState;
  readonly refusal?: FeeRefusal;
  readonly reservation?: Reservation;
  readonly lookAt?: Instant | null;
  /** Written in the same transaction; an entry that is there already stays as it is. */
  readonly ledger?: readonly LedgerEntry[];
  /** A refund that is to be asked for; one with its id that is there already stays. */
  readonly refund?: Refund;
  /** A refund under an id that a caller has named: with one that is there already nothing at all is written. */
  readonly newRefund?: Refund;
  readonly settled?: { readonly refundId: string; readonly state: Exclude<RefundState, 'asked'> };
  /** A card has refused; those who are told of payments hear of it once for each reason. */
  readonly failed?: { readonly why: PaymentFailure; readonly at: Instant };
  /** Tells the customer by message; once for its key. */
  readonly message?: PayerMessage;
  /** Tells those who look after money. */
  readonly tells?: string;
  readonly audit?: AuditEntry;
};

export type Beside = Pick<PaymentChange, 'ledger' | 'audit' | 'message'>;

/** A no-show fee is not asked for. `reason`: what was written at the desk. `by`: that user. */
export type FeeWaiver = { readonly reason: string; readonly by: string | null; readonly at: Instant };

/** Rejects with ReadFailure while the database does not answer. */
export type PaymentStore = {
  /** Returns what is there for its hold, or under its id; then nothing else is written. */
  add(payment: NewPayment, beside?: Beside): Promise<Payment>;
  /** To be paid online for an appointment that is there already: the one of it that is open, or this one. */
  addOpen(payment: NewPayment): Promise<Payment>;
  /**
   * A no-show fee to be charged. The fee that is there already, charged or not yet; or this one. The time for a payment by a link that is open is over with it. `waived`, `tried`: nothing
   * was written, as it is not asked for, or as the card was declined `most` times.
   */
  addFee(fee: NewPayment, most: number, audit: AuditEntry): Promise<Payment | 'waived' | 'tried'>;
  /** Cards of appointments that ended before then are to be forgotten; at most `limit`. */
  dropCards(endedBefore: Instant, now: Instant, limit: number): Promise<void>;
  /** A message about an appointment’s money that follows from no payment. */
  tellCustomer(appointment: { readonly id: string; readonly locationId: string }, told: Pick<PaymentChange, 'message' | 'audit'>): Promise<void>;
  /** One that has come with money. `undefined`: the appointment has more than these `others` with money by now, and nothing was written. */
  addAtDesk(payment: NewPayment, others: number, beside: Beside): Promise<Payment | undefined>;
  byId(id: string): Promise<Payment | undefined>;
  byHold(holdId: string): Promise<Payment | undefined>;
  byProviderId(providerId: string): Promise<Payment | undefined>;
  /** The oldest first. */
  ofAppointment(appointmentId: string): Promise<readonly Payment[]>;
  /** Whether the no-show fee of that appointment is waived. */
  isWaived(appointmentId: string): Promise<boolean>;
  /** Waives it, or asks for it again (null). False: it was so before, and nothing was written. */
  waive(appointmentId: string, waiver: FeeWaiver | null, audit: AuditEntry): Promise<boolean>;
  /** By compare-and-set on the version; `undefined`: it was another one, and nothing was written. */
  change(payment: Payment, change: PaymentChange): Promise<Payment | undefined>;
  /** Those who look after money everywhere are told of what belongs to no payment; once a day of each reason. */
  tell(why: string, at: Instant): Promise<void>;
  refund(id: string): Promise<Refund | undefined>;
  refundsOf(paymentId: string): Promise<readonly Refund[]>;
  /** Those of the books that have one of these keys. */
  entries(keys: readonly string[]): Promise<readonly LedgerEntry[]>;
  /** Those to be looked at by now, the longest overdue first. */
  due(now: Instant, limit: number): Promise<readonly string[]>;
  /** Whether an event of the provider was followed up before. */
  hasEvent(eventId: string): Promise<boolean>;
  noteEvent(eventId: string, at: Instant): Promise<void>;
};
