// A person who works at another location for some days has a second entry there: docs/decisions.md says why, and this that it works.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SlotsReply } from '../../../src/protocol/slots.ts';
import { dateIn } from '../../support/dates.ts';
import type { Json } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';

const [LEAVES, COMES_BACK] = [3, 6];
const AWAY = [4, 5] as const;
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

async function own(method: string, path: string, body?: object): Promise<Json> {
  const said = await shop.ask(method, path, { token: shop.tokens.owner, ...(body && { body }) });
  assert.ok(said.status < 300, `${method} ${path}: ${said.text}`);
  return said.body;
}
async function startsOf(staffId: string, timeZone: string): Promise<readonly string[]> {
  const days = `from=${dateIn(2, timeZone)}&to=${dateIn(8, timeZone)}`;
  const { body } = await shop.ask<SlotsReply>('GET', `/v1/slots?serviceId=${shop.haircut.id}&staffId=${staffId}&${days}&timeZone=${timeZone}`);
  return (body.slots ?? []).map(({ startsAt }) => startsAt.slice(0, 16));
}

test('a person is offered elsewhere on the days of a journey, by the clocks there, and at home on the others', async () => {
  await own('POST', `/v1/staff/${shop.ada.id}/time-off`, {
    startsAt: berlinTime(LEAVES, '00:00'),
    endsAt: berlinTime(COMES_BACK, '12:00'),
    reason: 'in New York',
  });
  const there = await own('POST', '/v1/staff', { name: 'Ada', locationId: shop.newYork, serviceIds: [shop.haircut.id], ownHours: true });
  await own('PUT', `/v1/staff/${there.id}/hours`, { weekly: [] });
  const dates = AWAY.map((days) => dateIn(days, 'Europe/Berlin'));
  for (const date of dates) await own('PUT', `/v1/staff/${there.id}/date-overrides/${date}`, { windows: [{ from: '07:00', to: '08:00' }] });

  const away = await startsOf(there.id, 'America/New_York');
  assert.deepEqual(
    away,
    dates.flatMap((date) => [`${date}T07:00`, `${date}T07:30`]),
  );
  const home = await startsOf(shop.ada.id, 'Europe/Berlin');
  const [left, back] = [dateIn(LEAVES, 'Europe/Berlin'), dateIn(COMES_BACK, 'Europe/Berlin')];
  assert.ok(home.length > 0 && home.every((start) => start < left || start >= `${back}T12:00`), home.join());
});
