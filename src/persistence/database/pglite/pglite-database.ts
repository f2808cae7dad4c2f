import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/pglite';
import { migrateJobs } from '../../jobs/jobs-tables.ts';
import type { Database, OpeningOptions } from '../database.ts';
import { migrate } from '../migrate.ts';
import { ORM_OPTIONS } from '../orm.ts';
import { parameterOf } from '../parameters.ts';
import { transactionOf } from '../transaction-of.ts';
import { assertOutsideTransaction, insideTransaction } from '../transaction-scope.ts';
import { lockDirectory } from './directory-lock.ts';
import { PgliteEngine } from './engine.ts';
import { ormClient } from './orm-client.ts';
import { DirectoryUnusable, messageOf, refuseForeignCluster } from './unusable-directory.ts';

/** The folder of the data directory that PGlite has to itself. */
export const CLUSTER_FOLDER = 'pglite';

export async function openPglite(directory: string, { migrates }: OpeningOptions): Promise<Database> {
  await using opening = new AsyncDisposableStack();
  opening.use(await lockDirectory(directory));
  const folder = join(directory, CLUSTER_FOLDER);
  refuseForeignCluster(folder);
  const engine = await PgliteEngine.start(folder).catch((error: unknown) => {
    throw new DirectoryUnusable(`${folder} does not open as a database. ${messageOf(error)}`, { cause: error });
  });
  opening.defer(() => engine.close());
  const orm = await MikroORM.init({ ...ORM_OPTIONS, driverOptions: { pglite: ormClient(engine) } });
  opening.defer(() => orm.close());
  if (migrates) {
    await migrate(orm);
    await migrateJobs('pglite', engine.librarySql());
  }
  const open = opening.move();
  /** The end of the transaction before: the driver has one connection and keeps no order among several. */
  let previous: Promise<unknown> = Promise.resolve();
  return {
    kind: 'pglite',
    gone: engine.ended,
    async connect() {
      return engine.connect();
    },
    async sql(text, parameters = []) {
      assertOutsideTransaction();
      return await engine.rows(text, parameters.map(parameterOf));
    },
    librarySql: () => engine.librarySql(),
    transaction(work) {
      assertOutsideTransaction();
      const result = previous.then(() => insideTransaction(() => transactionOf(orm.em.fork(), work)));
      previous = result.catch(() => undefined);
      return result;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
