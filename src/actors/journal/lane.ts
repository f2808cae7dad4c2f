// A lane commits decisions to the database, one commit at a time, and reports to each decision how it ended.
//
//   idle ──enqueue──▶ scheduled ──soon──▶ committing ──▶ idle | scheduled
//                                             │
//                       definite failure: the batch did nothing. Busy database: again, later. Otherwise it is split until the
//                                         entry that the database refuses stands alone; only that one is poisoned.
//                       no definite answer (IN DOUBT): the lane's connection is dropped and the epochs of the batch's shards are
//                                         raised on a new one. That waits for a commit that runs and kills one that has not begun.
//                                         What is found in the database then is done; the rest never happened and goes out again.
//                       fenced:           another epoch: it was raised, or another node took the shard. The batch did nothing. If this node was
//                                         given up, it answers nothing more; otherwise the batch is sent again under the new epoch, and the
//                                         revisions of its calendars show whether the decisions still hold.
//
// Never two commits in flight for one calendar: a calendar belongs to one lane, and the group lane takes only calendars that are frozen.
// Calendars that a group has joined are written together or not at all; all others stand for themselves.
import {
  CommitFailure,
  type CommitResult,
  isOtherCustomer,
  isTakenId,
  isUsedUpVoucher,
  type JournalDatabase,
  type Log,
  type ShardOwner,
  type StoredRequest,
  type Timers,
} from '../ports.ts';
import { batchOf } from './batch.ts';
import { componentsOf } from './components.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { Entry, EntryActor, EntryEnd } from './entry.ts';
import type { Outage } from './outage.ts';

/** More entries make a commit slower without making it cheaper per entry: from a few dozen on, its time grows as fast as its entries. */
export const BATCH_ENTRIES = 256;
/** Weight is characters of free text plus a flat share per entry, an estimate of what goes over the wire. */
const BATCH_WEIGHT = 512 * 1024;
const ENTRY_WEIGHT = 1_000;
const BACKOFF_FIRST_MS = 20;
const BACKOFF_MOST_MS = 1_000;

/** What all lanes of a node share. */
export type LaneContext = {
  readonly database: JournalDatabase;
  readonly timers: Timers;
  readonly clock: DatabaseClock;
  readonly log: Log;
  readonly outage: Outage;
  readonly epochOf: (shard: number) => number;
  /** The database has returned the current owners and epochs. Resolves when this node knows whether it may continue; if not, the lane has been stopped. */
  readonly onShards: (rows: readonly ShardOwner[]) => Promise<void>;
  readonly onBatch: (facts: { readonly entries: number; readonly milliseconds: number; readonly result: 'written' | 'fenced' | 'failed' | 'in-doubt' }) => void;
};

/** SQLSTATEs after which the same batch may succeed: no connection, deadlock or serialization, out of resources, cancelled or starting up, a standby that is not promoted yet, rights that were taken. */
const WORTH_REPEATING = /^(08|40|53|57|25006|42501|55000)/;

export class Lane {
  readonly number: number;
  readonly #context: LaneContext;
  #queue: Entry[] = [];
  #running = false;
  #stopped = false;

  constructor(number: number, context: LaneContext) {
    this.number = number;
    this.#context = context;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  enqueue(entry: Entry): void {
    this.#queue.push(entry);
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#context.timers.soon(() => void this.#run());
  }

