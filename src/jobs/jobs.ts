import { SECOND } from '../model/instant.ts';
import type { DeadJob, JobKind, QueueLength } from './job.ts';
import { JobWorker, type WorkerParts } from './job-worker.ts';

/** What is asked for on another node, or is due again, is found within this time. What is asked for here is taken at once. */
const LOOK_EVERY_MS = 2 * SECOND;
/** A node that stops waits so long for jobs that are under way. */
const STOP_LIMIT_MS = 3 * SECOND;
/** How long the queues are is counted, so it is not looked at more often. */
const MEASURE_EVERY_MS = 15 * SECOND;

export type JobsParts = Pick<WorkerParts, 'store' | 'logger' | 'isOutage'> & { readonly lookEveryMs?: number; readonly stopLimitMs?: number };
/** `done` and `failed` since this process began, the rest as of the last look, of all nodes. */
export type JobGauges = {
  readonly queues: readonly QueueLength[];
  readonly dead: number;
  readonly attempts: readonly { readonly kind: string; readonly done: number; readonly failed: number }[];
};

/** The jobs of this node: every node works on every queue, and no job is taken by two at a time. */
export class Jobs implements AsyncDisposable {
  readonly #parts: JobsParts;
  readonly #workers = new Map<string, JobWorker>();
  #queues: readonly QueueLength[] = [];
  #dead = 0;
  readonly #measures: NodeJS.Timeout;
  #measuring: Promise<void> = Promise.resolve();

  constructor(parts: JobsParts) {
    this.#parts = parts;
    this.#measures = setInterval(() => this.#measure(), MEASURE_EVERY_MS);
  }

  /** From now on this node does jobs of this kind, and `addJobs` may ask for them. */
  async work<Payload>(kind: JobKind<Payload>): Promise<void> {
    const { store, logger, isOutage, lookEveryMs = LOOK_EVERY_MS, stopLimitMs = STOP_LIMIT_MS } = this.#parts;
    // What its `work` is told has been read with its own schema.
    const anyKind = kind as JobKind;
    await store.prepare(anyKind);
    this.#workers.set(kind.name, new JobWorker(anyKind, { store, logger, isOutage, lookEveryMs, stopLimitMs }));
  }

  /** Jobs of this kind have been asked for. */
  nudge(name: string): void {
    this.#workers.get(name)?.nudge();
  }

  /** Those that have failed for good, the oldest first. */
  dead(limit: number): Promise<readonly DeadJob[]> {
    return this.#parts.store.dead(limit);
  }

  /** False: there is no dead job with this id. */
  async retry(id: string): Promise<boolean> {
    const isThere = await this.#parts.store.retry(id);
    for (const worker of this.#workers.values()) worker.nudge();
    return isThere;
  }

  gauges(): JobGauges {
    return { queues: this.#queues, dead: this.#dead, attempts: [...this.#workers.values()].map((worker) => ({ kind: worker.name, ...worker.counts() })) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#measures);
    await Promise.all([...this.#workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
    await this.#measuring;
  }

  #measure(): void {
    const { store, logger, isOutage } = this.#parts;
    this.#measuring = Promise.all([store.lengths(), store.deadCount()]).then(
      ([queues, dead]) => {
        this.#queues = queues;
        this.#dead = dead;
      },
      (error: unknown) => {
        // The workers meet the same outage, and say so.
        if (!isOutage(error)) logger.warn({ error }, 'the queues of jobs could not be counted');
      },
    );
  }
}
