// What a node needs, and what it is to the process around it. Types only; `node.ts` makes one.
import type { Bus } from '../bus.ts';
import type { LaneContext } from '../journal/lane.ts';
import type { ClusterDatabase, Ids, JournalDatabase, Log, Seal, Timers } from '../ports.ts';
import type { Scheduler } from '../scheduler.ts';

/** Why a node must end: others have given it up, or the database has begun a new life and what is in memory may never have happened. */
export type NodeLoss = 'taken-over' | 'new-era';

export type NodeOptions = {
  readonly nodeId: string;
  readonly database: JournalDatabase;
  readonly cluster: ClusterDatabase;
  /** How to talk to other nodes. null: there are none, and a node that was there before is given up. */
  readonly bus: Bus | null;
  /** The same for all nodes on one bus. */
  readonly seal: Seal;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: Log;
  /** The node has stopped answering; the process should end. */
  readonly onLost: (loss: NodeLoss) => void;
  /** How far the catalog is, at every beat and whenever another node says that it has changed it. */
  readonly onCatalog?: (version: number) => Promise<void>;
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
  /** False while what is decided cannot be written: a commit or the beat has failed for longer than a moment, and is tried again. */
  canWrite(): boolean;
  /** Tells the other nodes that this one has changed the catalog. */
  announceCatalog(version: number): void;
  /** Gives its calendars to the other nodes and goes on answering. Returns when it owns nothing any more, or nobody takes it. */
  handOver(): Promise<void>;
  /** Takes nothing new and waits, up to a limit, until what was taken has been answered. */
  close(): Promise<void>;
};
