// One node: the calendars it has in memory, its lanes to the database, its place among the other nodes, and the answers to what the gateway asks.
import { type Instant, instant } from '../../model/instant.ts';
import { explainSlot, listSlots } from '../../model/slot-engine.ts';
import { type Bus, BusFailure } from '../bus.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Hold, Refusal } from '../calendar/calendar.ts';
import { worldOf } from '../calendar/calendar-state.ts';
import { DatabaseClock } from '../journal/database-clock.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { Lane, type LaneContext } from '../journal/lane.ts';
import { type Beat, type ClusterDatabase, type Ids, type JournalDatabase, type Log, ReadFailure, type ShardOwner, type Timers } from '../ports.ts';
import type { Answer, CalendarChange, CalendarSlots, CalendarView, RequestKey, Scheduler, SchedulerCommand, SlotsQuery } from '../scheduler.ts';
import { ActorRegistry } from './actor-registry.ts';
import { Announcer } from './announcer.ts';
import { Answering } from './answering.ts';
import { viewOf } from './calendar-view.ts';
import { ClaimDesk } from './claim-desk.ts';
import { Directory, type OwnershipChange } from './directory.ts';
import { Errands } from './errands.ts';
import { Feeds } from './feeds.ts';
import { Following } from './following.ts';
import { Membership } from './membership.ts';
import { type Announcement, type Channels, channelsOf, type NodeMessage, readMessage } from './messages.ts';
import { Router } from './router.ts';
import { shardOf } from './shard-of.ts';
import { stateAt } from './time-travel.ts';

/** Lanes 0 and 1 by shard; lane 2 for what needs several calendars at once. */
const LANES = 2;
const GROUP_LANE = 2;
const SWEEP_EVERY_MS = 30_000;
const MOST_CHANGES_AT_ONCE = 1_000;

/** Why a node must end: others have given it up, or the database has begun a new life and what is in memory may never have happened. */
export type NodeLoss = 'taken-over' | 'new-era';

export type NodeOptions = {
  readonly nodeId: string;
  readonly database: JournalDatabase;
  readonly cluster: ClusterDatabase;
  /** How to talk to other nodes. null: there are none, and whoever was there before is given up. */
  readonly bus: Bus | null;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: Log;
  /** The node has stopped answering; the process should end. */
  readonly onLost: (loss: NodeLoss) => void;
  /** How far the catalog is, at every beat and whenever another node says that it has changed it. */
  readonly onCatalog?: (version: number) => void;
  readonly onBatch?: LaneContext['onBatch'];
};

export type NodeGauges = {
  readonly calendars: number;
  readonly openRequests: number;
  readonly queued: number;
  /** Shards that this node owns. */
  readonly shards: number;
  readonly livingNodes: number;
};
export type SchedulerNode = Scheduler & {
  gauges(): NodeGauges;
  /** Tells the other nodes that this one has changed the catalog. */
  announceCatalog(version: number): void;
  /** Gives its calendars to the other nodes and goes on answering. Returns when it owns nothing any more, or nobody takes it. */
  handOver(): Promise<void>;
  /** Takes nothing new and waits, up to a limit, until what was taken has been answered. */
  close(): Promise<void>;
};

/** Joins the other nodes (or takes everything, without a bus), starts the clock, and wakes the calendars whose holds are running. Rejects with ReadFailure if the database does not answer. */
export async function openNode(options: NodeOptions): Promise<SchedulerNode> {
  const { database, timers } = options;
  const clock = new DatabaseClock(timers);
  const sentAt = timers.monotonic();
  clock.sample(await database.databaseTime(), sentAt, timers.monotonic());
  const node = new ClusterNode(options, clock, await database.era());
  await node.start();
  return node;
}

class ClusterNode implements SchedulerNode {
  readonly era: string;
  readonly #options: NodeOptions;
  readonly #clock: DatabaseClock;
  readonly #channels: Channels;
  readonly #feeds = new Feeds();
  readonly #directory: Directory;
  readonly #membership: Membership;
  readonly #registry: ActorRegistry;
  readonly #following: Following;
  readonly #lanes: readonly Lane[];
  readonly #desk: ClaimDesk;
  readonly #router: Router;
  readonly #errands: Errands | null;
  readonly #announcer: Announcer;
  readonly #answering: Answering;
  #cancelSweep = () => {};
  #isLost = false;

