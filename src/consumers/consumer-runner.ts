// One consumer on one node.
//
//   idle ──look──▶ reading ──▶ writing ──▶ reading | idle
//                                 │
//                  elsewhere, unknown:  another node was faster, or the answer was lost: the position is read again, and it continues from there.
//                  refused:             the effects are tried for half of the changes, until the one that is refused stands alone. It is set aside.
//                  no database:         nothing happened; it is retried with growing pauses.
//
// The lease only avoids duplicate work. Correctness does not depend on it: a step moves the position by compare-and-set in the transaction of its
// effects, or does nothing. So a node that was frozen, or has lost its lease without knowing, does no harm, and any node may run a step.
import type { ChangeLog, LoggedChange, LogPosition } from '../actors/change-log-port.ts';
import { type Log, ReadFailure, type Timers } from '../actors/ports.ts';
import { SharedRuns } from '../model/shared-runs.ts';
import { type Consumer, type ConsumerStore, MOST_AT_ONCE, type StepEnd } from './consumer.ts';

/** Another node takes over this long after a node has died. */
const LEASE_MS = 5_000;
/** Pages of one run; the rest waits for the next run, so that a long backlog can be stopped. */
const MOST_PAGES = 25;
/** Of what is kept about a change that was set aside. */
const LONGEST_REASON = 500;

export type RunnerParts<Transaction> = {
  readonly consumer: Consumer<Transaction>;
  readonly store: ConsumerStore<Transaction>;
  readonly log: Pick<ChangeLog, 'page'>;
  readonly timers: Pick<Timers, 'monotonic'>;
  /** This incarnation of the process. */
  readonly node: string;
  readonly logger: Log;
  /** Left out: `LEASE_MS`. */
  readonly leaseMs?: number;
};

export class ConsumerRunner<Transaction> {
  readonly #parts: RunnerParts<Transaction>;
  readonly #runs = new SharedRuns(() => this.#run());
  /** The position as this node knows it; null: to be read. Only a hint: the compare-and-set detects a wrong one. */
  #position: LogPosition | null = null;
  /** By the monotonic clock; until then the lease is not asked about. */
  #leasedUntil = Number.NEGATIVE_INFINITY;
  /** While another node has it, it is not asked about again before this moment. */
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #isKnown = false;
  #isClosed = false;
  /** Whether the next run does without the lease. */
  #isWanted = false;

  constructor(parts: RunnerParts<Transaction>) {
    const { name, batchSize } = parts.consumer;
    if (batchSize < 1 || batchSize > MOST_AT_ONCE) throw new Error(`${name} takes ${batchSize} changes at once; 1 to ${MOST_AT_ONCE} are possible`);
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.consumer.name;
  }

  /** Whether this node has had the lease when it last looked. */
  get isOurs(): boolean {
    return this.#leasedUntil > this.#parts.timers.monotonic();
  }

