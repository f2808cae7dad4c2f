// Everything the gateway works with, made once and handed to every route and every socket message.
import type { Logger } from 'pino';
import { ClaimTokens } from '../access/claim-tokens.ts';
import { GuestSources } from '../access/guest-sources.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Appointment } from '../actors/calendar/calendar.ts';
import type { PersonalDetails } from '../actors/calendar/typed.ts';
import type { ChangeLog } from '../actors/change-log-port.ts';
import type { CalendarChange, Scheduler } from '../actors/scheduler.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { AppointmentStatus } from '../model/appointment-status.ts';
import type { Instant } from '../model/instant.ts';
import { LogWaiters } from './log-waiters.ts';
import { GatewayMetrics } from './metrics.ts';
import { OutageLog } from './outage.ts';
import { BigQuestions } from './security/big-questions.ts';
import { BookingLedger } from './security/booking-ledger.ts';
import { GuestCodes } from './security/guest-codes.ts';
import { HoldLedger } from './security/hold-ledger.ts';
import { RateLimits, type SharedCounters } from './security/rate-limits.ts';
import { TokenVerifier } from './security/token-verifier.ts';
import type { AdapterClients } from './socket/other-nodes.ts';

/** `details`: what was typed for it; null where that was erased. */
export type AppointmentRecord = Appointment & { readonly revision: number; readonly details: PersonalDetails | null };
/** What is left out does not filter. */
export type AppointmentFilter = {
  /** Those that are at least in part in the half-open range. */
  readonly from?: Instant;
  readonly to?: Instant;
  readonly updatedSince?: Instant;
  /** By start, the earliest first unless it says `-`, or by the last change; then by id. */
  readonly order?: 'startsAt' | '-startsAt' | 'updatedAt';
  readonly staffIds?: readonly string[];
  readonly locationIds?: readonly string[];
  readonly customerId?: string;
  readonly serviceId?: string;
  readonly statuses?: readonly AppointmentStatus[];
  /** What `sourceGroup` begins with. */
  readonly sourceGroup?: string;
  /** Only those that nobody who is logged in has made. */
  readonly madeByGuest?: boolean;
};
type AppointmentPage = { readonly items: readonly (AppointmentRecord & { readonly updatedAt: Instant })[]; readonly nextCursor: string | null };

/** `sources`: what `sourceGroup` begins with. `except` are ids that are not counted. `byGuests`: only what nobody who is logged in has made. */
type BookedOnlineQuestion = {
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
type OverlapQuestion = {
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
  detailsOf(ids: readonly string[]): Promise<ReadonlyMap<string, PersonalDetails>>;
  /** The customer with this address; `undefined`: it is not known. */
  customerOf(email: string): Promise<string | undefined>;
  /** `unknown-cursor`: no page has given it. */
  list(filter: AppointmentFilter, limit: number, cursor: string | null): Promise<AppointmentPage | 'unknown-cursor'>;
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

/** `not-writing`: it answers, and nothing can be written; the disk is full, or it can only be read. */
export type DatabaseCondition = 'ready' | 'database-unreachable' | 'database-not-writing';
type DatabaseHealth = { readonly kind: 'postgres' | 'pglite'; condition(): Promise<DatabaseCondition> };

/** How many appointments people may make without an account, before `rateLimitScale`: open and ahead from one address and for one mailbox, and in an hour from one address. */
type GuestBookings = { readonly perAddress: number; readonly perEmail: number; readonly perHour: number };

export type GatewayConfig = {
  readonly version: string;
  /** Where people reach the server, without a slash at the end. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  /** What `Host` may say besides `localhost` and addresses, in lower case. */
  readonly hostNames: readonly string[];
  readonly holdSeconds: number;
  /** Whether the accounts are the demo's, with a password that the start message tells. */
  readonly isDemo: boolean;
  readonly rateLimitScale: number;
  readonly guestBookings: GuestBookings;
  /** Proxies in front whose `X-Forwarded-For` is believed; 0 is none. */
  readonly trustedProxies: number;
  /** The bundled pages; null: none are served. */
  readonly webDirectory: string | null;
  /** Where `problems.md` is; null: problem pages say only what the table of codes says. */
  readonly docsDirectory: string | null;
};

/** What the gateways of several nodes share. */
type SharedParts = {
  /** Begins every key and channel of this installation, as other installations may use the same Redis. */
  readonly namespace: string;
  readonly counters: SharedCounters;
  readonly adapter: AdapterClients;
};

export type GatewayParts = {
  readonly scheduler: Scheduler;
  readonly catalog: CatalogKeeper;
  readonly accounts: Accounts;
  readonly appointments: AppointmentReads;
  readonly changeLog: ChangeLog;
  readonly audit: Pick<AuditTrail, 'list'>;
  readonly database: DatabaseHealth;
  /** null: this is the only node. */
  readonly shared: SharedParts | null;
  readonly config: GatewayConfig;
  readonly logger: Logger;
};

export type GatewayContext = GatewayParts & {
  readonly tokens: ClaimTokens;
  readonly verifier: TokenVerifier;
  readonly limits: RateLimits;
  readonly holdLedger: HoldLedger;
  readonly bigQuestions: BigQuestions;
  readonly bookingLedger: BookingLedger;
  readonly guestSources: GuestSources;
  readonly guestCodes: GuestCodes;
  readonly metrics: GatewayMetrics;
  readonly readiness: Readiness;
  readonly outages: OutageLog;
  readonly logWaiters: LogWaiters;
};

/** `draining`: balancers are told to go elsewhere, and whoever still comes is served. `stopping`: sockets are being sent away. */
export type Readiness = { state: 'starting' | 'ready' | 'draining' | 'stopping' };

export function createGatewayContext(parts: GatewayParts): GatewayContext {
  const readiness: Readiness = { state: 'starting' };
  return {
    ...parts,
    logWaiters: new LogWaiters({ log: parts.changeLog, readiness, scale: parts.config.rateLimitScale }),
    tokens: new ClaimTokens(parts.accounts.keys),
    verifier: new TokenVerifier(parts.accounts),
    limits: new RateLimits(parts.config.rateLimitScale, parts.shared),
    holdLedger: new HoldLedger(parts.config.rateLimitScale, parts.shared),
    bigQuestions: new BigQuestions(parts.config.rateLimitScale),
    bookingLedger: new BookingLedger(parts.shared),
    guestCodes: new GuestCodes(parts.accounts.keys),
    guestSources: new GuestSources(parts.accounts.keys),
    metrics: new GatewayMetrics(),
    readiness,
    outages: new OutageLog(parts.logger),
  };
}
