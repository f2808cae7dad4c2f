import type { ReadFailure } from '../ports.ts';

/** Those who have looked at a state that is not durable yet. */
export class WaitingReaders {
  #waiting: { readonly revision: number; readonly resolve: (isDurable: boolean) => void; readonly reject: (failure: ReadFailure) => void }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** True once that revision is durable; false if the reader has to look again. */
  until(revision: number): Promise<boolean> {
    return new Promise((resolve, reject) => this.#waiting.push({ revision, resolve, reject }));
  }

  becameDurable(revision: number): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((reader) => reader.revision <= revision);
    this.#waiting = this.#waiting.filter((reader) => reader.revision > revision);
    for (const reader of ready) reader.resolve(true);
  }

  /** There is nothing to look at any more. */
  fail(failure: ReadFailure): void {
    for (const reader of this.#waiting) reader.reject(failure);
    this.#waiting = [];
  }

  lookAgain(): void {
    const again = this.#waiting;
    this.#waiting = [];
    for (const reader of again) reader.resolve(false);
  }
}
