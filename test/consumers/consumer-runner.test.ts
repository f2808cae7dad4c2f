// What a consumer promises: each change once, in the order of the log, whatever becomes of the node that runs it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { ReadFailure } from '../../src/actors/ports.ts';
import { hadEnded, MOST_SET_ASIDE, type StepEnd, TooManySetAside } from '../../src/consumers/consumer.ts';
import { retrySetAside } from '../../src/consumers/consumer-runner.ts';
import { Consumers } from '../../src/consumers/consumers.ts';
import { timers } from '../../src/integrations/this-machine.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import { onEachDatabaseAlone } from '../actors/on-each-database.ts';
import { eventually } from '../support/eventually.ts';
import { addChanges, logged, makeNoteTable, notesOf, notingConsumer, quiet, runnerOf } from './followed-log.ts';

onEachDatabaseAlone('A consumer of the change log', (place) => {
  before(() => makeNoteTable(place.database));

  test('gets every change once, in the order of the log, in transactions of at most its size', async () => {
    const { database } = place;
    await addChanges(database, 7);
    await addChanges(database, 5);
    const sizes: number[] = [];
    const plain = notingConsumer({ batchSize: 5 });
    const consumer = {
      ...plain,
      effectsOf(changes: Parameters<typeof plain.effectsOf>[0]) {
        sizes.push(changes.length);
        return plain.effectsOf(changes);
      },
    };
    const runner = runnerOf(database, consumer);
    await runner.run();
    await runner.run();
    assert.deepEqual(await notesOf(database, consumer), await logged(database));
    assert.ok(sizes.every((size) => size <= 5) && sizes.length === Math.ceil((await logged(database)).length / 5), `${sizes}`);
  });

  test('begins where it is told to: a new one that begins now hears nothing of before', async () => {
    const { database } = place;
    await addChanges(database, 3);
    const consumer = notingConsumer({ from: 'now' });
    const runner = runnerOf(database, consumer);
    await runner.run();
    const first = await addChanges(database, 2);
    await runner.run();
    assert.deepEqual(await notesOf(database, consumer), [`${first}@1`, `${first}@2`]);
    const again = runnerOf(database, { ...consumer, from: 'beginning' });
    await again.runNow();
    assert.equal((await notesOf(database, consumer)).length, 2, 'where it is known, it goes on from its position');
  });

  test('knows from a snapshot what had ended, as the database does', async () => {
    for (const snapshot of ['5:5:', '5:9:5', '5:9:5,7', '5:9:6,7,8', '1:1:', '4294967290:4294967299:4294967290,4294967298']) {
      const about = [1, 4, 5, 6, 7, 8, 9, 10, 4294967289, 4294967290, 4294967291, 4294967298, 4294967299].map(String);
      const [[says] = []] = await place.database.sql(
        'select json_agg(pg_visible_in_snapshot(x::xid8, $1::text::pg_snapshot) order by nth) from json_array_elements_text($2::json) with ordinality as t(x, nth)',
        [snapshot, JSON.stringify(about)],
      );
      assert.deepEqual(
        about.map((xid) => hadEnded(xid, snapshot)),
        says,
        snapshot,
      );
    }
  });
  test('run by several nodes at once still gets each change once', async () => {
    const { database } = place;
    const first = await addChanges(database, 40);
    const consumer = notingConsumer({ batchSize: 3, from: 'beginning' });
    const runners = Array.from({ length: 4 }, () => runnerOf(database, consumer));
    const ends = await Promise.allSettled(runners.map((runner) => runner.runNow()));
    for (const end of ends) if (end.status === 'rejected') assert.ok(end.reason instanceof ReadFailure, String(end.reason));
    await runners[0]?.runNow();
    await runners[0]?.runNow();
    assert.deepEqual(await notesOf(database, consumer), await logged(database));
    assert.ok((await logged(database, first)).length === 40);
  });

  test('is run by one node at a time, and by another once that one has given it back', async () => {
    const { database } = place;
    const consumer = notingConsumer();
    const store = new SqlConsumers(database);
    const nodes = [randomUUID(), randomUUID()] as const;
    const [one, other] = [runnerOf(database, consumer, { node: nodes[0] }), runnerOf(database, consumer, { node: nodes[1], leaseMs: 200 })];
    await one.run();
    const known = (await notesOf(database, consumer)).length;
    await addChanges(database, 2);
    await other.run();
    assert.deepEqual([one.isOurs, other.isOurs, (await notesOf(database, consumer)).length], [true, false, known]);
    await one.close();
    await store.release(nodes[0]);
    await eventually(async () => {
      await other.run();
      return other.isOurs;
    });
    assert.equal((await notesOf(database, consumer)).length, known + 2);
  });

  test('a lost answer to its commit neither loses a change nor doubles one, whether it was done or not', async () => {
    const { database } = place;
    await addChanges(database, 12);
    const consumer = notingConsumer({ batchSize: 2 });
    let turn = 0;
    class LossyConsumers extends SqlConsumers {
      override async advance(...step: Parameters<SqlConsumers['advance']>): Promise<StepEnd> {
        turn += 1;
        const end = turn % 3 === 2 ? 'unknown' : await super.advance(...step);
        return turn % 3 === 1 ? 'unknown' : end;
      }
    }
    const lossy = new LossyConsumers(database);
    const runner = runnerOf(database, consumer, { store: lossy });
    for (let times = 0; times < 20; times += 1) await runner.run();
    assert.deepEqual(await notesOf(database, consumer), await logged(database));
  });

  test('sets aside the one change that the database refuses, with the reason, and goes on with the others', async () => {
    const { database } = place;
    const calendarId = await addChanges(database, 20);
    const told: object[] = [];
    const isPoisoned = ({ calendarId: id, revision }: { calendarId: string; revision: number }) => id === calendarId && [7, 8].includes(revision);
    const consumer = notingConsumer({ poisoned: isPoisoned });
    const logger = { ...quiet, error: (facts: object) => void told.push(facts) };
    const runner = runnerOf(database, consumer, { logger });
    await runner.run();
    const expected = (await logged(database)).filter((one) => one !== `${calendarId}@7` && one !== `${calendarId}@8`);
    assert.deepEqual(await notesOf(database, consumer), expected);
    assert.equal(told.length, 2);
    const store = new SqlConsumers(database);
    const kept = await store.listSetAside(consumer.name, 10);
    assert.deepEqual(
      kept.map(({ change }) => [change.calendarId, change.revision, change.events[0]?.type]),
      [7, 8].map((revision) => [calendarId, revision, 'hours.changed']),
    );
    assert.match(kept[0]?.why ?? '', /uuid/);
    assert.equal((await store.behind(consumer.name, 100)).setAside, 2);
  });

  test('consumes a change that was set aside when it is tried again, once, and keeps it while it fails', async () => {
    const { database } = place;
    const calendarId = await addChanges(database, 1);
    const broken = notingConsumer({ poisoned: (change) => change.calendarId === calendarId });
    await runnerOf(database, broken).run();
    const store = new SqlConsumers(database);
    const [kept] = await store.listSetAside(broken.name, 10);
    assert.ok(kept);
    await assert.rejects(retrySetAside(broken, store, kept.change), /uuid/);
    assert.equal((await store.listSetAside(broken.name, 10)).length, 1);
    const mended = notingConsumer({ name: broken.name });
    assert.deepEqual([await retrySetAside(mended, store, kept.change), await retrySetAside(mended, store, kept.change)], [true, false]);
    assert.deepEqual((await notesOf(database, broken)).filter((one) => one === `${calendarId}@1`).length, 1);
    assert.deepEqual(await store.listSetAside(broken.name, 10), []);
  });

  test('stands still where too much is set aside', async () => {
    const { database } = place;
    await addChanges(database, 3);
    const consumer = notingConsumer({ poisoned: () => true });
    await database.sql(
      `insert into set_aside_change (consumer, calendar_id, revision, xid, position, change, why, at)
        select $1, gen_random_uuid(), 1, '3', n, '{}', '', 0 from generate_series(1, $2::int) n`,
      [consumer.name, MOST_SET_ASIDE - 1],
    );
    const runner = runnerOf(database, consumer);
    await assert.rejects(runner.run(), TooManySetAside);
    await assert.rejects(runner.run(), TooManySetAside);
    assert.equal((await new SqlConsumers(database).behind(consumer.name, 100)).setAside, MOST_SET_ASIDE);
  });

  test('says how far it is behind', async () => {
    const { database } = place;
    const consumer = notingConsumer({ from: 'now' });
    const store = new SqlConsumers(database);
    const runner = runnerOf(database, consumer);
    await runner.run();
    assert.deepEqual([(await store.behind(consumer.name, 10)).changes, (await store.behind(consumer.name, 10)).oldestAt], [0, null]);
    await addChanges(database, 15);
    const behind = await store.behind(consumer.name, 10);
    assert.deepEqual([behind.changes, behind.oldestAt], [10, 1]);
  });

  test('works by itself on every node; an outage is told once, and its end', async () => {
    const { database } = place;
    const consumer = notingConsumer();
    const said: string[] = [];
    let isAway = true;
    class FailingConsumers extends SqlConsumers {
      override take(...asked: Parameters<SqlConsumers['take']>): ReturnType<SqlConsumers['take']> {
        return isAway ? Promise.reject(new ReadFailure(new Error('away'))) : super.take(...asked);
      }
    }
    const failing = new FailingConsumers(database);
    const note = (_: object, message: string) => void said.push(message);
    const logger = { info: note, warn: note, error: note };
    const hurried = {
      ...timers,
      after: (milliseconds: number, run: () => void) => timers.after(milliseconds / 20, run),
      monotonic: () => timers.monotonic() * 20,
    };
    await using consumers = new Consumers([consumer], { store: failing, log: new ChangeLogReads(database), timers: hurried, node: randomUUID(), logger });
    await eventually(() => said.length > 0);
    consumers.onCommit();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(said, ['a consumer is stuck; trying again']);
    isAway = false;
    const last = await addChanges(database, 2);
    await eventually(async () => (await notesOf(database, consumer)).includes(`${last}@2`));
    assert.deepEqual(await notesOf(database, consumer), await logged(database));
    await eventually(() => said.includes('the consumer continues'));
    await eventually(() => consumers.gauges()[0]?.behind?.changes === 0);
    const newest = await new ChangeLogReads(database).newest();
    assert.ok(newest);
    assert.equal(await consumers.pass(consumer.name, newest, 1_000), true);
    assert.equal(await consumers.pass(consumer.name, { ...newest, position: `${Number(newest.position) + 1}` }, 50), false);
  });

  // PGlite has one process and one transaction after the other.
  test('waits for a transaction that is still open, and misses nothing of it', async (context) => {
    if (place.kind !== 'PostgreSQL') return context.diagnostic('only where transactions overlap');
    const { database } = place;
    const consumer = notingConsumer({ from: 'now' });
    const runner = runnerOf(database, consumer);
    await runner.run();
    const slow = await database.connect();
    await slow.run('begin', []);
    const early = await addChanges(slow, 1);
    const late = await addChanges(database, 1);
    await runner.run();
    assert.deepEqual(await notesOf(database, consumer), []);
    await slow.run('commit', []);
    slow.destroy();
    await runner.run();
    assert.deepEqual(await notesOf(database, consumer), [`${early}@1`, `${late}@1`]);
  });

  test('a node that is frozen inside its transaction lets go of it after two seconds, and does no harm when it wakes', async (context) => {
    if (place.kind !== 'PostgreSQL') return context.diagnostic('only where there is another process');
    const { database } = place;
    const first = await addChanges(database, 3);
    const asleep = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const plain = notingConsumer();
    const freezing = {
      ...plain,
      effectsOf: async (changes: Parameters<typeof plain.effectsOf>[0]) => {
        const effects = await plain.effectsOf(changes);
        return async (em: Parameters<NonNullable<typeof effects>>[0]) => {
          if (effects !== null) await effects(em);
          reached.resolve();
          await asleep.promise;
        };
      },
    };
    const frozen = runnerOf(database, freezing).runNow();
    await reached.promise;
    try {
      const other = runnerOf(database, plain);
      await eventually(async () => {
        await other.runNow().catch((failure: unknown) => assert.ok(failure instanceof ReadFailure, String(failure)));
        return (await notesOf(database, plain)).includes(`${first}@3`);
      });
    } finally {
      // Its connection is the pool's, which waits for it when it is closed.
      asleep.resolve();
    }
    await frozen.catch((failure: unknown) => assert.ok(failure instanceof ReadFailure, String(failure)));
    assert.deepEqual(await notesOf(database, plain), await logged(database));
  });

  test('a session that the database has ended, because the process was frozen, is no fault of the changes', async (context) => {
    if (place.kind !== 'PostgreSQL') return context.diagnostic('only where there is another process');
    const { database } = place;
    await addChanges(database, 3);
    const plain = notingConsumer();
    let isFrozen = true;
    const freezing = {
      ...plain,
      effectsOf: async (changes: Parameters<typeof plain.effectsOf>[0]) => {
        const effects = await plain.effectsOf(changes);
        return async (em: Parameters<NonNullable<typeof effects>>[0]) => {
          // The whole process: what the database has said in the meantime is read as the answer to the next statement.
          if (isFrozen) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
          isFrozen = false;
          await effects?.(em);
        };
      },
    };
    const runner = runnerOf(database, freezing);
    await assert.rejects(runner.runNow(), ReadFailure);
    await runner.runNow();
    assert.equal((await new SqlConsumers(database).behind(plain.name, 100)).setAside, 0);
    assert.deepEqual(await notesOf(database, plain), await logged(database));
  });
});
