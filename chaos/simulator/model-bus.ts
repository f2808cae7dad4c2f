import { type Bus, BusFailure, type BusListener } from '../../src/actors/bus.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** From a node to the broker, or from the broker to a node, at the least; milliseconds. */
const LEAST_STEP_MS = 0.05;
/** A subscription has a connection of its own, and takes up to this much longer to stand. */
const SUBSCRIBING_MS = 25;
const COMMAND_TIMEOUT_MS = 500;
/** A node that finds its connection gone has a new one after this. */
const RECONNECT_MS = { least: 20, most: 200 };

/** What becomes of one message on its way to one node. Chances from 0 to 1. */
export type BusWeather = { readonly loses: number; readonly doubles: number; readonly delays: number; readonly delayMs: number };

/** In the middle of all nodes. */
export class Broker {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly weather: () => BusWeather | undefined;
  readonly #longestStepMs: number;
  /** Hears everything. */
  readonly #onMessage: (text: string) => void;
  readonly #subscribers = new Map<string, Set<ModelBus>>();

  constructor(world: {
    readonly time: VirtualTime;
    readonly random: Random;
    readonly weather: () => BusWeather | undefined;
    readonly longestStepMs: number;
    readonly onMessage?: (text: string) => void;
  }) {
    this.time = world.time;
    this.random = world.random.fork('bus');
    this.weather = world.weather;
    this.#longestStepMs = world.longestStepMs;
    this.#onMessage = world.onMessage ?? (() => undefined);
  }

  step(): number {
    return this.random.between(LEAST_STEP_MS, this.#longestStepMs);
  }

  subscribe(bus: ModelBus, channel: string): void {
    const subscribers = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, subscribers);
    subscribers.add(bus);
  }

  unsubscribe(bus: ModelBus, channel: string): void {
    this.#subscribers.get(channel)?.delete(bus);
  }

  /** A connection is gone, and everything that was subscribed to over it. */
  forget(bus: ModelBus): void {
    for (const subscribers of this.#subscribers.values()) subscribers.delete(bus);
  }

  /** How many nodes it is sent to, which is not how many get it. */
  publish(channel: string, text: string): number {
    this.#onMessage(text);
    const subscribers = [...(this.#subscribers.get(channel) ?? [])].filter((bus) => !bus.isLost);
    for (const bus of subscribers) this.#send(bus, channel, text);
    return subscribers.length;
  }

  #send(bus: ModelBus, channel: string, text: string): void {
    const weather = this.weather();
    const { random } = this;
    if (weather !== undefined && random.chance(weather.loses)) return;
    if (weather !== undefined && random.chance(weather.doubles)) bus.arrive(channel, text, random.between(0, weather.delayMs));
    if (weather !== undefined && random.chance(weather.delays)) bus.arrive(channel, text, random.between(0, weather.delayMs));
    else bus.arriveInOrder(channel, text, this.step());
  }
}

/** The bus as one process has it. */
export class ModelBus implements Bus {
  readonly #broker: Broker;
  readonly #process: SimulatedProcess;
  /** How much longer than otherwise the way to the broker takes, and the way back; milliseconds. */
  readonly #lag: () => number;
  readonly #wanted = new Set<string>();
  #listener: BusListener | undefined;
  #isUp = true;
  /** Nothing gets through, whether the process has found out or not. */
  #isOut = false;
  #lastArrivalAt = 0;
  #lastCommandAt = 0;

  constructor(broker: Broker, process: SimulatedProcess, lag: () => number) {
    this.#lag = lag;
    this.#broker = broker;
    this.#process = process;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isLost(): boolean {
    return this.#isOut || this.#process.isGone;
  }

  listen(listener: BusListener): void {
    this.#listener = listener;
  }

  async publish(channel: string, text: string): Promise<number> {
    // What one process says arrives in the order in which it says it.
    this.#lastCommandAt = Math.max(this.#lastCommandAt, this.#broker.time.now + this.#broker.step() + this.#lag());
    return this.#command(() => this.#broker.publish(channel, text), this.#lastCommandAt - this.#broker.time.now);
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#wanted.add(channel);
    await this.#command(
      () => {
        for (const channel of channels) if (this.#wanted.has(channel)) this.#broker.subscribe(this, channel);
      },
      this.#broker.step() + this.#lag() + this.#broker.random.between(0, SUBSCRIBING_MS),
    );
  }

  unsubscribe(channels: readonly string[]): void {
    for (const channel of channels) {
      this.#wanted.delete(channel);
      this.#broker.unsubscribe(this, channel);
    }
  }

  /** Nothing gets through from now on. The process finds out after a while, or with the first command that is not answered. */
  goOut(noticedAfterMs: number): void {
    this.#isOut = true;
    this.#broker.time.after(noticedAfterMs, () => this.#process.deliver(() => this.#isOut && this.#goDown()));
  }

  /** It works again. Nodes that noticed nothing have only lost messages. */
  comeBack(): void {
    this.#isOut = false;
    if (!this.#isUp) this.#reconnect();
  }

  arrive(channel: string, text: string, delayMs: number): void {
    this.#broker.time.after(delayMs, () => {
      if (!this.#isOut) this.#process.deliver(() => this.#hear(channel, text));
    });
  }

  arriveInOrder(channel: string, text: string, delayMs: number): void {
    const { now } = this.#broker.time;
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, now + delayMs + this.#lag());
    this.arrive(channel, text, this.#lastArrivalAt - now);
  }

  #hear(channel: string, text: string): void {
    if (this.#isUp && this.#wanted.has(channel)) this.#listener?.onMessage(channel, text);
  }

  #command<Reply>(atBroker: () => Reply, delayMs: number): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    if (!this.#isUp) return Promise.reject(new BusFailure('there is no connection'));
    const { time } = this.#broker;
    const cancel = this.#process.timers.after(COMMAND_TIMEOUT_MS, () => {
      reject(new BusFailure('no answer'));
      this.#goDown();
    });
    time.after(delayMs, () => {
      if (this.#isOut) return;
      const reply = atBroker();
      const answer = () => {
        cancel();
        resolve(reply);
      };
      time.after(this.#broker.step() + this.#lag(), () => this.#isOut || this.#process.deliver(answer));
    });
    return promise;
  }

  /** A connection that does not answer is given up, whatever the reason. */
  #goDown(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#broker.forget(this);
    this.#listener?.onDown();
    if (!this.#isOut) this.#reconnect();
  }

  #reconnect(): void {
    const { time, random } = this.#broker;
    time.after(random.between(RECONNECT_MS.least, RECONNECT_MS.most), () => {
      if (this.#isOut || this.#isUp) return;
      for (const channel of this.#wanted) this.#broker.subscribe(this, channel);
      this.#process.deliver(() => {
        if (this.#isUp) return;
        this.#isUp = true;
        for (const channel of this.#wanted) this.#broker.subscribe(this, channel);
        this.#listener?.onUp();
      });
    });
  }
}
