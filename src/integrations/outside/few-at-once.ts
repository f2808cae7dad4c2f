/** `perHost` requests go to one host at the same time, `total` to all of them; `waiting` more wait. */
export type AtOnce = { readonly perHost: number; readonly total: number; readonly waiting: number };
/** A slow host has its four to itself, and eight of them all. */
export const AT_ONCE: AtOnce = { perHost: 4, total: 32, waiting: 1_000 };

type Waiter = { readonly host: string; readonly enter: () => void };

/** Lets few in at a time, in the order of their coming; those for a busy host let the others pass. */
export class FewAtOnce {
  readonly #most: AtOnce;
  readonly #inside = new Map<string, number>();
  #total = 0;
  readonly #waiting = new Set<Waiter>();

  constructor(most: AtOnce) {
    this.#most = most;
  }

  /** Does the work when there is room. `busy`: there was none until `late`, and it was not done. */
  async run<T>(host: string, late: AbortSignal, work: () => Promise<T>): Promise<T | 'busy'> {
    if (!(await this.#enter(host, late))) return 'busy';
    try {
      return await work();
    } finally {
      this.#leave(host);
    }
  }

  async #enter(host: string, late: AbortSignal): Promise<boolean> {
    if (this.#hasRoom(host)) {
      this.#take(host);
      return true;
    }
    if (late.aborted || this.#waiting.size >= this.#most.waiting) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = { host, enter: () => resolve(true) };
    this.#waiting.add(waiter);
    const giveUp = () => {
      if (this.#waiting.delete(waiter)) resolve(false);
    };
    late.addEventListener('abort', giveUp, { once: true });
    const isIn = await promise;
    late.removeEventListener('abort', giveUp);
    return isIn;
  }

  #hasRoom(host: string): boolean {
    return this.#total < this.#most.total && (this.#inside.get(host) ?? 0) < this.#most.perHost;
  }

  #take(host: string): void {
    this.#total += 1;
    this.#inside.set(host, (this.#inside.get(host) ?? 0) + 1);
  }

  #leave(host: string): void {
    this.#total -= 1;
    const left = (this.#inside.get(host) ?? 0) - 1;
    if (left > 0) this.#inside.set(host, left);
    else this.#inside.delete(host);
    for (const waiter of this.#waiting) {
      if (!this.#hasRoom(waiter.host)) continue;
      this.#waiting.delete(waiter);
      this.#take(waiter.host);
      waiter.enter();
      return;
    }
  }
}
