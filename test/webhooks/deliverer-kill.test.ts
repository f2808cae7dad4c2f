// kill -9 of the process that tells an endpoint, between sending and marking and anywhere else, beside another one that takes over. `WEBHOOK_KILLS=50 npm test -- deliverer-kill`.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { addChanges, logged } from '../consumers/followed-log.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { startReceiver } from './receiver.ts';
import { addEndpoint } from './some-endpoint.ts';

const ROUNDS = Number(process.env.WEBHOOK_KILLS ?? 3);
const LONGEST_LIFE_MS = 300;
const WRITE_EVERY_MS = 50;
/** In each round: a slow machine has no more to do than a fast one. */
const MOST_WRITTEN = 40;

describe('a node that is killed while it tells an endpoint', { skip: POSTGRES_MISSING }, () => {
  test(`${ROUNDS} times: everything arrives, in order for each calendar, and repeats have the same id`, { timeout: 240_000 + ROUNDS * 20_000 }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const url = await postgres.createDatabase();
    await using database = await openDatabase({ kind: 'postgres', url });
    await using receiver = await startReceiver();
    await addEndpoint(database, receiver.url);
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'deliverer-process.ts'), url], { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout !== null) await once(child.stdout, 'data');
      return child;
    };
    const running = [await start(), await start()];
    // The consumer begins with what happens from its first run on.
    await eventually(async () => (await database.sql(`select 1 from consumer where name = 'webhooks'`)).length === 1);
    const write = async () => {
      for (let calendars = 0; calendars < MOST_WRITTEN; calendars += 1) {
        await addChanges(database, 3);
        await wait(WRITE_EVERY_MS);
      }
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = receiver.got.length;
      const writing = write();
      await eventually(() => receiver.got.length > before, 60_000);
      await wait(Math.random() * LONGEST_LIFE_MS);
      const [next, victim] = [await start(), running.shift()];
      victim?.kill('SIGKILL');
      running.push(next);
      await writing;
    }
    const due = await logged(database);
    const nameOf = ({ json }: (typeof receiver.got)[number]) => `${json.calendarId}@${json.revision}`;
    await eventually(() => new Set(receiver.got.map(nameOf)).size >= due.length, 120_000);
    for (const child of running) child.kill('SIGKILL');
    const ids = new Map<string, string>();
    const reached = new Map<string, number>();
    for (const got of receiver.got) {
      const { calendarId, revision, id } = got.json;
      assert.equal(got.headers['webhook-id'], id);
      assert.equal(ids.get(nameOf(got)) ?? id, id, 'a repeat has the id of the first');
      if (!ids.has(nameOf(got))) {
        assert.equal(revision, (reached.get(calendarId) ?? 0) + 1, 'what arrives first is next in its order');
        reached.set(calendarId, revision);
      }
      ids.set(nameOf(got), id);
    }
    assert.deepEqual([...ids.keys()].toSorted(), due.toSorted(), 'everything that was committed, and nothing else');
    assert.equal(new Set(ids.values()).size, ids.size);
    console.log(`${ROUNDS} kills, ${due.length} facts, ${receiver.got.length - due.length} repeats`);
  });
});