  get #name(): string {
    return `lane ${this.number}`;
  }

  /** Removes queued entries of a calendar that decides again. */
  withdraw(actor: EntryActor): void {
    this.#queue = this.#queue.filter((entry) => entry.parts.every((part) => part.actor !== actor));
  }

  /** Sends nothing more. A commit in flight still ends, if the database answers. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#stopped) await this.#commit(this.#takeBatch());
    this.#context.outage.succeeded(this.#name);
    this.#running = false;
  }

  #takeBatch(): Entry[] {
    let weight = 0;
    let count = 0;
    const keys = new Set<string>();
    for (const entry of this.#queue) {
      weight += weightOf(entry);
      if (count > 0 && (count >= BATCH_ENTRIES || weight > BATCH_WEIGHT)) break;
      // The same key twice in one commit would conflict; in the next commit it is found.
      if (entry.request !== null) {
        const name = requestName(entry.request);
        if (keys.has(name)) break;
        keys.add(name);
      }
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /** Commits entries until each has ended. */
  async #commit(entries: readonly Entry[]): Promise<void> {
    let left: readonly Entry[] = entries.filter(isStillMeant);
    let backoff = BACKOFF_FIRST_MS;
    let fences = 0;
    while (left.length > 0 && !this.#stopped) {
      const { timers, onBatch } = this.#context;
      const sentAt = timers.monotonic();
      const epochs = this.#epochsOf(left);
      try {
        const result = await this.#send(left);
        onBatch({ entries: left.length, milliseconds: timers.monotonic() - sentAt, result: result.type });
        if (result.type === 'written') return this.#settle(left, result, epochs);
        await this.#context.onShards(result.shards);
        // Once means a change of owner or a doubt elsewhere; repeatedly means that the database is behind what this node has seen.
        fences += 1;
        if (fences > 1) {
          this.#context.outage.failed(this.#name);
          backoff = await pauseLonger(timers, backoff);
        }
      } catch (error) {
        if (!(error instanceof CommitFailure)) throw error;
        onBatch({ entries: left.length, milliseconds: timers.monotonic() - sentAt, result: error.definite ? 'failed' : 'in-doubt' });
        this.#note(error, left.length);
        if (!error.definite) left = await this.#resolveDoubt(left, epochs);
        else if (isWorthRepeating(error)) {
          backoff = await pauseLonger(timers, backoff);
        } else return this.#split(left, error);
      }
      left = left.filter(isStillMeant);
    }
  }

  #note(error: CommitFailure, entries: number): void {
    const { outage, log } = this.#context;
    const facts = { lane: this.number, entries, definite: error.definite, sqlState: error.sqlState, constraint: error.constraint };
    if (!error.definite || isWorthRepeating(error)) {
      outage.failed(this.#name);
      outage.meet(error, 'a commit failed', facts);
      // A taken id and a voucher that is used up are refusals; an address that has just become known is looked up again.
    } else if (!isTakenId(error) && !isUsedUpVoucher(error) && !isOtherCustomer(error)) log.warn({ error, ...facts }, 'a commit failed');
  }

  async #send(entries: readonly Entry[]): Promise<CommitResult> {
    const { database, timers, clock, epochOf } = this.#context;
    const batch = batchOf(entries, epochOf);
    const sentAt = timers.monotonic();
    const result = await database.commit(this.number, batch);
    clock.sample(result.databaseTime, sentAt, timers.monotonic());
    return result;
  }

  /** The epochs these entries are sent under, and recorded under if they arrive, whatever is raised meanwhile. */
  #epochsOf(entries: readonly Entry[]): ReadonlyMap<number, number> {
    return new Map(shardsOf(entries).map((shard) => [shard, this.#context.epochOf(shard)]));
  }

  #settle(entries: readonly Entry[], result: Extract<CommitResult, { type: 'written' }>, epochs: ReadonlyMap<number, number>): void {
    this.#context.outage.succeeded(this.#name);
    const done = { type: 'done' as const, epochs };
    // Nearly always: everything was written.
    if (result.duplicates.length === 0 && result.lost.size === 0) {
      for (const entry of entries) entry.end(done);
      return;
    }
    const duplicates = new Map(result.duplicates.map((stored) => [`${stored.caller}\n${stored.key}`, stored]));
    const components = componentsOf(entries);
    const componentOf = (calendarId: string) => components.get(calendarId) ?? -1;
    const skipped = new Set(Array.from(result.lost, componentOf));
    for (const entry of entries) {
      if (entry.request !== null && duplicates.has(requestName(entry.request))) for (const part of entry.parts) skipped.add(componentOf(part.actor.id));
    }
    const ends = entries.map((entry) => {
      const stored = entry.request === null ? undefined : duplicates.get(requestName(entry.request));
      const isSkipped = entry.parts.some((part) => skipped.has(componentOf(part.actor.id)));
      return { entry, end: endOf(entry, stored, isSkipped) ?? done };
    });
    // Repeated keys first: then the other decisions of the calendar can be made again without them.
    for (const { entry, end } of ends) if (end.type === 'duplicate') entry.end(end);
    for (const { entry, end } of ends) if (end.type !== 'duplicate') entry.end(end);
  }

  /** The state IN DOUBT. Returns the entries that certainly never happened; ends the others. */
  async #resolveDoubt(entries: readonly Entry[], epochs: ReadonlyMap<number, number>): Promise<readonly Entry[]> {
    const { timers, log, outage } = this.#context;
    for (let backoff = BACKOFF_FIRST_MS; !this.#stopped; backoff = Math.min(backoff * 2, BACKOFF_MOST_MS)) {
      let written: ReadonlySet<string>;
      try {
        written = await this.#askWhatBecameOf(entries);
      } catch (error) {
        outage.meet(error, 'the outcome of a commit cannot be read', { lane: this.number });
        await pause(timers, backoff);
        continue;
      }
      if (this.#stopped) return [];
      const isDone = doneAmong(entries, written);
      const done = entries.filter(isDone);
      log.warn({ lane: this.number, entries: entries.length, found: done.length }, 'a commit in doubt is settled');
      for (const entry of done) entry.end({ type: 'done', epochs });
      return entries.filter((entry) => !isDone(entry));
    }
    return [];
  }

  /** Raises the epochs first: after that, nothing pending can be written. */
  async #askWhatBecameOf(entries: readonly Entry[]): Promise<ReadonlySet<string>> {
    const { database, onShards } = this.#context;
    await onShards(await database.refence(this.number, shardsOf(entries)));
    return database.written(
      this.number,
      entries.map((entry) => entry.id),
    );
  }

  /** Bisects a batch that the database refuses, first by connected calendars and then by order of decision, until one entry is left. */
  async #split(entries: readonly Entry[], failure: CommitFailure): Promise<void> {
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) return only.end({ type: 'poisoned', failure });
    const [first, second] = halves(entries);
    await this.#commit(first);
    await this.#commit(second);
  }
}

