// The tables of the jobs: pg-boss's, in a schema of their own.
import { type ConstructorOptions, PgBoss } from 'pg-boss';
import type { Database, LibrarySql } from '../database/database.ts';

export const JOBS_SCHEMA = 'jobs';

export function bossOptions(kind: Database['kind'], sql: LibrarySql): ConstructorOptions {
  return {
    db: sql,
    backend: kind,
    schema: JOBS_SCHEMA,
    // Indexes are not rebuilt, and nothing is said about vacuuming, without the operator of the database knowing.
    reindex: false,
    monitorVacuum: false,
    registerInstance: false,
  };
}

/** Makes them or brings them up to date. The caller sees to it that nobody else does meanwhile. */
export async function migrateJobs(kind: Database['kind'], sql: LibrarySql): Promise<void> {
  const boss = new PgBoss({ ...bossOptions(kind, sql), migrate: true, supervise: false, schedule: false });
  // What goes wrong is what `start` rejects with.
  boss.on('error', () => undefined);
  await boss.start();
  await boss.stop({ graceful: false, close: false });
}
