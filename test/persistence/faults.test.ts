// What a fault between this process and PostgreSQL looks like from here, and what may still happen on the other side.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ReadFailure } from '../../src/actors/ports.ts';
import { UserAccountRow } from '../../src/persistence/accounts/account-entities.ts';
import { type Database, type EntityManager, SqlFailure } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING, startPostgres, type TestPostgres } from '../support/postgres.ts';

const notDefinite = (error: unknown): boolean => error instanceof SqlFailure && !error.definite;
const PATIENCE_MS = 5_000;

/** Waits for a fact, with a limit. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, 'this did not become true in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('faults between a node and PostgreSQL', { skip: POSTGRES_MISSING }, () => {
  let server: TestPostgres;
  let proxy: FaultProxy;
  /** Through the proxy, and beside it. */
  let database: Database;
  let direct: Database;
  before(async () => {
    server = await startPostgres({ fsync: false });
    const url = await server.createDatabase();
    proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
    direct = await openDatabase({ kind: 'postgres', url });
    database = await openDatabase({ kind: 'postgres', url: proxy.urlThrough(url) });
  });
  after(async () => {
    proxy.pass();
    await database[Symbol.asyncDispose]();
    await direct[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await server.stop();
  });

  const epochOf = async (shard: number) => (await direct.sql('select epoch from shard where id = $1', [shard]))[0]?.[0];
  const setEpoch = 'update shard set epoch = $2 where id = $1';

  test('a transaction that is cut before its commit has done nothing, one that is cut then is not known, and neither keeps a connection', async () => {
    const look = (em: EntityManager) => em.count(UserAccountRow, {});
    const cut = () => proxy.cut();
    const faults: readonly [(em: EntityManager) => Promise<unknown>, (error: unknown) => boolean][] = [
      [
        async (em) =>
          look(em)
            .then(cut)
            .then(() => look(em)),
        (error) => error instanceof ReadFailure,
      ],
      [async (em) => look(em).then(cut), notDefinite],
    ];
    // More often than there are connections.
    for (let times = 0; times < 12; times += 1) {
      const [work, isMeant] = faults[times % faults.length] ?? assert.fail();
      await assert.rejects(database.transaction(work), isMeant);
      await assert.rejects(database.transaction(look), (error) => error instanceof ReadFailure);
      proxy.pass();
      assert.equal(await database.transaction(look), 0);
    }
  });

  test('who waits too long for a row has done nothing, and gives the connection back', async () => {
    const held = Promise.withResolvers<void>();
    const isHeld = Promise.withResolvers<void>();
    const lock = (em: EntityManager) => em.execute('select 1 from shard where id = 7 for update');
    const holder = direct.transaction(async (em) => {
      await lock(em);
      isHeld.resolve();
      await held.promise;
    });
    await isHeld.promise;
    const waiting = Array.from({ length: 10 }, () => assert.rejects(database.transaction(lock), (error) => error instanceof ReadFailure));
    await Promise.all(waiting);
    assert.deepEqual(await database.sql('select 1'), [[1]]);
    held.resolve();
    await holder;
    await database.transaction(lock);
  });

  test('of two who wait for each other one has done nothing', async () => {
    const lockBoth = (first: number, second: number, mine: PromiseWithResolvers<void>, theirs: PromiseWithResolvers<void>) =>
      direct.transaction(async (em) => {
        const lock = (shard: number) => em.execute('select 1 from shard where id = ? for update', [shard]);
        await em.execute(`set local deadlock_timeout = '10ms'`);
        await lock(first);
        mine.resolve();
        await theirs.promise;
        await lock(second);
      });
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ends = await Promise.allSettled([lockBoth(7, 8, one, other), lockBoth(8, 7, other, one)]);
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    assert.deepEqual(
      failures.map((failure) => failure instanceof ReadFailure),
      [true],
    );
  });

  test('what the work of a transaction throws is what is heard, also where the connection goes with it', async () => {
    await assert.rejects(
      database.transaction(async (em) => {
        await em.count(UserAccountRow, {});
        proxy.cut();
        throw new TypeError('a mistake of ours');
      }),
      { name: 'TypeError', message: 'a mistake of ours' },
    );
    proxy.pass();
  });

  test('a backend that an administrator ends leaves its statement not definite', async () => {
    const connection = await database.connect();
    const [[pid] = []] = await connection.run('select pg_backend_pid()', []);
    const running = connection.run('select pg_sleep(10)', []);
    running.catch(() => undefined);
    await until(async () => (await direct.sql(`select state from pg_stat_activity where pid = $1 and query like '%pg_sleep%'`, [pid]))[0]?.[0] === 'active');
    await direct.sql('select pg_terminate_backend($1)', [pid]);
    await assert.rejects(running, (error) => notDefinite(error) && (error as SqlFailure).sqlState === '57P01');
    await assert.rejects(connection.run('select 1', []), notDefinite);
  });

  test('a statement that the server cancels is definite', async () => {
    const connection = await database.connect();
    await connection.run('set statement_timeout = 30', []);
    await assert.rejects(connection.run('select pg_sleep(10)', []), (error) => error instanceof SqlFailure && error.definite && error.sqlState === '57014');
    assert.deepEqual(await connection.run('select 1', []), [[1]]);
    connection.destroy();
  });

  test('a cut connection leaves its statement not definite, and a new one works', async () => {
    const connection = await database.connect();
    const running = connection.run('select pg_sleep(10)', []);
    const cutBefore = proxy.counts.cut;
    setTimeout(() => proxy.cutOnce(), 50);
    await assert.rejects(running, notDefinite);
    assert.ok(proxy.counts.cut > cutBefore);
    const next = await database.connect();
    assert.deepEqual(await next.run('select 1', []), [[1]]);
    next.destroy();
    assert.deepEqual(await database.sql('select 1'), [[1]]);
  });

  test('a write whose answer was swallowed is not definite, and was done', async () => {
    const connection = await database.connect();
    await connection.run('select 1', []);
    const swallowedBefore = proxy.counts.replyBytesSwallowed;
    proxy.swallowReplies();
    const running = connection.run(setEpoch, [1, 11]);
    running.catch(() => undefined);
    await until(() => proxy.counts.replyBytesSwallowed > swallowedBefore);
    proxy.cutOnce();
    await assert.rejects(running, notDefinite);
    assert.equal(await epochOf(1), 11);
  });

  test('in a black hole a statement ends by its timeout, not definite, and was never done', async () => {
    const connection = await database.connect();
    await connection.run('select 1', []);
    const swallowedBefore = proxy.counts.requestBytesSwallowed;
    proxy.blackHole();
    await assert.rejects(connection.run(setEpoch, [2, 22], { timeoutMs: 100 }), notDefinite);
    assert.ok(proxy.counts.requestBytesSwallowed > swallowedBefore);
    proxy.cutOnce();
    assert.equal(await epochOf(2), 0);
    await assert.rejects(connection.run('select 1', []), notDefinite);
  });

  test('a write that was held back by the network happens after its client was told that nobody knows', async () => {
    const connection = await database.connect();
    await connection.run('select 1', []);
    proxy.holdBack();
    const running = connection.run(setEpoch, [3, 33]);
    running.catch(() => undefined);
    await until(() => proxy.counts.requestBytesHeld > 0);
    const delivered = proxy.releaseLate(100);
    await assert.rejects(running, notDefinite);
    assert.equal(await epochOf(3), 0);
    await delivered;
    assert.ok(proxy.counts.requestBytesDeliveredLate > 0);
    await until(async () => (await epochOf(3)) === 33);
  });

  test('no connection is made while the network is cut', async () => {
    proxy.cut();
    await assert.rejects(database.connect(), notDefinite);
    assert.ok(proxy.counts.refused > 0);
    proxy.pass();
    (await database.connect()).destroy();
  });

  test('reads and transactions recover after the network was cut', async () => {
    proxy.cutOnce();
    await until(async () =>
      database.sql('select 1').then(
        () => true,
        () => false,
      ),
    );
    await until(async () =>
      database
        .transaction((em) => em.execute('select 1'))
        .then(
          () => true,
          () => false,
        ),
    );
  });
});
