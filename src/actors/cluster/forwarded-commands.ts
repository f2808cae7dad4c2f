import type { Instant } from '../../model/instant.ts';
import { type Bus, BusFailure } from '../bus.ts';
import type { Outcome } from '../calendar/work.ts';
import type { Outage } from '../journal/outage.ts';
import type { Log, Seal } from '../ports.ts';
import { RecentMap } from '../recent-map.ts';
import type { Directory } from './directory.ts';
import { type Channels, calendarsOfForwarded, type ForwardedCommand, type NodeMessage } from './messages.ts';
import { toldOf } from './router.ts';
import { shardOf } from './shard-of.ts';

/** Commands from other nodes that are decided at once; beyond that the answer is `overloaded`. */
const MOST_FORWARDED = 2_000;

export type ForwardedCommandsOptions = {
  readonly nodeId: string;
  readonly bus: Bus;
  readonly channels: Channels;
  readonly directory: Directory;
  readonly now: () => Instant;
  readonly decideHere: (forwarded: ForwardedCommand) => Promise<Outcome>;
  /** The revision of a calendar on this node; 0 if it is not in memory. */
  readonly revisionOf: (calendarId: string) => number;
  readonly refreshDirectory: () => Promise<void>;
  readonly outage: Outage;
  readonly seal: Seal;
  readonly log: Log;
};

/** Answered copies that are remembered; the bus may deliver one twice, but not much later. */
const REMEMBERED_COPIES = 4_000;
/** Nodes with another secret that were already logged. */
const REMEMBERED_STRANGERS = 100;

/** Commands that other nodes forward to this one as the owner of their calendars, or because it has decided in the owner's place. */
export class ForwardedCommands {
  readonly #options: ForwardedCommandsOptions;
  /** Commands being decided: a second copy waits for the first. */
  readonly #open = new Map<string, Promise<Outcome>>();
  /** Accepted copies. A duplicate must not be started again: its sender may have been told that it did nothing. */
  readonly #taken = new RecentMap<string, true>(REMEMBERED_COPIES);

  readonly #unreadable = new RecentMap<string, true>(REMEMBERED_STRANGERS);

  constructor(options: ForwardedCommandsOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#open.size;
  }

  async accept(message: Extract<NodeMessage, { type: 'forwarded-command' }>): Promise<void> {
    const { directory, nodeId, now, refreshDirectory, seal } = this.#options;
    const { id, copy, epoch, deadlineAt } = message;
    const name = `${message.from} ${id} ${copy}`;
    if (now() > deadlineAt || this.#taken.get(name) === true) return;
    this.#taken.set(name, true);
    const opened = seal.open(message.forwarded);
    if (opened === undefined) return this.#noteUnreadable(message.from);
    const forwarded = JSON.parse(opened) as ForwardedCommand;
    const row = directory.rowOf(shardOf(forwarded.parts[0].calendarId));
    if (message.isHandedOver !== true && (row.owner !== nodeId || row.epoch !== epoch)) {
      await this.#tell(message, { type: 'not-owner', from: nodeId, id, copy, row });
      // The sender knows of a hand-over that we have not heard of yet.
      if (epoch > row.epoch) await refreshDirectory();
      return;
    }
    const outcome = await this.#decideOrSay(`${message.from} ${id}`, forwarded);
    if (outcome.type === 'unknown') return; // silence says the same
    const revisions = calendarsOfForwarded(forwarded).map((calendarId) => this.#options.revisionOf(calendarId));
    await this.#tell(message, { type: 'outcome', from: nodeId, id, copy, outcome: toldOf(outcome), revisions });
  }

  /** The sender decides by itself, through the database. Logged once for each node: it lasts until one of them is restarted with the right secret. */
  #noteUnreadable(from: string): void {
    if (this.#unreadable.get(from) === true) return;
    this.#unreadable.set(from, true);
    this.#options.log.error({ from }, 'a node has another JWT_SECRET; give all nodes the same, with the one before in JWT_SECRETS_OLD');
  }

  /** What fails here also fails at the sender when it decides the command itself, and the sender can tell the caller. */
  async #decideOrSay(name: string, forwarded: ForwardedCommand): Promise<Outcome> {
    const [{ calendarId, command }] = forwarded.parts;
    try {
      return await this.#decide(name, forwarded);
    } catch (error) {
      this.#options.outage.meetOrTell(error, 'a forwarded command failed', { calendarId, command: command.type });
      return { type: 'unknown' };
    }
  }

  async #decide(name: string, forwarded: ForwardedCommand): Promise<Outcome> {
    const running = this.#open.get(name);
    if (running !== undefined) return running;
    if (this.#open.size >= MOST_FORWARDED) return { type: 'overloaded' };
    const deciding = this.#options.decideHere(forwarded).finally(() => this.#open.delete(name));
    this.#open.set(name, deciding);
    return deciding;
  }

  /** If an answer is lost, the sender asks again. */
  async #tell({ from }: NodeMessage, answer: NodeMessage): Promise<void> {
    const { bus, channels } = this.#options;
    try {
      await bus.publish(channels.node(from), JSON.stringify(answer));
    } catch (failure) {
      if (!(failure instanceof BusFailure)) throw failure;
    }
  }
}