  /** Makes the consumer known to the database, once for this process. */
  async register(): Promise<void> {
    if (this.#isKnown) return;
    await this.#parts.store.register(this.name, this.#parts.consumer.from);
    this.#isKnown = true;
  }

  /** Consumes pending changes if this node has or gets the lease. Shares a pending run. Rejects with ReadFailure or TooManySetAside. */
  run(): Promise<void> {
    return this.#runs.run();
  }

  /** Consumes pending changes with or without the lease, and returns the position afterwards. */
  async runNow(): Promise<LogPosition> {
    this.#isWanted = true;
    await this.#runs.run();
    return this.#position ?? (await this.#parts.store.positionOf(this.name));
  }

  /** Starts nothing more; resolves when the current run is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#runs.ended();
  }

  async #run(): Promise<void> {
    const isWanted = this.#isWanted;
    this.#isWanted = false;
    await this.register();
    for (let pages = 0; pages < MOST_PAGES && !this.#isClosed; pages += 1) {
      if (!(await this.#hasLease())) {
        if (!isWanted) return;
        // The node that has the lease may be further by now.
        if (pages === 0) this.#position = null;
      }
      if (!(await this.#takePage())) return;
    }
  }

  async #hasLease(): Promise<boolean> {
    const { store, node, timers, leaseMs = LEASE_MS } = this.#parts;
    const askedAt = timers.monotonic();
    if (this.isOurs) return true;
    if (askedAt < this.#askAgainAt) return false;
    const { position, isOurs } = await store.take(this.name, node, leaseMs);
    this.#position = position;
    // Half of it, so that it is asked about again before it has run out.
    this.#leasedUntil = isOurs ? askedAt + leaseMs / 2 : Number.NEGATIVE_INFINITY;
    this.#askAgainAt = isOurs ? Number.NEGATIVE_INFINITY : askedAt + leaseMs / 2;
    return isOurs;
  }

  /** False: there was nothing more to read, at the moment. */
  async #takePage(): Promise<boolean> {
    const { consumer, store, log } = this.#parts;
    const from = this.#position ?? (await store.positionOf(this.name));
    this.#position = from;
    const { changes, last, isMore } = await log.page(from, { calendarIds: null, types: consumer.types }, consumer.batchSize);
    if (last === null) return false;
    const isDone = await this.#consume(changes, from, last);
    return isMore || !isDone;
  }

  async #consume(changes: readonly LoggedChange[], from: LogPosition, to: LogPosition): Promise<boolean> {
    const { consumer, store } = this.#parts;
    let refusal: unknown;
    try {
      const effects = changes.length === 0 ? null : await consumer.effectsOf(changes);
      const end = await store.advance(this.name, { from, to, effects });
      if (end === 'done' && effects !== null) consumer.onWritten?.();
      return this.#ended(end, to);
    } catch (failure) {
      const [only] = changes;
      if (failure instanceof ReadFailure || only === undefined) throw this.#forgetting(failure);
      if (changes.length === 1) refusal = failure;
    }
    const [only] = changes;
    if (changes.length === 1 && only !== undefined) return await this.#setAside(only, from, { to, refusal });
    const middle = changes.length >> 1;
    const [first, second] = [changes.slice(0, middle), changes.slice(middle)];
    const between = first.at(-1) ?? from;
    return (await this.#consume(first, from, placeOf(between))) && (await this.#consume(second, placeOf(between), to));
  }

  async #setAside(change: LoggedChange, from: LogPosition, { to, refusal }: { readonly to: LogPosition; readonly refusal: unknown }): Promise<boolean> {
    const { store, logger } = this.#parts;
    const why = reasonOf(refusal).slice(0, LONGEST_REASON);
    const end = await store.advance(this.name, { from, to, effects: null, setAside: { change, why } }).catch((failure: unknown) => {
      throw this.#forgetting(failure);
    });
    const { calendarId, revision } = change;
    if (end === 'done') logger.error({ consumer: this.name, calendarId, revision, reason: why }, 'a change is set aside: it cannot be processed');
    return this.#ended(end, to);
  }

  #ended(end: StepEnd, to: LogPosition): boolean {
    this.#position = end === 'done' ? to : null;
    return end === 'done';
  }

  /** After a failure the position is read again: with TooManySetAside a part of the page may be done. */
  #forgetting(failure: unknown): unknown {
    this.#position = null;
    return failure;
  }
}

/** Retries a change that was set aside: writes its effects and removes it, or neither. False: another node was faster. Rejects if it still fails. */
export async function retrySetAside<Transaction>(
  { name, effectsOf }: Consumer<Transaction>,
  store: ConsumerStore<Transaction>,
  change: LoggedChange,
): Promise<boolean> {
  return await store.settle(name, change, await effectsOf([change]));
}

function placeOf({ xid, position }: LogPosition): LogPosition {
  return { xid, position };
}

/** Whether a consumer at `one` has passed `other`. */
export function isAtOrPast(one: LogPosition, other: LogPosition): boolean {
  const [oneXid, otherXid] = [BigInt(one.xid), BigInt(other.xid)];
  return oneXid === otherXid ? BigInt(one.position) >= BigInt(other.position) : oneXid > otherXid;
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
