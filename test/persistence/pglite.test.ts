// What is particular to PGlite: one process to a directory, and what survives the end of that process.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import { type Database, SqlFailure } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { DirectoryInUse, lockByFile, lockBySocket, lockDirectory } from '../../src/persistence/database/pglite/directory-lock.ts';
import { PgliteEngine } from '../../src/persistence/database/pglite/engine.ts';
import { ormClient } from '../../src/persistence/database/pglite/orm-client.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';

const HOLDER = fileURLToPath(new URL('./pglite-holder.ts', import.meta.url));
const children = new Set<ChildProcess>();

/** Another process that opens the directory and then writes one row after the other; every line it says is the number of a row that was acknowledged. */
async function startHolder(directory: string): Promise<{ child: ChildProcess; lines: AsyncIterator<string> }> {
  const child = spawn(process.execPath, [HOLDER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'open');
  return { child, lines };
}

async function end(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What a node finds the database to be at its first beat: a restored dump is recognised by having had another one. */
async function lifeOf(database: Database): Promise<unknown> {
  const cluster = new SqlCluster(database);
  const node = randomUUID();
  await cluster.join(node);
  await cluster.beat(node, 0);
  await cluster.leave(node);
  return (await database.sql('select life from business'))[0]?.[0];
}

describe('a PGlite directory', () => {
  after(async () => {
    for (const child of children) await end(child);
  });

  test('is made when it is not there, and keeps what was written', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'slotkeeper-pglite-'));
    try {
      const directory = join(parent, 'deep', 'data');
      // As a first start leaves it that was cut short.
      mkdirSync(join(directory, 'pglite.unfinished'), { recursive: true });
      writeFileSync(join(directory, 'pglite.unfinished', 'PG_VERSION'), '');
      const first = await openDatabase({ kind: 'pglite', directory });
      await first.sql('update shard set epoch = 5 where id = 5');
      const era = await first.sql('select era from business');
      await first[Symbol.asyncDispose]();
      assert.equal(statSync(join(directory, 'pglite')).mode & 0o777, 0o700);
      await using second = await openDatabase({ kind: 'pglite', directory });
      assert.deepEqual(await second.sql('select epoch from shard where id = 5'), [[5]]);
      assert.deepEqual(await second.sql('select era from business'), era);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });

  test('has a life of its own, although each begins as a copy of the same cluster', async () => {
    await using one = await freshPgliteDirectory();
    const parent = mkdtempSync(join(tmpdir(), 'slotkeeper-pglite-'));
    try {
      await using copied = await openDatabase({ kind: 'pglite', directory: one.directory });
      await using made = await openDatabase({ kind: 'pglite', directory: join(parent, 'data') });
      const [life, other] = [await lifeOf(copied), await lifeOf(made)];
      assert.notEqual(life, other);
      assert.equal(await lifeOf(copied), life);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });

  test('is opened once at a time, under whatever name, and can be opened again afterwards', async () => {
    await using place = await freshPgliteDirectory();
    const link = `${place.directory}-link`;
    symlinkSync(place.directory, link);
    try {
      const database = await openDatabase({ kind: 'pglite', directory: place.directory });
      await assert.rejects(
        openDatabase({ kind: 'pglite', directory: link }),
        (error) => error instanceof DirectoryInUse && error.message.includes(place.directory),
      );
      await database[Symbol.asyncDispose]();
      await (await openDatabase({ kind: 'pglite', directory: link }))[Symbol.asyncDispose]();
    } finally {
      rmSync(link);
    }
  });

  test('that another process has is refused, also while that process is frozen, and is free when it is dead', {
    skip: process.platform === 'win32',
  }, async () => {
    await using place = await freshPgliteDirectory();
    const { child } = await startHolder(place.directory);
    const refused = () => assert.rejects(openDatabase({ kind: 'pglite', directory: place.directory }), DirectoryInUse);
    await refused();
    child.kill('SIGSTOP');
    await refused();
    await end(child);
    await using database = await openDatabase({ kind: 'pglite', directory: place.directory });
    assert.deepEqual(await database.sql('select 1'), [[1]]);
  });

  test('keeps every row that was acknowledged before a kill -9', async () => {
    await using place = await freshPgliteDirectory();
    const { child, lines } = await startHolder(place.directory);
    let acknowledged = 0;
    while (acknowledged < 200) acknowledged = Number((await lines.next()).value);
    await end(child);
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) acknowledged = Number(line.value);
    await using database = await openDatabase({ kind: 'pglite', directory: place.directory });
    const [[rows, last] = []] = await database.sql('select count(*), max(revision) from change');
    assert.ok(Number(last) >= acknowledged, `${last} of ${acknowledged}`);
    assert.equal(rows, last);
  });
});

