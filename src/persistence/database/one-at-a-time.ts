import type { Database } from './database.ts';

/** The two numbers of the advisory lock for opening: one process migrates, the others wait and find everything done. */
export const OPENING_LOCK = [7000, 1] as const;
/** The second number of the others, by what they are for. The first is 7000; 7001 is for shards. */
const LOCKS = { seeding: 2, keepingTheLog: 3, insights: 4 } as const;
/** An expression: cutting the change log waits until this transaction is over, and this one for a cut. */
export const KEEP_THE_LOG = `pg_advisory_xact_lock(7000, ${LOCKS.keepingTheLog})`;
/** Others wait for somebody who does it for real, which takes seconds. */
const LONGEST_WAIT_MS = 120_000;

/** Runs `work` while no other process runs the same. The embedded database has only one process anyway. Rejects with a SqlFailure. */
export async function oneAtATime(database: Database, what: keyof typeof LOCKS, work: () => Promise<void>): Promise<void> {
  if (database.kind === 'pglite') return work();
  const connection = await database.connect();
  try {
    await connection.run('set statement_timeout = 0', []);
    await connection.run('select pg_advisory_lock(7000, $1::int)', [LOCKS[what]], { timeoutMs: LONGEST_WAIT_MS });
    await work();
  } finally {
    connection.destroy();
  }
}
