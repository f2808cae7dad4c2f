// One node: its calendars in memory, its lanes to the database, its membership, and its replies to the gateway.
import type { Instant } from '../../model/instant.ts';
import { BusFailure } from '../bus.ts';
import type { Hold, Refusal } from '../calendar/calendar.ts';
import { DatabaseClock } from '../journal/database-clock.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { Lane, type LaneContext } from '../journal/lane.ts';
import { Outage } from '../journal/outage.ts';
import { type Beat, ReadFailure, type ShardOwner } from '../ports.ts';
import type { Answer, CalendarChange, CalendarSlots, CalendarView, RequestKey, Scheduler, SchedulerCommand, SlotsQuery } from '../scheduler.ts';
import { Announcer } from './announcer.ts';
import { Calendars } from './calendars.ts';
import { ClaimDesk } from './claim-desk.ts';
import { Directory } from './directory.ts';
import { Feeds } from './feeds.ts';
import { ForwardedCommands } from './forwarded-commands.ts';
import { Groups } from './groups.ts';
import { Membership } from './membership.ts';
import { type Announcement, type Channels, channelsOf, type ForwardedCommand, type NodeMessage, readMessage } from './messages.ts';
import { Reading } from './reading.ts';
import { Replies } from './replies.ts';
import { Router } from './router.ts';
import type { NodeGauges, NodeLoss, NodeOptions, SchedulerNode } from './scheduler-node.ts';
import { shardOf } from './shard-of.ts';

/** Lanes 0 and 1 by shard; lane 2 for groups. */
const LANES = 2;
const GROUP_LANE = 2;

