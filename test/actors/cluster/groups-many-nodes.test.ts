// Calendars decided together by people who ask several nodes at once. What has become of it is counted in the database.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Answer, Candidate } from '../../../src/actors/scheduler.ts';
import type { Database } from '../../../src/persistence/database/database.ts';
import { openDatabase } from '../../../src/persistence/database/open-database.ts';
import { POSTGRES_MISSING, startPostgres } from '../../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../../support/redis.ts';
import { addCalendars, appointmentOf, book, claimOf, newKey, reschedule, slot, tallyOf, wordOf } from '../practice.ts';
import { type FewNode, openFewNode, untilSpread } from './few-nodes.ts';

const SOON = { timeout: 200_000 };
const NODES = 3;

describe('Groups on several nodes', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let database: Database;
  const nodes: FewNode[] = [];

  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    const redis = stack.use(await startRedis());
    const databaseUrl = await postgres.createDatabase();
    database = stack.use(await openDatabase({ kind: 'postgres', url: databaseUrl }));
    for (let number = 0; number < NODES; number += 1) nodes.push(stack.use(await openFewNode({ databaseUrl, redisUrl: redis.url })));
    await untilSpread(database, NODES);
  });
  after(() => stack.disposeAsync());

  /** Asks again under the same key as long as this attempt has done nothing, or is not known, on another node each time. */
  async function insist(number: number, command: Parameters<FewNode['node']['ask']>[1]): Promise<Answer> {
    const key = newKey();
    for (let attempt = 0; ; attempt += 1) {
      const answer = await nodes[(number + attempt) % NODES]?.node.ask(key, command);
      assert.ok(answer !== undefined);
      if (answer.outcome === 'ok' || answer.outcome === 'no' || attempt === 20) return answer;
    }
  }

  it('five hundred who want both a staff member and a room on sixteen slots: sixteen have both, and none has half of it', SOON, async () => {
    const calendars = await addCalendars(database, 8);
    const [staff, rooms] = [calendars.slice(0, 4), calendars.slice(4)];
    const wanted = Array.from({ length: 500 }, (_, number) => {
      const person = staff[number % 4];
      assert.ok(person);
      // Each room is wanted with two of the staff, so that they meet in it as well; four slots of each.
      const room = rooms[number % 2 === 0 ? 0 : 1];
      assert.ok(room);
      const start = slot((Math.floor(number / 4) % 4) + (number % 4 < 2 ? 0 : 4));
      return { person, room, start };
    });
    const answers = await Promise.all(wanted.map(({ person, room, start }, number) => insist(number, book(claimOf(person, start, { rooms: [room] })))));
    assert.deepEqual(tallyOf(answers), { 'appointment.booked': 16, 'slot-taken': 484 });
    const rows = await database.sql('select id, half, calendar_id, along, starts_at from claim where calendar_id = any($1::uuid[]) order by id, half', [
      calendars.map(({ calendarId }) => calendarId),
    ]);
    assert.equal(rows.length, 32);
    const won = answers.flatMap((answer) => (answer.outcome === 'ok' ? [appointmentOf(answer)] : []));
    const expected = won.flatMap(({ id, calendarId, resource, startsAt }) => {
      const room = resource?.calendarId ?? null;
      return [
        [id, 0, calendarId, room, startsAt],
        [id, 1, room, calendarId, startsAt],
      ];
    });
    const textOf = (some: readonly unknown[]) => some.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(textOf(rows.map(([id, half, calendarId, along, startsAt]) => [id, Number(half), calendarId, along, Number(startsAt)])), textOf(expected));
  });

  it('two hundred moves at once over overlapping calendars, in all directions: each is answered, nothing is lost or there twice', SOON, async () => {
    const people = await addCalendars(database, 6);
    const at = (number: number): Candidate => people[number % people.length] ?? assert.fail();
    const booked = await Promise.all(Array.from({ length: 40 }, (_, number) => insist(number, book(claimOf(at(number), slot(number))))));
    const ids = booked.map((answer) => appointmentOf(answer).id);
    const moves = Array.from({ length: 200 }, (_, number) => {
      const index = number % ids.length;
      // Each has a half hour of its own, so that only the calendars are shared, and not the time.
      return insist(number, reschedule(ids[index] ?? '', claimOf(at(index + 1 + Math.floor(number / ids.length)), slot(index))));
    });
    const words = (await Promise.all(moves)).map(wordOf);
    assert.deepEqual([...new Set(words)], ['appointment.rescheduled'], JSON.stringify(words));
    const rows = await database.sql(
      `select a.id, count(m.id)::int, bool_and(m.calendar_id = a.calendar_id and m.starts_at = a.starts_at and m.half = 0)
        from appointment a left join claim m on m.id = a.id where a.id = any($1::uuid[]) group by a.id`,
      [ids],
    );
    assert.equal(rows.length, 40);
    for (const [id, count, isSame] of rows) assert.deepEqual([count, isSame], [1, true], String(id));
  });

  it('moves at the same moment that could all take any of the rooms get one each, and who is refused would have been refused by each', SOON, async () => {
    const calendars = await addCalendars(database, 40);
    const [people, rooms] = [calendars.slice(0, 6), calendars.slice(6)];
    for (let round = 0; round < 6; round += 1) {
      const three = rooms.slice(3 * round, 3 * round + 3);
      const ids = await Promise.all(people.map(async (person, number) => appointmentOf(await insist(number, book(claimOf(person, slot(2 * round))))).id));
      const moves = people.map((person, number) => insist(number, reschedule(ids[number] ?? '', claimOf(person, slot(100 + round), { rooms: three }))));
      const answers = await Promise.all(moves);
      assert.deepEqual(tallyOf(answers), { 'appointment.rescheduled': 3, 'slot-taken': 3 });
      const taken = answers.flatMap((answer) => (answer.outcome === 'ok' ? [appointmentOf(answer).resource?.calendarId] : []));
      assert.equal(new Set(taken).size, three.length);
    }
  });
});
