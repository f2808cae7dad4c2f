import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MikroORM as PgliteOrm } from '@mikro-orm/pglite';
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql';
import { type Database, type SqlConnection, SqlFailure } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { ORM_OPTIONS } from '../../src/persistence/database/orm.ts';
import { PgliteEngine } from '../../src/persistence/database/pglite/engine.ts';
import { ormClient } from '../../src/persistence/database/pglite/orm-client.ts';
import { CLUSTER_FOLDER } from '../../src/persistence/database/pglite/pglite-database.ts';
import { JOBS_SCHEMA } from '../../src/persistence/jobs/jobs-tables.ts';
import { ENGINES, type Engine, type FreshDatabase, openFresh } from './engines.ts';

const HOUR = 3_600_000;
const NINE = Date.parse('2026-06-01T09:00:00Z');

const violates =
  (sqlState: string, constraint: string) =>
  (error: unknown): boolean =>
    error instanceof SqlFailure && error.definite && error.sqlState === sqlState && error.constraint === constraint;

for (const kind of ENGINES) {
  describe(`the tables on ${kind.name}`, { skip: kind.skip }, () => {
    let engine: Engine;
    before(async () => {
      engine = await kind.start();
    });
    after(() => engine[Symbol.asyncDispose]());

    test('entities and migrations describe the same tables', async () => {
      await using fresh = await engine.fresh();
      await (await openDatabase(fresh.config))[Symbol.asyncDispose]();
      assert.deepEqual(await schemaDifference(fresh), []);
    });

    // PGlite lets one process in at a time: directory-lock.test.ts.
    if (kind.name === 'PostgreSQL') {
      test('several that open at once migrate once', async () => {
        await using fresh = await engine.fresh();
        const databases = await Promise.all([openDatabase(fresh.config), openDatabase(fresh.config), openDatabase(fresh.config)]);
        assert.deepEqual(await databases[1]?.sql('select count(*) from migration'), [[ORM_OPTIONS.migrations.migrationsList.length]]);
        for (const database of databases) await database[Symbol.asyncDispose]();
      });
    }

    test('the stored functions are those of the sources after every opening', async () => {
      await using fresh = await engine.fresh();
      const body = `select prosrc from pg_proc where proname = 'refence_shards_v2'`;
      const first = await openDatabase(fresh.config);
      const ours = await first.sql(body);
      await first.sql(`create or replace function refence_shards_v2(p_shards int[]) returns jsonb language sql as 'select null::jsonb'`);
      assert.notDeepEqual(await first.sql(body), ours);
      await first[Symbol.asyncDispose]();
      await using second = await openDatabase(fresh.config);
      assert.deepEqual(await second.sql(body), ours);
    });

    test('sessions from before they had a row of their own get one, ended or not', async () => {
      await using fresh = await engine.fresh();
      const [userId, going, ended] = [randomUUID(), randomUUID(), randomUUID()];
      {
        await using before = await openDatabase(fresh.config);
        await before.sql('drop table login_session');
        await before.sql(`delete from migration where name = '0003-sessions'`);
        await before.sql(`insert into user_account (id, email, name, role, password_hash, created_at) values ($1, 'a@example.org', 'A', 'owner', '', 0)`, [
          userId,
        ]);
        for (const [family, createdAt, revokedAt] of [
          [going, 10, null],
          [going, 20, null],
          [ended, 30, 40],
        ] as const) {
          const token =
            'insert into refresh_token (id, user_id, family, token_hash, expires_at, revoked_at, created_at) values ($1::uuid, $2, $3, $1::uuid::text, 99, $5, $4)';
          await before.sql(token, [randomUUID(), userId, family, createdAt, revokedAt]);
        }
      }
      await using upgraded = await openDatabase(fresh.config);
      assert.deepEqual(await upgraded.sql('select id, user_id, device, created_at, last_used_at, ended_at from login_session order by created_at'), [
        [going, userId, 'an unknown device', 10, 20, null],
        [ended, userId, 'an unknown device', 30, 30, 40],
      ]);
    });

    test('e-mails from before there was a relay are kept for the owner, as are those that a node of before still writes', async () => {
      await using fresh = await engine.fresh();
      const write = `insert into notification (id, topic, email, token, token_expires_at, created_at) values (gen_random_uuid(), 'password-reset', $1, 't', 99, 10)`;
      {
        await using before = await openDatabase(fresh.config);
        await before.sql('drop index notification_waiting');
        for (const column of ['delivery', 'attempts', 'next_attempt_at', 'sent_at', 'failure'])
          await before.sql(`alter table notification drop column ${column}`);
        await before.sql(`delete from migration where name = '0007-mail-delivery'`);
        await before.sql(write, ['before']);
      }
      await using upgraded = await openDatabase(fresh.config);
      await upgraded.sql(write, ['beside']);
      assert.deepEqual(await upgraded.sql('select email, delivery, attempts, next_attempt_at, token from notification order by email'), [
        ['before', 'kept', 0, null, 't'],
        ['beside', 'kept', 0, null, 't'],
      ]);
    });

    test('the upgrade to the fourth commit gives up nodes that still call another one, and takes it away', async () => {
      await using fresh = await engine.fresh();
      {
        await using before = await openDatabase(fresh.config);
        await before.sql('create function commit_v3(p_atomic boolean) returns jsonb language sql as $$ select null::jsonb $$');
        await before.sql(`insert into node (id, started_at, seen_at, steady_since) values (gen_random_uuid(), now(), now(), now())`);
        await before.sql(`delete from migration where name = '0021-one-commit'`);
      }
      await using upgraded = await openDatabase(fresh.config);
      assert.deepEqual(await upgraded.sql('select gone from node'), [[true]]);
      assert.deepEqual(await upgraded.sql(`select proname::text from pg_proc where proname like 'commit\\_v%'`), [['commit_v5']]);
    });

    test('a new database has 256 shards without an owner, and a business with an era that no other has', async () => {
      await using one = await engine.fresh();
      await using database = await openDatabase(one.config);
      assert.deepEqual(await database.sql('select count(*), min(id), max(id), count(owner), max(epoch) from shard'), [[256, 0, 255, 0, 0]]);
      const [[id, era] = []] = await database.sql('select id, era from business');
      assert.equal(id, 1);
      assert.match(String(era), /^[0-9a-f-]{36}$/);
    });
  });

  describe(`claims on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let connection: SqlConnection;
    let close: () => Promise<void>;
    const calendarId = randomUUID();
    before(async () => {
      ({ database, close } = await openFresh(kind));
      connection = await database.connect();
    });
    after(() => close());

    type Claim = { calendar?: string; session?: string; lane?: number; from?: number; to?: number };
    const claim = ({ calendar = calendarId, session = randomUUID(), lane = 0, from = NINE, to = from + HOUR }: Claim) =>
      connection.run(`insert into claim (id, calendar_id, kind, session, lane, starts_at, ends_at) values ($1, $2, 'appointment', $3, $4, $5, $6)`, [
        ...[randomUUID(), calendar, session, lane, from, to],
      ]);

    test('two sessions of a calendar never overlap', async () => {
      await claim({});
      await assert.rejects(claim({ from: NINE + HOUR / 2 }), violates('23P01', 'claim_no_overlap'));
      await assert.rejects(claim({}), violates('23P01', 'claim_no_overlap'));
    });

    test('claims that only touch, or are of another calendar, are let in', async () => {
      await claim({ from: NINE + HOUR });
      await claim({ from: NINE - HOUR });
      await claim({ calendar: randomUUID() });
    });

    test('claims of one session overlap, each in a lane of its own', async () => {
      const session = randomUUID();
      const from = NINE + 10 * HOUR;
      await claim({ session, from, lane: 0 });
      await claim({ session, from, lane: 1 });
      await assert.rejects(claim({ session, from, lane: 1 }), violates('23505', 'claim_one_per_lane'));
      await assert.rejects(claim({ from, lane: 2 }), violates('23P01', 'claim_no_overlap'));
    });

    test('an appointment without a session overlaps others, and nothing else is without one', async () => {
      const from = NINE + 20 * HOUR;
      const insert = 'insert into claim (id, calendar_id, kind, session, lane, starts_at, ends_at, capacity) values ($1, $2, $3, null, 0, $4, $5, $6)';
      const overlapping = (kind: string, capacity = 1) => connection.run(insert, [randomUUID(), calendarId, kind, from, from + HOUR, capacity]);
      await claim({ from });
      await overlapping('appointment');
      await overlapping('appointment');
      await assert.rejects(overlapping('hold'), violates('23514', 'claim_session'));
      await assert.rejects(overlapping('block'), violates('23514', 'claim_session'));
      await assert.rejects(overlapping('appointment', 2), violates('23514', 'claim_session'));
    });

    test('a claim lasts', async () => {
      await assert.rejects(claim({ from: NINE + 50 * HOUR, to: NINE + 50 * HOUR }), violates('23514', 'claim_lasts'));
    });

    test('of many who claim one time at once, one gets it', async () => {
      const from = NINE + 100 * HOUR;
      const connections = await Promise.all(Array.from({ length: 6 }, () => database.connect()));
      const statement = `insert into claim (id, calendar_id, kind, session, lane, starts_at, ends_at) values ($1, $2, 'hold', $3, 0, $4, $5)`;
      const results = await Promise.allSettled(connections.map((each) => each.run(statement, [randomUUID(), calendarId, randomUUID(), from, from + HOUR])));
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
      for (const each of connections) each.destroy();
    });
  });
}

/** The statements that would turn the tables of a migrated database into those of the entities. Stored functions are no entities. */
async function schemaDifference(fresh: FreshDatabase): Promise<string[]> {
  const statements = (await updateStatements(fresh)).split('\n');
  return statements.filter((statement) => statement !== '' && !statement.startsWith('drop function'));
}

async function updateStatements({ config }: FreshDatabase): Promise<string> {
  await using stack = new AsyncDisposableStack();
  // The migrations' own table is nobody's entity, and the tables of the jobs are pg-boss's.
  const options = { ...ORM_OPTIONS, schemaGenerator: { skipTables: ['migration'], ignoreSchema: [JOBS_SCHEMA] } };
  if (config.kind === 'postgres') {
    const orm = await PostgresOrm.init({ ...options, dbName: new URL(config.url).pathname.slice(1), driverOptions: { connectionString: config.url } });
    stack.defer(() => orm.close());
    return await orm.schema.getUpdateSchemaSQL({ wrap: false });
  }
  const engine = await PgliteEngine.start(join(config.directory, CLUSTER_FOLDER));
  stack.defer(() => engine.close());
  const orm = await PgliteOrm.init({ ...options, driverOptions: { pglite: ormClient(engine) } });
  stack.defer(() => orm.close());
  return await orm.schema.getUpdateSchemaSQL({ wrap: false });
}
