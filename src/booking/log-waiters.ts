import type { ChangeLog, LogPosition } from '../actors/change-log-port.ts';

/** How often the log is read while callers wait, for all of them together. */
const LOOK_EVERY_MS = 1_000;
/** Of one user or key, before `RATE_LIMIT_SCALE`: a program waits once, and may have a few parts. */
const MOST_PER_SOURCE = 10;
/** Of this process: each keeps a connection. */
const MOST = 1_000;

type Waiter = { readonly seen: LogPosition | null; readonly wake: () => void; readonly fail: (reason: unknown) => void };
type WaiterParts = {
  readonly log: Pick<ChangeLog, 'newest'> /** Sockets and requests are to end. */;
  readonly isLeaving: () => boolean;
  readonly scale: number;
};

/** Who waits for the next change of the whole business. One question a second to the database serves all of them; while there are none it is not asked. */
export class LogWaiters {
  readonly mostPerSource: number;
  readonly #parts: WaiterParts;
  readonly #places = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  #taken = 0;
  #isLooking = false;

  constructor(parts: WaiterParts) {
    this.#parts = parts;
    this.mostPerSource = MOST_PER_SOURCE * parts.scale;
  }

  /** Those who have a place, waiting at this moment or not. */
  get count(): number {
    return this.#taken;
  }

  /** Whether a wait would be over at once, since sockets and requests are to end. */
  get isOver(): boolean {
    return this.#parts.isLeaving();
  }

  /** A place to wait in; `leave` gives it back. Says whose places are used up if there is none. */
  takePlace(source: string): { readonly leave: () => void } | 'source-full' | 'full' {
    const taken = this.#places.get(source) ?? 0;
    if (taken >= this.mostPerSource) return 'source-full';
    if (this.#taken >= MOST) return 'full';
    this.#places.set(source, taken + 1);
    this.#taken += 1;
    return { leave: () => this.#leave(source) };
  }

  #leave(source: string): void {
    const left = (this.#places.get(source) ?? 1) - 1;
    if (left === 0) this.#places.delete(source);
    else this.#places.set(source, left);
    this.#taken -= 1;
  }

  /** Resolves when the log ends elsewhere than at `seen`, when the time is over, when `signal` says so, or when the node is leaving. Rejects if the log cannot be read. */
  async past(seen: LogPosition | null, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.isOver) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { seen, wake: () => resolve(), fail: reject };
    const timer = setTimeout(waiter.wake, milliseconds);
    signal.addEventListener('abort', waiter.wake, { once: true });
    this.#waiters.add(waiter);
    this.#look();
    try {
      await promise;
    } finally {
      this.#waiters.delete(waiter);
      clearTimeout(timer);
      signal.removeEventListener('abort', waiter.wake);
    }
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setTimeout(() => void this.#lookOnce(), LOOK_EVERY_MS);
  }

  async #lookOnce(): Promise<void> {
    const waiting = [...this.#waiters];
    try {
      const newest = waiting.length === 0 || this.isOver ? undefined : await this.#parts.log.newest();
      for (const { seen, wake } of waiting) if (newest === undefined || !isSame(seen, newest)) wake();
    } catch (error) {
      for (const { fail } of waiting) fail(error);
    }
    this.#isLooking = false;
    if (this.#waiters.size > 0) this.#look();
  }
}

function isSame(one: LogPosition | null, other: LogPosition | null): boolean {
  return one?.xid === other?.xid && one?.position === other?.position;
}
