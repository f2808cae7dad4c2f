// What the ORM's driver asks of PGlite, answered by the engine's thread.
import type { PGlite } from '@electric-sql/pglite';
import { parameterText } from '../parameters.ts';
import type { PgliteEngine } from './engine.ts';

type Query = (text: string, parameters?: readonly unknown[]) => Promise<{ rows: object[]; affectedRows: number | undefined; fields: [] }>;

/** Only for one transaction at a time: the driver has one connection and keeps no order among several (see `transaction` of the database). */
export function ormClient(engine: PgliteEngine): PGlite {
  const query =
    (inTransaction: boolean): Query =>
    async (text, parameters = []) => {
      const { rows, affectedRows } = await engine.ask({ type: 'statement', text, parameters: parameters.map(parameterText), rowMode: 'object', inTransaction });
      return { rows: rows as object[], affectedRows, fields: [] };
    };
  const client = {
    query: query(false),
    async transaction<T>(work: (tx: { query: Query }) => Promise<T>): Promise<T> {
      await engine.ask({ type: 'begin' });
      try {
        const result = await work({ query: query(true) });
        await engine.ask({ type: 'commit' });
        return result;
      } catch (error) {
        await engine.ask({ type: 'rollback' });
        throw error;
      }
    },
    close: () => Promise.resolve(),
    ready: true,
    closed: false,
    waitReady: Promise.resolve(),
  };
  // The driver uses nothing of the class beyond this (kysely, PGliteDialect).
  return client as unknown as PGlite;
}
