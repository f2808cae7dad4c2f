/** What the run counts. */
export class Tally {
  readonly startedAt = performance.now();
  claims = 0;
  wins = 0;
  unknown = 0;
  retries = 0;
  waits = 0;
  pushes = 0;
  gaps = 0;
  resyncs = 0;
  beacons = 0;
  readonly refusals = new Map<string, number>();
  readonly byOperation = new Map<string, number>();
  /** Answers that nobody should ever get, the first few of them in full. */
  readonly unexpected: string[] = [];
  unexpectedCount = 0;
  readonly #latencies: number[] = [];

  refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  asked(operation: string): void {
    this.claims += 1;
    this.byOperation.set(operation, (this.byOperation.get(operation) ?? 0) + 1);
  }

  answeredIn(milliseconds: number): void {
    this.#latencies.push(milliseconds);
  }

  surprise(what: string): void {
    this.unexpectedCount += 1;
    if (this.unexpected.length < 20) this.unexpected.push(what);
  }

  /** Milliseconds within which this share of the answers came; 0 without any. */
  latency(share: number): number {
    const sorted = this.#latencies.toSorted((left, right) => left - right);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }

  get seconds(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }
}
