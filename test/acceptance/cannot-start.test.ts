// What is told where a server cannot start: one sentence, an exit code, and no stack. And nothing of what was found is touched.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { endOf } from '../faults/told-process.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';
import { POSTGRES_MISSING, startPostgres, type TestPostgres, unprivilegedOwner } from '../support/postgres.ts';
import { TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const CANNOT_HAVE = 69;
const DOES_NOT_FIT = 78;
const BUSINESS = { OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD, JWT_SECRET: TEST_SECRET };
type User = Parameters<typeof endOf>[1];

/** Nothing but the sentence. */
async function assertEnds(settings: Readonly<Record<string, string>>, code: number, sentence: RegExp, user?: User): Promise<void> {
  const end = await endOf({ ...BUSINESS, ...settings }, user);
  const [first = '', ...more] = end.said.trimEnd().split('\n');
  assert.deepEqual([end.code, more], [code, []], end.said);
  assert.match(first, sentence);
}

describe('a data directory that cannot be used', () => {
  const unusable = (why: string) => new RegExp(`^Slotkeeper cannot start: The data directory cannot be used: ${why}`);

  test('is said to be a file, below a file, or one that holds something else, which is left as it is', async () => {
    await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-unusable-'));
    const at = (...path: string[]) => join(place.path, ...path);
    writeFileSync(at('file'), 'mine');
    for (const folder of ['holds-a-file', 'others/pglite', 'old/pglite']) mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('holds-a-file', 'pglite'), 'mine');
    writeFileSync(at('others', 'pglite', 'note.txt'), 'mine');
    writeFileSync(at('old', 'pglite', 'PG_VERSION'), '11\n');
    await assertEnds({ DATA_DIR: at('file') }, CANNOT_HAVE, unusable('\\S+/file is a file'));
    await assertEnds({ DATA_DIR: at('file', 'below') }, CANNOT_HAVE, unusable('\\S+ cannot be created .*ENOTDIR'));
    await assertEnds({ DATA_DIR: at('holds-a-file') }, CANNOT_HAVE, unusable('\\S+/pglite is not a directory'));
    await assertEnds({ DATA_DIR: at('others') }, CANNOT_HAVE, unusable('\\S+/pglite does not hold a Slotkeeper database'));
    await assertEnds({ DATA_DIR: at('old') }, CANNOT_HAVE, unusable('\\S+/pglite holds a database of PostgreSQL "11"'));
    assert.deepEqual(
      [readFileSync(at('file'), 'utf8'), readdirSync(at('others', 'pglite')), readdirSync(at('old', 'pglite'))],
      ['mine', ['note.txt'], ['PG_VERSION']],
    );
  });

  test('is said to be without rights, whether it is there or has to be made', {
    skip: unprivilegedOwner() === undefined && 'needs another user to run as',
  }, async () => {
    await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-unusable-'));
    await chmod(place.path, 0o755);
    const closed = join(place.path, 'closed');
    mkdirSync(closed, { mode: 0o755 });
    const user = unprivilegedOwner();
    await assertEnds({ DATA_DIR: closed }, CANNOT_HAVE, unusable('\\S+ cannot be written to .*EACCES'), user);
    await assertEnds({ DATA_DIR: join(place.path, 'new') }, CANNOT_HAVE, unusable('\\S+ cannot be created .*EACCES'), user);
    const open = join(place.path, 'open');
    mkdirSync(join(open, 'pglite'), { recursive: true, mode: 0o700 });
    await chmod(open, 0o777);
    await assertEnds({ DATA_DIR: open }, CANNOT_HAVE, unusable('.*EACCES'), user);
  });

  test('is said to be broken where the database in it does not open', async () => {
    await using place = await freshPgliteDirectory();
    writeFileSync(join(place.directory, 'pglite', 'global', 'pg_control'), 'nothing of it');
    await assertEnds({ DATA_DIR: place.directory }, CANNOT_HAVE, unusable('\\S+ does not open as a database. The database engine failed'));
  });
});

