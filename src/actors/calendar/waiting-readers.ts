/** Those who have looked at a state that is not durable yet. */
export class WaitingReaders {
  #waiting: { readonly revision: number; readonly resolve: (isDurable: boolean) => void }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** True once that revision is durable; false if the reader has to look again. */
  until(revision: number): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  becameDurable(revision: number): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((reader) => reader.revision <= revision);
    this.#waiting = this.#waiting.filter((reader) => reader.revision > revision);
    for (const reader of ready) reader.resolve(true);
  }

  lookAgain(): void {
    const again = this.#waiting;
    this.#waiting = [];
    for (const reader of again) reader.resolve(false);
  }
}
