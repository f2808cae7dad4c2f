import type { Ids, Timers } from '../../src/actors/ports.ts';
import type { Instant } from '../../src/model/instant.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the clock of a machine says: how fast it runs, and what it showed at the beginning of the world. */
export type ClockSkew = { readonly rate: number; readonly offset: number };

/** What somebody outside gets from a process that ends before it has answered. */
export const CUT: unique symbol = Symbol('cut');

/** A turn of the event loop, milliseconds: what is done "soon" comes after what arrives within it. */
const TURN_MS = 0.05;

/**
 * One incarnation of a process. Everything that reaches the code inside comes through here: while it is paused it waits, and once it
 * has crashed it never comes, so that the promises inside never go on.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #skew: ClockSkew;
  #state: 'running' | 'paused' | 'gone' = 'running';
  #waiting: { readonly isTimer: boolean; readonly run: () => void }[] = [];
  readonly #end = Promise.withResolvers<typeof CUT>();
  #ids = 0;

  constructor(name: string, world: { readonly time: VirtualTime; readonly random: Random; readonly skew: ClockSkew }) {
    this.name = name;
    this.#time = world.time;
    this.#random = world.random.fork(`process ${name}`);
    this.#skew = world.skew;
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  readonly timers: Timers = {
    monotonic: () => this.#skew.offset + this.#time.now * this.#skew.rate,
    after: (milliseconds, run) => {
      let isCancelled = false;
      const cancel = this.#time.after(milliseconds / this.#skew.rate, () => this.#let(() => isCancelled || run(), true));
      return () => {
        isCancelled = true;
        cancel();
      };
    },
    soon: (run) => {
      this.#time.after(TURN_MS, () => this.#let(run, false));
    },
  };

  /** Version 7 in form: they sort by age, and no two processes make the same one. */
  readonly ids: Ids = {
    next: (at: Instant) => {
      this.#ids += 1;
      return uuidFrom(this.#random, at, this.#ids);
    },
  };

  /** Something reaches the process from outside. */
  deliver(run: () => void): void {
    this.#let(run, false);
  }

  /** Somebody outside asks something of the code inside. */
  ask<Answer>(work: () => Promise<Answer>): Promise<Answer | typeof CUT> {
    if (this.#state === 'gone') return Promise.resolve(CUT);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.deliver(() => void work().then(resolve, reject));
    return Promise.race([promise, this.#end.promise]);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** What has come meanwhile happens now. Timers may come before what the network brought, or stay where they were. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    const isTimersFirst = this.#random.chance(0.5);
    const ordered = isTimersFirst ? [...waiting.filter(({ isTimer }) => isTimer), ...waiting.filter(({ isTimer }) => !isTimer)] : waiting;
    for (const { run, isTimer } of ordered) this.#time.after(0, () => this.#let(run, isTimer));
  }

  /** Nothing of it runs any more. */
  end(): void {
    this.#state = 'gone';
    this.#waiting = [];
    this.#end.resolve(CUT);
  }

  #let(run: () => void, isTimer: boolean): void {
    if (this.#state === 'gone') return;
    if (this.#state === 'paused') this.#waiting.push({ isTimer, run });
    else run();
  }
}

/** A UUID of version 7 from that moment, a count and chance. */
export function uuidFrom(random: Random, at: number, count: number): string {
  const moment = Math.floor(at).toString(16).padStart(12, '0').slice(-12);
  const digits = (length: number) =>
    Array.from({ length }, () => random.below(16).toString(16))
      .join('')
      .slice(0, length);
  const counted = (count & 0xfff).toString(16).padStart(3, '0');
  return `${moment.slice(0, 8)}-${moment.slice(8)}-7${counted}-${(8 + random.below(4)).toString(16)}${digits(3)}-${digits(12)}`;
}
