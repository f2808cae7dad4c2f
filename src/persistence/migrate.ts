import type { MikroORM } from '@mikro-orm/core';
import { STORED_FUNCTIONS } from './stored-functions.ts';

/**
 * Brings the tables up to date, then applies the stored functions again, so that a fix of a function needs no migration; their names
 * carry a version, so an older node beside this one keeps calling its own. The caller sees to it that nobody else migrates meanwhile.
 */
export async function migrate(orm: MikroORM): Promise<void> {
  await orm.migrator.up();
  const connection = orm.em.getConnection();
  for (const statement of STORED_FUNCTIONS) await connection.execute(statement);
}
