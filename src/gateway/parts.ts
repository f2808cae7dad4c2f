// What the gateway's files are given. Each names the least of these that it needs; `compose.ts` makes all of them, once.
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { GuestSources } from '../access/guest-sources.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Booking, BookingConfig } from '../booking/parts.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { RateLimits, SharedCounters } from '../limits/rate-limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { OutageLog } from './outage.ts';
import type { TokenVerifier } from './security/token-verifier.ts';

/** `not-writing`: it answers, and nothing can be written; the disk is full, or it can only be read. */
export type DatabaseCondition = 'ready' | 'database-unreachable' | 'database-not-writing';
/** As the database has it; moments in milliseconds of its clock. `oldestAt`: of the oldest change that is not read. */
export type SystemState = {
  readonly now: number;
  readonly thisNode: string;
  readonly nodes: readonly { readonly id: string; readonly isLeaving: boolean; readonly startedAt: number; readonly seenAt: number; readonly shards: number }[];
  readonly consumers: readonly {
    readonly name: string;
    readonly isRun: boolean;
    readonly changes: number;
    readonly oldestAt: number | null;
    readonly setAside: number;
  }[];
};
export type DatabaseHealth = { readonly kind: 'postgres' | 'pglite'; condition(): Promise<DatabaseCondition> };

export type GatewayConfig = BookingConfig & {
  readonly version: string;
  /** Where people reach the server, without a slash at the end. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  /** What `Host` may say besides `localhost` and addresses, in lower case. */
  readonly hostNames: readonly string[];
  /** What can leave: whether there are a mail server and a provider of texts. */
  readonly sends: { readonly email: boolean; readonly sms: boolean };
  /** Whether the accounts are the demo's, with a password that the start message tells. */
  readonly isDemo: boolean;
  /** Proxies in front whose `X-Forwarded-For` is believed; 0 is none. */
  readonly trustedProxies: number;
  /** The bundled pages; null: none are served. */
  readonly webDirectory: string | null;
  /** Where `problems.md` is; null: problem pages say only what the table of codes says. */
  readonly docsDirectory: string | null;
};

/** `draining`: balancers are told to go elsewhere, and requests that still come are served. `stopping`: sockets are being sent away. */
export type Readiness = { state: 'starting' | 'ready' | 'draining' | 'stopping' };

/** As Socket.IO's adapter over Redis wants them, but for one thing: none of their methods throws or returns a promise that rejects, whatever Redis does. */
type AdapterClients = {
  readonly publisher: EventEmitter & { publish(channel: string, message: string | Buffer): void };
  readonly subscriber: EventEmitter & {
    subscribe(channels: readonly string[]): void;
    unsubscribe(channels: readonly string[]): void;
    psubscribe(pattern: string): void;
    punsubscribe(pattern: string): void;
  };
};

/** What the gateways of several nodes share. */
export type SharedParts = {
  /** Begins every key and channel of this installation, as other installations may use the same Redis. */
  readonly namespace: string;
  readonly counters: SharedCounters;
  readonly adapter: AdapterClients;
};

/** What every request goes through, with Express and without: answers it, or hands it on. */
export type Step = (request: IncomingMessage, response: ServerResponse, next: (failure?: unknown) => void) => unknown;

/** To count a request. */
export type Admitting = { readonly limits: Pick<RateLimits, 'take'>; readonly config: Pick<GatewayConfig, 'trustedProxies'> };

/** To find out who asks. */
export type Recognising = Admitting & { readonly verifier: TokenVerifier };

/** To send an e-mail to a mailbox that the caller names. */
export type Mailing = {
  readonly limits: RateLimits;
  readonly guestSources: GuestSources;
  readonly metrics: Pick<GatewayMetrics, 'emailRefused'>;
  readonly logger: Logger;
};

/** To tell of what could not be done. */
export type Failing = { readonly logger: Logger; readonly outages: OutageLog };

/** To log in, and to manage accounts. */
export type WithAccounts = { readonly accounts: Accounts };
export type LoggingIn = WithAccounts & { readonly config: Pick<GatewayConfig, 'publicUrl' | 'corsOrigins'> };

/** To change what is offered, and to carry it to the calendars. */
export type Managing = Booking & { readonly catalog: CatalogKeeper; readonly config: Pick<GatewayConfig, 'sends'> };
