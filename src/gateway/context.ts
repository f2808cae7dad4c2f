// Everything the gateway works with, made once and handed to every route and every socket message.
import type { Logger } from 'pino';
import { ClaimTokens } from '../access/claim-tokens.ts';
import { GuestSources } from '../access/guest-sources.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ChangeLog } from '../actors/change-log-port.ts';
import type { Scheduler } from '../actors/scheduler.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AppointmentReads } from '../booking/appointment-reads-port.ts';
import { BookingLedger } from '../booking/booking-ledger.ts';
import { GuestCodes } from '../booking/guest-codes.ts';
import { HoldLedger } from '../booking/hold-ledger.ts';
import { LogWaiters } from '../booking/log-waiters.ts';
import type { BookingConfig } from '../booking/parts.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import { BigQuestions } from '../limits/big-questions.ts';
import { RateLimits, type SharedCounters } from '../limits/rate-limits.ts';
import { GatewayMetrics } from './metrics.ts';
import { OutageLog } from './outage.ts';
import { TokenVerifier } from './security/token-verifier.ts';
import type { AdapterClients } from './socket/other-nodes.ts';

/** `not-writing`: it answers, and nothing can be written; the disk is full, or it can only be read. */
export type DatabaseCondition = 'ready' | 'database-unreachable' | 'database-not-writing';
type DatabaseHealth = { readonly kind: 'postgres' | 'pglite'; condition(): Promise<DatabaseCondition> };

export type GatewayConfig = BookingConfig & {
  readonly version: string;
  /** Where people reach the server, without a slash at the end. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  /** What `Host` may say besides `localhost` and addresses, in lower case. */
  readonly hostNames: readonly string[];
  /** Whether the accounts are the demo's, with a password that the start message tells. */
  readonly isDemo: boolean;
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
type Readiness = { state: 'starting' | 'ready' | 'draining' | 'stopping' };

export function createGatewayContext(parts: GatewayParts): GatewayContext {
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