/** Joins the other nodes (or takes all shards, without a bus), starts the clock, and loads calendars with holds. Rejects with ReadFailure if the database does not answer. */
export async function openNode(options: NodeOptions): Promise<SchedulerNode> {
  const { nodeId, cluster, timers } = options;
  await cluster.join(nodeId);
  const clock = new DatabaseClock(timers);
  const sentAt = timers.monotonic();
  const { databaseTime, era } = await cluster.beat(nodeId, 0);
  clock.sample(databaseTime, sentAt, timers.monotonic());
  const node = new ClusterNode(options, clock, era);
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
  readonly #calendars: Calendars;
  readonly #lanes: readonly Lane[];
  readonly #reading: Reading;
  readonly #desk: ClaimDesk;
  readonly #router: Router;
  readonly #forwarded: ForwardedCommands | null;
  readonly #announcer: Announcer;
  readonly #replies: Replies;
  readonly #outage: Outage;
  #isLost = false;
  #isClosed = false;

  constructor(options: NodeOptions, clock: DatabaseClock, era: string) {
    this.era = era;
    this.#options = options;
    this.#clock = clock;
    this.#channels = channelsOf(era);
    const { nodeId, database, bus, timers, ids, seal, log } = options;
    this.#outage = new Outage(options.log, timers);
    this.#directory = new Directory(nodeId, (change) => this.#calendars.ownershipChanged(change));
    this.#announcer = new Announcer(bus, this.#channels, timers);
    this.#membership = this.#openMembership();
    const lanes = Array.from({ length: LANES }, (_, number) => new Lane(number, this.#laneContext()));
    const groupLane = new Lane(GROUP_LANE, this.#laneContext());
    this.#lanes = [...lanes, groupLane];
    this.#calendars = this.#openCalendars(lanes);
    const { registry, standIns } = this.#calendars;
    this.#reading = new Reading(this.#calendars, database);
    this.#replies = new Replies({ era, timers, writeKey: (request, answer) => this.#writeKey(request, answer) });
    const groups = new Groups({ lane: groupLane, newEntryId: (at) => ids.next(at), after: (milliseconds, run) => timers.after(milliseconds, run) });
    this.#desk = new ClaimDesk(registry, database, groups, {
      now: () => clock.now(),
      newCustomerId: () => ids.next(clock.now()),
      writeKey: (request, answer) => this.#writeKey(request, answer),
      ownerOf: (calendarId) => this.#directory.ownerOf(shardOf(calendarId)),
      send: (forwarded) => this.#router.send(forwarded),
      refresh: (calendarIds) => this.#calendars.refresh(calendarIds),
      toDecide: (calendarIds) => this.#calendars.toDecide(calendarIds),
    });
    const routing = {
      ...{ nodeId, channels: this.#channels, directory: this.#directory },
      now: () => clock.now(),
      decideHere: (forwarded: ForwardedCommand, handsOver?: boolean) => this.#desk.decideHere(forwarded, handsOver),
      refreshDirectory: () => this.#membership.refresh(),
    };
    this.#router = new Router({ ...routing, bus, timers, ids, seal, standIns, onNews: (id, revision) => registry.inMemory(id)?.news(revision) });
    const revisionOf = (id: string) => registry.inMemory(id)?.durableRevision ?? 0;
    this.#forwarded = bus && new ForwardedCommands({ ...routing, bus, outage: this.#outage, seal, log, revisionOf });
  }

  async start(): Promise<void> {
    const { bus } = this.#options;
    if (bus !== null) {
      bus.listen({
        onMessage: (channel, text) => this.#hear(channel, text),
        onUp: () => this.#calendars.following.onUp(),
        onDown: () => this.#calendars.following.onDown(),
      });
      await bus.subscribe([this.#channels.node(this.#options.nodeId), this.#channels.everybody]).catch(ignoreOutage);
    }
    await this.#membership.join();
    await this.#calendars.wakeHolds(this.#directory.ours());
  }

  now(): Instant {
    return this.#clock.now();
  }

  async ask(request: RequestKey, command: SchedulerCommand, options: { readonly dryRun?: boolean } = {}): Promise<Answer> {
    const named = options.dryRun ? null : request;
    return this.#replies.answer(named, () => this.#perform(command, request, { request: named, dryRun: options.dryRun === true }));
  }

  /** Reads come before decisions: if the database cannot be read, this attempt did nothing. */
  async #perform(command: SchedulerCommand, request: RequestKey, mode: Parameters<ClaimDesk['perform']>[1]): Promise<Answer> {
    try {
      return await this.#replies.ofOutcome(await this.#desk.perform(command, mode), request);
    } catch (failure) {
      if (failure instanceof ReadFailure) return { outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 };
      throw failure;
    }
  }

  async recall(request: RequestKey): Promise<Answer | undefined> {
    const stored = await this.#options.database.request(request.caller, request.key);
    return stored === undefined ? undefined : this.#replies.ofStored(stored, request);
  }

  refuse(request: RequestKey, refusal: Refusal): Promise<Answer> {
    return this.#replies.answer(request, () => this.#replies.refuse(request, refusal));
  }

  abandon(request: RequestKey): Promise<Answer> {
    return this.#replies.answer(null, () => this.#replies.abandon(request));
  }

  slots(queries: readonly SlotsQuery[]): Promise<readonly CalendarSlots[]> {
    return this.#reading.slots(queries);
  }

  explain(query: Parameters<Scheduler['explain']>[0]): ReturnType<Scheduler['explain']> {
    return this.#reading.explain(query);
  }

  views(calendarIds: readonly string[], from: Instant, to: Instant): Promise<readonly CalendarView[]> {
    return this.#reading.views(calendarIds, from, to);
  }

  viewAt(calendarId: string, at: Instant): ReturnType<Scheduler['viewAt']> {
    return this.#reading.viewAt(calendarId, at);
  }

  async hold(holdId: string): Promise<Hold | undefined> {
    const home = await this.#desk.homeOfHold(holdId);
    return home === undefined ? undefined : this.#reading.holdOn(home.calendarId, holdId);
  }

  async hasHoldExpired(holdId: string): Promise<boolean> {
    const home = await this.#desk.homeOfHold(holdId);
    return home !== undefined && this.#reading.hasExpired(home.calendarId, holdId);
  }

  appointment(appointmentId: string): ReturnType<Scheduler['appointment']> {
    return this.#options.database.appointment(appointmentId);
  }

  changes(calendarId: string, after: number, limit: number): ReturnType<Scheduler['changes']> {
    return this.#reading.changes(calendarId, after, limit);
  }

  watch(calendarId: string, listener: (change: CalendarChange) => void): () => void {
    return this.#feeds.watch(calendarId, listener);
  }

  async awake(calendarIds: readonly string[]): Promise<void> {
    await this.#calendars.toRead(calendarIds);
  }

  revisions(calendarIds: readonly string[]): ReadonlyMap<string, number> {
    const known = new Map<string, number>();
    for (const id of calendarIds) {
      const actor = this.#calendars.registry.inMemory(id);
      if (actor !== undefined) known.set(id, actor.durableRevision);
    }
    return known;
  }

  canWrite(): boolean {
    return this.#outage.canWrite;
  }

  gauges(): NodeGauges {
    return {
      calendars: this.#calendars.registry.size,
      openRequests: this.#replies.openCount,
      queued: this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0),
      shards: this.#directory.ours().length,
      livingNodes: this.#directory.livingCount,
    };
  }

  announceCatalog(version: number): void {
    this.#announcer.toEverybody({ type: 'catalog', from: this.#options.nodeId, version });
  }

  handOver(): Promise<void> {
    return this.#membership.handOver();
  }

  async close(): Promise<void> {
    this.#replies.close();
    if (!this.#isLost) await this.#replies.settled(() => this.#forwarded?.openCount ?? 0);
    this.#isClosed = true;
    for (const lane of this.#lanes) lane.stop();
    this.#calendars.close();
    await this.#membership.leave();
  }

  #openMembership(): Membership {
    const { nodeId, cluster, bus, timers } = this.#options;
    return new Membership({
      nodeId,
      cluster,
      directory: this.#directory,
      clock: this.#clock,
      timers,
      outage: this.#outage,
      isAlone: bus === null,
      onBeat: (beat) => this.#onBeat(beat),
      onBuried: () => this.#lose('taken-over'),
      announce: (rows) => this.#announcer.toEverybody({ type: 'shards', from: nodeId, rows }),
    });
  }

  #openCalendars(lanes: readonly Lane[]): Calendars {
    const { database, bus, timers, ids } = this.#options;
    return new Calendars({
      database,
      bus,
      channels: this.#channels,
      directory: this.#directory,
      feeds: this.#feeds,
      timers,
      ids,
      outage: this.#outage,
      now: () => this.#clock.now(),
      laneOf: (shard) => laneAt(lanes, shard),
      onChange: (change, isOwn) => this.#publish(change, isOwn),
    });
  }

  #laneContext(): LaneContext {
    const { database, timers, log, onBatch = () => undefined } = this.#options;
    const epochOf = (shard: number) => this.#directory.rowOf(shard).epoch;
    return { database, timers, clock: this.#clock, log, outage: this.#outage, epochOf, onShards: (rows) => this.#onShards(rows), onBatch };
  }

  #hear(channel: string, text: string): void {
    const calendarId = this.#channels.calendarOf(channel);
    if (calendarId !== undefined) this.#calendars.following.hear(calendarId, text);
    else if (channel === this.#channels.everybody) this.#hearAnnouncement(readMessage<Announcement>(text));
    else this.#hearMessage(readMessage<NodeMessage>(text));
  }

  #hearAnnouncement(announcement: Announcement): void {
    if (announcement.from === this.#options.nodeId) return;
    if (announcement.type === 'shards') this.#directory.learn(announcement.rows);
    else this.#hearCatalog(announcement.version);
  }

  /** If it cannot be read now, the next heartbeat tells again. */
  #hearCatalog(version: number): void {
    this.#options.onCatalog?.(version).catch((error: unknown) => this.#outage.meetOrTell(error, 'the catalog could not be read again'));
  }

  #hearMessage(message: NodeMessage): void {
    if (this.#isLost || this.#isClosed) return;
    this.#router.hear(message);
    if (message.type === 'forwarded-command') void this.#forwarded?.accept(message);
    if (message.type === 'overtaken') this.#calendars.overtaken(message);
  }

  /** An entry without calendars: only the key and its outcome. */
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
    else this.#hearCatalog(beat.catalogVersion);
  }

  /** The database has the true owners. If this node lost a shard it did not hand over, it asks whether it has been given up. */
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
    // Pending decisions will never become durable, so no one may wait for them.
    this.#calendars.close();
    this.#options.log.error(
      { loss },
      loss === 'taken-over' ? 'other nodes have given up this node; it stops answering' : 'the database has begun a new era; this node stops answering',
    );
    this.#replies.giveUp();
    this.#options.onLost(loss);
  }
}

/** A failed read is made up for by the next heartbeat, comparison or request. */
function ignoreOutage(error: unknown): void {
  if (!(error instanceof ReadFailure || error instanceof BusFailure)) throw error;
}

function laneAt(lanes: readonly Lane[], shard: number): Lane {
  const lane = lanes[shard % LANES];
  if (lane === undefined) throw new Error(`no lane for shard ${shard}`);
  return lane;
}
