/**
 * Work that never overlaps, so that an old state cannot replace a newer one. Callers during a run share the next run, because the current one
 * may have started too early for them. If a run rejects, it rejects for all who share it.
 */
export class SharedRuns {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  run(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#work().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#next ??= this.ended().then(() => {
      this.#next = null;
      return this.run();
    });
    return this.#next;
  }

  /** Resolves when the current run is over, even if it failed: its own caller gets the failure. */
  async ended(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }
}
