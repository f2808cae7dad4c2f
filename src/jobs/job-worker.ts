// Does the jobs of one queue on this node.
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../actors/ports.ts';
import { SECOND } from '../model/instant.ts';
import { type JobKind, type JobStore, NotYet, type TakenJob } from './job.ts';

/** Of what is kept about a failure. */
const LONGEST_REASON = 300;
/** Several times within what the store waits for. */
const CONFIRM_EVERY_MS = 5 * SECOND;

export type WorkerParts = {
  readonly store: JobStore;
  readonly logger: Log;
  /** The database does not answer: no fault of the job. */
  readonly isOutage: (error: unknown) => boolean;
  readonly lookEveryMs: number;
  readonly stopLimitMs: number;
};
type Counts = { readonly done: number; readonly failed: number };

export class JobWorker implements AsyncDisposable {
  readonly #kind: JobKind;
  readonly #parts: WorkerParts;
  readonly #looks: NodeJS.Timeout;
  readonly #confirms: NodeJS.Timeout;
  readonly #underWay = new Map<Promise<void>, TakenJob>();
  readonly #stop = new AbortController();
  #looking: Promise<void> | null = null;
  #isCalledAgain = false;
  #isStopped = false;
  /** An outage is told once. */
  #isAway = false;
  #counts = { done: 0, failed: 0 };

  constructor(kind: JobKind, parts: WorkerParts) {
    this.#kind = kind;
    this.#parts = parts;
    this.#looks = setInterval(() => this.nudge(), parts.lookEveryMs);
    this.#confirms = setInterval(() => void this.#confirm(), CONFIRM_EVERY_MS);
    this.nudge();
  }

  get name(): string {
    return this.#kind.name;
  }

  /** Attempts since this process began. */
  counts(): Counts {
    return this.#counts;
  }

  /** There may be a job: looks at once, without waiting for the outcome. */
  nudge(): void {
    this.#isCalledAgain = true;
    if (this.#isStopped || this.#looking !== null) return;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (this.#isCalledAgain) this.nudge();
    });
  }

  /** Takes no more jobs and finishes those that are under way, within a limit; what is left is done by another node, or after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#looks);
    const limit = new AbortController();
    await Promise.race([this.#idle(), wait(this.#parts.stopLimitMs, undefined, { signal: limit.signal })]);
    limit.abort();
    clearInterval(this.#confirms);
    this.#stop.abort();
  }

  async #idle(): Promise<void> {
    await this.#looking;
    await Promise.all(this.#underWay.keys());
  }

  async #look(): Promise<void> {
    this.#isCalledAgain = false;
    const free = this.#kind.atOnce - this.#underWay.size;
    if (free === 0) return;
    try {
      const jobs = await this.#parts.store.take(this.name, free);
      for (const job of jobs) this.#begin(job, jobs.length === free);
      this.#isAway = false;
    } catch (error) {
      if (!this.#isStopped) this.#tell(error, {}, 'jobs cannot be looked for; trying again');
    }
  }

  /** `mayBeMore`: who has room again looks again. */
  #begin(job: TakenJob, mayBeMore: boolean): void {
    const work = this.#do(job)
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#tell(error, { jobId: job.id }, 'the end of a job could not be written down; it is done again');
      })
      .finally(() => {
        this.#underWay.delete(work);
        if (mayBeMore) this.nudge();
      });
    this.#underWay.set(work, job);
  }

  async #confirm(): Promise<void> {
    if (this.#underWay.size === 0) return;
    try {
      await this.#parts.store.confirm(this.name, [...this.#underWay.values()]);
    } catch (error) {
      if (!this.#isStopped) this.#tell(error, {}, 'jobs that are under way could not be confirmed; trying again');
    }
  }

  async #do(job: TakenJob): Promise<void> {
    const { store } = this.#parts;
    const reason = await this.#attempt(job);
    if (this.#stop.signal.aborted) return;
    if (reason === null) await store.done(this.name, job);
    else await store.failed(this.name, job, reason);
    this.#counts = { done: this.#counts.done + (reason === null ? 1 : 0), failed: this.#counts.failed + (reason === null ? 0 : 1) };
  }

  /** Why it has to be tried again; null: it is done. */
  async #attempt({ id, payload, attempt }: TakenJob): Promise<string | null> {
    const read = this.#kind.payload.safeParse(payload);
    if (!read.success) return 'the payload is of another version';
    try {
      await this.#kind.work(read.data, { jobId: id, number: attempt, signal: this.#stop.signal });
      return null;
    } catch (error) {
      const reason = reasonOf(error);
      if (!(error instanceof NotYet)) this.#tell(error, { jobId: id, attempt }, 'a job has failed');
      return reason;
    }
  }

  /** An outage is told once, and without its stack: every job meets it. */
  #tell(error: unknown, details: object, message: string): void {
    const { isOutage, logger } = this.#parts;
    if (!isOutage(error)) logger.warn({ job: this.name, ...details, error }, message);
    else if (!this.#isAway) logger.warn({ job: this.name, ...details, reason: reasonOf(error) }, message);
    this.#isAway ||= isOutage(error);
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
}
