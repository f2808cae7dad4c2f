import type { CalendarChange, Scheduler } from '../../actors/scheduler.ts';
import { appointmentsIn, type Telling } from '../../booking/wire-events.ts';
import { RECENT_CHANGES } from './limits.ts';
import type { SharedMessage } from './packets.ts';

/** What happened on a calendar within one tick. It is encoded once for each kind of reader, however many there are. */
export class FeedStep {
  readonly calendarId: string;
  readonly base: number;
  readonly revision: number;
  readonly changes: readonly CalendarChange[];
  /** Of the appointments that the changes are about. */
  readonly appointmentIds: readonly string[];
  /** What was typed for those, once it was read; see `StepQueue`. */
  details: Telling['details'] | undefined;
  readonly #encoded = new Map<string, SharedMessage>();

  constructor(calendarId: string, changes: readonly CalendarChange[]) {
    this.calendarId = calendarId;
    this.changes = changes;
    this.appointmentIds = appointmentsIn(changes.flatMap(({ events }) => events));
    this.details = this.appointmentIds.length === 0 ? new Map() : undefined;
    this.base = changes[0]?.base ?? 0;
    this.revision = changes.at(-1)?.revision ?? this.base;
  }

  /** A part of it, with what is known of all. */
  of(changes: readonly CalendarChange[]): FeedStep {
    const part = new FeedStep(this.calendarId, changes);
    part.details = this.details;
    return part;
  }

  /** The message for one kind of reader; `encode` runs once for each. */
  messageFor(reader: string, encode: (step: FeedStep) => SharedMessage): SharedMessage {
    let message = this.#encoded.get(reader);
    if (message === undefined) {
      message = encode(this);
      this.#encoded.set(reader, message);
    }
    return message;
  }
}

export type FeedListener = (step: FeedStep) => void;
type Feed = {
  readonly calendarId: string;
  readonly listeners: Set<FeedListener>;
  recent: CalendarChange[];
  pending: CalendarChange[];
  readonly stop: () => void;
};

/**
 * One ordered feed for each calendar that somebody watches, however many do. Changes of one tick reach the listeners together, as one step.
 * A feed begins to listen before its first reader takes a snapshot, and keeps the latest changes, so that a reader can close the gap between both.
 */
export class CalendarFeeds {
  readonly #scheduler: Scheduler;
  readonly #feeds = new Map<string, Feed>();
  readonly #dirty = new Set<Feed>();
  #flush: NodeJS.Immediate | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get size(): number {
    return this.#feeds.size;
  }

  /** From now on, `listener` gets every step of the calendar, until the returned function is called. */
  listen(calendarId: string, listener: FeedListener): () => void {
    const feed = this.#feeds.get(calendarId) ?? this.#open(calendarId);
    feed.listeners.add(listener);
    return () => {
      if (!feed.listeners.delete(listener) || feed.listeners.size > 0) return;
      feed.stop();
      this.#dirty.delete(feed);
      this.#feeds.delete(calendarId);
    };
  }

  /**
   * What came after `revision`, oldest first, changes that wait for the end of the tick included. `undefined`: the feed does not reach back that far.
   * Empty for a calendar that has been silent since somebody listens, so it only means something to a reader whose `revision` was read after listening began.
   */
  changesAfter(calendarId: string, revision: number): readonly CalendarChange[] | undefined {
    const recent = this.#feeds.get(calendarId)?.recent ?? [];
    const newest = recent.at(-1);
    if (newest === undefined || newest.revision <= revision) return [];
    const first = recent.findIndex((change) => change.base === revision);
    return first < 0 ? undefined : recent.slice(first);
  }

  /** Brings everything that has happened to the listeners now, instead of at the end of the tick. */
  flush(): void {
    if (this.#flush !== undefined) clearImmediate(this.#flush);
    this.#flush = undefined;
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const feed of dirty) {
      const step = new FeedStep(feed.calendarId, feed.pending);
      feed.pending = [];
      for (const listener of [...feed.listeners]) listener(step);
    }
  }

  close(): void {
    if (this.#flush !== undefined) clearImmediate(this.#flush);
    for (const feed of this.#feeds.values()) feed.stop();
    this.#feeds.clear();
    this.#dirty.clear();
  }

  #open(calendarId: string): Feed {
    const feed: Feed = {
      calendarId,
      listeners: new Set(),
      recent: [],
      pending: [],
      stop: this.#scheduler.watch(calendarId, (change) => this.#onChange(feed, change)),
    };
    this.#feeds.set(calendarId, feed);
    return feed;
  }

  #onChange(feed: Feed, change: CalendarChange): void {
    feed.recent.push(change);
    // Trimmed in strides, so that a busy calendar does not copy the list at every change.
    if (feed.recent.length > 2 * RECENT_CHANGES) feed.recent = feed.recent.slice(-RECENT_CHANGES);
    feed.pending.push(change);
    this.#dirty.add(feed);
    this.#flush ??= setImmediate(() => this.flush());
  }
}
