import { type Database, SqlFailure } from './database.ts';

/** A database that takes longer has met an outage, whatever becomes of the statement. */
const ASKED_FOR_MS = 2_000;
const DISK_FULL = '53100';
/**
 * Writes about 150 kB to a temporary file and throws it away, so it fails on a full disk; it changes nothing, and takes a few milliseconds. Rows of a function
 * that need more than `work_mem` go to a file, and its parameters are looked at before.
 */
const NEEDS_SPACE = `select count(*) from generate_series(1, case when set_config('work_mem', '64kB', true) is null then 0 else 5000 end)`;

/** Whether the database answers, and has room to write. Never rejects: not being reachable is the answer. */
export async function databaseCondition(database: Database): Promise<'ready' | 'unreachable' | 'full'> {
  const late = Promise.withResolvers<'unreachable'>();
  const timer = setTimeout(() => late.resolve('unreachable'), ASKED_FOR_MS);
  const asked = database.sql(NEEDS_SPACE).then(
    () => 'ready' as const,
    (error: unknown) => {
      if (!(error instanceof SqlFailure && error.definite)) return 'unreachable';
      // Another refusal, such as a limit on temporary files, says nothing about the disk.
      return error.sqlState === DISK_FULL ? 'full' : 'ready';
    },
  );
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
