import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { instant } from '../../../src/model/instant.ts';
import { timeNow } from '../../support/clock.ts';
import { dateIn } from '../../support/dates.ts';
import { REDIS_MISSING, startRedis } from '../../support/redis.ts';
import { askOver, type Json, TEST_OWNER, TEST_PASSWORD } from '../../support/test-server.ts';
import { openTwoGateways } from '../two-gateways.ts';
import { ADA, newKey, openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen, tokenLike } from './test-screen.ts';

/** Sooner than a beacon would find anything. */
const AT_ONCE_MS = 1_000;
let shop: SmallShop;
before(async () => {
  shop = await openSmallShop();
});
after(() => shop?.[Symbol.asyncDispose]());

const board = (watchId: string): Json => ({ watchId, from: dateIn(0), to: dateIn(30), timeZone: 'Etc/UTC' });
const logIn = async (): Promise<Json> => (await shop.ask('POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body;
const inSeconds = (seconds: number) => instant(Math.ceil(timeNow() / 1_000) * 1_000 + seconds * 1_000);
const refresh = (screen: TestScreen, token: unknown) => screen.ask('refresh-token', { token });

/** Books something with Ana, so that her calendar has news. */
async function makeNews(): Promise<void> {
  await shop.post('/v1/appointments', { serviceId: shop.haircut, staffId: shop.staff[0]?.id, startsAt: shop.nextStart(), customer: ADA });
}

test('a connection goes on with a newer token, and its watches hear every change once', async () => {
  const { accessToken } = await logIn();
  const screen = await TestScreen.open(shop.url, tokenLike(shop.owner, { expiresAt: inSeconds(4) }));
  assert.ok((await screen.ask('watch-board', board('b'))).ok);
  const answer = await refresh(screen, accessToken);
  assert.ok(answer.ok && answer.expiresInSeconds > 890 && answer.expiresInSeconds <= 900, JSON.stringify(answer));
  // Beacons are what ends an expired session: by the second of them the first token has run out.
  for (let round = 0; round < 2; round += 1) {
    screen.told.splice(0);
    await screen.hears('beacon');
  }
  await makeNews();
  await screen.hears('board-changed');
  assert.deepEqual([screen.told.filter(({ name }) => name === 'board-changed').length, screen.socket.connected], [1, true]);
  screen.close();
});

test('the end of the new session ends the connection, the end of the old one does not', async () => {
  const [old, next] = [await logIn(), await logIn()];
  const screen = await TestScreen.open(shop.url, old.accessToken);
  assert.ok((await refresh(screen, next.accessToken)).ok);
  await shop.ask('POST', '/v1/auth/logout', { body: { refreshToken: old.refreshToken } });
  assert.ok((await screen.ask('unwatch', { watchId: 'none' })).ok);
  await shop.ask('POST', '/v1/auth/logout', { body: { refreshToken: next.refreshToken } });
  assert.equal((await screen.hears('session-ended', () => true, AT_ONCE_MS)).reason, 'logged-out');
  await screen.ended();
});

test('without a newer token the connection ends when its token does', async () => {
  const screen = await TestScreen.open(shop.url, tokenLike(shop.owner, { expiresAt: inSeconds(60) }));
  // A token that ends sooner is a token like any other.
  assert.ok((await refresh(screen, tokenLike(shop.owner, { expiresAt: inSeconds(1) }))).ok);
  assert.equal((await screen.hears('session-ended')).reason, 'expired');
  await screen.ended();
});

describe('a refused token changes nothing', () => {
  let screen: TestScreen;
  beforeEach(async () => {
    screen?.close();
    screen = await TestScreen.open(shop.url, shop.owner);
  });
  after(() => screen?.close());
  const goesOn = async () => assert.ok((await screen.ask('watch-board', board('b'))).ok);

  test('one that is not good is unauthenticated', async () => {
    const [header, payload] = shop.owner.split('.');
    const ended = await logIn();
    await shop.ask('POST', '/v1/auth/logout', { body: { refreshToken: ended.refreshToken } });
    for (const token of ['nonsense', `${header}.${payload}.`, tokenLike(shop.owner, { expiresAt: inSeconds(-60) }), ended.accessToken, ended.refreshToken])
      assert.equal((await refresh(screen, token)).problem?.code, 'unauthenticated', token);
    await goesOn();
  });
  test('one that is no text is not understood', async () => {
    for (const token of [undefined, null, 7, {}, [], '', 'x'.repeat(5_000)]) assert.equal((await refresh(screen, token)).problem?.code, 'invalid-request');
    await goesOn();
  });
  test('one of somebody else is forbidden', async () => {
    assert.equal((await refresh(screen, tokenLike(shop.owner, { userId: newKey() }))).problem?.code, 'forbidden');
    await goesOn();
  });
  test('a guest stays one', async () => {
    const guest = await TestScreen.open(shop.url);
    assert.equal((await refresh(guest, shop.owner)).problem?.code, 'unauthenticated');
    assert.equal((await guest.ask('watch-board', board('b'))).problem?.code, 'unauthenticated');
    guest.close();
  });
});

describe('rights that have changed hold from the moment the newer token is shown', () => {
  const asStaff = () => tokenLike(shop.owner, { role: 'staff', staffId: shop.staff[1]?.id ?? '' });
  const asCustomer = () => tokenLike(shop.owner, { role: 'customer' });

  test('a board that the user may not see any more ends: not a change is heard, and watching again is refused', async () => {
    const screen = await TestScreen.open(shop.url, shop.owner);
    const witness = await TestScreen.open(shop.url, shop.owner);
    for (const each of [screen, witness]) assert.ok((await each.ask('watch-board', board('b'))).ok);
    assert.ok((await refresh(screen, asCustomer())).ok);
    await screen.hears('resync', ({ watchId }) => watchId === 'b', AT_ONCE_MS);
    await makeNews();
    await witness.hears('board-changed');
    assert.equal((await screen.ask('watch-board', board('b'))).problem?.code, 'forbidden');
    assert.deepEqual(
      screen.told.filter(({ name }) => name === 'board-changed'),
      [],
    );
    for (const each of [screen, witness]) each.close();
  });

  test('a board that shows less to this user is watched again, and shows less', async () => {
    const named = ['ada@example.org', 'Ada'];
    await makeNews();
    const screen = await TestScreen.open(shop.url, shop.owner);
    const ofAna = { ...board('b'), staffIds: [shop.staff[0]?.id] };
    const first = JSON.stringify(await screen.ask('watch-board', ofAna));
    for (const name of named) assert.ok(first.includes(name));
    assert.ok((await refresh(screen, asStaff())).ok);
    await screen.hears('resync', ({ watchId }) => watchId === 'b', AT_ONCE_MS);
    const again = await screen.ask('watch-board', ofAna);
    assert.ok(again.ok);
    await makeNews();
    await screen.hears('board-changed');
    const said = JSON.stringify([again, screen.told.filter(({ name }) => name === 'board-changed')]);
    for (const name of named) assert.ok(!said.includes(name), said);
    screen.close();
  });

  test('a board that shows the same goes on without a word', async () => {
    const screen = await TestScreen.open(shop.url, shop.owner);
    assert.ok((await screen.ask('watch-board', board('b'))).ok);
    assert.ok((await refresh(screen, tokenLike(shop.owner, { role: 'manager', name: 'Another' }))).ok);
    await makeNews();
    await screen.hears('board-changed');
    assert.ok(!screen.told.some(({ name }) => name === 'resync'));
    screen.close();
  });

  test('free times are for everybody and go on', async () => {
    const screen = await TestScreen.open(shop.url, shop.owner);
    assert.ok((await screen.ask('watch-slots', { watchId: 's', serviceId: shop.haircut, from: dateIn(1), to: dateIn(30) })).ok);
    assert.ok((await refresh(screen, asCustomer())).ok);
    await makeNews();
    await screen.hears('slots-changed');
    screen.close();
  });

  test('a board that is just being read is answered by the rights of after', async () => {
    const screen = await TestScreen.open(shop.url, shop.owner);
    const witness = await TestScreen.open(shop.url, shop.owner);
    assert.ok((await witness.ask('watch-board', board('b'))).ok);
    for (let round = 0; round < 10; round += 1) {
      assert.ok((await refresh(screen, shop.owner)).ok);
      await Promise.all([screen.ask('watch-board', board('b')), refresh(screen, asCustomer())]);
      for (const each of [screen, witness]) each.told.splice(0);
      await makeNews();
      await witness.hears('board-changed');
      assert.ok((await screen.ask('unwatch', { watchId: 'none' })).ok);
      assert.ok(!screen.told.some(({ name }) => name === 'board-changed'), `round ${round}`);
    }
    for (const each of [screen, witness]) each.close();
  });

  test('what the user may do follows, too', async () => {
    const screen = await TestScreen.open(shop.url, shop.owner);
    const block = () => screen.ask('add-block', { key: newKey(), staffId: shop.staff[0]?.id, startsAt: shop.nextStart(), endsAt: shop.nextStart() });
    assert.ok((await block()).ok);
    assert.ok((await refresh(screen, asCustomer())).ok);
    assert.equal((await block()).problem?.code, 'forbidden');
    screen.close();
  });
});

test('a session that ends on another node ends the connections that have gone over to it', { skip: REDIS_MISSING }, async () => {
  await using redis = await startRedis();
  await using gateways = await openTwoGateways([redis.url, redis.url]);
  const { one, other } = gateways;
  const logInAt = async (url: string): Promise<Json> =>
    (await askOver(url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body;
  const [first, next] = [await logInAt(one.url), await logInAt(one.url)];
  const screen = await TestScreen.open(other.url, first.accessToken);
  assert.ok((await refresh(screen, next.accessToken)).ok);
  await askOver(one.url, 'POST', '/v1/auth/logout', { body: { refreshToken: next.refreshToken } });
  assert.equal((await screen.hears('session-ended', () => true, AT_ONCE_MS)).reason, 'logged-out');
  await screen.ended();
});
