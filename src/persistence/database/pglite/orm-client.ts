// What the ORM's driver asks of PGlite, answered by the engine's thread.
import type { PGlite } from '@electric-sql/pglite';
import { parameterOf } from '../parameters.ts';
import type { PgliteEngine } from './engine.ts';

/** As the server's own limit on PostgreSQL: a transaction of ours that takes longer is stuck, and everybody else waits for it. */
const TRANSACTION_LIMIT_MS = 15_000;

type Query = (text: string, parameters?: readonly unknown[]) => Promise<{ rows: object[]; affectedRows: number | undefined; fields: [] }>;

/** Only for one transaction at a time: the driver has one connection and keeps no order among several (see `transaction` of the database). */
export function ormClient(engine: PgliteEngine, limitMs = TRANSACTION_LIMIT_MS): PGlite {
  const client = {
    query: queryOf(engine, () => false),
    transaction<T>(work: (tx: { query: Query }) => Promise<T>): Promise<T> {
      const result = transact(engine, limitMs, work);
      // The driver looks at the outcome only when it ends the transaction, which may be later.
      result.catch(() => undefined);
      return result;
    },
    close: () => Promise.resolve(),
    ready: true,
    closed: false,
    waitReady: Promise.resolve(),
  };
  // The driver uses nothing of the class beyond this (kysely, PGliteDialect).
  return client as unknown as PGlite;
}

async function transact<T>(engine: PgliteEngine, limitMs: number, work: (tx: { query: Query }) => Promise<T>): Promise<T> {
  await engine.ask({ type: 'begin' });
  const limit = Promise.withResolvers<never>();
  let overdue: Error | undefined;
  const timer = setTimeout(() => {
    overdue = new Error(`A transaction took longer than ${limitMs} ms and was rolled back.`);
    limit.reject(overdue);
  }, limitMs);
  const query = queryOf(engine, () => {
    if (overdue !== undefined) throw overdue;
    return true;
  });
  try {
    const result = await Promise.race([work({ query }), limit.promise]);
    await engine.ask({ type: 'commit' });
    return result;
  } catch (error) {
    await engine.ask({ type: 'rollback' });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function queryOf(engine: PgliteEngine, inTransaction: () => boolean): Query {
  return async (text, parameters = []) => {
    const { rows, affectedRows } = await engine.ask({
      type: 'statement',
      text,
      parameters: parameters.map(parameterOf),
      rowMode: 'object',
      inTransaction: inTransaction(),
    });
    return { rows: rows as object[], affectedRows, fields: [] };
  };
}
