import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import { openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen } from './test-screen.ts';

let shop: SmallShop;
before(async () => {
  shop = await openSmallShop();
});
after(() => shop?.[Symbol.asyncDispose]());

test('boards of different days hear of changed hours each for its own days', async () => {
  const [ana] = shop.staff;
  const boards: { readonly screen: TestScreen; readonly from: string; readonly to: string }[] = [];
  for (const [from, to] of [[dateIn(1), dateIn(2)] as const, [dateIn(4), dateIn(6)] as const]) {
    const screen = await TestScreen.open(shop.url, shop.owner);
    assert.ok((await screen.ask('watch-board', { watchId: 'b', from, to, staffIds: [ana?.id], timeZone: 'Etc/UTC' })).ok);
    boards.push({ screen, from, to });
  }
  const body = { windows: [{ from: '10:00', to: '12:00' }] };
  assert.equal((await shop.ask('PUT', `/v1/staff/${ana?.id}/date-overrides/${dateIn(20)}`, { token: shop.owner, body })).status, 200);
  for (const { screen, from, to } of boards) {
    const { hours }: Json = await screen.hears('board-changed', ({ events }) => events.some(({ type }: Json) => type === 'hours.changed'));
    const edges = hours.windows.flatMap(({ startsAt, endsAt }: Json) => [Date.parse(startsAt), Date.parse(endsAt)]);
    assert.deepEqual([edges[0], edges.at(-1)], [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)]);
    screen.close();
  }
});

test('a board that is given up, or whose screen goes, listens to nothing any more', async () => {
  const listenedTo = async () => /^slotkeeper_watched_calendars (\d+)$/m.exec((await shop.ask('GET', '/metrics')).text)?.[1];
  await eventually(async () => (await listenedTo()) === '0');
  const screen = await TestScreen.open(shop.url, shop.owner);
  const watch = async () => assert.ok((await screen.ask('watch-board', { watchId: 'b', from: dateIn(1), to: dateIn(2), timeZone: 'Etc/UTC' })).ok);
  await watch();
  assert.equal(await listenedTo(), String(shop.staff.length));
  await screen.ask('unwatch', { watchId: 'b' });
  assert.equal(await listenedTo(), '0');
  await watch();
  screen.close();
  await eventually(async () => (await listenedTo()) === '0');
});