describe('tables of a later version', () => {
  test('are refused in an embedded database, and nothing is changed in it', async () => {
    await using place = await freshPgliteDirectory();
    const config = { kind: 'pglite', directory: place.directory } as const;
    {
      await using database = await openDatabase(config);
      await database.sql(`insert into migration (name, executed_at) values ('9999-tomorrow', now())`);
    }
    await assertEnds({ DATA_DIR: place.directory }, DOES_NOT_FIT, /^Slotkeeper cannot start: The database was migrated by a later version .*9999-tomorrow/);
  });
});

test('a first owner whose password would be tried first is not made', async () => {
  await using place = await freshPgliteDirectory();
  await assertEnds(
    { DATA_DIR: place.directory, OWNER_PASSWORD: 'password123' },
    DOES_NOT_FIT,
    /^Slotkeeper cannot start: OWNER_PASSWORD is a common password; choose/,
  );
});

describe('a PostgreSQL that cannot be used', { skip: POSTGRES_MISSING }, () => {
  let server: TestPostgres;
  let url: string;
  const asked = async (database: string, ...statements: string[]) => {
    const client = new pg.Client(database);
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const as = (role: string, database = url) => ({ DATABASE_URL: Object.assign(new URL(database), { username: role }).href });
  const refused = (why: string) => new RegExp(`^Slotkeeper cannot start: The database cannot be used: ${why}`);

  before(async () => {
    server = await startPostgres({ fsync: false });
    url = await server.createDatabase();
  });
  after(() => server.stop());

  test('since a later version has changed its tables', async () => {
    const newer = await server.createDatabase();
    await (await openDatabase({ kind: 'postgres', url: newer }))[Symbol.asyncDispose]();
    const before = `select string_agg(md5(prosrc), ' ' order by oid) from pg_proc where pronamespace = 'public'::regnamespace`;
    const client = new pg.Client(newer);
    await client.connect();
    await client.query(`insert into migration (name, executed_at) values ('9999-tomorrow', now())`);
    await client.query(`create or replace function leave_node_v1(p_node uuid) returns void language sql as 'select'`);
    const functions = (await client.query(before)).rows;
    await assertEnds({ DATABASE_URL: newer }, DOES_NOT_FIT, /^Slotkeeper cannot start: The database was migrated by a later version .*9999-tomorrow/);
    assert.deepEqual((await client.query(before)).rows, functions);
    await client.end();
  });

  test('since its role may make nothing in it, is not its owner, or may not read it', async () => {
    const empty = await server.createDatabase();
    await asked(empty, 'create role guest login', 'revoke create on schema public from public');
    await assertEnds(as('guest', empty), CANNOT_HAVE, refused('permission denied for schema public$'));
    await (await openDatabase({ kind: 'postgres', url }))[Symbol.asyncDispose]();
    await asked(url, 'grant all on schema public to guest');
    await assertEnds(as('guest'), CANNOT_HAVE, refused('permission denied for table migration$'));
    await asked(url, 'grant all on all tables in schema public to guest', 'grant all on all sequences in schema public to guest');
    await assertEnds(as('guest'), CANNOT_HAVE, refused('must be owner of function \\S+$'));
  });

  test('since it can only be read', async () => {
    const reading = await server.createDatabase();
    await asked(reading, `alter database ${new URL(reading).pathname.slice(1)} set default_transaction_read_only = on`);
    await assertEnds({ DATABASE_URL: reading }, CANNOT_HAVE, refused('cannot execute CREATE .* in a read-only transaction$'));
  });

  test('since there is no such role, no such database, or no connection for this role', async () => {
    await assertEnds(as('nobody_of_that_name'), CANNOT_HAVE, refused('role "nobody_of_that_name" does not exist$'));
    await assertEnds({ DATABASE_URL: `${url}_not` }, CANNOT_HAVE, refused('database "\\S+" does not exist$'));
    await asked(url, 'create role barred login', `revoke connect on database ${new URL(url).pathname.slice(1)} from public`);
    await assertEnds(as('barred'), CANNOT_HAVE, refused('permission denied for database'));
  });
});
