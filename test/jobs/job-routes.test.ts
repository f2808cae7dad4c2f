// Jobs that have failed for good, over REST.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { z } from 'zod';
import type { JobKind } from '../../src/jobs/job.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { BossJobs } from '../../src/persistence/jobs/boss-jobs.ts';
import { quiet } from '../consumers/followed-log.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { type Json, openTestServer, TEST_OWNER } from '../support/test-server.ts';

const KIND: JobKind<{ readonly number: number }> = {
  name: 'job-of-a-test',
  payload: z.strictObject({ number: z.int() }),
  atOnce: 1,
  expireSeconds: 60,
  retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 },
  schedule: null,
  work: async () => undefined,
};

test('the owner sees jobs that have failed for good, and has them tried again', { skip: POSTGRES_MISSING }, async () => {
  await using postgres = await sharedPostgres();
  await using fresh = await postgres.fresh();
  const { url } = fresh;
  await using server = await openTestServer({ isDemo: false, settings: { DATABASE_URL: url } });
  await using database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
  await using store = await BossJobs.open(database, quiet);
  const token = await server.login(TEST_OWNER);
  const listed = async () => (await server.ask('GET', '/v1/system/jobs?state=dead', { token })).body;
  assert.deepEqual(await listed(), { items: [], nextCursor: null });

  const state = (await server.ask('GET', '/v1/system', { token })).body;
  assert.deepEqual(
    state.nodes.map(({ isThis, state: how, shards }: Json) => [isThis, how, shards]),
    [[true, 'running', 256]],
  );
  const audit = state.consumers.find(({ name }: Json) => name === 'audit');
  assert.deepEqual([audit.setAside, audit.changesBehind < 10, audit.secondsBehind < 60], [0, true, true]);
  assert.deepEqual([state.durability.database, state.jobs.dead], ['postgres', 0]);

  await store.prepare(KIND as JobKind);
  await database.transaction((em) => store.add(em, KIND, [{ id: randomUUID(), payload: { number: 7 } }]));
  const [taken] = await store.take(KIND.name, 1);
  assert.ok(taken);
  await store.failed(KIND.name, taken, 'the other side is gone');
  const [{ id, diedAt, ...dead }] = (await listed()).items as [Json];
  assert.deepEqual(dead, { kind: KIND.name, state: 'dead', payload: { number: 7 }, reason: 'the other side is gone' });
  assert.match(diedAt, /^\d{4}-\d\d-\d\dT/);

  const retry = (which: string, as?: string) => server.ask('POST', `/v1/system/jobs/${which}/retry`, as === undefined ? {} : { token: as });
  isProblem(await retry(id), 'unauthenticated');
  isProblem(await retry(randomUUID(), token), 'not-found');
  assert.equal((await retry(id, token)).status, 202);
  assert.deepEqual((await listed()).items, []);
  isProblem(await retry(id, token), 'not-found');
  assert.deepEqual(
    (await store.take(KIND.name, 1)).map(({ payload }) => payload),
    [{ number: 7 }],
  );
  isProblem(await server.ask('GET', '/v1/system/jobs?state=waiting', { token }), 'invalid-request', 'state');
});
