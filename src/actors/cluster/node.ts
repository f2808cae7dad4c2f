// One node: the calendars it owns, its lanes to the database, and the answers to what the gateway asks.
import { type Instant, instant } from '../../model/instant.ts';
import { explainSlot, listSlots } from '../../model/slot-engine.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Hold, Refusal } from '../calendar/calendar.ts';
import { worldOf } from '../calendar/calendar-state.ts';
import type { Outcome } from '../calendar/work.ts';
import { DatabaseClock } from '../journal/database-clock.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { Lane, type LaneContext } from '../journal/lane.ts';
import { type Ids, type JournalDatabase, type Log, ReadFailure, type StoredRequest, type Timers } from '../ports.ts';
import type { Answer, CalendarChange, CalendarSlots, CalendarView, RequestKey, Scheduler, SchedulerCommand, SlotsQuery } from '../scheduler.ts';
import { ActorRegistry } from './actor-registry.ts';
import { viewOf } from './calendar-view.ts';
import { ClaimDesk } from './claim-desk.ts';
import { Feeds } from './feeds.ts';
import { KnownRequests } from './known-requests.ts';
import { stateAt } from './time-travel.ts';

/** Lanes 0 and 1 by shard; lane 2 for what needs several calendars at once. */
const LANES = 2;
const GROUP_LANE = 2;
/** After this long the caller is told that the outcome is unknown; the request itself goes on. */
const ANSWER_WITHIN_MS = 10_000;
const SWEEP_EVERY_MS = 30_000;
const MOST_CHANGES_AT_ONCE = 1_000;

export type NodeOptions = {
  readonly nodeId: string;
  readonly database: JournalDatabase;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: Log;
  /** Another process has taken this database over. The node has stopped answering; the process should end. */
  readonly onBuried: (shards: readonly number[]) => void;
  readonly onBatch?: LaneContext['onBatch'];
};

export type NodeGauges = { readonly calendars: number; readonly openRequests: number; readonly queued: number };
export type SchedulerNode = Scheduler & {
  gauges(): NodeGauges;
  /** Takes nothing new and waits, up to a limit, until what was taken has been answered. */
  close(): Promise<void>;
};

/** Takes all shards, starts the clock, and wakes the calendars whose holds are running. */
export async function openNode(options: NodeOptions): Promise<SchedulerNode> {
  const { database, timers, nodeId } = options;
  const clock = new DatabaseClock(timers);
  const sentAt = timers.monotonic();
  clock.sample(await database.databaseTime(), sentAt, timers.monotonic());
  const epochs = new Map(await database.takeAllShards(nodeId));
  const node = new LocalNode(options, clock, epochs, await database.era());
  await node.start();
  return node;
}

class LocalNode implements SchedulerNode {
  readonly era: string;
  readonly #options: NodeOptions;
  readonly #clock: DatabaseClock;
  readonly #feeds = new Feeds();
  readonly #registry: ActorRegistry;
  readonly #lanes: readonly Lane[];
  readonly #desk: ClaimDesk;
  readonly #requests = new KnownRequests();
  /** Tells each caller who still waits that the outcome is unknown. */
  readonly #waiters = new Set<() => void>();
  #cancelSweep = () => {};
  #state: 'open' | 'draining' | 'buried' = 'open';