  constructor(options: NodeOptions, clock: DatabaseClock, era: string) {
    this.era = era;
    this.#options = options;
    this.#clock = clock;
    this.#channels = channelsOf(era);
    const { nodeId, database, bus, timers, ids } = options;
    this.#directory = new Directory(nodeId, (change) => this.#ownershipChanged(change));
    this.#announcer = new Announcer(bus, this.#channels, timers);
    this.#membership = this.#openMembership();
    const lanes = Array.from({ length: LANES }, (_, number) => new Lane(number, this.#laneContext(), { atomic: false }));
    const groupLane = new Lane(GROUP_LANE, this.#laneContext(), { atomic: true });
    this.#lanes = [...lanes, groupLane];
    this.#registry = this.#openRegistry();
    this.#following = this.#openFollowing();
    this.#answering = new Answering({ era, timers, writeKey: (request, answer) => this.#writeKey(request, answer) });
    this.#desk = new ClaimDesk(this.#registry, database, groupLane, {
      now: () => clock.now(),
      newEntryId: () => ids.next(clock.now()),
      writeKey: (request, answer) => this.#writeKey(request, answer),
      send: (errand) => this.#router.send(errand),
      refresh: (calendarIds) => this.#refresh(calendarIds),
    });
    const routing = {
      nodeId,
      channels: this.#channels,
      directory: this.#directory,
      now: () => clock.now(),
      decideHere: (errand: Parameters<ClaimDesk['decideHere']>[0]) => this.#desk.decideHere(errand),
      refreshDirectory: () => this.#membership.refresh(),
    };
    this.#router = new Router({ ...routing, bus, timers, ids, onNews: (calendarId, revision) => this.#registry.inMemory(calendarId)?.news(revision) });
    const revisionOf = (calendarId: string) => this.#registry.inMemory(calendarId)?.durableRevision ?? 0;
    this.#errands = bus === null ? null : new Errands({ ...routing, bus, revisionOf });
  }

  async start(): Promise<void> {
    const { bus } = this.#options;
    if (bus !== null) {
      bus.listen({
        onMessage: (channel, text) => this.#hear(channel, text),
        onUp: () => this.#following.onUp(),
        onDown: () => this.#following.onDown(),
      });
      await bus.subscribe([this.#channels.node(this.#options.nodeId), this.#channels.everybody]).catch(ignoreOutage);
    }
    const beat = await this.#membership.join();
    if (beat.era !== this.era) throw new Error('the database has begun a new era while this node was starting');
    await this.#wakeHolds(this.#directory.ours());
    this.#sweepLater();
  }

  now(): Instant {
    return this.#clock.now();
  }

  async ask(request: RequestKey, command: SchedulerCommand, options: { readonly dryRun?: boolean } = {}): Promise<Answer> {
    const named = options.dryRun ? null : request;
    return this.#answering.answer(named, () => this.#perform(command, request, { request: named, dryRun: options.dryRun === true }));
  }

  /** What is read comes before what is decided: if the database cannot be read, this attempt did nothing. */
  async #perform(command: SchedulerCommand, request: RequestKey, mode: Parameters<ClaimDesk['perform']>[1]): Promise<Answer> {
    try {
      return await this.#answering.ofOutcome(await this.#desk.perform(command, mode), request);
    } catch (failure) {
      if (failure instanceof ReadFailure) return { outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 };
      throw failure;
    }
  }

  async recall(request: RequestKey): Promise<Answer | undefined> {
    const stored = await this.#options.database.request(request.caller, request.key);
    return stored === undefined ? undefined : this.#answering.ofStored(stored, request);
  }

  refuse(request: RequestKey, refusal: Refusal): Promise<Answer> {
    return this.#answering.answer(request, () => this.#answering.refuse(request, refusal));
  }

  abandon(request: RequestKey): Promise<Answer> {
    return this.#answering.answer(null, () => this.#answering.abandon(request));
  }

  async slots(queries: readonly SlotsQuery[]): Promise<readonly CalendarSlots[]> {
    const actors = await this.#read(queries.map((query) => query.calendarId));
    const found = await Promise.all(queries.map((query) => readSlots(actors.get(query.calendarId), query)));
    return found.filter((slots) => slots !== undefined);
  }

  async explain(query: Parameters<Scheduler['explain']>[0]): ReturnType<Scheduler['explain']> {
    const actors = await this.#read([query.calendarId]);
    return actors.get(query.calendarId)?.read((state, now) => {
      const rules = explainSlot(worldOf(state), query.terms, { startsAt: query.startsAt, now, seats: query.seats, ignoreClaimId: null });
      return { bookable: rules.every((rule) => rule.ok), rules, revision: state.revision };
    });
  }

  async views(calendarIds: readonly string[], from: Instant, to: Instant): Promise<readonly CalendarView[]> {
    const actors = await this.#read(calendarIds);
    return Promise.all([...actors.values()].map((actor) => actor.read((state) => viewOf(state, from, to))));
  }

  async viewAt(calendarId: string, at: Instant): Promise<CalendarView | undefined> {
    const actor = (await this.#read([calendarId])).get(calendarId);
    if (actor === undefined) return undefined;
    const hours = await actor.read((state) => state.hours);
    const past = await stateAt(this.#options.database, { id: calendarId, hours }, at);
    return past === undefined ? undefined : viewOf(past, instant(0), instant(Number.MAX_SAFE_INTEGER));
  }

  async hold(holdId: string): Promise<Hold | undefined> {
    const home = await this.#desk.homeOfHold(holdId);
    const actor = home === undefined ? undefined : (await this.#read([home])).get(home);
    return actor?.read((state) => state.holds.get(holdId));
  }

  appointment(appointmentId: string): ReturnType<Scheduler['appointment']> {
    return this.#options.database.appointment(appointmentId);
  }

  async changes(calendarId: string, after: number, limit: number): ReturnType<Scheduler['changes']> {
    const range = await this.#options.database.changeRange(calendarId);
    if (range === undefined) return 'not-found';
    if (after < range.revision && (range.oldest === null || range.oldest > after + 1)) return 'too-old';
    const changes = await this.#options.database.changes(calendarId, after, Math.min(limit, MOST_CHANGES_AT_ONCE));
    return { revision: Math.max(range.revision, changes.at(-1)?.revision ?? 0), changes };
  }

  watch(calendarId: string, listener: (change: CalendarChange) => void): () => void {
    return this.#feeds.watch(calendarId, listener);
  }

  revisions(calendarIds: readonly string[]): ReadonlyMap<string, number> {
    const known = new Map<string, number>();
    for (const id of calendarIds) {
      const actor = this.#registry.inMemory(id);
      if (actor !== undefined) known.set(id, actor.durableRevision);
    }
    return known;
  }

  gauges(): NodeGauges {
    return {
      calendars: this.#registry.size,
      openRequests: this.#answering.openCount,
      queued: this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0),
      shards: this.#directory.ours().length,
      livingNodes: this.#directory.living.length,
    };
  }

  announceCatalog(version: number): void {
    this.#announcer.toEverybody({ type: 'catalog', from: this.#options.nodeId, version });
  }

  handOver(): Promise<void> {
    return this.#membership.handOver();
  }

  async close(): Promise<void> {
    this.#answering.close();
    if (!this.#isLost) await this.#answering.settled();
    for (const lane of this.#lanes) lane.stop();
    this.#following.close();
    this.#registry.close();
    this.#cancelSweep();
    await this.#membership.leave();
  }

  #openMembership(): Membership {
    const { nodeId, cluster, bus, timers, log } = this.#options;
    return new Membership({
      nodeId,
      cluster,
      directory: this.#directory,
      clock: this.#clock,
      timers,
      log,
      isAlone: bus === null,
      onBeat: (beat) => this.#onBeat(beat),
      onBuried: () => this.#lose('taken-over'),
      announce: (rows) => this.#announcer.toEverybody({ type: 'shards', from: nodeId, rows }),
    });
  }

  #laneContext(): LaneContext {
    const { database, timers, log, onBatch = () => undefined } = this.#options;
    const epochOf = (shard: number) => this.#directory.rowOf(shard).epoch;
    return { database, timers, clock: this.#clock, log, epochOf, onShards: (rows) => this.#onShards(rows), onBatch };
  }

  #openRegistry(): ActorRegistry {
    const { database, timers, ids, log } = this.#options;
    const context = {
      laneOf: (shard: number) => laneAt(this.#lanes, shard),
      isOurs: (shard: number) => this.#directory.isOurs(shard),
      now: () => this.#clock.now(),
      after: (milliseconds: number, run: () => void) => timers.after(milliseconds, run),
      newEntryId: (at: Instant) => ids.next(at),
      onChange: (change: CalendarChange, isOwn: boolean) => this.#publish(change, isOwn),
      onReloadFailed: (calendarId: string, error: unknown) => log.warn({ calendarId, error }, 'a calendar cannot be loaded'),
    };
    return new ActorRegistry(database, context, {
      beforeLoad: (calendarIds) => this.#following.join(calendarIds.filter((id) => !this.#directory.isOurs(shardOf(id)))),
      loaded: (actor) => this.#following.loaded(actor),
      gone: (calendarIds) => this.#following.leave(calendarIds),
    });
  }

  #openFollowing(): Following {
    const { bus, database, timers, log } = this.#options;
    return new Following({
      bus,
      channels: this.#channels,
      database,
      timers,
      log,
      actorOf: (calendarId) => this.#registry.inMemory(calendarId),
      watched: () => this.#feeds.watched(),
      onBeacon: () => this.#wakeHolds(this.#directory.ours()),
    });
  }

  /** To look at: no older than this call, as far as the bus is quick. */
  async #read(calendarIds: readonly string[]): Promise<ReadonlyMap<string, CalendarActor>> {
    const actors = await this.#registry.getAll(calendarIds);
    const doubtful = calendarIds.filter((id) => !this.#directory.isOurs(shardOf(id)) && !this.#following.isLive(id));
    if (doubtful.length > 0) await this.#following.compare(doubtful);
    return actors;
  }

  #refresh(calendarIds: readonly string[]): Promise<void> {
    return this.#following.compare(calendarIds.filter((id) => !this.#directory.isOurs(shardOf(id))));
  }

  /** Calendars with holds must be awake where they belong: nobody else would let the holds expire. Rejects with ReadFailure. */
  async #wakeHolds(shards: readonly number[]): Promise<void> {
    if (shards.length > 0) await this.#registry.getAll(await this.#options.database.calendarsWithHolds(shards));
  }

  #ownershipChanged({ gained, lost }: OwnershipChange): void {
    const shards = new Set([...gained, ...lost]);
    const actors = [...this.#registry.all()].filter((actor) => shards.has(actor.shard));
    for (const actor of actors) actor.ownershipChanged();
    const idsOf = (isOurs: boolean) => actors.filter((actor) => this.#directory.isOurs(actor.shard) === isOurs).map((actor) => actor.id);
    this.#following.leave(idsOf(true));
    void this.#settleIn(
      idsOf(false),
      gained,
      actors.map((actor) => actor.id),
    ).catch((error: unknown) => {
      if (!(error instanceof ReadFailure)) throw error;
      this.#options.log.warn({ error }, 'calendars of new shards could not be looked at yet');
    });
  }

  /** What is missed here, because the database is away, the next beacon makes good. */
  async #settleIn(followed: readonly string[], gained: readonly number[], all: readonly string[]): Promise<void> {
    await this.#following.join(followed);
    await this.#following.compare(all);
    await this.#wakeHolds(gained);
  }

  #hear(channel: string, text: string): void {
    const calendarId = this.#channels.calendarOf(channel);
    if (calendarId !== undefined) this.#following.hear(calendarId, text);
    else if (channel === this.#channels.everybody) this.#hearAnnouncement(readMessage<Announcement>(text));
    else this.#hearMessage(readMessage<NodeMessage>(text));
  }

  #hearAnnouncement(announcement: Announcement): void {
    if (announcement.from === this.#options.nodeId) return;
    if (announcement.type === 'shards') this.#directory.learn(announcement.rows);
    else this.#options.onCatalog?.(announcement.version);
  }

  #hearMessage(message: NodeMessage): void {
    if (this.#isLost) return;
    this.#router.hear(message);
    if (message.type === 'errand') void this.#errands?.accept(message);
    if (message.type === 'overtaken') this.#hearOvertaken(message.calendarId, message.revision);
  }

  /** Others may have placed a hold, and whose calendar it is lets it expire. */
  #hearOvertaken(calendarId: string, revision: number): void {
    void this.#registry
      .get(calendarId)
      .then((actor) => actor?.news(revision))
      .catch(ignoreOutage);
  }

