// Reads while a decision waits for a database that is away: what is durable in memory is answered, and of the rest it is said in time that it cannot be.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ReadFailure } from '../../src/actors/ports.ts';
import { doneReply, type OkAnswer } from '../../src/booking/ask-calendar.ts';
import { isFailed } from '../../src/protocol/reply.ts';
import { blockAt, blocked } from '../actors/calendar/scene.ts';
import { newKey, openSmallShop } from '../gateway/socket/small-shop.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { dateIn } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';

/** Five seconds, and what a busy machine adds. Without the deadline nothing came in 75. */
const TOLD_WITHIN_MS = 25_000;

describe('reads without a database', { skip: POSTGRES_MISSING }, () => {
  for (const away of ['cut', 'blackHole'] as const) {
    test(`of a calendar with a decision under way are overloaded within five seconds, and of others answered (${away})`, { timeout: 120_000 }, async () => {
      await using postgres = await startPostgres({ fsync: false });
      const direct = await postgres.createDatabase();
      await using proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(direct).port) });
      await using shop = await openSmallShop({ DATABASE_URL: proxy.urlThrough(direct) });
      const [busy, other] = shop.staff;
      assert.ok(busy && other);
      const startsAt = shop.nextStart();
      const day = { from: dateIn(2), to: dateIn(3) };
      const slotsOf = (staffId?: string) =>
        `/v1/slots?serviceId=${shop.haircut}&locationId=${shop.locationId}&from=${day.from}&to=${day.to}${staffId === undefined ? '' : `&staffId=${staffId}`}`;
      const reads = {
        slots: slotsOf(busy.id),
        'slots of everybody': slotsOf(),
        explain: `/v1/slots/explain?serviceId=${shop.haircut}&staffId=${busy.id}&startsAt=${encodeURIComponent(startsAt)}`,
        calendar: `/v1/calendars/${busy.calendarId}`,
      };
      const get = (path: string) => shop.ask('GET', path, { token: shop.owner });
      for (const [what, path] of Object.entries(reads)) {
        const said = await get(path);
        assert.equal(said.status, 200, `${what}: ${said.text}`);
      }
      // Two, as snapshots of one connection are answered one after the other.
      const screens = [await TestScreen.open(shop.url, shop.owner), await TestScreen.open(shop.url, shop.owner)] as const;

      proxy[away]();
      const key = { 'idempotency-key': newKey() };
      const hold = shop.ask('POST', '/v1/holds', { token: shop.owner, headers: key, body: { serviceId: shop.haircut, staffId: busy.id, startsAt } });
      await wait(200);
      const askedAt = performance.now();
      const told = await Promise.all([
        ...Object.entries(reads).map(async ([what, path]) => ({ what, problem: (await get(path)).body, ms: performance.now() - askedAt })),
        ...(
          [
            [screens[0], 'watch-slots', { watchId: 's', serviceId: shop.haircut, staffIds: [busy.id], ...day }],
            [screens[1], 'watch-board', { watchId: 'b', ...day }],
          ] as const
        ).map(async ([screen, what, body]) => ({ what, problem: (await screen.ask(what, body)).problem, ms: performance.now() - askedAt })),
      ]);
      for (const { what, problem, ms } of told) {
        assert.deepEqual([problem?.code, problem?.retryAfterSeconds], ['overloaded', 1], `${what}: ${JSON.stringify(problem)}`);
        assert.ok(ms < TOLD_WITHIN_MS, `${what} after ${ms} ms`);
      }
      const seen = await get(slotsOf(other.id));
      assert.equal(seen.status, 200, seen.text);

      proxy.pass();
      await eventually(async () => (await get(reads['slots of everybody'])).status === 200, 30_000);
      assert.ok([201, 504].includes((await hold).status));
      assert.ok((await screens[0].ask('watch-slots', { watchId: 's', serviceId: shop.haircut, staffIds: [busy.id], ...day })).ok);
      for (const screen of screens) screen.close();
    });
  }

  test('a repeat of a hold is answered as it was, though nothing can be read of the hold', { timeout: 120_000 }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const direct = await postgres.createDatabase();
    await using proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(direct).port) });
    await using shop = await openSmallShop({ DATABASE_URL: proxy.urlThrough(direct) });
    const [busy] = shop.staff;
    assert.ok(busy);
    const asking = (startsAt: string) => {
      const body = { serviceId: shop.haircut, staffId: busy.id, startsAt };
      const headers = { 'idempotency-key': newKey() };
      return () => shop.ask('POST', '/v1/holds', { token: shop.owner, headers, body });
    };
    const hold = asking(shop.nextStart());
    const held = await hold();
    assert.equal(held.status, 201, held.text);

    proxy.blackHole();
    const underWay = asking(shop.nextStart())();
    await wait(200);
    const again = await hold();
    assert.deepEqual([again.status, again.body.id], [201, held.body.id], again.text);
    proxy.pass();
    assert.ok([201, 504].includes((await underWay).status));
  });
});

test('what is done and cannot be described is not said to be undone', async () => {
  const answer: OkAnswer = { outcome: 'ok', era: 'e', calendarId: 'c', revision: 1, event: blocked(blockAt(60)), replayed: false };
  const reply = await doneReply(answer, () => Promise.reject(new ReadFailure('the database is away')));
  assert.ok(isFailed(reply));
  assert.equal(reply.problem.code, 'outcome-unknown');
  await assert.rejects(async () => doneReply(answer, () => Promise.reject(new TypeError('a bug'))), TypeError);
});
