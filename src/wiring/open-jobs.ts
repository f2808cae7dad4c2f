import type { Log } from '../actors/ports.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import type { JobKind } from '../jobs/job.ts';
import { Jobs } from '../jobs/jobs.ts';
import type { Database } from '../persistence/database/database.ts';
import { isOutage } from '../persistence/database/read-failure.ts';
import { BossJobs } from '../persistence/jobs/boss-jobs.ts';

/** The jobs of this node, which does those of these kinds from now on. */
export type OpenJobs = AsyncDisposable & { readonly jobs: Jobs; readonly store: BossJobs };

export async function openJobs(database: Database, kinds: readonly JobKind<object>[], log: Log): Promise<OpenJobs> {
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await BossJobs.open(database, log));
  const jobs = opened.use(new Jobs({ store, logger: log, isOutage }));
  for (const kind of kinds) await jobs.work(kind);
  const parts = opened.move();
  return { jobs, store, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

export function watchJobs(metrics: GatewayMetrics, jobs: Pick<Jobs, 'gauges'>): void {
  const queues = () => jobs.gauges().queues;
  metrics.watchEach('jobs_waiting', 'job', 'Jobs that wait for their turn or for another attempt, of all nodes, as of the last look.', () =>
    queues().map(({ kind, waiting }) => [kind, waiting] as const),
  );
  metrics.watchEach('jobs_active', 'job', 'Jobs that are being done, of all nodes, as of the last look.', () =>
    queues().map(({ kind, active }) => [kind, active] as const),
  );
  metrics.watchEach('jobs_done', 'job', 'Attempts on this node that have succeeded since it began.', () =>
    jobs.gauges().attempts.map(({ kind, done }) => [kind, done] as const),
  );
  metrics.watchEach('jobs_failed', 'job', 'Attempts on this node that have failed since it began.', () =>
    jobs.gauges().attempts.map(({ kind, failed }) => [kind, failed] as const),
  );
  metrics.watch('jobs_dead', 'Jobs that failed for good and wait to be inspected, of all nodes.', () => jobs.gauges().dead);
}
