// Passwords are slow on purpose: how many are looked at, and how many wait for it.
import { availableParallelism } from 'node:os';
import { AddressPlaces } from './address-places.ts';

/**
 * bcrypt runs in the pool of four threads that files and the names of hosts are looked up with, too: one stays for those. And one core stays for
 * the main thread, which claims need.
 */
export const AT_ONCE = Math.max(1, Math.min(3, availableParallelism() - 1));
/** At a quarter of a second a password, a caller waits at most five seconds, or ten if a password is wrong and so compared twice. */
const WAITING_FOR_EACH = 20;
/** Inside at once, in total. */
export const MOST_INSIDE = AT_ONCE * (1 + WAITING_FOR_EACH);
/** Inside at once from one address, before `RATE_LIMIT_SCALE`: nobody fills the queue alone, and a family or a shop counter still gets in together. */
const MOST_OF_ONE_ADDRESS = 4;
/** By then a queue that was full has come to its end. */
export const QUEUE_RETRY_SECONDS = 5;

let running = 0;
const waiting: (() => void)[] = [];

/** Hashes when it is its turn. The threads are the process's, and so is this; who may wait here at all is for `PasswordQueue` to say. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running < AT_ONCE) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Limits how many passwords are checked or made at once; beyond the limit the database is not asked either. */
export class PasswordQueue {
  readonly #places: AddressPlaces;
  #size = 0;

  /** `scale` multiplies how many of one address may be inside, never how many of all. */
  constructor(scale: number) {
    this.#places = new AddressPlaces(Math.max(1, Math.floor(MOST_OF_ONE_ADDRESS * scale)));
  }

  /** To be disposed of when the password has been dealt with. `null`: there is no room at the moment. */
  enter(address: string): Disposable | null {
    if (this.#size >= MOST_INSIDE || !this.#places.hasRoomFor(address)) return null;
    this.#size += 1;
    const leave = this.#places.take(address);
    return {
      [Symbol.dispose]: () => {
        this.#size -= 1;
        leave();
      },
    };
  }
}
