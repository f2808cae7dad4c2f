// Both databases, so that one suite can run on each.
import type { Database } from '../../src/persistence/database.ts';
import { type DatabaseConfig, openDatabase } from '../../src/persistence/open-database.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';

export type FreshDatabase = AsyncDisposable & { readonly config: DatabaseConfig };
export type Engine = AsyncDisposable & { fresh(): Promise<FreshDatabase> };
export type EngineKind = { readonly name: string; readonly skip: string | false; start(): Promise<Engine> };

export const ENGINES: readonly EngineKind[] = [
  {
    name: 'PostgreSQL',
    skip: POSTGRES_MISSING,
    async start() {
      const server = await startPostgres({ fsync: false });
      return {
        async fresh() {
          const url = await server.createDatabase();
          return { config: { kind: 'postgres', url }, async [Symbol.asyncDispose]() {} };
        },
        [Symbol.asyncDispose]: () => server.stop(),
      };
    },
  },
  {
    name: 'PGlite',
    skip: false,
    async start() {
      return {
        async fresh() {
          const place = await freshPgliteDirectory();
          return { config: { kind: 'pglite', directory: place.directory }, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
        },
        async [Symbol.asyncDispose]() {},
      };
    },
  },
];

/** A fresh database, open, for one suite. */
export async function openFresh(kind: EngineKind): Promise<{ database: Database; close(): Promise<void> }> {
  const stack = new AsyncDisposableStack();
  const engine = stack.use(await kind.start());
  const fresh = stack.use(await engine.fresh());
  const database = stack.use(await openDatabase(fresh.config));
  return { database, close: () => stack.disposeAsync() };
}
