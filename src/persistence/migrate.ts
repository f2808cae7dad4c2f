import type { Connection, MikroORM } from '@mikro-orm/core';
import { ORM_OPTIONS } from './orm.ts';
import { STORED_FUNCTIONS } from './stored-functions.ts';

/** A later version has changed the tables. This one does not know what they mean now, and would put its older functions over the newer ones. */
export class NewerTables extends Error {
  override readonly name = 'NewerTables';

  constructor(unknown: readonly string[]) {
    super(`The database was used by a later version of Slotkeeper, which has changed its tables (${unknown.join(', ')}). Start that version or a later one.`);
  }
}

/**
 * Brings the tables up to date, or throws NewerTables where a later version has; then applies the stored functions again, so that a fix of a function needs no migration; their names
 * carry a version, so an older node beside this one keeps calling its own. The caller sees to it that nobody else migrates meanwhile.
 */
export async function migrate(orm: MikroORM): Promise<void> {
  const connection = orm.em.getConnection();
  const unknown = await unknownMigrations(connection);
  if (unknown.length > 0) throw new NewerTables(unknown);
  await orm.migrator.up();
  for (const statement of STORED_FUNCTIONS) await connection.execute(statement);
}

/** Asked by hand: to a role that may not read the table the ORM says that it is not there. */
async function unknownMigrations(connection: Connection): Promise<readonly string[]> {
  const { tableName, migrationsList } = ORM_OPTIONS.migrations;
  const [table]: readonly { isThere: boolean }[] = await connection.execute(`select to_regclass('${tableName}') is not null as "isThere"`);
  if (table?.isThere !== true) return [];
  const known = new Set<string>(migrationsList.map(({ name }) => name));
  const done: readonly { name: string }[] = await connection.execute(`select name from ${tableName} order by id`);
  return done.map(({ name }) => name).filter((name) => !known.has(name));
}
