// What a node needs, and what it is to the process around it. Types only; `node.ts` makes one.
import type { Bus } from '../bus.ts';
import type { LaneContext } from '../journal/lane.ts';
import type { ClusterDatabase, Ids, JournalDatabase, Log, Seal, Timers } from '../ports.ts';
import type { Scheduler } from '../scheduler.ts';

/** Why a node must end: other nodes gave it up, or a new era began and the state in memory may be invalid. */
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
  /** The catalog version, at every heartbeat and whenever another node announces a change. */
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
  /** False while nothing can be written: a commit or heartbeat has been failing for more than a moment. */
  canWrite(): boolean;
  /** Tells the other nodes that this one has changed the catalog. */
  announceCatalog(version: number): void;
  /** Hands its shards to the other nodes and keeps answering. Resolves when it owns none, or no node takes them. */
  handOver(): Promise<void>;
  /** Accepts nothing new and waits, up to a limit, until everything accepted has been answered. */
  close(): Promise<void>;
};