  constructor(options: NodeOptions, clock: DatabaseClock, epochs: Map<number, number>, era: string) {
    this.era = era;
    this.#options = options;
    this.#clock = clock;
    const { nodeId, database, timers, ids, log } = options;
    const context: LaneContext = {
      nodeId,
      database,
      timers,
      clock,
      log,
      epochs,
      onBuried: (shards) => this.#bury(shards),
      onBatch: options.onBatch ?? (() => undefined),
    };
    const lanes = Array.from({ length: LANES }, (_, number) => new Lane(number, context, { atomic: false }));
    const groupLane = new Lane(GROUP_LANE, context, { atomic: true });
    this.#lanes = [...lanes, groupLane];
    this.#registry = new ActorRegistry(database, {
      laneOf: (shard) => laneAt(lanes, shard),
      now: () => clock.now(),
      after: (milliseconds, run) => timers.after(milliseconds, run),
      newEntryId: (at) => ids.next(at),
      onChange: (change) => this.#publish(change),
      onReloadFailed: (calendarId, error) => log.warn({ calendarId, error }, 'a calendar cannot be loaded'),
    });
    this.#desk = new ClaimDesk(this.#registry, database, groupLane, {
      now: () => clock.now(),
      newEntryId: () => ids.next(clock.now()),
      writeKey: (request, answer) => this.#writeKey(request, answer),
    });
  }

  /** Calendars with holds must be awake: nobody else would let the holds expire. */
  async start(): Promise<void> {
    await this.#registry.getAll(await this.#options.database.calendarsWithHolds());
    this.#sweepLater();
  }

  now(): Instant {
    return this.#clock.now();
  }

  async ask(request: RequestKey, command: SchedulerCommand, options: { readonly dryRun?: boolean } = {}): Promise<Answer> {
    const named = options.dryRun ? null : request;
    return this.#answered(named, () => this.#perform(command, request, { request: named, dryRun: options.dryRun === true }));
  }

  /** What is read comes before what is decided: if the database cannot be read, this attempt did nothing. */
  async #perform(command: SchedulerCommand, request: RequestKey, mode: Parameters<ClaimDesk['perform']>[1]): Promise<Answer> {
    try {
      return await this.#answerOf(await this.#desk.perform(command, mode), request);
    } catch (failure) {
      if (failure instanceof ReadFailure) return { outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 };
      throw failure;
    }
  }

  async recall(request: RequestKey): Promise<Answer | undefined> {
    const stored = await this.#options.database.request(request.caller, request.key);
    return stored === undefined ? undefined : this.#storedAnswer(stored, request);
  }

  async refuse(request: RequestKey, refusal: Refusal): Promise<Answer> {
    return this.#answered(request, async () => this.#written(request, { type: 'refusal', refusal }, { outcome: 'no', refusal, replayed: false }));
  }

  async abandon(request: RequestKey): Promise<Answer> {
    const refusal: Refusal = { code: 'abandoned' };
    // The fingerprint of an abandoned request is not known to whoever abandons it.
    return this.#answered(null, async () =>
      this.#written(request, { type: 'tombstone' }, { outcome: 'no', refusal, replayed: false }, { anyFingerprint: true }),
    );
  }

  async slots(queries: readonly SlotsQuery[]): Promise<readonly CalendarSlots[]> {
    const actors = await this.#registry.getAll(queries.map((query) => query.calendarId));
    const found = await Promise.all(queries.map((query) => readSlots(actors.get(query.calendarId), query)));
    return found.filter((slots) => slots !== undefined);
  }

  async explain(query: Parameters<Scheduler['explain']>[0]): ReturnType<Scheduler['explain']> {
    const actor = await this.#registry.get(query.calendarId);
    return actor?.read((state, now) => {
      const rules = explainSlot(worldOf(state), query.terms, { startsAt: query.startsAt, now, seats: query.seats, ignoreClaimId: null });
      return { bookable: rules.every((rule) => rule.ok), rules, revision: state.revision };
    });
  }

  async views(calendarIds: readonly string[], from: Instant, to: Instant): Promise<readonly CalendarView[]> {
    const actors = await this.#registry.getAll(calendarIds);
    return Promise.all([...actors.values()].map((actor) => actor.read((state) => viewOf(state, from, to))));
  }

  async viewAt(calendarId: string, at: Instant): Promise<CalendarView | undefined> {
    const actor = await this.#registry.get(calendarId);
    if (actor === undefined) return undefined;
    const hours = await actor.read((state) => state.hours);
    const past = await stateAt(this.#options.database, { id: calendarId, hours }, at);
    return past === undefined ? undefined : viewOf(past, instant(0), instant(Number.MAX_SAFE_INTEGER));
  }

  async hold(holdId: string): Promise<Hold | undefined> {
    const home = await this.#desk.homeOfHold(holdId);
    const actor = home === undefined ? undefined : await this.#registry.get(home);
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
    return { calendars: this.#registry.size, openRequests: this.#requests.openCount, queued: this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0) };
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'draining';
    const { timers } = this.#options;
    const until = timers.monotonic() + ANSWER_WITHIN_MS;
    while (this.#state === 'draining' && this.#requests.openCount > 0 && timers.monotonic() < until)
      await new Promise<void>((resolve) => timers.after(5, resolve));
    for (const lane of this.#lanes) lane.stop();
    this.#registry.close();
    this.#cancelSweep();
  }

  /** Runs a request once, whoever asks how often, and gives up waiting (not working) at the deadline. */
  async #answered(request: RequestKey | null, perform: () => Promise<Answer>): Promise<Answer> {
    if (this.#state !== 'open') return { outcome: 'retry', reason: 'draining', retryAfterSeconds: 1 };
    let cancel = () => {};
    let giveUp = () => {};
    const deadline = new Promise<Answer>((resolve) => {
      giveUp = () => resolve({ outcome: 'unknown' });
      cancel = this.#options.timers.after(ANSWER_WITHIN_MS, giveUp);
    });
    this.#waiters.add(giveUp);
    try {
      return await Promise.race([this.#requests.answer(request, perform), deadline]);
    } finally {
      cancel();
      this.#waiters.delete(giveUp);
    }
  }

  #answerOf(outcome: Outcome, request: RequestKey): Answer | Promise<Answer> {
    switch (outcome.type) {
      case 'done':
        if (outcome.event === undefined) throw new Error('a request was answered without a fact');
        return { outcome: 'ok', era: this.era, calendarId: outcome.calendarId, revision: outcome.revision, event: outcome.event, replayed: false };
      case 'refused':
        return { outcome: 'no', refusal: outcome.refusal, replayed: false };
      case 'duplicate':
        return this.#storedAnswer(outcome.stored, request);
      case 'stale':
      case 'overloaded':
        return { outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 };
      case 'poisoned':
        // The database found out, not a calendar; written down, so that it stays a "no" when the id becomes free.
        if (outcome.failure.constraint === 'claim_pkey' || outcome.failure.constraint === 'appointment_pkey')
          return this.#written(
            request,
            { type: 'refusal', refusal: { code: 'id-in-use' } },
            { outcome: 'no', refusal: { code: 'id-in-use' }, replayed: false },
          );
        throw outcome.failure;
      default:
        return outcome satisfies never;
    }
  }

  #storedAnswer(stored: StoredRequest, request: RequestKey, { anyFingerprint = false } = {}): Answer {
    if (stored.outcome === 'abandoned') return { outcome: 'no', refusal: { code: 'abandoned' }, replayed: true };
    if (!anyFingerprint && stored.fingerprint !== request.fingerprint) return { outcome: 'no', refusal: { code: 'idempotency-key-reused' }, replayed: true };
    if (stored.outcome === 'no') {
      if (stored.refusal === null) throw new Error('a stored refusal is empty');
      return { outcome: 'no', refusal: stored.refusal, replayed: true };
    }
    if (stored.event === null || stored.calendarId === null || stored.revision === null) throw new Error('a stored answer has lost its fact');
    return { outcome: 'ok', era: this.era, calendarId: stored.calendarId, revision: stored.revision, event: stored.event, replayed: true };
  }

  async #written(request: RequestKey, answer: EntryAnswer, fresh: Answer, options: { anyFingerprint?: boolean } = {}): Promise<Answer> {
    const end = await this.#writeKey(request, answer);
    if (end.type === 'done') return fresh;
    if (end.type === 'duplicate') return this.#storedAnswer(end.stored, request, options);
    throw end.type === 'poisoned' ? end.failure : new Error('a key without a calendar cannot lose its place');
  }

  /** An entry of no calendar: only the key and what became of it. */
  #writeKey(request: RequestKey, answer: EntryAnswer): Promise<EntryEnd> {
    return new Promise((end) => {
      laneAt(this.#lanes, 0).enqueue({ id: this.#options.ids.next(this.now()), parts: [], request, answer, end });
    });
  }

  #publish(change: CalendarChange): void {
    this.#desk.note(change);
    this.#feeds.publish(change);
  }

  #bury(shards: readonly number[]): void {
    if (this.#state === 'buried') return;
    this.#state = 'buried';
    for (const lane of this.#lanes) lane.stop();
    this.#options.log.error({ shards: shards.length }, 'another process has taken over; this one stops answering');
    for (const giveUp of this.#waiters) giveUp();
    this.#options.onBuried(shards);
  }

  /** Commits bring the time along; a node that has nothing to commit asks for it. */
  async #readClock(): Promise<void> {
    const { database, timers, log } = this.#options;
    const sentAt = timers.monotonic();
    try {
      this.#clock.sample(await database.databaseTime(), sentAt, timers.monotonic());
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      log.warn({ error }, 'the database cannot be asked for the time');
    }
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.timers.after(SWEEP_EVERY_MS, () => {
      void this.#readClock();
      this.#registry.sweep(this.now(), (calendarId) => this.#feeds.isWatched(calendarId));
      if (this.#state === 'open') this.#sweepLater();
    });
  }
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
