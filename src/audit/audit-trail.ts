import type { LogPosition } from '../actors/change-log-port.ts';
import type { Instant } from '../model/instant.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { AuditFilter, AuditPage, AuditReads } from './audit-trail-port.ts';

/** What was answered a moment ago is in the log; it takes milliseconds to follow, unless a long transaction somewhere else holds readers of the log back. */
const LONGEST_WAIT_MS = 2_000;

/** How the trail follows the change log; all of them reject with ReadFailure while the database does not answer. */
export type AuditFollowing = {
  /** The newest change that is committed, whether readers get it yet or not. */
  head(): Promise<LogPosition | null>;
  /** Resolves when the trail has everything up to there, or when the time is over: false. */
  pass(position: LogPosition, milliseconds: number): Promise<boolean>;
  /** The moment of the oldest change that the trail has not read; null where there is none, or where there are too many to say. */
  unreadSince(): Promise<Instant | null>;
};

/** `completeUntil`: of what was answered before that moment nothing is missing; null: not known. */
export type AuditAnswer = AuditPage & ({ readonly isComplete: true } | { readonly isComplete: false; readonly completeUntil: Instant | null });

/** The audit trail of this server, as it is read. What calendars have decided is there once the trail has read that far in the change log. */
export class AuditTrail {
  readonly #reads: AuditReads;
  readonly #following: AuditFollowing;
  readonly #longestWaitMs: number;

  constructor(reads: AuditReads, following: AuditFollowing, longestWaitMs = LONGEST_WAIT_MS) {
    this.#reads = reads;
    this.#following = following;
    this.#longestWaitMs = longestWaitMs;
  }

  noteExport(entry: AuditEntry): Promise<void> {
    return this.#reads.noteExport(entry);
  }

  /** Newest first, with everything answered before this request, or marked as incomplete. Rejects while the database does not answer. */
  async list(filter: AuditFilter, limit: number, cursor: string | null): Promise<AuditAnswer | 'unknown-cursor'> {
    const head = await this.#following.head();
    const isComplete = head === null || (await this.#following.pass(head, this.#longestWaitMs));
    // Before the page is read, so that it is not said of more than was read.
    const completeUntil = isComplete ? null : await this.#following.unreadSince();
    const page = await this.#reads.list(filter, limit, cursor);
    if (page === 'unknown-cursor') return page;
    return isComplete ? { ...page, isComplete } : { ...page, isComplete, completeUntil };
  }
}
