// What one limit has counted, in the memory of this process.

/** Keys that one limit counts at once. Beyond that the window that ends first is forgotten, and its key begins anew. */
const MOST_KEYS = 100_000;

type CountWindow = { taken: number; readonly endsAt: number };

/** A window begins with the first request of a key and has the same length for all keys, so windows end in the order in which they began. */
export class WindowCounts {
  readonly #milliseconds: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, CountWindow>();
  /** No window ends before this. */
  #nextEndAt = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(milliseconds: number, now: () => number = () => performance.now()) {
    this.#milliseconds = milliseconds;
    this.#now = now;
  }

  /** Counts for a key. Returns what is counted in its window, with this, and for how many milliseconds the window lasts. */
  take(key: string, points: number): { readonly taken: number; readonly left: number } {
    const now = this.#now();
    this.#dropEnded(now);
    const open = this.#windows.get(key);
    if (open !== undefined) {
      open.taken += points;
      return { taken: open.taken, left: open.endsAt - now };
    }
    this.#windows.set(key, { taken: points, endsAt: now + this.#milliseconds });
    return { taken: points, left: this.#milliseconds };
  }

  #dropEnded(now: number): void {
    if (now < this.#nextEndAt && this.#windows.size < MOST_KEYS) return;
    this.#nextEndAt = now + this.#milliseconds;
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size < MOST_KEYS) {
        this.#nextEndAt = endsAt;
        return;
      }
      this.#windows.delete(key);
    }
  }
}
