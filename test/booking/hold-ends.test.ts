// When a hold lets go of its time, as every way of asking tells it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { instant } from '../../src/model/instant.ts';
import { wireFreeFrom } from '../../src/protocol/wire-times.ts';
import { newKey, openSmallShop } from '../gateway/socket/small-shop.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';

test('the moment from which a held time is free is told in whole seconds, and never too early', () => {
  const told = (at: number) => Date.parse(wireFreeFrom(instant(at), 'Europe/Berlin'));
  for (const [at, end] of [
    [1_000, 1_000],
    [1_001, 2_000],
    [1_759, 2_000],
    [1_999, 2_000],
  ] as const)
    assert.equal(told(1_800_000_000_000 + at), 1_800_000_000_000 + end);
});

test('others are told when a held time is free, and its holder how long it is kept at least, wherever they ask', async () => {
  await using shop = await openSmallShop({ HOLD_SECONDS: '2' });
  const { scheduler } = shop.server.context;
  const desk = await TestScreen.open(shop.url, shop.owner);
  try {
    const staff = shop.staff[0] ?? assert.fail('the shop has staff');
    const startsAt = shop.nextStart();
    const date = startsAt.slice(0, 10);
    const nextDate = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
    await desk.ask('watch-board', { watchId: 'board', from: date, to: nextDate });
    const slot = { serviceId: shop.haircut, startsAt, staffId: staff.id };
    const held = await shop.ask('POST', '/v1/holds', { body: slot });
    assert.equal(held.status, 201, held.text);
    const end = (await scheduler.hold(held.body.id))?.expiresAt ?? assert.fail('the hold is there');
    const change = await desk.hears('board-changed', ({ events }) => events.some(({ holdId }: { holdId: string }) => holdId === held.body.id));
    const overRest = await shop.ask('POST', '/v1/holds', { body: slot });
    const overSocket = await desk.ask('place-hold', { key: newKey(), ...slot });
    const board = await desk.ask('watch-board', { watchId: 'late', from: date, to: nextDate });
    const calendar = await shop.ask('GET', `/v1/calendars/${staff.calendarId}`, { token: shop.owner });
    const claimIn = (claims: { id: string; expiresAt: string }[]) => claims.find(({ id }) => id === held.body.id)?.expiresAt;
    const isFree = { rest: overRest.body.conflict.until, socket: overSocket.problem.conflict.until };
    for (const [where, text] of Object.entries(isFree)) {
      const at = Date.parse(text ?? '');
      assert.ok(at >= end && at < end + 1_000, `${where} says ${text}, the hold ends at ${new Date(end).toISOString()}`);
    }
    const isKept = {
      hold: held.body.expiresAt,
      event: change.events[0].expiresAt,
      board: claimIn(board.calendars.find((one: { calendarId: string }) => one.calendarId === staff.calendarId).claims),
      calendar: claimIn(calendar.body.claims),
    };
    for (const [where, text] of Object.entries(isKept)) {
      const at = Date.parse(text ?? '');
      assert.ok(at <= end && at > end - 1_000, `${where} says ${text}, the hold ends at ${new Date(end).toISOString()}`);
    }
    while (scheduler.now() < Date.parse(isFree.rest)) await wait(1);
    const again = await shop.ask('POST', '/v1/holds?dryRun=true', { body: slot });
    assert.equal(again.status, 200, again.text);
  } finally {
    desk.close();
  }
});
