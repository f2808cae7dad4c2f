// Jobs in PostgreSQL, through pg-boss: it has the tables, takes each job once (`for update skip locked`), spaces attempts, and expires those of a node that died. What is
// done with a job, and how many at a time, is ours: see `jobs/job-worker.ts`.
import { type Db, fromKysely, PgBoss, type Queue, type QueueResult } from 'pg-boss';
import type { Log } from '../../actors/ports.ts';
import type { AddJobs, DeadJob, JobKind, JobStore, NewJob, TakenJob } from '../../jobs/job.ts';
import { DAY, HOUR, SECOND } from '../../model/instant.ts';
import type { Database, EntityManager, LibrarySql } from '../database/database.ts';
import { asReadFailure } from '../database/read-failure.ts';
import { bossOptions } from './jobs-tables.ts';

/** Of its own, so that jobs never keep a reader waiting. */
const CONNECTIONS = 3;
/** Where jobs are that have failed for good. */
const DEAD = 'dead';
/** Long enough for somebody to look and to put them back. */
const DEAD_LIFE_SECONDS = (60 * DAY) / SECOND;
/** A job that was not done by then is not worth doing any more. */
const WAITING_LIFE_SECONDS = (7 * DAY) / SECOND;
/** Nobody reads what is done; its effect is written where it belongs. So long a job is not done again when it is asked for twice. */
const DONE_LIFE_SECONDS = DAY / SECOND;
/** How often it is looked for attempts that have ended with their node. It counts the rows of the queues, so not more often. */
const SUPERVISE_SECONDS = 20;
/** An attempt that its node has not confirmed for so long counts as failed. */
const HEARTBEAT_SECONDS = 20;
const NEVER_SECONDS = (24 * HOUR) / SECOND;

export type BossOptions = {
  readonly superviseSeconds?: number;
  /** At least 10. */
  readonly heartbeatSeconds?: number;
};

export class BossJobs implements JobStore, AsyncDisposable {
  readonly #boss: PgBoss;
  readonly #sql: LibrarySql;
  readonly #heartbeatSeconds: number;
  #queues = new Map<string, QueueResult>();
  #schedules = new Map<string, string>();

  private constructor(boss: PgBoss, sql: LibrarySql, heartbeatSeconds: number) {
    this.#boss = boss;
    this.#sql = sql;
    this.#heartbeatSeconds = heartbeatSeconds;
  }

