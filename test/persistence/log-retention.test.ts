// What is cut of the log and of claims, and what never is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import type { CalendarView } from '../../src/actors/scheduler.ts';
import { DAY, type Instant, instant } from '../../src/model/instant.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import { cutLog } from '../../src/persistence/change-log/log-retention.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { onEachDatabaseAlone } from '../actors/on-each-database.ts';
import { addCalendars, appointmentOf, book, cancel, claimOf, newKey, openTestNode, placeHold, reschedule, slot } from '../actors/practice.ts';

const KEPT = { logDays: 10, claimDays: 60 };
const EVERYTHING = { calendarIds: null, types: null };

onEachDatabaseAlone('Cutting the log', (place) => {
  beforeEach(async () => {
    await place.database.sql(`delete from consumer`);
    await place.database.sql(`delete from change`);
    await place.database.sql(`delete from payment_fact`);
  });

  /** A calendar with a history, made older by so many days; and how it was seen after each step. */
  async function history(
    olderDays: number,
  ): Promise<{ readonly calendarId: string; readonly seen: readonly { readonly at: Instant; readonly view: CalendarView }[] }> {
    const { database } = place;
    await using practice = await openTestNode(database);
    const [one] = await addCalendars(database, 1);
    assert.ok(one);
    const { calendarId } = one;
    const seen: { at: Instant; view: CalendarView }[] = [];
    const note = async () => {
      const [view] = await practice.node.views([calendarId], instant(0), instant(Number.MAX_SAFE_INTEGER));
      const [[at] = []] = await database.sql('select max(at) from change where calendar_id = $1', [calendarId]);
      assert.ok(view);
      seen.push({ at: instant(Number(at)), view });
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    const booked = appointmentOf(await practice.node.ask(newKey(), book(claimOf(one, slot()))));
    await note();
    for (const command of [placeHold(claimOf(one, slot(1))), reschedule(booked.id, claimOf(one, slot(4))), book(claimOf(one, slot(2))), cancel(booked.id)]) {
      await practice.node.ask(newKey(), command);
      await note();
    }
    const older = olderDays * DAY;
    await database.sql('update change set at = at - $2::int8 where calendar_id = $1', [calendarId, older]);
    await database.sql('delete from request where calendar_id = $1', [calendarId]);
    return { calendarId, seen: seen.map(({ at, view }) => ({ at: instant(at - older), view })) };
  }

  const revisionsOf = async (calendarId: string) =>
    (await place.database.sql('select revision from change where calendar_id = $1 order by revision', [calendarId])).map(([revision]) => Number(revision));

  test('leaves the newest change of each calendar, and a calendar that is still told as it was, from there on', async () => {
    const { calendarId, seen } = await history(20);
    assert.ok((await cutLog(place.database, KEPT)).changes >= 4);
    assert.deepEqual(await revisionsOf(calendarId), [5]);
    await using practice = await openTestNode(place.database);
    const [first, second] = [seen.at(-2), seen.at(-1)];
    assert.ok(first && second);
    for (const { at, view } of [first, second]) assert.deepEqual(sorted(await practice.node.viewAt(calendarId, at)), sorted(view));
    assert.deepEqual(await practice.node.viewAt(calendarId, instant(first.at - 1)), { knownFrom: first.at });
    assert.deepEqual(await cutLog(place.database, KEPT), { changes: 0, claims: 0 });
  });

  test('goes on from what was cut before', async () => {
    const { calendarId, seen } = await history(20);
    await place.database.sql('update change set at = at + $2::int8 where calendar_id = $1 and revision > 2', [calendarId, 15 * DAY]);
    await cutLog(place.database, KEPT);
    assert.deepEqual(await revisionsOf(calendarId), [3, 4, 5]);
    await place.database.sql('update change set at = at - $2::int8 where calendar_id = $1 and revision > 2', [calendarId, 15 * DAY]);
    await cutLog(place.database, KEPT);
    await using practice = await openTestNode(place.database);
    const last = seen.at(-2);
    assert.ok(last);
    assert.deepEqual(sorted(await practice.node.viewAt(calendarId, last.at)), sorted(last.view));
  });

  test('what became of money goes with the changes that came after it, and not before', async () => {
    const { database } = place;
    const add = (key: string) =>
      database.sql(
        `insert into payment_fact (key, type, payment_id, appointment_id, location_id, kind, method, amount, currency, at)
          select $1, 'payment.succeeded', i, i, i, 'desk', 'cash', 100, 'EUR', 0 from (select gen_random_uuid() as i) n`,
        [key],
      );
    const left = async () => (await database.sql('select key from payment_fact order by xid, position')).map(([key]) => key);
    await add('old');
    await history(20);
    await add('new');
    const name = randomUUID();
    await new SqlConsumers(database).register(name, 'beginning');
    await cutLog(database, KEPT);
    assert.deepEqual(await left(), ['old', 'new'], 'a consumer has not read it');
    await database.sql('delete from consumer');
    await cutLog(database, KEPT);
    assert.deepEqual(await left(), ['new']);
  });

  test('cuts nothing that a consumer has not read', async () => {
    const { calendarId } = await history(20);
    const store = new SqlConsumers(place.database);
    const log = new ChangeLogReads(place.database);
    const name = randomUUID();
    await store.register(name, 'beginning');
    assert.equal((await cutLog(place.database, KEPT)).changes, 0);
    const { last } = await log.page(null, EVERYTHING, 2);
    assert.ok(last);
    await store.advance(name, { from: await store.positionOf(name), to: last, effects: null });
    await cutLog(place.database, KEPT);
    assert.deepEqual(await revisionsOf(calendarId), [3, 4, 5]);
    assert.deepEqual([await log.placeOf(last), await log.placeOf({ ...last, xid: '1' })], ['kept', 'too-old'], 'who has read up to the cut has missed nothing');
  });

  test('cuts nothing that a request is answered from', async () => {
    const { calendarId } = await history(20);
    await place.database.sql(
      `insert into request (caller, key, fingerprint, entry_id, outcome, created_at) select 'c', $1, 'f', gen_random_uuid(), 'no', min(at) from change`,
      [randomUUID()],
    );
    assert.equal((await cutLog(place.database, KEPT)).changes, 0);
    await place.database.sql('delete from request');
    await cutLog(place.database, KEPT);
    assert.deepEqual(await revisionsOf(calendarId), [5]);
  });

  test('cuts claims that have long been over, and no others', async () => {
    const { calendarId } = await history(0);
    const { database } = place;
    const [[before] = []] = await database.sql('select count(*) from claim where calendar_id = $1', [calendarId]);
    await database.sql(
      `insert into claim (id, calendar_id, kind, session, lane, starts_at, ends_at) select id, $1, 'block', id, 0, n * 10, n * 10 + 5 from (select gen_random_uuid() id, n from generate_series(1, 700) n) b`,
      [calendarId],
    );
    assert.equal((await cutLog(database, KEPT)).claims, 700);
    assert.deepEqual(await database.sql('select count(*) from claim where calendar_id = $1', [calendarId]), [[before]]);
    assert.equal((await new SqlJournal(database).revisions([calendarId])).get(calendarId), 5);
  });
});

function sorted(view: CalendarView | { readonly knownFrom: Instant } | undefined): object | undefined {
  if (view === undefined || 'knownFrom' in view) return view;
  const { hours: _, ...rest } = view;
  return { ...rest, claims: rest.claims.toSorted((one, other) => (one.id < other.id ? -1 : 1)) };
}
