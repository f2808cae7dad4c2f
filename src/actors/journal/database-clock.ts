import { type Instant, instant } from '../../model/instant.ts';
import type { Timers } from '../ports.ts';

/** Samples kept; the one with the shortest round trip counts. */
const SAMPLES = 16;
/** A deviation larger than the round trip plus this means that a clock jumped or this machine slept: older readings are discarded. */
const JUMP_MS = 250;

/**
 * The estimated time of the database: every decision and every hold expiry is dated by it, so that nodes with wrong clocks agree.
 * It never goes backwards.
 */
export class DatabaseClock {
  readonly #timers: Timers;
  #samples: { readonly roundTrip: number; readonly offset: number }[] = [];
  #offset: number | undefined;
  #latest = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Takes a reading in: what the database's clock said between the two moments of our monotonic one (ms). */
  sample(databaseTime: Instant, sentAt: number, receivedAt: number): void {
    const sample = { roundTrip: receivedAt - sentAt, offset: databaseTime - (sentAt + receivedAt) / 2 };
    if (this.#offset !== undefined && Math.abs(sample.offset - this.#offset) > sample.roundTrip / 2 + JUMP_MS) this.#samples = [];
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    this.#offset = this.#samples.reduce((best, other) => (other.roundTrip < best.roundTrip ? other : best)).offset;
  }

  now(): Instant {
    if (this.#offset === undefined) throw new Error('the database has not been asked for the time yet');
    this.#latest = Math.max(this.#latest, Math.floor(this.#timers.monotonic() + this.#offset));
    return instant(this.#latest);
  }
}
