// kill -9 while customers hold and book over REST; afterwards every answer that was given must be true.
// `KILL_ROUNDS=20 SEED=… npm test -- faults/kill.test` kills more often, or makes the same choices again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Database } from '../../src/persistence/database/database.ts';
import { type DatabaseConfig, openDatabase } from '../../src/persistence/database/open-database.ts';
import { ENGINES } from '../persistence/engines.ts';
import { auditDatabase } from './audit.ts';
import { freeSlots, repeatUntilKnown, startCallers, type Told, type Write } from './callers.ts';
import { startServer } from './demo-process.ts';
import { randomFrom } from './load.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Of load before the blow. */
const LEAST_MS = 250;
const MORE_MS = 900;
const EXIT_OK = 0;

for (const kind of ENGINES) {
  describe(`A server on ${kind.name} that is killed`, { skip: kind.skip }, () => {
    it(`has kept every answer that it gave, ${ROUNDS} times in a row`, { timeout: 60_000 + ROUNDS * 30_000 }, async () => {
      await using engine = await kind.start();
      await using fresh = await engine.fresh();
      const random = randomFrom(SEED);
      const all: Write[] = [];
      let cutOff = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const writes = await loadAndKill(fresh.config, round, random);
        const unknown = writes.filter(({ told }) => told === null).length;
        assert.ok(unknown > 0, 'nobody was asking when the server was killed');
        cutOff += unknown;
        await repeatAll(fresh.config, writes);
        all.push(...writes);
      }
      await using database = await openDatabase(fresh.config);
      const tally = await compare(database, all);
      await auditDatabase(database);
      console.log(
        `${kind.name}: SEED=${SEED}, ${ROUNDS} kills, ${all.length} writes: ${tally.done} done, ${tally.refused} refused, ${cutOff} cut off and settled`,
      );
      assert.ok(tally.done > 0 && tally.refused > 0);
    });
  });
}

async function loadAndKill(config: DatabaseConfig, round: number, random: () => number): Promise<readonly Write[]> {
  const server = await startServer(config);
  try {
    // Other days each round, so that there is something left to book.
    const callers = startCallers(server.url, await freeSlots(server.url, 2 + 2 * round), random);
    await new Promise((resolve) => setTimeout(resolve, LEAST_MS + random() * MORE_MS));
    await server.end('SIGKILL');
    return await callers.stop();
  } finally {
    await server.end('SIGKILL');
  }
}

/** A new server says the same under every key, and settles what was cut off. */
async function repeatAll(config: DatabaseConfig, writes: readonly Write[]): Promise<void> {
  const server = await startServer(config);
  try {
    for (const write of writes) {
      const again = await repeatUntilKnown(server.url, write);
      if (write.told !== null) assert.deepEqual(essenceOf(again), essenceOf(write.told), `${write.path} ${write.key}`);
      write.told = again;
    }
    assert.equal(await server.end('SIGTERM'), EXIT_OK);
  } finally {
    await server.end('SIGKILL');
  }
}

/** What must be the same in a repeated answer. */
function essenceOf({ status, body }: Told): object {
  const { id, revision, calendarId, startsAt, staffId, reference, token, code, alternatives } = body;
  return { status, id, revision, calendarId, startsAt, staffId, reference, token, code, alternatives };
}

/** Every id that was made, by a yes, is in the change log where the answer said; no id that was refused is anywhere. */
async function compare(database: Database, writes: readonly Write[]): Promise<{ readonly done: number; readonly refused: number }> {
  const made = await database.sql(
    `select coalesce(e -> 'appointment' ->> 'id', e -> 'hold' ->> 'id'), h.calendar_id, h.revision from change h, json_array_elements(h.events) e
      where (e ->> 'isNew' = 'true' or e ->> 'type' = 'hold.placed')
        and coalesce(e -> 'appointment' ->> 'calendarId', e -> 'hold' ->> 'calendarId') = h.calendar_id::text`,
  );
  const places = Map.groupBy(made, ([id]) => String(id));
  const records = new Set((await database.sql('select id from appointment')).map(([id]) => id));
  const tally = { done: 0, refused: 0 };
  for (const { path, id, key, told } of writes) {
    assert.ok(told, `${key} has an answer`);
    const { status, body } = told;
    if (status === 201) {
      tally.done += 1;
      assert.equal(body.id, id);
      assert.deepEqual(places.get(id), [[id, body.calendarId, body.revision]], `${path} ${key}`);
      if (path === '/v1/appointments') assert.ok(records.has(id), `appointment ${id} was acknowledged and is gone`);
    } else {
      tally.refused += 1;
      assert.deepEqual([places.get(id), records.has(id)], [undefined, false], `${path} ${key} was refused with ${status} ${body.code}`);
    }
  }
  return tally;
}
