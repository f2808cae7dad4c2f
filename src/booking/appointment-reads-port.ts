// How booking reads appointments: `persistence/appointments/` does it.
import type { Appointment } from '../actors/calendar/calendar.ts';
import type { StandingDetails } from '../actors/calendar/typed.ts';
import type { CalendarChange } from '../actors/scheduler.ts';
import type { AppointmentStatus } from '../model/appointment-status.ts';
import type { Instant } from '../model/instant.ts';

/** `details`: what was typed for it; null where that was erased. */
export type AppointmentRecord = Appointment & { readonly revision: number; readonly details: StandingDetails | null };
/** What is left out does not filter; an empty list lets nothing through. */
export type AppointmentFilter = {
  /** Those that are at least in part in the half-open range. */
  readonly from?: Instant;
  readonly to?: Instant;
  readonly updatedSince?: Instant;
  /** By start, the earliest first unless it says `-`, or by the last change; then by id. */
  readonly order?: 'startsAt' | '-startsAt' | 'updatedAt';
  readonly staffIds?: readonly string[];
  /** Of what they take along. */
  readonly resourceIds?: readonly string[];
  readonly locationIds?: readonly string[];
  readonly customerId?: string;
  /** The address of the account that asks for its own: without those whose address was corrected to another one. */
  readonly ownerEmail?: string;
  readonly serviceId?: string;
  readonly statuses?: readonly AppointmentStatus[];
  /** What `sourceGroup` begins with. */
  readonly sourceGroup?: string;
  /** Only those that nobody who is logged in has made. */
  readonly madeByGuest?: boolean;
};
export type AppointmentPage = { readonly items: readonly (AppointmentRecord & { readonly updatedAt: Instant })[]; readonly nextCursor: string | null };

/** `sources`: what `sourceGroup` begins with. `except` are ids that are not counted. `byGuests`: only what nobody who is logged in has made. */
export type BookedOnlineQuestion = {
  readonly sources: readonly string[];
  /** Of the customer. */
  readonly email: string;
  readonly now: Instant;
  readonly madeSince: Instant;
  readonly byGuests: boolean;
  readonly except: readonly string[];
};
/** `open`: ahead, and neither cancelled nor declined. `made`: since `madeSince`, whatever has become of it. `ofCustomer`: open ones of the customer, as far as guests have made them. */
export type BookedOnline = {
  readonly bySource: readonly { readonly source: string; readonly open: number; readonly made: number }[];
  readonly ofCustomer: number;
};

/** `except`: an id that is not counted. `among`: all, those that this user has made, or those that guests have made from these sources. */
export type OverlapQuestion = {
  readonly customerId: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly except: string;
  readonly among: 'all' | { readonly createdBy: string } | { readonly sources: readonly string[] };
};

/** Appointments as the database has them. A cursor is what the page before said. */
export type AppointmentReads = {
  byId(id: string): Promise<AppointmentRecord | undefined>;
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, AppointmentRecord>>;
  /** What was typed for appointments, by id; without those of which it was erased. */
  detailsOf(ids: readonly string[]): Promise<ReadonlyMap<string, StandingDetails>>;
  /** How often the address of its customer was corrected: links of before are good no longer. 0: never, or it was erased. */
  correctionsOf(appointmentId: string): Promise<number>;
  /** The customer with this address, or who had it before they were merged; `undefined`: it is not known. `isBlocked`: they may not book for themselves. */
  customerOf(email: string): Promise<{ readonly id: string; readonly isBlocked: boolean } | undefined>;
  /** `unknown-cursor`: no page has given it. */
  list(filter: AppointmentFilter, limit: number, cursor: string | null): Promise<AppointmentPage | 'unknown-cursor'>;
  /** How many start between each moment and the next, without those that were cancelled or declined: one number fewer than moments, which rise. */
  counts(filter: Pick<AppointmentFilter, 'staffIds' | 'locationIds' | 'customerId' | 'ownerEmail'>, moments: readonly Instant[]): Promise<readonly number[]>;
  /** Calendars with appointments or holds that overlap [from, to), of one location or for null of any, besides those that are named. */
  calendarsWithClaims(question: {
    readonly from: Instant;
    readonly to: Instant;
    readonly locationId: string | null;
    readonly besides: readonly string[];
  }): Promise<readonly string[]>;
  /** Live appointments of a customer that overlap [from, to), on whatever calendar: the first few, by start. */
  overlapping(question: OverlapQuestion): Promise<readonly AppointmentRecord[]>;
  /** When an appointment became what it is; `undefined`: the change log does not reach back that far. */
  changedAt(appointment: Pick<AppointmentRecord, 'calendarId' | 'revision'>): Promise<Instant | undefined>;
  /** What was booked online from these sources and for this customer; see `BookedOnline`. */
  bookedOnline(question: BookedOnlineQuestion): Promise<BookedOnline>;
  /** What happened to one appointment, on whatever calendar, oldest first. */
  history(id: string): Promise<readonly CalendarChange[]>;
};