describe('the lock on a directory', () => {
  const locks = [
    { name: 'as it is taken', lock: lockDirectory },
    { name: 'by its file', lock: async (directory: string) => lockByFile(directory) },
    ...(process.platform === 'linux' ? [{ name: 'by its socket', lock: lockBySocket }] : []),
  ];
  for (const { name, lock } of locks) {
    test(`${name} is held by one and given back`, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-lock-'));
      try {
        const held = await lock(directory);
        await assert.rejects(lock(directory), (error) => error instanceof DirectoryInUse && error.directory === directory);
        await held[Symbol.asyncDispose]();
        await (await lock(directory))[Symbol.asyncDispose]();
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    });
  }

  test('makes the directory for its owner only', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'slotkeeper-lock-'));
    try {
      await (await lockDirectory(join(parent, 'data')))[Symbol.asyncDispose]();
      assert.equal(statSync(join(parent, 'data')).mode & 0o777, 0o700);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });
});

describe('the engine of PGlite', () => {
  test('that dies fails what is under way as not definite, and everything after it', async () => {
    await using place = await freshPgliteDirectory();
    const engine = await PgliteEngine.start(join(place.directory, 'pglite'));
    const connection = engine.connect();
    const running = connection.run('select count(*) from generate_series(1, 50000000)', [], { timeoutMs: 60_000 });
    running.catch(() => undefined);
    await engine.kill();
    await engine.ended;
    const notDefinite = (error: unknown) => error instanceof SqlFailure && !error.definite;
    await assert.rejects(running, notDefinite);
    await assert.rejects(engine.connect().run('select 1', []), notDefinite);
    await engine.close();
  });

  test('does not hold up the event loop while it works', async () => {
    await using place = await freshPgliteDirectory();
    const engine = await PgliteEngine.start(join(place.directory, 'pglite'));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await engine.connect().run('select count(*) from generate_series(1, 1000000)', [], { timeoutMs: 60_000 });
    clearInterval(timer);
    assert.ok(turns >= 5, `${turns} turns`);
    await engine.close();
  });

  test('refuses a statement whose transaction has ended, and goes on', async () => {
    await using place = await freshPgliteDirectory();
    const engine = await PgliteEngine.start(join(place.directory, 'pglite'));
    let forgotten: Promise<unknown> = Promise.resolve();
    await ormClient(engine).transaction(async (tx) => {
      setImmediate(() => {
        forgotten = tx.query('select 1');
        forgotten.catch(() => undefined);
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(forgotten, { code: '25P01' });
    assert.deepEqual(await engine.connect().run('select 1', []), [[1]]);
    await engine.close();
  });

  test('rolls a transaction back that takes too long, and goes on', async () => {
    await using place = await freshPgliteDirectory();
    const engine = await PgliteEngine.start(join(place.directory, 'pglite'));
    const client = ormClient(engine, 50);
    const late = Promise.withResolvers<void>();
    const overdue = client.transaction(async (tx) => {
      await tx.query('update shard set epoch = 9 where id = 9');
      await late.promise;
      await tx.query('select 1');
    });
    assert.deepEqual(await engine.connect().run('select epoch from shard where id = 9', []), [[0]]);
    await assert.rejects(overdue, /took longer than 50 ms/);
    late.resolve();
    assert.deepEqual(await engine.connect().run('select 1', []), [[1]]);
    await engine.close();
  });
});
