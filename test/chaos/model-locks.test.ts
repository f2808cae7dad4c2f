// What waits for what in the database: the order in which a commit, a refence and a late commit end decides whether anything can be settled.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { refence } from '../../chaos/simulator/model-database/cluster.ts';
import { commit } from '../../chaos/simulator/model-database/commit.ts';
import { ModelServer } from '../../chaos/simulator/model-database/server.ts';
import { Tables } from '../../chaos/simulator/model-database/tables.ts';
import type { Transaction } from '../../chaos/simulator/model-database/transactions.ts';
import { Random } from '../../chaos/simulator/random.ts';
import { VirtualTime } from '../../chaos/simulator/virtual-time.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { CommitBatch } from '../../src/actors/ports.ts';
import { instant } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { addCalendars, HOURS, until } from '../actors/practice.ts';
import { ENGINES, openFresh } from '../persistence/engines.ts';
import { shuffled } from './random-batches.ts';

/** One commit is held up by a row; then a refence and a second commit under the old epoch arrive. What ended, in that order. */
const AS_IT_SHOULD_BE = ['first commit: written', 'refence: epoch 1', 'second commit: fenced'];

test('in the model a refence waits for a commit that runs, and a commit that comes after it waits and does nothing', async () => {
  const calendarId = randomUUID();
  const time = new VirtualTime();
  const tables = new Tables({ era: randomUUID(), clock: () => time.now });
  tables.addCalendar(calendarId, shardOf(calendarId), HOURS);
  const server = new ModelServer(tables, { time, random: new Random(3) });
  const ended: string[] = [];
  const run = <Reply>(transaction: Transaction<Reply>, say: (reply: Reply) => string) => {
    const backend = server.accept(() => undefined) ?? assert.fail('the server is up');
    server.run(backend, transaction, (ending) => ended.push('reply' in ending ? say(ending.reply) : ending.failure.message));
  };
  const holdUp = function* (): Transaction<void> {
    yield { type: 'lock', name: `calendar ${calendarId}`, mode: 'exclusive' };
    for (let step = 0; step < 200; step += 1) yield { type: 'work' };
  };
  run(holdUp(), () => 'let go');
  time.after(20, () => run(commit(tables, batchOn(calendarId, 1)), ({ type }) => `first commit: ${type}`));
  time.after(40, () => run(refence(tables, [shardOf(calendarId)]), ([row]) => `refence: epoch ${row?.epoch}`));
  time.after(60, () => run(commit(tables, batchOn(calendarId, 2)), ({ type }) => `second commit: ${type}`));
  await time.run(1_000);
  assert.deepEqual(ended, ['let go', ...AS_IT_SHOULD_BE]);
});

const postgres = ENGINES.find(({ name }) => name === 'PostgreSQL') ?? assert.fail('there is no PostgreSQL');

describe('on PostgreSQL', { skip: postgres.skip }, () => {
  let open: Awaited<ReturnType<typeof openFresh>> | undefined;
  before(async () => {
    open = await openFresh(postgres);
  });
  after(() => open?.close());

  test('two hundred commits over the same calendars, named in any order, wait for each other and never in a ring', async () => {
    const database = open?.database ?? assert.fail('the database is open while tests run');
    const ids = (await addCalendars(database, 60)).map(({ calendarId }) => calendarId);
    const journal = new SqlJournal(database);
    const random = new Random(7);
    const words: string[] = [];
    for (let round = 1; round <= 20; round += 1) {
      const batches = Array.from({ length: 10 }, () => joined(shuffled(ids, random).map((id) => batchOn(id, round))));
      for (const ended of await Promise.all(batches.map((batch, lane) => journal.commit(lane, batch)))) {
        words.push(ended.type === 'written' && ended.lost.size === 0 ? 'written' : 'lost');
      }
    }
    assert.equal(words.filter((word) => word === 'written').length, 20);
    assert.deepEqual(await database.sql('select min(revision)::int, max(revision)::int from calendar where id = any($1::uuid[])', [ids]), [[20, 20]]);
  });

  test('a refence waits for a commit that runs, and a commit that comes after it waits and does nothing', async () => {
    const database = open?.database ?? assert.fail('the database is open while tests run');
    const [calendar] = await addCalendars(database, 1);
    const calendarId = calendar?.calendarId ?? assert.fail('no calendar');
    const journal = new SqlJournal(database);
    const ended: string[] = [];
    const blocker = await database.connect();
    await blocker.run('begin', []);
    await blocker.run('select 1 from calendar where id = $1::uuid for no key update', [calendarId]);
    const work = [journal.commit(0, batchOn(calendarId, 1)).then(({ type }) => ended.push(`first commit: ${type}`))];
    await waiting(database, 1);
    work.push(journal.refence(1, [shardOf(calendarId)]).then(([row]) => ended.push(`refence: epoch ${row?.epoch}`)));
    await waiting(database, 2);
    work.push(journal.commit(2, batchOn(calendarId, 2)).then(({ type }) => ended.push(`second commit: ${type}`)));
    await waiting(database, 3);
    assert.deepEqual(ended, []);
    await blocker.run('commit', []);
    await Promise.all(work);
    blocker.destroy();
    // Replies come on connections of their own, so which is heard first says nothing; that the second commit was fenced does.
    assert.deepEqual(ended.toSorted(), AS_IT_SHOULD_BE.toSorted());
  });
});

/** As one component. */
function joined(batches: readonly CommitBatch[]): CommitBatch {
  const [first] = batches;
  assert.ok(first);
  const fence = [...new Map(batches.flatMap((batch) => batch.fence.map((row) => [row.shard, row]))).values()];
  return { ...first, fence, calendars: batches.flatMap(({ calendars }) => calendars), changes: batches.flatMap(({ changes }) => changes) };
}

/** So many statements wait for a lock. */
async function waiting(database: Database, count: number): Promise<void> {
  const statement = `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await database.sql(statement))[0]?.[0] === count, `${count} statements that wait`);
}

/** A change without effects, under the first epoch. */
function batchOn(calendarId: string, number: number): CommitBatch {
  const change = { calendarId, base: number - 1, revision: number, epoch: 0, at: instant(0), events: [], entryId: randomUUID(), by: null, requestId: null };
  const nothing = { requests: [], claimsRemoved: [], claimsChanged: [], claimsAdded: [], appointments: [], customers: [], persons: [], sources: [] };
  return {
    fence: [{ shard: shardOf(calendarId), epoch: 0 }],
    calendars: [{ id: calendarId, from: number - 1, to: number, component: 0, hours: null }],
    changes: [change],
    ...nothing,
  };
}
