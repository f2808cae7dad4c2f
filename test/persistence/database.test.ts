import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, SqlFailure } from '../../src/persistence/database/database.ts';
import { ENGINES, openFresh } from './engines.ts';

const isFailure = (expected: { definite: boolean; sqlState?: string; constraint?: string }) => (error: unknown) => {
  assert.ok(error instanceof SqlFailure, String(error));
  assert.equal(error.definite, expected.definite);
  if (expected.sqlState !== undefined) assert.equal(error.sqlState, expected.sqlState);
  if (expected.constraint !== undefined) assert.equal(error.constraint, expected.constraint);
  return true;
};

for (const kind of ENGINES) {
  describe(`a database on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(kind));
    });
    after(() => close());

    test('columns come back by their type: integers as numbers, json parsed, times as Date, the rest as text', async () => {
      const [row] = await database.sql(
        `select 1::int2, 2::int4, 9007199254740991::int8, 1.5::float8, true, null::int8, 'ö"''\\x', '{"a":[1,null]}'::jsonb, '[1]'::json,
          timestamptz '2026-03-29 01:00:00.123+00', date '2026-03-29', 1.10::numeric, '00000000-0000-7000-8000-000000000001'::uuid, int8range(1, 5), count(*) from shard`,
      );
      assert.deepEqual(row, [
        ...[1, 2, 9007199254740991, 1.5, true, null, 'ö"\'\\x', { a: [1, null] }, [1]],
        ...[new Date('2026-03-29T01:00:00.123Z'), '2026-03-29', '1.10', '00000000-0000-7000-8000-000000000001', '[1,5)', 256],
      ]);
    });

    test('arrays go in and come back as arrays', async () => {
      const uuid = '00000000-0000-7000-8000-000000000001';
      const texts = ['', 'a,b', '{"x"}', 'back\\slash', 'NULL', null, 'new\nline', ' '];
      const [row] = await database.sql('select $1::uuid[], $2::int8[], $3::int[], $4::text[], $5::boolean[], $6::jsonb[], $7::int2[]', [
        ...[[uuid], [1, 2 ** 45, null], [], texts, [true, null, false]],
        ...[['{"a":"\\"b\\""}', { c: [1] }, null], [7]],
      ]);
      assert.deepEqual(row, [[uuid], [1, 2 ** 45, null], [], texts, [true, null, false], [{ a: '"b"' }, { c: [1] }, null], [7]]);
    });

    test('scalars go in as they are', async () => {
      const at = new Date('2026-01-02T03:04:05.678Z');
      const [row] = await database.sql('select $1::int8, $2::boolean, $3::jsonb, $4::jsonb, $5::timestamptz, $6::text, $7::text, $8::float8', [
        ...[2 ** 50, false, { a: 'ü' }, '[1,2]', at, null, "it's", 0.1],
      ]);
      assert.deepEqual(row, [2 ** 50, false, { a: 'ü' }, [1, 2], at, null, "it's", 0.1]);
    });

    test('a parameter that is undefined is a mistake and never reaches the database', async () => {
      await assert.rejects(async () => database.sql('select $1::text', [undefined]), TypeError);
      const connection = await database.connect();
      await assert.rejects(connection.run('select $1::text', [undefined]), TypeError);
      assert.deepEqual(await connection.run('select 1', []), [[1]]);
      connection.destroy();
    });

    test('a refused statement is definite, names its constraint, and the connection goes on', async () => {
      const connection = await database.connect();
      await assert.rejects(connection.run('insert into shard (id) values (0)', []), isFailure({ definite: true, sqlState: '23505', constraint: 'shard_pkey' }));
      await assert.rejects(connection.run('select 1/0', []), isFailure({ definite: true, sqlState: '22012' }));
      await assert.rejects(connection.run('select nonsense(', []), isFailure({ definite: true, sqlState: '42601' }));
      await assert.rejects(connection.run('select $1::int', ['x']), isFailure({ definite: true, sqlState: '22P02' }));
      await assert.rejects(database.sql('select 1/0'), isFailure({ definite: true, sqlState: '22012' }));
      assert.deepEqual(await connection.run('select $1::int', [5]), [[5]]);
      connection.destroy();
    });

    test('a call is one statement', async () => {
      await assert.rejects(database.sql('select 1; select 2'), isFailure({ definite: true, sqlState: '42601' }));
    });

    test('statements of a connection run in the order of the calls, and one that is refused does not hold up the next', async () => {
      const connection = await database.connect();
      const results = await Promise.allSettled(['select 1', 'select 1/0', 'select 3'].map((statement) => connection.run(statement, [])));
      assert.deepEqual(
        results.map((result) => result.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      connection.destroy();
    });

    test('a timeout is not definite, and the connection is of no more use', async () => {
      const connection = await database.connect();
      await assert.rejects(connection.run(`select count(*) from generate_series(1, 3000000)`, [], { timeoutMs: 20 }), isFailure({ definite: false }));
      await assert.rejects(connection.run('select 1', []), isFailure({ definite: false }));
      assert.deepEqual(await database.sql('select 1'), [[1]]);
    });

    test('what a destroyed connection had under way is not definite', async () => {
      const connection = await database.connect();
      const running = connection.run('select count(*) from generate_series(1, 200000)', []);
      const waiting = connection.run('select 1', []);
      connection.destroy();
      await assert.rejects(running, isFailure({ definite: false }));
      await assert.rejects(waiting, isFailure({ definite: false }));
    });

    test('a transaction is all or nothing', async () => {
      await database.transaction((em) => em.execute(`update shard set epoch = 7 where id = 7`));
      const failing = database.transaction(async (em) => {
        await em.execute('update shard set epoch = 8 where id = 7');
        throw new Error('changed my mind');
      });
      await assert.rejects(failing, /changed my mind/);
      assert.deepEqual(await database.sql('select epoch from shard where id = 7'), [[7]]);
    });

    test('the ORM gets numbers for int8 as well', async () => {
      assert.deepEqual(await database.transaction((em) => em.execute('select count(*) as n, 5::int8 as five from shard')), [{ n: 256, five: 5 }]);
    });

    test('transactions at the same time do not mix', async () => {
      await database.sql('update shard set epoch = 0 where id = 9');
      const addOne = () =>
        database.transaction(async (em) => {
          const [row] = await em.execute<{ epoch: number }[]>('select epoch from shard where id = 9 for update');
          await em.execute('update shard set epoch = ? where id = 9', [(row?.epoch ?? 0) + 1]);
        });
      await Promise.all([...Array.from({ length: 8 }, addOne), database.sql('select 1')]);
      assert.deepEqual(await database.sql('select epoch from shard where id = 9'), [[8]]);
    });

    test('asking beside the transaction from inside it is refused instead of hanging', async () => {
      await assert.rejects(
        database.transaction(() => database.sql('select 1')),
        /through its EntityManager/,
      );
      await assert.rejects(
        database.transaction(() => database.transaction(async () => undefined)),
        /through its EntityManager/,
      );
    });
  });
}
