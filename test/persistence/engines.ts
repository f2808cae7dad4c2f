// Both databases, so that one suite can run on each. What asks a database in its own words, or breaks it, runs on both; the rest on PostgreSQL, unless `EVERY_ENGINE=1` asks for more.
import type { Database } from '../../src/persistence/database/database.ts';
import { type DatabaseConfig, openDatabase } from '../../src/persistence/database/open-database.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { ownPostgres, sharedPostgres } from '../support/shared-postgres.ts';

export type FreshDatabase = AsyncDisposable & { readonly config: DatabaseConfig };
export type Engine = AsyncDisposable & { fresh(): Promise<FreshDatabase> };
/** Readers of the log wait for every open transaction of the server, also in other databases: a suite that expects what it has just written says that it is alone. */
export type Sharing = { readonly isAlone?: boolean };
export type EngineKind = { readonly name: string; readonly skip: string | false; start(sharing?: Sharing): Promise<Engine> };

export const ENGINES: readonly EngineKind[] = [
  {
    name: 'PostgreSQL',
    skip: POSTGRES_MISSING,
    async start({ isAlone = false } = {}) {
      const server = await (isAlone ? ownPostgres() : sharedPostgres());
      return {
        async fresh() {
          const database = await server.fresh();
          return { config: { kind: 'postgres', url: database.url }, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
        },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
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

/** For suites above the statements: their rules are the same on both. PGlite where there is no PostgreSQL. */
export const USUAL_ENGINES: readonly EngineKind[] =
  process.env.EVERY_ENGINE === '1' ? ENGINES : ENGINES.filter(({ name }) => name === (POSTGRES_MISSING === false ? 'PostgreSQL' : 'PGlite'));

/** A fresh database, open, for one suite. */
export async function openFresh(kind: EngineKind, sharing?: Sharing): Promise<{ database: Database; close(): Promise<void> }> {
  const stack = new AsyncDisposableStack();
  const engine = stack.use(await kind.start(sharing));
  const fresh = stack.use(await engine.fresh());
  const database = stack.use(await openDatabase(fresh.config));
  return { database, close: () => stack.disposeAsync() };
}
