import { openNode } from '../../src/actors/cluster/node.ts';
import type { NodeLoss, SchedulerNode } from '../../src/actors/cluster/scheduler-node.ts';
import type { Log, Seal } from '../../src/actors/ports.ts';
import type { AuditTrail } from '../../src/audit/audit-trail.ts';
import { Consumers } from '../../src/consumers/consumers.ts';
import { type Broker, ModelBus } from './model-bus.ts';
import type { Link } from './model-database/connections.ts';
import { ModelChangeLog, ModelConsumers, type ModelWrites } from './model-database/consumers.ts';
import { ModelCluster } from './model-database/model-cluster.ts';
import { ModelJournal } from './model-database/model-journal.ts';
import { ModelRetention } from './model-database/retention.ts';
import type { ModelServer } from './model-database/server.ts';
import type { NodeNumber } from './plan.ts';
import type { Random } from './random.ts';
import { trailOver } from './read-trail.ts';
import { BEGINNING } from './scene.ts';
import { consumersOfTheWorld } from './scene-consumers.ts';
import { type ClockSkew, CUT, SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';

/** What everybody can see is not the text, and only what was sealed can be opened. */
const SEALED = 'sealed:';
const SIMULATED_SEAL: Seal = {
  seal: (text) => SEALED + Buffer.from(text).toString('base64'),
  open: (text) => (text.startsWith(SEALED) ? Buffer.from(text.slice(SEALED.length), 'base64').toString() : undefined),
};

/** How long a supervisor takes to restart a process that has ended. */
const RESTART_MS = 500;

export type MachineWorld = {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: ModelServer;
  readonly broker: Broker;
  readonly weather: Weather;
  /** False: every process runs alone, without a bus. */
  readonly hasBus: boolean;
  /** Something happened that must never happen. */
  readonly onBroken: (what: string) => void;
};

/** A process with an open node in it. */
export type Running = {
  readonly process: SimulatedProcess;
  readonly node: SchedulerNode;
  readonly nodeId: string;
  readonly consumers: Consumers<ModelWrites>;
  readonly trail: AuditTrail;
  readonly log: ModelChangeLog;
  readonly retention: ModelRetention;
};

/** A machine on which one process of the server runs, one incarnation after the other. */
export class Machine {
  readonly number: NodeNumber;
  readonly #world: MachineWorld;
  readonly #skew: ClockSkew;
  #incarnations = 0;
  #process: SimulatedProcess | undefined;
  #bus: ModelBus | undefined;
  #running: Running | undefined;
  /** No process is started before this moment. */
  #downUntil = 0;

  constructor(number: NodeNumber, skew: ClockSkew, world: MachineWorld) {
    this.number = number;
    this.#skew = skew;
    this.#world = world;
  }

  /** What can be asked; it may be paused. */
  get running(): Running | undefined {
    return this.#running;
  }

  get bus(): ModelBus | undefined {
    return this.#bus;
  }

  start(): void {
    const { time, random, server, weather, broker, hasBus } = this.#world;
    this.#incarnations += 1;
    const process = new SimulatedProcess(`${this.number}.${this.#incarnations}`, { time, random, skew: this.#skew });
    const link: Link = {
      server,
      process,
      time,
      random: random.fork(`link of ${process.name}`),
      faultOf: () => weather.faultOf(this.number),
      hole: () => weather.hole(this.number),
      lag: () => weather.lag(this.number, 'database'),
    };
    const nodeId = process.ids.next(BEGINNING);
    const bus = hasBus ? new ModelBus(broker, process, () => weather.lag(this.number, 'bus')) : null;
    this.#process = process;
    this.#bus = bus ?? undefined;
    const outage = weather.busOutage(this.number);
    if (outage > 0) {
      bus?.goOut(0);
      time.after(outage, () => bus?.comeBack());
    }
    const storage = { database: new ModelJournal(link), cluster: new ModelCluster(link) };
    const opening = { ...storage, nodeId, bus, seal: SIMULATED_SEAL, timers: process.timers, ids: process.ids };
    time.note(`${process.name} starts as ${nodeId}`);
    const onLost = (loss: NodeLoss) => this.#exit(process, loss);
    const log = this.#logOf(process);
    const open = async () => {
      let onBatch: () => void = () => undefined;
      const node = await openNode({ ...opening, log, onLost, onBatch: () => onBatch() });
      const parts = { store: new ModelConsumers(link), log: new ModelChangeLog(link), timers: process.timers, node: nodeId, logger: log };
      const consumers = new Consumers(
        consumersOfTheWorld(() => weather.stallsConsumer()),
        parts,
      );
      onBatch = () => consumers.onCommit();
      return { process, node, nodeId, consumers, trail: trailOver(link, consumers), log: new ModelChangeLog(link), retention: new ModelRetention(link) };
    };
    void process.ask(open).then(
      (running) => running !== CUT && this.#opened(running),
      (error: unknown) => this.#exit(process, String(error)),
    );
  }

  pause(): void {
    this.#note('is paused');
    this.#process?.pause();
  }

  resume(): void {
    this.#note('goes on');
    this.#process?.resume();
  }

  /** Everything of it is gone at once; a new one is started after a while. */
  crash(downForMs: number): void {
    this.#note('crashes');
    this.#end(downForMs);
  }

  /** As at SIGTERM: it hands over, answers what it was asked, and ends. */
  handOver(downForMs: number): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#note('hands over');
    const { process, node, consumers } = running;
    const leave = async () => {
      await node.handOver();
      await consumers[Symbol.asyncDispose]();
      await node.close();
    };
    void process.ask(leave).then(
      (end) => end !== CUT && this.#process === process && this.#end(downForMs),
      (error: unknown) => this.#world.onBroken(`${process.name} cannot hand over: ${String(error)}`),
    );
  }

  #opened(running: Running): void {
    if (this.#process !== running.process) return;
    this.#note('is open');
    this.#running = running;
  }

  #exit(process: SimulatedProcess, why: string): void {
    if (this.#process !== process) return;
    this.#note(`ends: ${why}`);
    // Later than now: the code that says so is still running.
    this.#world.time.after(0, () => this.#process === process && this.#end(RESTART_MS));
  }

  #end(downForMs: number): void {
    const { time } = this.#world;
    this.#process?.end();
    this.#process = undefined;
    this.#running = undefined;
    this.#downUntil = Math.max(this.#downUntil, time.now + downForMs);
    const again = () => {
      if (this.#process === undefined && time.now >= this.#downUntil) this.start();
    };
    time.after(downForMs, again);
  }

  #note(what: string): void {
    this.#world.time.note(`${this.#process?.name ?? this.number} ${what}`);
  }

  #logOf(process: SimulatedProcess): Log {
    const say = (level: string) => (facts: object, message: string) => {
      const error = 'error' in facts && facts.error instanceof Error ? `: ${reasonOf(facts.error)}` : '';
      this.#world.time.note(`${process.name} ${level} ${message}${error}`);
    };
    return { info: say('info'), warn: say('warn'), error: say('error') };
  }
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${reasonOf(error.cause)})` : error.message;
}
