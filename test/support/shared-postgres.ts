// One PostgreSQL for all files of a run, with fresh databases that are copies of a migrated one: what would take a second takes a tenth of it.
// Tests that stop the server, cut it off or fill its disk start one of their own, see postgres.ts.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { clockAheadMs } from './clock.ts';
import { moveClock, POSTGRES_MISSING, startPostgres } from './postgres.ts';

/** Set by test/run.ts: the URL of the server's first database, by which others are made and dropped. */
const SHARED_POSTGRES = 'TEST_SHARED_POSTGRES';
const TEMPLATE = 'migrated_template';

type MigratedDatabase = AsyncDisposable & { readonly url: string };
/** `name` is in lower case and stands for all that decides what is filled in. */
type Filling = { readonly name: string; fill(url: string): Promise<void> };
export type SharedServer = AsyncDisposable & {
  /** An up-to-date database: empty, or with what `filling` puts into it once for all who name it. Dispose it after what was opened on it. */
  fresh(filling?: Filling): Promise<MigratedDatabase>;
};

/** Starts what the files of a run share, for as long as it is not disposed; nothing, where there is no PostgreSQL. */
export async function startShared(): Promise<AsyncDisposable> {
  if (POSTGRES_MISSING !== false) return { async [Symbol.asyncDispose]() {} };
  const server = await startPostgres({ fsync: false });
  await makeTemplate(server.url);
  process.env[SHARED_POSTGRES] = server.url;
  return server;
}

export function isShared(): boolean {
  return process.env[SHARED_POSTGRES] !== undefined;
}

/** The run's server, or one of this file's own where it is run by itself. */
export async function sharedPostgres(): Promise<SharedServer> {
  const url = process.env[SHARED_POSTGRES];
  return url === undefined ? await ownPostgres() : { fresh: (filling) => copyFor(url, filling), async [Symbol.asyncDispose]() {} };
}

/** A server that no other file has transactions on. */
export async function ownPostgres(): Promise<SharedServer> {
  const server = await startPostgres({ fsync: false });
  await makeTemplate(server.url);
  return { fresh: (filling) => copyFor(server.url, filling), [Symbol.asyncDispose]: () => server.stop() };
}

async function makeTemplate(url: string): Promise<void> {
  await run(url, `create database ${TEMPLATE}`);
  const database = await openDatabase({ kind: 'postgres', url: urlOf(url, TEMPLATE) });
  await database[Symbol.asyncDispose]();
}

async function copyFor(url: string, filling: Filling | undefined): Promise<MigratedDatabase> {
  if (filling === undefined) return await copy(url, TEMPLATE);
  const filled = `filled_${filling.name}`;
  const client = new pg.Client(url);
  await client.connect();
  try {
    // Another file that asks for the same waits here until this one has filled it.
    await client.query('select pg_advisory_lock(hashtext($1))', [filled]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [filled]);
    if (rowCount === 0) {
      const unfinished = `unfinished_${randomBytes(6).toString('hex')}`;
      await client.query(`create database ${unfinished} template ${TEMPLATE} strategy file_copy`);
      await filling.fill(urlOf(url, unfinished));
      await client.query(`alter database ${unfinished} rename to ${filled}`);
    }
  } finally {
    await client.end();
  }
  return await copy(url, filled);
}

async function copy(url: string, template: string): Promise<MigratedDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Not a log of each page, but a copy of the files: nothing here has to outlive a crash.
  await run(url, `create database ${name} template ${template} strategy file_copy`);
  const made = urlOf(url, name);
  if (clockAheadMs !== 0) await moveClock(made, name);
  return {
    url: made,
    async [Symbol.asyncDispose]() {
      await run(url, `drop database ${name} with (force)`);
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: database }).href;
}
