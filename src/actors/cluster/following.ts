// How this node keeps calendars of other nodes up to date. Each of them in memory follows its channel on the bus; what gets lost shows when its
// revision is compared with the database, every few seconds.
import { type Bus, BusFailure } from '../bus.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Outage } from '../journal/outage.ts';
import { type Cancel, type JournalDatabase, ReadFailure, type Timers } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import { type Channels, readMessage } from './messages.ts';

const BEACON_MS = 5_000;
/** Without the bus, the database is all there is to hear of changes. */
const BEACON_ALONE_MS = 1_000;
/** Calendars whose revisions are asked for in one statement. */
const REVISIONS_AT_ONCE = 1_000;
/** Comparisons under way; further ones wait and are one. Two, so that one whose statement got lost does not keep the others waiting. */
const COMPARISONS_AT_ONCE = 2;

export type FollowingOptions = {
  /** null: there are no other nodes. */
  readonly bus: Bus | null;
  readonly channels: Channels;
  readonly database: Pick<JournalDatabase, 'revisions'>;
  readonly timers: Timers;
  readonly outage: Pick<Outage, 'meet'>;
  readonly actorOf: (calendarId: string) => CalendarActor | undefined;
  /** Including our own: another node may have decided in our place. */
  readonly inMemory: () => Iterable<string>;
  /** Called before each comparison. */
  readonly onBeacon: () => Promise<void>;
};

export class Following {
  readonly #options: FollowingOptions;
  /** The highest revision heard of each followed calendar, for those still being loaded. */
  readonly #followed = new Map<string, number>();
  /** Calendars of which nothing is missed while the bus is up. */
  readonly #live = new Set<string>();
  #comparing = 0;
  /** What waits to be compared. */
  #nextComparison: { readonly ids: Set<string>; readonly run: PromiseWithResolvers<void> } | undefined;
  #cancelBeacon: Cancel = () => {};
  #isClosed = false;

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#beaconLater();
  }

  /** Call before loading: later publications are received, or found missing. */
  async join(calendarIds: readonly string[]): Promise<void> {
    this.#goLive(await this.#subscribe(calendarIds));
  }

  /** For calendars already in memory: publications from before the subscription may be missing, so they are compared before they count as live. Rejects with ReadFailure. */
  async joinLoaded(calendarIds: readonly string[]): Promise<void> {
    const subscribed = await this.#subscribe(calendarIds);
    await this.compare(calendarIds);
    this.#goLive(subscribed);
  }

  leave(calendarIds: readonly string[]): void {
    const { bus, channels } = this.#options;
    const gone = calendarIds.filter((id) => this.#followed.delete(id));
    for (const id of gone) this.#live.delete(id);
    if (gone.length > 0) bus?.unsubscribe(gone.map(channels.calendar));
  }

  isFollowed(calendarId: string): boolean {
    return this.#followed.has(calendarId);
  }

  /** Whether the state in memory is up to date except for messages in flight. */
  isLive(calendarId: string): boolean {
    return this.#options.bus?.isUp === true && this.#live.has(calendarId);
  }

  /** A calendar has been loaded: what was said of it meanwhile counts. */
  loaded(actor: CalendarActor): void {
    actor.news(this.#followed.get(actor.id) ?? 0);
  }

  hear(calendarId: string, text: string): void {
    const known = this.#followed.get(calendarId);
    if (known === undefined) return;
    const actor = this.#options.actorOf(calendarId);
    for (const change of readMessage<readonly CalendarChange[]>(text)) {
      this.#followed.set(calendarId, Math.max(this.#followed.get(calendarId) ?? 0, change.revision));
      actor?.follow(change);
    }
  }

  onDown(): void {
    this.#live.clear();
    this.#beaconLater();
  }

  /** What was published in between is lost, so nothing counts as live before it has been compared. */
  onUp(): void {
    const followed = [...this.#followed.keys()];
    void this.#compareOrSay([...this.#options.inMemory()]).then((isCompared) => {
      if (isCompared) this.#goLive(followed);
    });
  }

  /** Compares with the database; afterwards the state in memory is no older than this call, or being loaded. Rejects with ReadFailure. */
  async compare(calendarIds: readonly string[]): Promise<void> {
    if (calendarIds.length === 0) return;
    if (this.#comparing < COMPARISONS_AT_ONCE) return this.#compareNow(calendarIds);
    this.#nextComparison ??= { ids: new Set(), run: Promise.withResolvers() };
    for (const id of calendarIds) this.#nextComparison.ids.add(id);
    return this.#nextComparison.run.promise;
  }

  async #compareNow(calendarIds: readonly string[]): Promise<void> {
    this.#comparing += 1;
    try {
      await this.#compareRevisions(calendarIds);
    } finally {
      this.#comparing -= 1;
      const next = this.#nextComparison;
      this.#nextComparison = undefined;
      if (next !== undefined) this.#compareNow([...next.ids]).then(next.run.resolve, next.run.reject);
    }
  }

  async #compareRevisions(calendarIds: readonly string[]): Promise<void> {
    for (let start = 0; start < calendarIds.length; start += REVISIONS_AT_ONCE) {
      const revisions = await this.#options.database.revisions(calendarIds.slice(start, start + REVISIONS_AT_ONCE));
      for (const [calendarId, revision] of revisions) this.#options.actorOf(calendarId)?.news(revision);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelBeacon();
    this.leave([...this.#followed.keys()]);
  }

  /** Returns the ones that are subscribed from now on. */
  async #subscribe(calendarIds: readonly string[]): Promise<readonly string[]> {
    const { bus, channels } = this.#options;
    const fresh = calendarIds.filter((id) => !this.#followed.has(id));
    for (const id of fresh) this.#followed.set(id, 0);
    if (bus === null || fresh.length === 0) return [];
    try {
      await bus.subscribe(fresh.map(channels.calendar));
      return fresh;
    } catch (failure) {
      if (!(failure instanceof BusFailure)) throw failure;
      return [];
    }
  }

  #goLive(calendarIds: readonly string[]): void {
    if (this.#options.bus?.isUp === true) for (const id of calendarIds) if (this.#followed.has(id)) this.#live.add(id);
  }

  async #beacon(): Promise<void> {
    const { inMemory, onBeacon, outage } = this.#options;
    try {
      await onBeacon();
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      outage.meet(error, 'calendars with holds could not be read');
    }
    if (this.#options.bus === null) return;
    if ((await this.#compareOrSay([...inMemory()])) && this.#options.bus?.isUp === true) await this.#resume();
  }

  /** Subscriptions that failed when a calendar was joined stand by now, since the bus made them again when it came back. */
  async #resume(): Promise<void> {
    const waiting = [...this.#followed.keys()].filter((id) => !this.#live.has(id));
    if (waiting.length === 0) return;
    const { bus, channels } = this.#options;
    try {
      await bus?.subscribe(waiting.map(channels.calendar));
      if (await this.#compareOrSay(waiting)) this.#goLive(waiting);
    } catch (failure) {
      if (!(failure instanceof BusFailure)) throw failure;
    }
  }

  async #compareOrSay(calendarIds: readonly string[]): Promise<boolean> {
    try {
      await this.compare(calendarIds);
      return true;
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      this.#options.outage.meet(error, 'calendars cannot be compared with the database');
      return false;
    }
  }

  #beaconLater(): void {
    if (this.#isClosed) return;
    this.#cancelBeacon();
    const { bus, timers } = this.#options;
    this.#cancelBeacon = timers.after(bus?.isUp === false ? BEACON_ALONE_MS : BEACON_MS, () => void this.#beacon().finally(() => this.#beaconLater()));
  }
}