/** `undefined`: it is written. */
function endOf(entry: Entry, stored: StoredRequest | undefined, isSkipped: boolean): EntryEnd | undefined {
  if (stored !== undefined && stored.entryId !== entry.id) return { type: 'duplicate', stored };
  // The first copy of an entry whose commit was in doubt: a refusal or tombstone that is already written down.
  if (stored !== undefined) return undefined;
  return isSkipped ? { type: 'lost' } : undefined;
}

/** A key written by another node at the same moment is found as a duplicate next time. */
function isWorthRepeating(failure: CommitFailure): boolean {
  return (failure.sqlState !== null && WORTH_REPEATING.test(failure.sqlState)) || failure.constraint === 'request_pkey';
}

/** An entry that its actor has withdrawn or superseded must not be sent. */
function isStillMeant(entry: Entry): boolean {
  return entry.parts.every((part) => part.actor.isPending(entry));
}

/**
 * A commit writes all parts of one calendar or none. So if one entry is found, entries without rows of their own (an unstored refusal,
 * a stale record) were also decided on durable state.
 */
function doneAmong(entries: readonly Entry[], written: ReadonlySet<string>): (entry: Entry) => boolean {
  const calendars = new Set(entries.filter((entry) => written.has(entry.id)).flatMap((entry) => entry.parts.map((part) => part.actor.id)));
  return (entry) => written.has(entry.id) || (entry.parts.length > 0 && entry.parts.every((part) => calendars.has(part.actor.id)));
}

function shardsOf(entries: readonly Entry[]): readonly number[] {
  return [...new Set(entries.flatMap((entry) => entry.parts.map((part) => part.actor.shard)))];
}

function requestName(request: { readonly caller: string; readonly key: string }): string {
  return `${request.caller}\n${request.key}`;
}

function halves(entries: readonly Entry[]): readonly [readonly Entry[], readonly Entry[]] {
  const components = componentsOf(entries);
  const componentOf = ({ parts: [first] }: Entry) => (first === undefined ? -1 : components.get(first.actor.id));
  const found = [...new Set(entries.map(componentOf))];
  if (found.length === 1) {
    const middle = Math.ceil(entries.length / 2);
    return [entries.slice(0, middle), entries.slice(middle)];
  }
  const left = new Set(found.slice(0, Math.ceil(found.length / 2)));
  return [entries.filter((entry) => left.has(componentOf(entry))), entries.filter((entry) => !left.has(componentOf(entry)))];
}

function weightOf(entry: Entry): number {
  let weight = ENTRY_WEIGHT;
  for (const part of entry.parts) {
    if (part.typed !== undefined) weight += JSON.stringify(part.typed).length;
  }
  return weight;
}

/** Returns how long to wait the next time. */
async function pauseLonger(timers: Timers, milliseconds: number): Promise<number> {
  await pause(timers, milliseconds);
  return Math.min(milliseconds * 2, BACKOFF_MOST_MS);
}

function pause(timers: Timers, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(milliseconds, resolve);
  });
}
