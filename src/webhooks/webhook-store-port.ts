// Endpoints and what waits for them, as rows. Rejects with whatever the database says.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { Delivery, DeliveryState, DisabledBecause, DueDelivery, Endpoint, LastAttempt, NewDelivery, Outcome, SealedSecret, Secrets } from './webhook.ts';

export type NewEndpoint = Omit<Endpoint, 'waiting' | 'failingSince' | 'disabled' | 'version'> & { readonly secret: SealedSecret };

/** One change of endpoints. They come one after the other, on all nodes. */
export type WebhookTransaction = KeptReplies & {
  /** Nobody else changes it until this is over. */
  endpoint(id: string): Promise<Endpoint | undefined>;
  secrets(id: string): Promise<Secrets>;
  count(): Promise<number>;
  /** It is told what comes after the newest change that readers get. False: the id is known. */
  add(endpoint: NewEndpoint): Promise<boolean>;
  change(endpoint: Pick<Endpoint, 'id' | 'url' | 'types' | 'version'>): Promise<void>;
  disable(id: string, at: Instant, because: DisabledBecause): Promise<void>;
  /** What waits is due again, as if it had never been tried. */
  enable(id: string): Promise<void>;
  replaceSecret(id: string, secrets: Secrets): Promise<void>;
  remove(id: string): Promise<void>;
  addAuditEntry(entry: AuditEntry): Promise<void>;
};

/** An endpoint of which this node has the lease. */
export type Leased = { readonly endpoint: Endpoint; readonly secrets: Secrets };
/** `isLost`: another node has the lease, or it is not served any more; `isPaused`: it is left alone for a while. `disabled`: it is, since this moment. */
export type Settled = { readonly goOn: boolean; readonly isDisabled: boolean };
export type Attempted = { readonly owner: string; readonly leaseMs: number; readonly last: LastAttempt; readonly outcome: Outcome; readonly isGone: boolean };

export type WebhookStore = {
  endpoints(): Promise<readonly Endpoint[]>;
  endpoint(id: string): Promise<(Endpoint & { readonly secrets: Secrets }) | undefined>;
  /** All or nothing. */
  changing<T>(work: (transaction: WebhookTransaction) => Promise<T>): Promise<T>;
  /** The newest first; `before`: the cursor of the page before. */
  deliveries(endpointId: string, filter: { readonly state: DeliveryState | null; readonly before: string | null }, limit: number): Promise<readonly Delivery[]>;
  /** Adds what is not waiting already; how many that was. */
  replay(deliveries: readonly NewDelivery[]): Promise<number>;
  /** Takes the leases of endpoints for which something is due. */
  take(owner: string, limit: number, leaseMs: number): Promise<readonly Leased[]>;
  release(owner: string, endpointId: string): Promise<void>;
  due(endpointId: string, limit: number): Promise<readonly DueDelivery[]>;
  /** Says what has become of an attempt, which makes the next fact of the subject due where this one is done with; keeps the lease. */
  settle(endpointId: string, due: Pick<DueDelivery, 'number' | 'subject' | 'attempts'>, attempted: Attempted): Promise<Settled>;
  /** For how many facts wait, and since when the oldest of them. */
  waiting(): Promise<{ readonly deliveries: number; readonly oldestMs: number; readonly failing: number; readonly disabled: number }>;
};

/** What of the log an endpoint wants. */
export type Wanting = Pick<Endpoint, 'id' | 'types' | 'locationId'>;
/** `startedAt`: the database's snapshot when it was made or last enabled. What had been committed by then is not told, whether the consumer has read it or not. */
export type Listener = Wanting & { readonly startedAt: string };
