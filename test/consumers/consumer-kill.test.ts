// kill -9 of the process that runs a consumer, while the log grows: every change has its effect once, in order. `CONSUMER_KILLS=100 npm test -- consumer-kill` for more rounds.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { addChanges, logged, makeNoteTable, notesOf, notingConsumer } from './followed-log.ts';

const ROUNDS = Number(process.env.CONSUMER_KILLS ?? 2);
/** Processes that run beside each other: the next one takes over from the one that is killed. */
const SIDE_BY_SIDE = 2;
const LONGEST_LIFE_MS = 250;
const WRITE_EVERY_MS = 30;

describe('a consumer whose process is killed', { skip: POSTGRES_MISSING }, () => {
  test(`${ROUNDS} times: every change has its effect once, in the order of the log`, { timeout: 60_000 + ROUNDS * 10_000 }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const url = await postgres.createDatabase();
    await using database = await openDatabase({ kind: 'postgres', url });
    await makeNoteTable(database);
    const name = `killed-${randomUUID()}`;
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'consumer-process.ts'), url, name], { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout !== null) await once(child.stdout, 'data');
      return child;
    };
    const running = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, start));
    let isOver = false;
    const writing = (async () => {
      for (let calendars = 0; !isOver; calendars += 1) {
        await addChanges(database, 5 + (calendars % 9));
        await wait(WRITE_EVERY_MS);
      }
    })();
    const consumer = notingConsumer({ name });
    const noted = async () => Number((await database.sql('select count(*) from note'))[0]?.[0]);
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await noted();
      await eventually(async () => (await noted()) > before, 30_000);
      await wait(Math.random() * LONGEST_LIFE_MS);
      const [next, victim] = [await start(), running.shift()];
      victim?.kill('SIGKILL');
      running.push(next);
    }
    isOver = true;
    await writing;
    const due = await logged(database);
    await eventually(async () => (await noted()) >= due.length, 60_000);
    for (const child of running) child.kill('SIGKILL');
    assert.deepEqual(await notesOf(database, consumer), due);
    assert.ok(due.length > ROUNDS * 5, `${due.length} changes`);
  });
});
