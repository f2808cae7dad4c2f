import { addressGroups } from '../../access/address-group.ts';
import type { Principal } from '../../access/principal.ts';
import { worksForBusiness } from '../../access/rights.ts';

/**
 * For whom it is counted what is scarce in this process: who works for the business as the user or key, guests and customers by address and the networks around it,
 * the narrowest first. `factor` multiplies what one may have.
 */
export type Source = readonly [{ readonly name: string; readonly factor: number }, ...{ readonly name: string; readonly factor: number }[]];

export function sourceOf(principal: Principal | null, address: string): Source {
  return worksForBusiness(principal) ? [{ name: `user ${principal.userId}`, factor: 1 }] : addressGroups(address);
}

/** Of one source, before `RATE_LIMIT_SCALE`. A page asks one thing at a time, and a moment later the next; ten at once from an office are answered in half a second. */
const MAX_WAITING_PER_SOURCE = 32;
/** Calendar-days that are answered at once: a week of twenty people, which is what pages ask for, takes a few milliseconds. */
const SMALL_CALENDAR_DAYS = 150;

/**
 * Questions about many days of many calendars take some ten milliseconds each. They are answered one in each turn of the event loop, so that everything else
 * is served in between, and sources take turns, so that one that asks much waits for itself and not others for it.
 */
export class BigQuestions {
  /** Of one source. */
  readonly mostWaiting: number;
  /** In the order in which sources have their turn. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #isRunning = false;

  constructor(scale: number) {
    this.mostWaiting = MAX_WAITING_PER_SOURCE * scale;
  }

  /** Waits until it is this question's turn. False: too many of this source wait already. */
  turn(source: Source, calendarDays: number): Promise<boolean> {
    if (calendarDays <= SMALL_CALENDAR_DAYS) return Promise.resolve(true);
    const { name } = source.at(-1) ?? source[0];
    const queue = this.#waiting.get(name) ?? [];
    if (queue.length >= this.mostWaiting) return Promise.resolve(false);
    this.#waiting.set(name, queue);
    return new Promise((resolve) => {
      queue.push(() => resolve(true));
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => this.#next());
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#isRunning = false;
      return;
    }
    const [source, queue] = first;
    this.#waiting.delete(source);
    queue.shift()?.();
    if (queue.length > 0) this.#waiting.set(source, queue);
    setImmediate(() => this.#next());
  }
}
