import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { z } from 'zod';
import { type JobKind, NotYet } from '../../src/jobs/job.ts';
import { Jobs } from '../../src/jobs/jobs.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { isOutage } from '../../src/persistence/database/read-failure.ts';
import { BossJobs, type BossOptions } from '../../src/persistence/jobs/boss-jobs.ts';
import { onEachDatabase } from '../actors/on-each-database.ts';
import { quiet } from '../consumers/followed-log.ts';
import { eventually } from '../support/eventually.ts';

const LOOK_EVERY_MS = 50;
/** Of what takes PGlite a moment when the machine is busy. */
const PATIENCE_MS = 60_000;

type Payload = { readonly number: number };
type Kind = JobKind<Payload>;

/** In a hurry, and of a name of its own. */
function kindOf(work: Kind['work'], given: Partial<Kind> = {}): Kind {
  return {
    name: `test-${randomUUID()}`,
    payload: z.strictObject({ number: z.int() }),
    atOnce: 3,
    expireSeconds: 60,
    retries: { most: 2, firstDelaySeconds: 0, longestDelaySeconds: 1 },
    schedule: null,
    ...given,
    work,
  };
}

async function openNode(database: Database, options?: BossOptions) {
  const opened = new AsyncDisposableStack();
  const store = opened.use(await BossJobs.open(database, quiet, options));
  const jobs = opened.use(new Jobs({ store, logger: quiet, isOutage, lookEveryMs: LOOK_EVERY_MS }));
  const ask = (kind: Kind, ...numbers: readonly number[]) =>
    database.transaction((em) =>
      store.add(
        em,
        kind,
        numbers.map((number) => ({ id: randomUUID(), payload: { number } })),
      ),
    );
  return { store, jobs, ask, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

onEachDatabase('jobs', (place) => {
  test('what is asked for in a transaction is done once that is committed, and never if it is rolled back', async () => {
    await using node = await openNode(place.database);
    const done: number[] = [];
    const kind = kindOf(async ({ number }) => void done.push(number));
    await node.jobs.work(kind);
    const rolledBack = place.database.transaction(async (em) => {
      await node.store.add(em, kind, [{ id: randomUUID(), payload: { number: 1 } }]);
      throw new Error('rolled back');
    });
    await assert.rejects(rolledBack, /rolled back/);
    await node.ask(kind, 2);
    await eventually(() => done.length > 0, PATIENCE_MS);
    assert.deepEqual(done, [2]);
  });

  test('asked for twice under one id, it is done once', async () => {
    await using node = await openNode(place.database);
    const done: number[] = [];
    const kind = kindOf(async ({ number }) => void done.push(number));
    await node.jobs.work(kind);
    const twice = { id: randomUUID(), payload: { number: 1 } };
    for (let count = 0; count < 2; count += 1) await place.database.transaction((em) => node.store.add(em, kind, [twice]));
    await eventually(() => done.length > 0, PATIENCE_MS);
    await node.ask(kind, 2);
    await eventually(() => done.includes(2), PATIENCE_MS);
    assert.deepEqual(done, [1, 2]);
  });

  test('what fails is tried again, and is dead after its last attempt, where it can be seen and put back', async () => {
    await using node = await openNode(place.database);
    const attempts: number[] = [];
    let isBroken = true;
    const kind = kindOf(async (_, { number }) => {
      attempts.push(number);
      if (isBroken) throw new NotYet('the other side is away');
    });
    await node.jobs.work(kind);
    await node.ask(kind, 7);
    const ofKind = async () => (await node.jobs.dead(200)).filter((job) => job.kind === kind.name);
    await eventually(async () => (await ofKind()).length === 1, PATIENCE_MS);
    assert.deepEqual(attempts, [1, 2, 3]);
    const [dead] = await ofKind();
    assert.deepEqual([dead?.payload, dead?.reason], [{ number: 7 }, 'the other side is away']);
    isBroken = false;
    assert.equal(await node.jobs.retry(dead?.id ?? ''), true);
    await eventually(() => attempts.length === 4, PATIENCE_MS);
    assert.deepEqual([attempts[3], await ofKind()], [1, []]);
    assert.equal(await node.jobs.retry(dead?.id ?? ''), false);
  });

  test('a payload that this version does not know is not worked on', async () => {
    await using node = await openNode(place.database);
    const done: unknown[] = [];
    const kind = kindOf(async (payload) => void done.push(payload), { retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 } });
    await node.jobs.work(kind);
    await place.database.transaction((em) => node.store.add(em, kind as JobKind<object>, [{ id: randomUUID(), payload: { figure: 1 } }]));
    await eventually(async () => (await node.jobs.dead(200)).some((job) => job.kind === kind.name && /another version/.test(job.reason)), PATIENCE_MS);
    assert.deepEqual(done, []);
  });

  test('two nodes never do one job twice', async () => {
    await using one = await openNode(place.database);
    await using other = await openNode(place.database);
    const done = new Map<string, number[]>([
      ['one', []],
      ['other', []],
    ]);
    const name = `test-${randomUUID()}`;
    const doneBy = (node: string) => kindOf(async ({ number }) => void done.get(node)?.push(number), { name });
    await one.jobs.work(doneBy('one'));
    await other.jobs.work(doneBy('other'));
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    await one.ask(doneBy('one'), ...numbers);
    const all = () => [...done.values()].flat();
    await eventually(() => all().length >= numbers.length, PATIENCE_MS);
    assert.deepEqual(
      all().sort((a, b) => a - b),
      numbers,
    );
  });

  test('what a node has taken when it dies is done by another, and what a living one works on is not', async () => {
    await using node = await openNode(place.database, { superviseSeconds: 1, heartbeatSeconds: 10 });
    const attempts: string[] = [];
    const release = Promise.withResolvers<void>();
    const kind = kindOf(async (payload, { number }) => {
      attempts.push(`${payload.number}.${number}`);
      await release.promise;
    });
    await node.store.prepare(kind as JobKind);
    await node.ask(kind, 1);
    const [taken] = await node.store.take(kind.name, 1);
    assert.ok(taken);
    await node.ask(kind, 2);
    await node.jobs.work(kind);
    await eventually(() => attempts.length === 2, PATIENCE_MS);
    assert.deepEqual(attempts, ['2.1', '1.2']);
    // The end that the first one tells comes to nothing.
    await node.store.done(kind.name, taken);
    const active = async () => (await node.store.lengths()).find((queue) => queue.kind === kind.name)?.active ?? 0;
    assert.equal(await active(), 2);
    release.resolve();
    await eventually(async () => (await active()) === 0, PATIENCE_MS);
    assert.equal(attempts.length, 2);
  });

  test('a node that stops finishes what is under way and takes nothing more', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const done: number[] = [];
    const kind = kindOf(
      async ({ number }) => {
        started.resolve();
        await release.promise;
        done.push(number);
      },
      { atOnce: 1 },
    );
    {
      await using node = await openNode(place.database);
      await node.jobs.work(kind);
      await node.ask(kind, 1, 2);
      await started.promise;
      const stopping = node.jobs[Symbol.asyncDispose]();
      release.resolve();
      await stopping;
      const rest = (await node.store.lengths()).find((queue) => queue.kind === kind.name);
      assert.deepEqual([rest?.waiting, rest?.active], [1, 0]);
    }
    assert.equal(done.length, 1);
  });
});