  /** An entry of no calendar: only the key and what became of it. */
  #writeKey(request: RequestKey, answer: EntryAnswer): Promise<EntryEnd> {
    return new Promise((end) => {
      laneAt(this.#lanes, 0).enqueue({ id: this.#options.ids.next(this.now()), parts: [], request, answer, end });
    });
  }

  #publish(change: CalendarChange, isOwn: boolean): void {
    this.#desk.note(change);
    this.#feeds.publish(change);
    if (!isOwn) return;
    this.#announcer.changed(change);
    const owner = this.#directory.ownerOf(shardOf(change.calendarId));
    const { nodeId } = this.#options;
    if (owner !== null && owner !== nodeId)
      this.#announcer.toNode(owner, { type: 'overtaken', from: nodeId, calendarId: change.calendarId, revision: change.revision });
  }

  #onBeat(beat: Beat): void {
    if (beat.era !== this.era) this.#lose('new-era');
    else this.#options.onCatalog?.(beat.catalogVersion);
  }

  /** The database knows better who owns what. Where this node has lost a shard it did not give, it asks whether it has been given up. */
  async #onShards(rows: readonly ShardOwner[]): Promise<void> {
    const { nodeId } = this.#options;
    const isSurprise = rows.some(({ shard, owner }) => owner !== nodeId && this.#directory.isOurs(shard));
    if (isSurprise) await this.#membership.refresh();
    if (!this.#isLost) this.#directory.learn(rows);
  }

  #lose(loss: NodeLoss): void {
    if (this.#isLost) return;
    this.#isLost = true;
    for (const lane of this.#lanes) lane.stop();
    this.#membership.stop();
    this.#options.log.error(
      { loss },
      loss === 'taken-over' ? 'other nodes have given this one up; it stops answering' : 'the database has begun a new era; this node stops answering',
    );
    this.#answering.giveUp();
    this.#options.onLost(loss);
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.timers.after(SWEEP_EVERY_MS, () => {
      this.#registry.sweep(this.now(), (calendarId) => this.#feeds.isWatched(calendarId));
      if (!this.#isLost) this.#sweepLater();
    });
  }
}

/** What cannot be had now is had later: from the next beat, the next beacon, the next question. */
function ignoreOutage(error: unknown): void {
  if (!(error instanceof ReadFailure || error instanceof BusFailure)) throw error;
}

function laneAt(lanes: readonly Lane[], shard: number): Lane {
  const lane = lanes[shard % LANES];
  if (lane === undefined) throw new Error(`no lane for shard ${shard}`);
  return lane;
}

async function readSlots(actor: CalendarActor | undefined, query: SlotsQuery): Promise<CalendarSlots | undefined> {
  const { calendarId, staffId, terms, from, to, seats, movingAppointmentId } = query;
  return actor?.read((state, now) => {
    const { startsAt, remaining } = listSlots(worldOf(state), terms, { from, to, now, seats, ignoreClaimId: movingAppointmentId });
    return { calendarId, staffId, revision: state.revision, startsAt, remaining };
  });
}