  static async open(database: Database, logger: Log, options: BossOptions = {}): Promise<BossJobs> {
    const { superviseSeconds = SUPERVISE_SECONDS, heartbeatSeconds = HEARTBEAT_SECONDS } = options;
    const sql = database.librarySql(CONNECTIONS);
    const boss = new PgBoss({
      ...bossOptions(database.kind, sql),
      supervise: true,
      schedule: true,
      superviseIntervalSeconds: superviseSeconds,
      monitorIntervalSeconds: superviseSeconds,
      // No job of ours waits for another one.
      flowIntervalSeconds: NEVER_SECONDS,
    });
    boss.on('error', (error) => logger.warn({ error }, 'the queues of jobs could not be looked after; trying again'));
    boss.on('warning', ({ message }) => logger.warn({}, message));
    const jobs = new BossJobs(boss, sql, heartbeatSeconds);
    try {
      await boss.start();
      await jobs.#learn();
      if (!jobs.#queues.has(DEAD)) await boss.createQueue(DEAD, { retentionSeconds: DEAD_LIFE_SECONDS });
    } catch (failure) {
      await jobs[Symbol.asyncDispose]();
      throw failure;
    }
    return jobs;
  }

  async prepare({ name, schedule, expireSeconds: expireInSeconds, retries }: JobKind): Promise<void> {
    const options = {
      expireInSeconds,
      heartbeatSeconds: this.#heartbeatSeconds,
      retryLimit: retries.most,
      retryDelay: retries.firstDelaySeconds,
      retryBackoff: true,
      retryDelayMax: retries.longestDelaySeconds,
      retentionSeconds: WAITING_LIFE_SECONDS,
      deleteAfterSeconds: DONE_LIFE_SECONDS,
      // What is done again soon anyway is not kept.
      ...(schedule === null ? { deadLetter: DEAD } : {}),
    } satisfies Omit<Queue, 'name'>;
    const known = this.#queues.get(name);
    if (known === undefined) await this.#boss.createQueue(name, { ...options, policy: schedule === null ? 'standard' : 'exclusive' });
    else if (!isAsWanted(known, options)) await this.#boss.updateQueue(name, options);
    if (schedule === null && this.#schedules.has(name)) await this.#boss.unschedule(name);
    if (schedule !== null && this.#schedules.get(name) !== schedule) await this.#boss.schedule(name, schedule, {}, { tz: 'UTC', missed: 'once' });
  }

  /** For the transaction of what the jobs follow from. The kind has been prepared, so that pg-boss knows the queue: from within a transaction it must not ask the database another way. */
  readonly add: AddJobs<EntityManager> = async <Payload>(em: EntityManager, { name }: Pick<JobKind<Payload>, 'name'>, jobs: readonly NewJob<Payload>[]) => {
    if (jobs.length === 0) return;
    const rows = jobs.map(({ id, payload, startsAt }) => ({ id, data: payload as object, ...(startsAt !== undefined && { startAfter: new Date(startsAt) }) }));
    await this.#boss.insert(name, rows, { db: transactionOf(em), returnId: false });
  };

  async take(kind: string, limit: number): Promise<readonly TakenJob[]> {
    const jobs = await this.#boss.fetch<object>(kind, { batchSize: limit, includeMetadata: true, orderByCreatedOn: true });
    return jobs.map(({ id, data, retryCount }) => ({ id, payload: data, attempt: retryCount + 1 }));
  }

  async confirm(kind: string, jobs: readonly TakenJob[]): Promise<void> {
    await this.#boss.touch(
      kind,
      jobs.map(({ id, attempt }) => ({ id, retryCount: attempt - 1 })),
    );
  }

  async done(kind: string, { id, attempt }: TakenJob): Promise<void> {
    await this.#boss.complete(kind, { id, retryCount: attempt - 1 });
  }

  async failed(kind: string, { id, attempt }: TakenJob, reason: string): Promise<void> {
    await this.#boss.fail(kind, { id, retryCount: attempt - 1 }, { reason });
  }

  async lengths() {
    const { rows } = await this.#sql.executeSql(
      `select name, (count(*) filter (where state in ('created', 'retry')))::int as waiting, (count(*) filter (where state = 'active'))::int as active
        from jobs.job where state in ('created', 'retry', 'active') and name <> $1 and name !~ '^__' group by name`,
      [DEAD],
    );
    return (rows as { name: string; waiting: number; active: number }[]).map(({ name: kind, ...counts }) => ({ kind, ...counts }));
  }

  async dead(limit: number): Promise<readonly DeadJob[]> {
    const { rows } = await this.#sql
      .executeSql(
        `select id, source_name, data, source_output ->> 'reason' as reason, created_on from jobs.job where name = $1 and state = 'created' order by created_on, id limit $2::int`,
        [DEAD, limit],
      )
      .catch(asReadFailure);
    return (rows as { id: string; source_name: string | null; data: unknown; reason: string | null; created_on: Date }[]).map(
      ({ id, source_name: kind, data: payload, reason, created_on: at }) => ({
        id,
        kind: kind ?? '',
        payload,
        reason: reason ?? 'the attempt has expired, or its node has died',
        at,
      }),
    );
  }

  async deadCount(): Promise<number> {
    const { rows } = await this.#sql.executeSql(`select count(*)::int as count from jobs.job where name = $1 and state = 'created'`, [DEAD]);
    return (rows as { count: number }[])[0]?.count ?? 0;
  }

  async retry(id: string): Promise<boolean> {
    return (await this.#boss.redrive(DEAD, { ids: [id], limit: 1 }).catch(asReadFailure)) === 1;
  }

  /** Workers have stopped before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
    await this.#sql[Symbol.asyncDispose]();
  }

  async #learn(): Promise<void> {
    this.#queues = new Map((await this.#boss.getQueues()).map((queue) => [queue.name, queue]));
    this.#schedules = new Map((await this.#boss.getSchedules()).map(({ name, cron }) => [name, cron]));
  }
}

function transactionOf(em: EntityManager): Db {
  const transaction = em.getTransactionContext();
  if (transaction === undefined) throw new Error('jobs are asked for in a transaction');
  return fromKysely(transaction as Parameters<typeof fromKysely>[0]);
}

function isAsWanted(known: QueueResult, wanted: Omit<Queue, 'name'>): boolean {
  return Object.entries(wanted).every(([name, value]) => known[name as keyof QueueResult] === value);
}
