import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { demoLogins } from '../../src/demo/demo-logins.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { databaseMadeAt, dropDemo, holdsDemo, markDemo } from '../../src/persistence/database/demo-mark.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { timeNow } from '../support/clock.ts';
import { type Engine, type FreshDatabase, USUAL_ENGINES } from './engines.ts';

const EMAILS = demoLogins().map(({ email }) => email);
const FUNCTIONS = `select p.oid::regprocedure::text from pg_proc p where p.pronamespace = current_schema()::regnamespace
  and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`;
const TABLES = 'select table_name::text from information_schema.tables where table_schema = current_schema() order by 1';
const BUSINESS = `select to_jsonb(b) - 'era' - 'made_at' from business b`;

/** All tables with how much is in them, the functions, and the business but for what every database has of its own. */
async function contentsOf({ config }: FreshDatabase): Promise<unknown> {
  await using database = await openDatabase(config);
  const sizes: unknown[] = [];
  for (const [name] of await database.sql(TABLES)) sizes.push([name, (await database.sql(`select count(*) from "${name}"`))[0]?.[0]]);
  return { sizes, functions: await database.sql(FUNCTIONS), business: await database.sql(BUSINESS) };
}

async function addOwner(database: Database, email: string): Promise<void> {
  const columns = 'id, email, name, role, password_hash, created_at';
  await database.sql(`insert into user_account (${columns}) values ($1, $2, 'Olivia', 'owner', '-', 0)`, [randomUUID(), email]);
}

for (const kind of USUAL_ENGINES) {
  describe(`the mark of the demo on ${kind.name}`, { skip: kind.skip }, () => {
    let engine: Engine;
    before(async () => {
      engine = await kind.start();
    });
    after(() => engine[Symbol.asyncDispose]());

    test('is on what was seeded, whatever became of its accounts', async () => {
      await using fresh = await engine.fresh();
      await using database = await openDatabase(fresh.config);
      assert.equal(await holdsDemo(database, EMAILS), false);
      await markDemo(database);
      assert.equal(await holdsDemo(database, EMAILS), true);
    });

    test('is not needed where a demo account can log in: databases from before it have only those', async () => {
      await using fresh = await engine.fresh();
      await using database = await openDatabase(fresh.config);
      await addOwner(database, 'olivia@example.org');
      assert.equal(await holdsDemo(database, EMAILS), false);
      await addOwner(database, 'manager@demo.test');
      assert.equal(await holdsDemo(database, EMAILS), true);
      await database.sql('alter table business drop column holds_demo');
      assert.equal(await holdsDemo(database, EMAILS), true, 'also before the migration');
      await database.sql(`update user_account set disabled_at = 1 where email = 'manager@demo.test'`);
      assert.equal(await holdsDemo(database, EMAILS), false);
    });

    test('goes with everything else: afterwards the database is like one that was never used', async () => {
      await using fresh = await engine.fresh();
      await using unused = await engine.fresh();
      {
        await using database = await openDatabase(fresh.config);
        await markDemo(database);
        await addOwner(database, 'owner@demo.test');
        await database.sql(`insert into audit_entry (id, at, by_kind, action, subject_kind, subject_id) values ($1, 0, 'system', 'user.added', 'user', '-')`, [
          randomUUID(),
        ]);
        assert.equal(await dropDemo(database, EMAILS), 'dropped');
        assert.deepEqual(await database.sql(TABLES), []);
        assert.equal(await dropDemo(database, EMAILS), 'no-demo');
      }
      const before = timeNow();
      assert.deepEqual(await contentsOf(fresh), await contentsOf(unused));
      await using database = await openDatabase(fresh.config);
      assert.ok((await databaseMadeAt(database)) > before - 60_000, 'it was made just now');
    });

    test('protects nothing else: a database without it is left as it is', async () => {
      await using fresh = await engine.fresh();
      const untouched = await contentsOf(fresh);
      {
        await using database = await openDatabase(fresh.config, { migrates: false });
        assert.equal(await dropDemo(database, EMAILS), 'no-demo');
      }
      assert.deepEqual(await contentsOf(fresh), untouched);
    });

    // The directory of an embedded database has one process at a time.
    if (kind.name === 'PostgreSQL') {
      test('stays while a node runs, or while another process is opening the database', async () => {
        await using fresh = await engine.fresh();
        await using database = await openDatabase(fresh.config);
        await markDemo(database);
        const [node, opening] = [randomUUID(), await database.connect()];
        await opening.run('select join_node_v1($1::uuid)', [node]);
        assert.equal(await dropDemo(database, EMAILS), 'in-use');
        await opening.run('select leave_node_v1($1::uuid)', [node]);
        await opening.run('select pg_advisory_lock(7000, 1)', []);
        assert.equal(await dropDemo(database, EMAILS), 'in-use');
        await opening.run('select pg_advisory_unlock(7000, 1)', []);
        assert.equal(await dropDemo(database, EMAILS), 'dropped');
      });

      test('stays where a view of somebody else’s is on its tables, and so does everything', async () => {
        await using fresh = await engine.fresh();
        await using database = await openDatabase(fresh.config);
        await markDemo(database);
        await database.sql('create view bookings as select id from appointment');
        await assert.rejects(dropDemo(database, EMAILS), /bookings/);
        assert.equal(await holdsDemo(database, EMAILS), true);
      });
    }
  });
}
