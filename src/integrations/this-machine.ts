// The real world behind the ports of the actors: this machine's clock, its event loop, its randomness.
import { randomUUIDv7 } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Ids, Timers } from '../actors/ports.ts';

/** The longest time a timer of Node can wait; longer ones look at the time again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const timers: Timers = {
  monotonic: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
};

export const ids: Ids = { next: () => randomUUIDv7() };
