// What booking is done with, composed once by the server. Every function names the least of these that it needs, and knows nothing of requests and sockets.
import type { ClaimTokens } from '../access/claim-tokens.ts';
import type { GuestSources } from '../access/guest-sources.ts';
import type { ChangeLog } from '../actors/change-log-port.ts';
import type { ClaimAsk, Scheduler } from '../actors/scheduler.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { Customers } from '../customers/customers.ts';
import type { BigQuestions } from '../limits/big-questions.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { AppointmentReads } from './appointment-reads-port.ts';
import type { BookingLedger } from './booking-ledger.ts';
import type { GuestCodes } from './guest-codes.ts';
import type { HoldLedger } from './hold-ledger.ts';
import type { LogWaiters } from './log-waiters.ts';
import type { VoucherStore } from './vouchers.ts';

/** How many appointments people may make without an account, before `rateLimitScale`: open and ahead from one address and for one mailbox, and in an hour from one address. */
type GuestBookings = { readonly perAddress: number; readonly perEmail: number; readonly perHour: number };
export type BookingConfig = { readonly holdSeconds: number; readonly guestBookings: GuestBookings; readonly rateLimitScale: number };

/** What is offered, and whose calendar is which. */
export type Catalogs = { readonly catalog: Pick<CatalogKeeper, 'snapshot' | 'snapshotWithArchived'> };

/** `outcome` is `ok`, a problem code, or `replayed`. */
type Counting = { readonly metrics: { operationEnded(operation: string, outcome: string): void } };

/** To ask a calendar for a write, and to count what that costs who asks. */
export type Asking = Catalogs &
  Counting & {
    readonly scheduler: Scheduler;
    readonly limits: RateLimits;
    readonly holdLedger: HoldLedger;
    /** Told of claims that were refused because the time is taken. */
    readonly lostDemand: { note(ask: ClaimAsk): void };
  };

/** To find an appointment that the caller may reach: by login, or by a token for it. */
export type Finding = {
  readonly scheduler: Pick<Scheduler, 'now'>;
  readonly appointments: Pick<AppointmentReads, 'byId' | 'changedAt' | 'correctionsOf'>;
  readonly tokens: Pick<ClaimTokens, 'appointmentOf'>;
};

/** To read appointments and calendars. */
export type Reading = Catalogs & Finding & { readonly scheduler: Scheduler; readonly appointments: AppointmentReads; readonly tokens: ClaimTokens };

/** To tell of an appointment that was changed. */
export type Describing = Catalogs & { readonly appointments: Pick<AppointmentReads, 'detailsOf'>; readonly tokens: Pick<ClaimTokens, 'manageToken'> };

/** To look for free times. */
export type Looking = Catalogs & Finding & { readonly scheduler: Scheduler; readonly limits: RateLimits; readonly bigQuestions: BigQuestions };

/** To follow everything that happens in the business. */
export type Following = Reading & { readonly changeLog: ChangeLog; readonly logWaiters: LogWaiters };

/** To place and keep holds. */
export type Holding = Asking & { readonly tokens: ClaimTokens; readonly config: Pick<BookingConfig, 'holdSeconds'> };

/** To book and to change what is booked. */
export type Booking = Holding &
  Reading & {
    readonly config: BookingConfig;
    readonly bookingLedger: BookingLedger;
    readonly guestSources: GuestSources;
    readonly guestCodes: GuestCodes;
    readonly customers: Pick<Customers, 'record'>;
    readonly vouchers: VoucherStore;
  };
