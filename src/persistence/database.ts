import type { SqlEntityManager } from '@mikro-orm/sql';
import { openPglite } from './pglite/pglite-database.ts';
import { openPostgres } from './postgres/postgres-database.ts';
import type { SqlConnection, SqlRow } from './sql.ts';

export { type SqlConnection, SqlFailure, type SqlRow } from './sql.ts';
export type EntityManager = SqlEntityManager;

export type Database = AsyncDisposable & {
  readonly kind: 'postgres' | 'pglite';
  /** A connection of one's own: a real one of its own on PostgreSQL; on PGlite all share the one engine, and statements queue in its thread. */
  connect(): Promise<SqlConnection>;
  /** One statement on any connection, for reads. Rejects with a SqlFailure. */
  sql(text: string, parameters?: readonly unknown[]): Promise<readonly SqlRow[]>;
  /**
   * All or nothing. Entities must not leave `work`, and nothing in it may ask the database except through `em`.
   * On PGlite transactions wait for each other, so keep them short.
   */
  transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
};

/** `directory` may hold other things of ours: the database keeps to a folder of its own in it. */
export type DatabaseConfig = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'pglite'; readonly directory: string };

/**
 * Opens the database and brings its tables up to date, one process at a time.
 * Throws DirectoryInUse when another process has the directory.
 */
export function openDatabase(config: DatabaseConfig): Promise<Database> {
  return config.kind === 'postgres' ? openPostgres(config.url) : openPglite(config.directory);
}
