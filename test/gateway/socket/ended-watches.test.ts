// What a watcher may not see any more is not sent, however little the screen obeys.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateIn } from '../../support/dates.ts';
import { TEST_PASSWORD } from '../../support/test-server.ts';
import { markedCustomer, marksOf } from '../security/marked.ts';
import { openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen } from './test-screen.ts';

let shop: SmallShop;
const tokens: Record<string, string> = {};
before(async () => {
  shop = await openSmallShop();
  const [ana] = shop.staff;
  const { accounts } = shop.server.context;
  await accounts.createAll(
    [
      { email: 'desk@example.org', name: 'Dora', role: 'front-desk', locationId: shop.locationId },
      { email: 'ana@example.org', name: 'Ana', role: 'staff', staffId: ana?.id ?? null },
    ],
    TEST_PASSWORD,
  );
  const key = await shop.post('/v1/api-keys', { name: 'Display', scopes: ['calendars:read', 'customers:read'], locationId: shop.locationId });
  Object.assign(tokens, { desk: await shop.login('desk@example.org'), 'API key': key.key });
});
after(() => shop?.[Symbol.asyncDispose]());

const board = () => ({ watchId: 'b', from: dateIn(1), to: dateIn(4), timeZone: 'Etc/UTC' });
const moveAna = (locationId: string) => shop.ask('PATCH', `/v1/staff/${shop.staff[0]?.id}`, { token: shop.owner, body: { locationId } });
const bookAna = (mark: string) => {
  const { customer, more } = markedCustomer(mark);
  return shop.post('/v1/appointments', { serviceId: shop.haircut, staffId: shop.staff[0]?.id, startsAt: shop.nextStart(), customer, ...more });
};

for (const who of ['desk', 'API key'] as const)
  test(`the open board of a ${who} shows nothing of a colleague from the moment they work where the watcher has no right`, async () => {
    const mark = who.replace(' ', '-');
    const screen = await TestScreen.open(shop.url, tokens[who]);
    const owner = await TestScreen.open(shop.url, shop.owner);
    try {
      for (const watcher of [screen, owner]) assert.ok((await watcher.ask('watch-board', board())).ok);
      await bookAna(`${mark}-before`);
      const [, before = ''] = marksOf(`${mark}-before`);
      await screen.hears('board-changed', (body) => JSON.stringify(body).includes(before));
      const heard = screen.told.filter(({ name }) => name === 'board-changed').length;

      assert.equal((await moveAna(shop.otherLocationId)).status, 200);
      // It does not watch again, as a hostile program would not.
      await bookAna(`${mark}-after`);
      const [, later = ''] = marksOf(`${mark}-after`);
      await owner.hears('board-changed', (body) => JSON.stringify(body).includes(later));
      await screen.ask('unwatch', { watchId: 'nothing' });
      assert.equal(screen.told.filter(({ name }) => name === 'board-changed').length, heard);
      await screen.hears('resync', ({ watchId }) => watchId === 'b');
      const again = await screen.ask('watch-board', board());
      assert.ok(again.ok);
      assert.ok(!JSON.stringify(again).includes(later));
    } finally {
      for (const watcher of [screen, owner]) watcher.close();
      await moveAna(shop.locationId);
    }
  });

test('a node stops sending in the moment it knows of the change, before it has told the screen', async () => {
  const screen = await TestScreen.open(shop.url, tokens.desk);
  assert.ok((await screen.ask('watch-board', board())).ok);
  const { catalog } = shop.server.context;
  // Heard before the watches are visited: so nothing but the watch itself can notice.
  const known = new Promise<void>((resolve) => {
    const stop = catalog.onSnapshot(() => {
      stop();
      resolve();
    });
  });
  const moving = moveAna(shop.otherLocationId);
  const booking = known.then(() => bookAna('at-once'));
  await Promise.all([moving, booking]);
  await screen.ask('unwatch', { watchId: 'nothing' });
  const marks = marksOf('at-once');
  assert.deepEqual(
    screen.told.filter((told) => marks.some((mark) => JSON.stringify(told).includes(mark))),
    [],
  );
  screen.close();
  await moveAna(shop.locationId);
});
