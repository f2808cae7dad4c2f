// A node among others: it writes a heartbeat to the database, takes shards without an owner, and hands over shards that placement gives to
// another node.
//
//   joining ──▶ member ──▶ leaving ──▶ gone     by itself: hands everything over, then leaves
//                  │
//                  └──────────────────▶ gone     given up by the others: it was not heard from, and must end
//
// Correctness does not depend on this. A node that wrongly believes it owns a shard is only another writer, which the database rejects.
import type { DatabaseClock } from '../journal/database-clock.ts';
import type { Outage } from '../journal/outage.ts';
import { type Beat, type Cancel, type ClusterDatabase, ReadFailure, type ShardOwner, type Timers } from '../ports.ts';
import type { Directory } from './directory.ts';
import { placeOf } from './placement.ts';

/** A node is given up after six missed beats. */
const BEAT_EVERY_MS = 1_000;
/** Shards handed over at once: the calendars of each wait for a commit and are loaded again elsewhere. */
const MOST_HANDED_OVER = 8;
const HAND_OVER_PAUSE_MS = 50;
/** A leaving node hands over what it can in this time; the rest has no owner once it has left, and is taken at once. */
const HAND_OVER_WITHIN_MS = 10_000;

export type MembershipOptions = {
  readonly nodeId: string;
  readonly cluster: ClusterDatabase;
  readonly directory: Directory;
  readonly clock: DatabaseClock;
  readonly timers: Timers;
  readonly outage: Outage;
  /** There must be no other node: takes all shards from their owners. */
  readonly isAlone: boolean;
  readonly onBeat: (beat: Beat) => void;
  /** Others have given this node up. */
  readonly onBuried: () => void;
  /** Tells the other nodes at once what their next heartbeat would tell them. */
  readonly announce: (rows: readonly ShardOwner[]) => void;
};

export class Membership {
  readonly #options: MembershipOptions;
  #state: 'joining' | 'member' | 'leaving' | 'gone' = 'joining';
  #cancelBeat: Cancel = () => {};
  #beating: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isSettling = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** The node is known already. Rejects with ReadFailure if the database does not answer. */
  async join(): Promise<void> {
    const { cluster, nodeId, directory, isAlone } = this.#options;
    if (isAlone) directory.learn(await cluster.takeAllShards(nodeId));
    await this.#beatOnce();
    this.#state = 'member';
    await this.#takeOrphans();
    this.#beatLater();
  }

  /** Sends a heartbeat now to learn the owners. Callers during a heartbeat share the next one, because the current one may have read older state. */
  refresh(): Promise<void> {
    if (this.#state === 'gone') return Promise.resolve();
    if (this.#beating === undefined) {
      this.#beating = this.#beatAndAct().finally(() => {
        this.#beating = undefined;
      });
      return this.#beating;
    }
    this.#next ??= this.#beating.then(() => {
      this.#next = undefined;
      return this.refresh();
    });
    return this.#next;
  }

  /** Hands all shards to other nodes, if there are any. The node keeps answering without owning any. */
  async handOver(): Promise<void> {
    if (this.#state !== 'member') return;
    this.#state = 'leaving';
    const { directory, cluster, nodeId, timers } = this.#options;
    const until = timers.monotonic() + HAND_OVER_WITHIN_MS;
    const isWorthwhile = () => this.#others().length > 0 && directory.ours().length > 0 && timers.monotonic() < until;
    try {
      await cluster.prepareToLeave(nodeId);
      await this.refresh();
      while (isWorthwhile() && (await this.#give(directory.ours(), this.#others())));
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      this.#options.outage.meet(error, 'shards could not be handed over; others will take them');
    }
  }

  /** The last message of a node. If it is lost, the others give the node up. */
  async leave(): Promise<void> {
    const wasGone = this.#state === 'gone';
    this.stop();
    if (wasGone) return;
    const { cluster, nodeId, outage } = this.#options;
    await cluster.leave(nodeId).catch((error: unknown) => outage.meetOrTell(error, 'the database could not record that this node has left'));
  }

  stop(): void {
    this.#state = 'gone';
    this.#cancelBeat();
  }

  #others(): readonly string[] {
    return this.#options.directory.members.filter((node) => node !== this.#options.nodeId);
  }

  #beatLater(): void {
    if (this.#state === 'gone') return;
    this.#cancelBeat = this.#options.timers.after(BEAT_EVERY_MS, () => {
      void this.refresh().finally(() => this.#beatLater());
    });
  }

  async #beatAndAct(): Promise<void> {
    const { outage } = this.#options;
    try {
      await this.#beatOnce();
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      outage.failed('beat');
      outage.meet(error, 'heartbeats cannot be written');
      return;
    }
    outage.succeeded('beat');
    if (this.#state === 'member') this.#startSettling();
  }

  async #beatOnce(): Promise<Beat> {
    const { cluster, nodeId, directory, timers, clock, onBeat, onBuried } = this.#options;
    const sentAt = timers.monotonic();
    const beat = await cluster.beat(nodeId, directory.knownEpochs);
    clock.sample(beat.databaseTime, sentAt, timers.monotonic());
    if (beat.isGone) {
      if (this.#state !== 'gone') onBuried();
      this.stop();
      return beat;
    }
    directory.meet(beat.nodes, beat.members);
    if (beat.shards !== null) directory.learn(beat.shards);
    onBeat(beat);
    return beat;
  }

  async #takeOrphans(): Promise<void> {
    const { cluster, nodeId, directory, announce } = this.#options;
    const wanted = directory.orphans().filter((shard) => placeOf(shard, directory.members) === nodeId);
    if (wanted.length === 0) return;
    const rows = await cluster.takeShards(nodeId, wanted);
    directory.learn(rows);
    announce(rows);
  }

  /** Runs beside the heartbeats: moving shards waits for running commits, and a waiting node must still send heartbeats. */
  #startSettling(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    void this.#settle().finally(() => {
      this.#isSettling = false;
    });
  }

  async #settle(): Promise<void> {
    try {
      await this.#takeOrphans();
      if (!this.#options.isAlone) await this.#balance();
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      this.#options.outage.meet(error, 'shards could not be taken or handed over');
    }
  }

  /** A few at a time, as long as there is something to move. */
  async #balance(): Promise<void> {
    const { directory, nodeId, timers } = this.#options;
    while (this.#state === 'member') {
      const misplaced = directory.ours().filter((shard) => placeOf(shard, directory.members) !== nodeId);
      if (misplaced.length === 0 || !(await this.#give(misplaced, directory.members))) return;
      await new Promise<void>((resolve) => timers.after(HAND_OVER_PAUSE_MS, resolve));
    }
  }

  /** Hands the first few of these to their place among `nodes`. False if none moved: the target may just have left. */
  async #give(shards: readonly number[], nodes: readonly string[]): Promise<boolean> {
    const { cluster, nodeId, directory, announce } = this.#options;
    const byPlace = Map.groupBy(shards.slice(0, MOST_HANDED_OVER), (shard) => placeOf(shard, nodes));
    let hasGiven = false;
    for (const [place, together] of byPlace) {
      if (place === undefined || place === nodeId) continue;
      const rows = await cluster.giveShards(nodeId, place, together);
      directory.learn(rows);
      announce(rows);
      hasGiven ||= rows.some(({ owner }) => owner === place);
    }
    return hasGiven;
  }
}
