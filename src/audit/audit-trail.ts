import type { Cancel, Log, Timers } from '../actors/ports.ts';
import { SharedRuns } from '../model/shared-runs.ts';
import type { AuditFilter, AuditOutbox, AuditPage, AuditReads } from './audit-trail-port.ts';

/** Whoever looks into the table itself sees what happened a moment ago. */
const MOVE_EVERY_MS = 1_000;
/** One statement of some milliseconds. */
const MOVED_AT_ONCE = 200;
/** What is left waits for the next round, so that a long backlog keeps nobody waiting who reads. */
const MOST_MOVES = 25;
/** More than this is not counted: somebody has to look anyway. */
const MOST_COUNTED = 10_000;

export type AuditParts = { readonly reads: AuditReads; readonly outbox: AuditOutbox; readonly timers: Pick<Timers, 'after'>; readonly log: Log };

/**
 * The audit trail of this server. What commits of calendars have said waits in the outbox; every node moves it into the trail now and then, and
 * before somebody reads. Taking from the one and adding to the other is one statement, so a node that ends in between has moved it or has not.
 */
export class AuditTrail implements AsyncDisposable {
  readonly #parts: AuditParts;
  readonly #moves = new SharedRuns(() => this.#moveAll());
  #cancel: Cancel = () => undefined;
  #isClosed = false;
  #isFailing = false;
  #waiting = 0;

  constructor(parts: AuditParts) {
    this.#parts = parts;
    this.#moveLater();
  }

  /** Entries that were still in the outbox after this node has last moved some. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Newest first, with everything that was answered before this was asked, unless another node is just moving it. Rejects while the database does not answer. */
  async list(filter: AuditFilter, limit: number, cursor: string | null): Promise<AuditPage | 'unknown-cursor'> {
    if (cursor === null) await this.#moves.run();
    return await this.#parts.reads.list(filter, limit, cursor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#moves.ended(); // what was not moved is moved by another node, or after the next start
  }

  #moveLater(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#parts.timers.after(MOVE_EVERY_MS, () => void this.#moveNow());
  }

  /** It waits where it is while it cannot be moved; an outage is told once. */
  async #moveNow(): Promise<void> {
    try {
      await this.#moves.run();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#parts.log.warn({ error }, 'the audit trail waits in the outbox');
      this.#isFailing = true;
    } finally {
      this.#moveLater();
    }
  }

  async #moveAll(): Promise<void> {
    const { outbox } = this.#parts;
    for (let moves = 0; moves < MOST_MOVES && !this.#isClosed; moves += 1) {
      if ((await outbox.move(MOVED_AT_ONCE)) < MOVED_AT_ONCE) break;
    }
    this.#waiting = await outbox.waiting(MOST_COUNTED);
  }
}
