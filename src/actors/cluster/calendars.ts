import type { Instant } from '../../model/instant.ts';
import type { Bus } from '../bus.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Lane } from '../journal/lane.ts';
import type { Outage } from '../journal/outage.ts';
import { type Ids, type JournalDatabase, ReadFailure, type Timers } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import { ActorRegistry, type KeptCalendars } from './actor-registry.ts';
import type { Directory, OwnershipChange } from './directory.ts';
import type { Feeds } from './feeds.ts';
import { Following } from './following.ts';
import type { Channels, NodeMessage } from './messages.ts';
import { shardOf } from './shard-of.ts';
import { StandIns } from './stand-ins.ts';

const SWEEP_EVERY_MS = 30_000;

export type CalendarsOptions = {
  readonly database: JournalDatabase;
  readonly bus: Bus | null;
  readonly channels: Channels;
  readonly directory: Directory;
  readonly feeds: Feeds;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly outage: Outage;
  readonly now: () => Instant;
  readonly laneOf: (shard: number) => Lane;
  readonly onChange: (change: CalendarChange, isOwn: boolean) => void;
};

/** The calendars that this node has in memory, its own and others', and how fresh they are. */
export class Calendars {
  readonly registry: ActorRegistry;
  readonly following: Following;
  readonly standIns: StandIns;
  readonly #options: CalendarsOptions;
  #cancelSweep = () => {};

  constructor(options: CalendarsOptions) {
    this.#options = options;
    const { timers, directory } = options;
    this.standIns = new StandIns({ monotonic: () => timers.monotonic(), isLiving: (nodeId) => directory.isLiving(nodeId) });
    this.following = this.#openFollowing();
    this.registry = this.#openRegistry();
    this.#sweepLater();
  }

  /** For reading: no older than this call, except for messages in flight. Unknown ones are left out. Rejects with ReadFailure. */
  async toRead(calendarIds: readonly string[]): Promise<ReadonlyMap<string, CalendarActor>> {
    const actors = await this.registry.getAll(calendarIds);
    await this.following.compare(calendarIds.filter((id) => !this.#isFresh(id)));
    return actors;
  }

  /** For a joint decision: no older than this call, except for messages in flight. Unknown ones are left out. In memory until disposed. Rejects with ReadFailure. */
  async toDecide(calendarIds: readonly string[]): Promise<KeptCalendars> {
    const kept = await this.registry.keep(calendarIds);
    try {
      await this.following.compare(calendarIds.filter((id) => !this.#isFresh(id)));
      return kept;
    } catch (error) {
      kept[Symbol.dispose]();
      throw error;
    }
  }

  /** Brings them up to the state of the database. Also our own: others may have decided in our place. Rejects with ReadFailure. */
  async refresh(calendarIds: readonly string[]): Promise<void> {
    if (this.#options.bus !== null) await this.following.compare(calendarIds);
  }

  /** Our own calendars learn what other nodes decided in our place; others' follow what their owners publish. */
  #isFresh(calendarId: string): boolean {
    const { bus, directory } = this.#options;
    if (bus === null) return true;
    return directory.isOurs(shardOf(calendarId)) ? bus.isUp : this.following.isLive(calendarId);
  }

  /** Calendars with holds must be in memory on their owner, which lets the holds expire. Rejects with ReadFailure. */
  async wakeHolds(shards: readonly number[]): Promise<void> {
    if (shards.length > 0) await this.registry.getAll(await this.#options.database.calendarsWithHolds(shards));
  }

  ownershipChanged({ gained, lost }: OwnershipChange): void {
    const shards = new Set([...gained, ...lost]);
    const actors = [...this.registry.all()].filter((actor) => shards.has(actor.shard));
    for (const actor of actors) actor.ownershipChanged();
    const ids = actors.map((actor) => actor.id);
    const foreign = this.#foreign(ids);
    this.following.leave(ids.filter((id) => !foreign.includes(id)));
    this.#settleInOrSay(ids, foreign, gained);
  }

  /** Another node has decided in our place, perhaps placed a hold that we must let expire. A calendar that cannot be read now is found by the next comparison. */
  overtaken({ from, calendarId, revision }: Extract<NodeMessage, { type: 'overtaken' }>): void {
    this.standIns.overtaken(calendarId, from);
    this.registry.get(calendarId).then(
      (actor) => actor?.news(revision),
      (error: unknown) => {
        if (!(error instanceof ReadFailure)) throw error;
      },
    );
  }

  close(): void {
    this.#cancelSweep();
    this.following.close();
    this.registry.close();
  }

  #settleInOrSay(all: readonly string[], foreign: readonly string[], gained: readonly number[]): void {
    this.#settleIn(all, foreign, gained).catch((error: unknown) => {
      if (!(error instanceof ReadFailure)) throw error;
      this.#options.outage.meet(error, 'calendars of other owners could not be read yet');
    });
  }

  /** What is missed here during a database outage is found by the next comparison. */
  async #settleIn(all: readonly string[], foreign: readonly string[], gained: readonly number[]): Promise<void> {
    await this.following.joinLoaded(foreign);
    await this.following.compare(all.filter((id) => !foreign.includes(id)));
    await this.wakeHolds(gained);
  }

  /** The shard may have moved to another node while its calendar was being loaded. */
  #loaded(actor: CalendarActor): void {
    this.following.loaded(actor);
    const foreign = this.#foreign([actor.id]).filter((id) => !this.following.isFollowed(id));
    if (foreign.length > 0) this.#settleInOrSay(foreign, foreign, []);
  }

  #foreign(calendarIds: readonly string[]): readonly string[] {
    return calendarIds.filter((id) => !this.#options.directory.isOurs(shardOf(id)));
  }

  #openFollowing(): Following {
    const { bus, channels, database, timers, outage, directory } = this.#options;
    return new Following({
      bus,
      channels,
      database,
      timers,
      outage,
      actorOf: (calendarId) => this.registry.inMemory(calendarId),
      inMemory: () => this.registry.ids(),
      onBeacon: () => this.wakeHolds(directory.ours()),
    });
  }

  #openRegistry(): ActorRegistry {
    const { database, directory, timers, ids, outage, now, laneOf, onChange } = this.#options;
    const context = {
      laneOf,
      isOurs: (shard: number) => directory.isOurs(shard),
      now,
      after: (milliseconds: number, run: () => void) => timers.after(milliseconds, run),
      newEntryId: (at: Instant) => ids.next(at),
      onChange,
      onLost: (calendarId: string) => this.standIns.lost(calendarId),
      hasStandIn: (calendarId: string) => this.standIns.of(calendarId) !== undefined,
      onReloadFailed: (calendarId: string, error: unknown) => {
        outage.meetOrTell(error, 'a calendar cannot be loaded', { calendarId });
      },
    };
    return new ActorRegistry(database, context, {
      beforeLoad: (calendarIds) => this.following.join(this.#foreign(calendarIds)),
      loaded: (actor) => this.#loaded(actor),
      gone: (calendarIds) => this.following.leave(calendarIds),
    });
  }

  #sweepLater(): void {
    const { timers, now, feeds } = this.#options;
    this.#cancelSweep = timers.after(SWEEP_EVERY_MS, () => {
      this.registry.sweep(now(), (calendarId) => feeds.isWatched(calendarId));
      this.#sweepLater();
    });
  }
}
