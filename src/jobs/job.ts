// Work that is done later, outside of any transaction: sending, calling, cutting.
//
// A job is done at least once: a node that is killed in the middle leaves it to the next one. So what it does has to be harmless when it is repeated, or carry an id by
// which the other side recognises it.
import type { z } from 'zod';
import type { Instant } from '../model/instant.ts';

/** How a job that has failed is tried again: after `firstDelaySeconds`, then twice as long each time, up to `longestDelaySeconds`. */
type Retries = { readonly most: number; readonly firstDelaySeconds: number; readonly longestDelaySeconds: number };

/** One attempt. `number` is 1 for the first; `signal` is aborted when the node stops and cannot wait for it any longer. */
type Attempt = { readonly jobId: string; readonly number: number; readonly signal: AbortSignal };

/** One kind of job, in a queue of its own. The name is never changed: waiting jobs bear it. */
export type JobKind<Payload = unknown> = {
  readonly name: string;
  /** What a job says about itself: ids, and nothing about people. */
  readonly payload: z.ZodType<Payload>;
  /** Jobs that a node does at the same time. */
  readonly atOnce: number;
  /** An attempt that has not ended by then counts as failed. Longer than one can take. One whose node has died counts as failed much earlier. */
  readonly expireSeconds: number;
  readonly retries: Retries;
  /** Five fields, read in UTC: it is done then, by one node. One that is still under way is not doubled, and what has failed waits for the next time. null: when it is asked for. */
  readonly schedule: string | null;
  /** Rejects when it has to be tried again. The reason is kept and shown: our own words, nothing about people. */
  work(payload: Payload, attempt: Attempt): Promise<void>;
};

/** A job that has failed for good. `payload` and `reason` as they were. */
export type DeadJob = { readonly id: string; readonly kind: string; readonly payload: unknown; readonly reason: string; readonly at: Date };

/** A job to be done, not before `startsAt`. `id`: asking for it twice does it once, as long as it is kept. */
export type NewJob<Payload> = { readonly id: string; readonly payload: Payload; readonly startsAt?: Instant };

export type TakenJob = { readonly id: string; readonly payload: unknown; readonly attempt: number };
export type QueueLength = { readonly kind: string; readonly waiting: number; readonly active: number };

/** Queues as rows: `persistence/jobs/boss-jobs.ts`. Rejects with whatever the database says. */
export type JobStore = {
  /** Makes the queue known, with its limits and its schedule. */
  prepare(kind: JobKind): Promise<void>;
  /** At most `limit` that are due, which no other node takes then. */
  take(kind: string, limit: number): Promise<readonly TakenJob[]>;
  /** This node still works on them. Without it an attempt soon counts as failed. */
  confirm(kind: string, jobs: readonly TakenJob[]): Promise<void>;
  /** Does nothing if the attempt was given up meanwhile. */
  done(kind: string, job: TakenJob): Promise<void>;
  failed(kind: string, job: TakenJob, reason: string): Promise<void>;
  lengths(): Promise<readonly QueueLength[]>;
  /** Those that have failed for good, the oldest first. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  deadCount(): Promise<number>;
  /** Puts a dead job back into its queue. False: there is none with this id. */
  retry(id: string): Promise<boolean>;
};

/** Asks for jobs in the transaction of what they follow from: either both are there or neither. */
export type AddJobs<Transaction> = <Payload>(transaction: Transaction, kind: Pick<JobKind<Payload>, 'name'>, jobs: readonly NewJob<Payload>[]) => Promise<void>;

/** A job has to be tried again, and nothing is wrong with it: the other side is unavailable. It is not logged each time. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}
