import type { Database, OpeningOptions } from './database.ts';
import { openPglite } from './pglite/pglite-database.ts';
import { openPostgres } from './postgres/postgres-database.ts';

/** `directory` may hold other things of ours: the database keeps to a folder of its own in it. */
export type DatabaseConfig = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'pglite'; readonly directory: string };

/**
 * Opens the database and, unless told otherwise, brings its tables up to date, one process at a time.
 * Throws DirectoryInUse when another process has the directory.
 */
export function openDatabase(config: DatabaseConfig, options: OpeningOptions = { migrates: true }): Promise<Database> {
  return config.kind === 'postgres' ? openPostgres(config.url, options) : openPglite(config.directory, options);
}
