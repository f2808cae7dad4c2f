import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateIn } from '../../support/dates.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { TestScreen } from './test-screen.ts';

const REASON = 'a private matter';
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

test('the reason of a block or time off is shown only to readers who may see the customers', async () => {
  const { owner, desk, staff } = shop.tokens;
  const { key } = (await shop.ask('POST', '/v1/api-keys', { token: owner, body: { name: 'Door sign', scopes: ['calendars:read'] } })).body;
  const screens = { desk: await TestScreen.open(shop.url, desk), colleague: await TestScreen.open(shop.url, staff), key: await TestScreen.open(shop.url, key) };
  const board = { watchId: 'b', from: dateIn(2), to: dateIn(5), staffIds: [shop.ada.id, shop.bo.id] };
  for (const screen of Object.values(screens)) assert.ok((await screen.ask('watch-board', board)).ok);

  const stretch = (days: number) => ({ startsAt: berlinTime(days, '10:00'), endsAt: berlinTime(days, '11:00'), reason: REASON });
  for (const [path, days] of [
    ['time-off', 3],
    ['blocks', 4],
  ] as const)
    assert.equal((await shop.ask('POST', `/v1/staff/${shop.bo.id}/${path}`, { token: owner, body: stretch(days) })).status, 201);

  const learned = async (screen: TestScreen, token: string) => {
    for (const type of ['hours.changed', 'block.added'])
      await screen.hears('board-changed', ({ events }) => events.some((event: { type: string }) => event.type === type));
    const calendar = await shop.ask('GET', `/v1/calendars/${shop.bo.calendarId}`, { token });
    const changes = await shop.ask('GET', `/v1/calendars/${shop.bo.calendarId}/changes?after=0`, { token });
    assert.deepEqual([calendar.status, changes.status], [200, 200]);
    const watched = await screen.ask('watch-board', board);
    const column = watched.calendars.find(({ calendarId }: { calendarId: string }) => calendarId === shop.bo.calendarId);
    assert.equal(column.hours.timeOff.length, 1);
    return [screen.told, watched, calendar.text, changes.text].map((said) => JSON.stringify(said).includes(REASON));
  };
  assert.deepEqual(await learned(screens.desk, desk), [true, true, true, true]);
  assert.deepEqual(await learned(screens.colleague, staff), [false, false, false, false]);
  assert.deepEqual(await learned(screens.key, key), [false, false, false, false]);
  for (const screen of Object.values(screens)) screen.close();
});
