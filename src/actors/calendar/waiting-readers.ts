import { type Cancel, ReadFailure } from '../ports.ts';

/** How long a reader waits for a state to become durable before it is told that the database is down. Half the time that a decision may take. */
export const READ_WITHIN_MS = 5_000;

type Waiting = { readonly revision: number; readonly resolve: (isDurable: boolean) => void; readonly reject: (failure: ReadFailure) => void };

/** Readers of a state that is not durable yet. */
export class WaitingReaders {
  readonly #after: (milliseconds: number, run: () => void) => Cancel;
  readonly #waiting = new Set<Waiting>();

  constructor(after: (milliseconds: number, run: () => void) => Cancel) {
    this.#after = after;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** One reader, from its first look to its last. Its timeout starts with its first wait; dispose it afterwards. */
  open(): Disposable & { until(revision: number): Promise<boolean> } {
    let current: Waiting | undefined;
    let isLate = false;
    let cancel: Cancel | undefined;
    const giveUp = () => {
      isLate = true;
      if (current !== undefined && this.#waiting.delete(current)) current.reject(tooLate());
    };
    return {
      /** True once that revision is durable; false if the reader must look again. Rejects with ReadFailure when its time is up. */
      until: (revision) => {
        if (isLate) return Promise.reject(tooLate());
        cancel ??= this.#after(READ_WITHIN_MS, giveUp);
        const { promise, resolve, reject } = Promise.withResolvers<boolean>();
        current = { revision, resolve, reject };
        this.#waiting.add(current);
        return promise;
      },
      [Symbol.dispose]: () => cancel?.(),
    };
  }

  becameDurable(revision: number): void {
    for (const reader of this.#waiting) {
      if (reader.revision > revision) continue;
      this.#waiting.delete(reader);
      reader.resolve(true);
    }
  }

  /** There is nothing to look at any more. */
  fail(failure: ReadFailure): void {
    for (const reader of this.#waiting) reader.reject(failure);
    this.#waiting.clear();
  }

  lookAgain(): void {
    const again = [...this.#waiting];
    this.#waiting.clear();
    for (const reader of again) reader.resolve(false);
  }
}

function tooLate(): ReadFailure {
  return new ReadFailure(`what was decided last has not become durable within ${READ_WITHIN_MS} ms`);
}
