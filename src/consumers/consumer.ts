// Consumers of the change log, such as the audit trail. Types only.
import type { CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange, LogPosition } from '../actors/change-log-port.ts';
import type { Instant } from '../model/instant.ts';

/** The effects of changes: writes to our own tables, in the transaction that also moves the position. Calls nothing else. */
export type Effects<Transaction> = (transaction: Transaction) => Promise<void>;

/** Reads every change of the business once, in the order of the log, and writes its effects. One file per consumer. */
export type Consumer<Transaction> = {
  /** Its row in the table of consumers. Never change it: another name is another consumer, which starts from the beginning. */
  readonly name: string;
  /** Where it begins when the database does not know it yet: with the oldest change that is kept, or with what happens from then on. */
  readonly from: 'beginning' | 'now';
  /** Changes in one transaction at most; see `MOST_AT_ONCE`. */
  readonly batchSize: number;
  /** Only changes with one of these facts are told; null: all. */
  readonly types: readonly CalendarEvent['type'][] | null;
  /**
   * Works out the effects, before the transaction, so that a frozen process holds nothing open. May be asked again for the same changes, or for a part of them.
   * null: nothing follows. Rejects with ReadFailure while the database does not answer; anything else is taken for a fault of these changes.
   */
  effectsOf(changes: readonly LoggedChange[]): Promise<Effects<Transaction> | null>;
  /** Effects that this node has written can be seen by everybody. */
  readonly onWritten?: () => void;
};

/** More changes in a transaction would hold the row of the consumer for longer without making a change cheaper. */
export const MOST_AT_ONCE = 500;

/** A consumer stops with this many changes set aside: then its code is broken, and it waits for a fixed version. */
export const MOST_SET_ASIDE = 1_000;
export class TooManySetAside extends Error {
  override readonly name = 'TooManySetAside';

  constructor(consumer: string) {
    super(`${consumer} has set ${MOST_SET_ASIDE} changes aside`);
  }
}

/** One step of a consumer. `setAside`: a change that cannot be consumed, kept whole for another attempt. */
export type Step<Transaction> = {
  readonly from: LogPosition;
  readonly to: LogPosition;
  readonly effects: Effects<Transaction> | null;
  readonly setAside?: { readonly change: LoggedChange; readonly why: string };
};

/**
 * `done`: effects and position are durable. `elsewhere`: the position was another one, and nothing was written. `unknown`: the connection was cut while it
 * committed; where the position is tells what became of it, and if it is still the old one the step may be tried again, as at most one of both can succeed.
 */
export type StepEnd = 'done' | 'elsewhere' | 'unknown';

/** How far a consumer is behind. `changes` is counted up to a limit, with those that readers do not get yet; `oldestAt` is the earliest moment of those that are counted. */
export type Behind = { readonly changes: number; readonly oldestAt: Instant | null; readonly now: Instant; readonly setAside: number };
export type SetAside = { readonly change: LoggedChange; readonly why: string; readonly at: Instant };

/** Consumers as rows. Rejects with ReadFailure while the database does not answer; then nothing was done, but what a lease says. */
export type ConsumerStore<Transaction> = {
  /** Makes it known, where it begins. Does nothing if it is known. */
  register(name: string, from: Consumer<Transaction>['from']): Promise<void>;
  /** Takes the lease if it is free or has run out, or keeps it, by the database's clock. */
  take(name: string, owner: string, leaseMs: number): Promise<{ readonly position: LogPosition; readonly isOurs: boolean }>;
  /** Gives all leases of this owner back, so that another node need not wait for their end. */
  release(owner: string): Promise<void>;
  positionOf(name: string): Promise<LogPosition>;
  /** Moves the position by compare-and-set and writes the effects, or does neither. Rejects with TooManySetAside; with anything else if the effects were refused. */
  advance(name: string, step: Step<Transaction>): Promise<StepEnd>;
  behind(name: string, mostCounted: number): Promise<Behind>;
  /** The oldest first. */
  listSetAside(name: string, limit: number): Promise<readonly SetAside[]>;
  /** Takes a change that was set aside back and writes its effects, or does neither. False: it was not set aside any more. */
  settle(name: string, change: LoggedChange, effects: Effects<Transaction> | null): Promise<boolean>;
};

/** Whether a change comes after a position. */
export function isAfter(one: LogPosition, other: LogPosition): boolean {
  return one.xid === other.xid ? BigInt(one.position) > BigInt(other.position) : BigInt(one.xid) > BigInt(other.xid);
}

/** Whether a transaction had ended when the snapshot (`xmin:xmax:running,…`, as PostgreSQL writes it) was taken: what `pg_visible_in_snapshot` says. */
export function hadEnded(xid: string, snapshot: string): boolean {
  const [xmin = '', xmax = '', running = ''] = snapshot.split(':');
  return BigInt(xid) < BigInt(xmin) || (BigInt(xid) < BigInt(xmax) && !running.split(',').includes(xid));
}

/** Within the transaction; nothing where there is nothing to write. */
export async function writeEffects<Transaction>(effects: Effects<Transaction> | null, transaction: Transaction): Promise<void> {
  return effects?.(transaction);
}
