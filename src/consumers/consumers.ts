import type { ChangeLog, LogPosition } from '../actors/change-log-port.ts';
import { failureFacts } from '../actors/journal/outage.ts';
import { type Cancel, type Log, ReadFailure, type Timers } from '../actors/ports.ts';
import { SECOND } from '../model/instant.ts';
import type { Behind, Consumer, ConsumerStore } from './consumer.ts';
import { ConsumerRunner, isAtOrPast } from './consumer-runner.ts';

/** How often a node looks for changes of others, once for all of its consumers. */
const LOOK_EVERY_MS = 1_000;
/** Delay after a commit on this node: hundreds of commits a second become a few transactions of each consumer. */
const LOOK_SOON_MS = 100;
/** Backoff after a failure: a second, then twice as long each time. */
const MOST_BACKOFF_MS = 30_000;
/** Measuring the lag counts rows, so it is not done every time. */
const MEASURE_EVERY_MS = 5_000;
const MOST_COUNTED = 10_000;
/** Poll interval while waiting for a consumer to pass a position: other transactions delay readers for milliseconds. */
const PASS_EVERY_MS = 20;

export type ConsumersParts<Transaction> = {
  readonly store: ConsumerStore<Transaction>;
  readonly log: Pick<ChangeLog, 'page' | 'newest'>;
  readonly timers: Timers;
  readonly node: string;
  readonly logger: Log;
  readonly leaseMs?: number;
};

/** `isOurs`: this node runs it. `behind` is as of the last few seconds; null: not looked at on this node. */
export type ConsumerGauges = { readonly name: string; readonly isOurs: boolean; readonly behind: Behind | null };

/** The consumers of this node: every node has all of them, and one node at a time runs each. */
export class Consumers<Transaction> implements AsyncDisposable {
  readonly #parts: ConsumersParts<Transaction>;
  readonly #members: readonly Member<Transaction>[];
  #cancel: Cancel = () => undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #isClosed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(consumers: readonly Consumer<Transaction>[], parts: ConsumersParts<Transaction>) {
    this.#parts = parts;
    this.#members = consumers.map((consumer) => new Member(new ConsumerRunner({ consumer, ...parts }), parts));
    this.#lookIn(0);
  }

  /** Something was committed here. */
  readonly onCommit = (): void => this.#lookIn(LOOK_SOON_MS);

  gauges(): readonly ConsumerGauges[] {
    return this.#members.map((member) => member.gauges());
  }

  /**
   * Resolves when a consumer has passed a position, or when the time is over: false. Runs it here if that helps, with the lease or without. Rejects with
   * ReadFailure while the database does not answer.
   */
  async pass(name: string, position: LogPosition, milliseconds: number): Promise<boolean> {
    const runner = this.#members.find((member) => member.runner.name === name)?.runner;
    if (runner === undefined) throw new Error(`there is no consumer ${name}`);
    const { timers } = this.#parts;
    for (const until = timers.monotonic() + milliseconds; ; ) {
      if (isAtOrPast(await runner.runNow(), position)) return true;
      if (timers.monotonic() >= until || this.#isClosed) return false;
      await new Promise<void>((resolve) => {
        timers.after(PASS_EVERY_MS, resolve);
      });
    }
  }

  /** What is left is consumed by another node, or after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#looking;
    await Promise.all(this.#members.map(({ runner }) => runner.close()));
    // Without a database the leases run out by themselves.
    await this.#parts.store.release(this.#parts.node).catch((failure: unknown) => {
      if (!(failure instanceof ReadFailure)) throw failure;
    });
  }

  #lookIn(milliseconds: number): void {
    const { timers } = this.#parts;
    const at = timers.monotonic() + milliseconds;
    if (this.#isClosed || at >= this.#dueAt) return;
    this.#cancel();
    this.#dueAt = at;
    this.#cancel = timers.after(milliseconds, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#looking = this.#looking.then(() => this.#look()).finally(() => this.#lookIn(LOOK_EVERY_MS));
    });
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return;
    await Promise.all(this.#members.map((member) => member.look()));
  }
}

/** One consumer on this node, and its state. */
class Member<Transaction> {
  readonly runner: ConsumerRunner<Transaction>;
  readonly #parts: ConsumersParts<Transaction>;
  #behind: Behind | null = null;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;
  #backoff = 0;

  constructor(runner: ConsumerRunner<Transaction>, parts: ConsumersParts<Transaction>) {
    this.runner = runner;
    this.#parts = parts;
  }

  gauges(): ConsumerGauges {
    return { name: this.runner.name, isOurs: this.runner.isOurs, behind: this.runner.isOurs ? this.#behind : null };
  }

  /** Never rejects: an outage is logged once and retried with growing pauses. */
  async look(): Promise<void> {
    const { timers, logger } = this.#parts;
    if (timers.monotonic() < this.#notBefore) return;
    try {
      await this.runner.run();
      await this.#measure();
      if (this.#backoff > 0) logger.info({ consumer: this.runner.name }, 'the consumer continues');
      this.#backoff = 0;
    } catch (error) {
      if (this.#backoff === 0) logger.warn({ consumer: this.runner.name, ...failureFacts(error) }, 'a consumer is stuck; trying again');
      this.#backoff = Math.min(Math.max(SECOND, this.#backoff * 2), MOST_BACKOFF_MS);
      this.#notBefore = timers.monotonic() + this.#backoff;
    }
  }

  async #measure(): Promise<void> {
    const { timers, store } = this.#parts;
    if (!this.runner.isOurs || timers.monotonic() < this.#measuredAt + MEASURE_EVERY_MS) return;
    this.#behind = await store.behind(this.runner.name, MOST_COUNTED);
    this.#measuredAt = timers.monotonic();
  }
}
