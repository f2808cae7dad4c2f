// The one place where the gateway's parts come together. Routes, messages and features name the least that they need of it: see `parts.ts` here and in booking.
// A new part is added to `GatewayParts` by who opens it, and to nothing else.
import type { Logger } from 'pino';
import { ClaimTokens } from '../access/claim-tokens.ts';
import { GuestSources } from '../access/guest-sources.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ChangeLog } from '../actors/change-log-port.ts';
import type { Scheduler } from '../actors/scheduler.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AppointmentReads } from '../booking/appointment-reads-port.ts';
import { BookingLedger } from '../booking/booking-ledger.ts';
import type { HeardDayNotes } from '../booking/day-notes.ts';
import { GuestCodes } from '../booking/guest-codes.ts';
import { HoldLedger } from '../booking/hold-ledger.ts';
import { LogWaiters } from '../booking/log-waiters.ts';
import type { TimeOffRequestStore } from '../booking/time-off-requests.ts';
import type { VoucherStore } from '../booking/vouchers.ts';
import type { CalendarFeeds } from '../calendars-in-and-out/calendar-feeds.ts';
import type { ExternalCalendars } from '../calendars-in-and-out/external-calendars.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { Customers } from '../customers/customers.ts';
import type { CustomerImports } from '../customers/import-customers.ts';
import type { LostDemand } from '../insights/lost-demand.ts';
import type { Reports } from '../insights/reports.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { BigQuestions } from '../limits/big-questions.ts';
import { RateLimits } from '../limits/rate-limits.ts';
import type { Messages } from '../messages/messages.ts';
import type { SmsListening } from '../messages/sms-callbacks.ts';
import type { Templates } from '../messages/templates.ts';
import type { Notifications } from '../notifications/notifications.ts';
import type { TestPaying } from '../payments/begin-payment.ts';
import type { WithPayments } from '../payments/parts.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { GatewayMetrics } from './metrics.ts';
import { OutageLog } from './outage.ts';
import type { DatabaseHealth, GatewayConfig, Readiness, SharedParts, SystemState } from './parts.ts';
import { TokenVerifier } from './security/token-verifier.ts';

export type GatewayParts = {
  readonly scheduler: Scheduler;
  readonly catalog: CatalogKeeper;
  readonly accounts: Accounts;
  readonly appointments: AppointmentReads;
  readonly changeLog: ChangeLog;
  readonly audit: Pick<AuditTrail, 'list' | 'noteExport'>;
  readonly webhooks: Webhooks;
  readonly calendars: { readonly feeds: CalendarFeeds; readonly external: ExternalCalendars };
  readonly customers: Customers;
  readonly imports: CustomerImports;
  readonly dayNotes: HeardDayNotes;
  readonly vouchers: VoucherStore;
  readonly timeOffRequests: TimeOffRequestStore;
  readonly messages: Messages;
  readonly reports: Pick<Reports, 'read'>;
  readonly lostDemand: Pick<LostDemand, 'note'>;
  readonly jobs: Pick<Jobs, 'dead' | 'retry' | 'gauges'>;
  readonly system: () => Promise<SystemState>;
  readonly templates: Templates;
  readonly notifications: Notifications;
  readonly payments: WithPayments['payments'];
  /** null: money is real, or there is none. */
  readonly testPaying: TestPaying | null;
  /** null: there is no provider of text messages. */
  readonly sms: SmsListening | null;
  readonly database: DatabaseHealth;
  /** null: this is the only node. */
  readonly shared: SharedParts | null;
  readonly config: GatewayConfig;
  readonly logger: Logger;
};

/** Everything. For `http/app.ts` and `socket/socket-gateway.ts`; whatever else asks for it asks for too much. */
export type Gateway = GatewayParts & {
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

export function composeGateway(parts: GatewayParts): Gateway {
  const readiness: Readiness = { state: 'starting' };
  return {
    ...parts,
    logWaiters: new LogWaiters({
      log: parts.changeLog,
      isLeaving: () => readiness.state === 'draining' || readiness.state === 'stopping',
      scale: parts.config.rateLimitScale,
    }),
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
