import { createHash, type Hash } from 'node:crypto';
import type { Cancel } from '../../src/actors/ports.ts';

type Event = { readonly at: number; readonly order: number; readonly run: () => void; isCancelled: boolean };

/** Events that happen in one run; a world that makes more of them runs in circles. */
const MOST_EVENTS = 2_000_000;

/**
 * The time of a simulated world, in milliseconds since its beginning. It stands still while something happens and leaps to the next
 * event. Events of the same moment happen in the order in which they were planned. After each, every promise that can go on has gone on.
 */
export class VirtualTime {
  #now = 0;
  #order = 0;
  #count = 0;
  readonly #heap: Event[] = [];
  readonly #hash: Hash = createHash('sha256');
  readonly #onTrace: ((line: string) => void) | undefined;

  constructor(onTrace?: (line: string) => void) {
    this.#onTrace = onTrace;
  }

  get now(): number {
    return this.#now;
  }

  /** How many events have happened. */
  get count(): number {
    return this.#count;
  }

  after(milliseconds: number, run: () => void): Cancel {
    const event: Event = { at: this.#now + Math.max(0, milliseconds), order: this.#order, run, isCancelled: false };
    this.#order += 1;
    this.#push(event);
    return () => {
      event.isCancelled = true;
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /** Whatever is noted here makes up the trace: two runs are the same if their hashes are. */
  note(line: string): void {
    this.#hash.update(`${this.#now.toFixed(3)} ${line}\n`);
    this.#onTrace?.(`${this.#now.toFixed(3).padStart(10)} ${line}`);
  }

  /** Of everything noted so far. */
  get traceHash(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  /** Lets the world go on until that moment, or until `isOver`. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    while (!isOver()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) break;
      this.#pop();
      if (next.isCancelled) continue;
      this.#count += 1;
      if (this.#count > MOST_EVENTS) throw new Error(`more than ${MOST_EVENTS} events, and it is only ${this.#now} ms`);
      this.#now = next.at;
      next.run();
      await new Promise(setImmediate);
    }
    if (!isOver()) this.#now = Math.max(this.#now, until);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const [one, other] = [heap[left], heap[right]];
      const isRight = one !== undefined && other !== undefined && isBefore(other, one);
      const child = isRight ? other : one;
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = isRight ? right : left;
    }
    heap[index] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
