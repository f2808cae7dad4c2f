// Customers as the business keeps them. Types only.
import type { AppointmentStatus } from '../model/appointment-status.ts';
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import type { PaymentMethod, PaymentState } from '../model/payment-words.ts';

/** `at`: when it was written down. */
type Consent = { readonly given: boolean; readonly at: Instant };

/** `email` is in the form of `normaliseEmail`, and belongs to one customer. */
export type Customer = {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** As it was typed. */
  readonly phone: string | null;
  readonly notes: string | null;
  readonly staffNotes: string | null;
  readonly tags: readonly string[];
  /** They may not book for themselves. */
  readonly isBlocked: boolean;
  /** Whether they agree to be written to about offers; null: they were not asked. */
  readonly marketing: Consent | null;
  /** The location of the user who made the record, if they have one; null: it was made for all, or by a booking. */
  readonly locationId: string | null;
  readonly createdAt: Instant;
  readonly version: number;
};

/** What is kept of money that a person paid, or was about to pay. `amount` and others: in the minor unit of the currency. */
export type CustomerPayment = {
  readonly id: string;
  readonly appointmentId: string;
  readonly method: PaymentMethod;
  readonly state: PaymentState;
  readonly amount: number;
  readonly received: number;
  readonly refunded: number;
  readonly currency: string;
  readonly createdAt: Instant;
};

type NextAppointment = {
  readonly id: string;
  readonly status: AppointmentStatus;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly timeZone: string;
  readonly serviceId: string;
  readonly serviceName: string | null;
  readonly staffId: string;
  readonly locationId: string;
};

/** With what follows from the appointments that a reader may see. */
export type CustomerRecord = Customer & {
  readonly visits: number;
  readonly noShows: number;
  readonly cancelled: number;
  /** What was paid for these appointments, less what went back; one for each currency. */
  readonly spent: readonly Money[];
  readonly next: NextAppointment | null;
  readonly hasAccount: boolean;
  /** They belong to other locations than the reader's, too, and what was written about them may have been written there. */
  readonly isShared: boolean;
};
