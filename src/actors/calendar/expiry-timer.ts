import type { Instant } from '../../model/instant.ts';
import type { Cancel } from '../ports.ts';

type World = { readonly now: () => Instant; readonly after: (milliseconds: number, run: () => void) => Cancel };

/** One timer, for the hold of a calendar that ends first. It sends a command; the calendar decides. */
export class ExpiryTimer {
  readonly #world: World;
  readonly #onDue: () => void;
  #cancel: Cancel = () => {};
  #at = Number.POSITIVE_INFINITY;

  constructor(world: World, onDue: () => void) {
    this.#world = world;
    this.#onDue = onDue;
  }

  /** Infinity: nothing ends. */
  set(at: number): void {
    if (at === this.#at) return;
    this.stop();
    this.#at = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#cancel = this.#world.after(Math.max(0, at - this.#world.now()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#onDue();
    });
  }

  stop(): void {
    this.#cancel();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
