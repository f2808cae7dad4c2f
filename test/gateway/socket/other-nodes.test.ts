import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { WHOLE_BUSINESS } from '../../../src/access/rights.ts';
import { type Desk, Together } from '../../../src/gateway/socket/together.ts';
import { instant } from '../../../src/model/instant.ts';
import { addNotifications } from '../../../src/persistence/notifications/add-notifications.ts';
import type { TokensReply } from '../../../src/protocol/auth.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { REDIS_MISSING, startRedis, type TestRedis } from '../../support/redis.ts';
import { askOver, type Said, TEST_OWNER, TEST_PASSWORD } from '../../support/test-server.ts';
import { openTwoGateways, type TestGateway, type TwoGateways } from '../two-gateways.ts';
import { TestScreen } from './test-screen.ts';

/** Much sooner than the beacons would find it, which visit each screen every five seconds. */
const AT_ONCE_MS = 1_000;
const board = { watchId: 'b', from: dateIn(0), to: dateIn(1) };

test('what open desks see is put together once for all of them, however many one person has', async () => {
  const locationId = randomUUIDv7();
  let looked = 0;
  const seen = new Map<Desk, number>();
  const deskOf = (userId: string): Desk => {
    const look = { locationId, userId, appointmentId: randomUUIDv7() };
    const desk: Desk = {
      ...{ day: { locationId, date: '2027-03-01' }, userId, name: userId },
      get look() {
        looked += 1;
        return look;
      },
      see: ({ looking }) => seen.set(desk, looking.filter(({ name }) => name !== userId).length),
      noteChanged: () => undefined,
    };
    return desk;
  };
  const failures: unknown[] = [];
  const together = new Together({ nameOf: async () => undefined, now: () => 0, onFailure: (failure) => failures.push(failure) });
  try {
    const desks = [...Array.from({ length: 200 }, () => deskOf('Dora')), deskOf('Mia')];
    for (const desk of desks) together.join(desk);
    await eventually(() => seen.size === desks.length);
    assert.deepEqual(
      desks.map((desk) => seen.get(desk)),
      desks.map(({ userId }) => (userId === 'Mia' ? 100 : 1)),
    );
    assert.ok(looked <= 10 * desks.length, `${looked} looks for ${desks.length} desks`);
    assert.deepEqual(failures, []);
  } finally {
    together.close();
  }
});

describe('gateways of several nodes', { skip: REDIS_MISSING }, () => {
  let redis: TestRedis;
  /** Between the first gateway and Redis. */
  let proxy: FaultProxy;
  let gateways: TwoGateways;
  let one: TestGateway;
  let other: TestGateway;
  const open: TestScreen[] = [];
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    proxy = await startFaultProxy({ host: '127.0.0.1', port: redis.port });
    gateways = await openTwoGateways([proxy.urlThrough(redis.url), redis.url]);
    ({ one, other } = gateways);
  });
  afterEach(async () => {
    for (const screen of open.splice(0)) screen.close();
    await gateways?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  async function logIn(gateway: TestGateway, email = TEST_OWNER): Promise<TokensReply & { refreshToken: string }> {
    const said = await askOver(gateway.url, 'POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } });
    assert.equal(said.status, 200, said.text);
    return said.body;
  }
  async function openScreen(gateway: TestGateway, token?: string): Promise<TestScreen> {
    const screen = await TestScreen.open(gateway.url, token);
    open.push(screen);
    return screen;
  }
  const logOut = (gateway: TestGateway, refreshToken: string): Promise<Said> => askOver(gateway.url, 'POST', '/v1/auth/logout', { body: { refreshToken } });
  const statusOf = async (gateway: TestGateway, token: string) => (await askOver(gateway.url, 'GET', '/v1/me', { token })).status;

  test('a session that ends on one node ends on the others at once: screens go, and the token is refused', async () => {
    const { accessToken, refreshToken } = await logIn(one);
    const another = await logIn(one);
    const screens = [await openScreen(one, accessToken), await openScreen(other, accessToken), await openScreen(other, accessToken)];
    const bystanders = [await openScreen(one, another.accessToken), await openScreen(other, another.accessToken), await openScreen(other)];
    assert.equal(await statusOf(other, accessToken), 200);
    assert.equal((await logOut(one, refreshToken)).status, 204);
    for (const screen of screens) {
      assert.equal((await screen.hears('session-ended', () => true, AT_ONCE_MS)).reason, 'logged-out');
      await screen.ended();
    }
    assert.deepEqual([await statusOf(one, accessToken), await statusOf(other, accessToken)], [401, 401]);
    for (const screen of bystanders) assert.ok((await screen.ask('unwatch', { watchId: 'b' })).ok);
  });

  test('a notification reaches pages on the other node at once, and also while Redis is away', async () => {
    const { accessToken } = await logIn(one);
    const screen = await openScreen(other, accessToken);
    assert.deepEqual(await screen.ask('watch-notifications', { watchId: 'n' }), { ok: true, last: 0, unread: 0, items: [] });
    const tell = async (budget: string) => {
      const news = { key: budget, kind: 'budget-reached', places: [WHOLE_BUSINESS], about: { budget }, by: null, at: instant(0) } as const;
      one.context.notifications.onChanged(await gateways.database.transaction((em) => addNotifications(em, [news])));
    };
    const hears = (budget: string, patience?: number) => screen.hears('notification', ({ notification }) => notification?.budget === budget, patience);
    await tell('first');
    await tell('first');
    assert.equal((await hears('first', AT_ONCE_MS)).unread, 1);
    proxy.cut();
    await tell('second');
    assert.deepEqual([(await hears('second')).last > 1, (await hears('second')).unread], [true, 2]);
    assert.equal(screen.told.filter(({ body }) => body.notification?.budget === 'first').length, 1);
  });

  test('desks on another node see by name what a colleague has open, until the screen goes, and hear of a note at once', async () => {
    const owner = (await logIn(one)).accessToken;
    const { id: locationId } = (await askOver(one.url, 'POST', '/v1/locations', { token: owner, body: { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR' } }))
      .body;
    await other.context.catalog.catchUp(Number.MAX_SAFE_INTEGER);
    const enter = async (role: 'front-desk' | 'staff') => {
      const email = `${randomUUIDv7()}@example.org`;
      assert.ok((await one.context.accounts.create({ email, name: 'Dora', role }, TEST_PASSWORD)) !== 'email-taken');
      return openScreen(other, (await logIn(other, email)).accessToken);
    };
    const [here, there] = [await openScreen(one, owner), await enter('front-desk')];
    const desk = { watchId: 'd', locationId, date: '2027-03-01' };
    assert.deepEqual(await here.ask('watch-desk', desk), { ok: true, looking: [], noteVersion: 0 });
    const appointmentId = randomUUIDv7();
    assert.deepEqual(await there.ask('watch-desk', { ...desk, appointmentId }), { ok: true, looking: [], noteVersion: 0 });
    assert.deepEqual((await here.hears('desk-changed', ({ looking }) => looking?.length === 1)).looking, [{ appointmentId, name: 'Dora' }]);
    assert.deepEqual(
      there.told.filter(({ name }) => name === 'desk-changed'),
      [],
      'no one is told of their own',
    );
    assert.equal(
      (await askOver(one.url, 'PUT', `/v1/locations/${locationId}/day-notes/2027-03-01`, { token: owner, body: { text: 'Key is with Mia' } })).status,
      200,
    );
    assert.equal((await there.hears('desk-changed', ({ noteVersion }) => noteVersion === 1, AT_ONCE_MS)).looking, undefined);
    there.close();
    await here.hears('desk-changed', ({ looking }) => looking?.length === 0);
    const [guest, staff] = [await openScreen(one), await enter('staff')];
    assert.equal((await guest.ask('watch-desk', desk)).problem.code, 'unauthenticated');
    assert.equal((await staff.ask('watch-desk', desk)).problem.code, 'forbidden');
    assert.equal((await here.ask('watch-desk', { ...desk, appointmentId: 'none' })).problem.errors[0].path, 'appointmentId');
  });

  test('sessions that somebody ends from another one end on every node at once', async () => {
    const [mine, lost, forgotten] = [await logIn(one), await logIn(one), await logIn(other)];
    const [lostScreen, forgottenScreen, ownScreen] = [
      await openScreen(other, lost.accessToken),
      await openScreen(other, forgotten.accessToken),
      await openScreen(other, mine.accessToken),
    ];
    const lostId = other.context.accounts.verify(lost.accessToken)?.sessionId;
    const end = (path: string) => askOver(one.url, 'DELETE', `/v1/auth/sessions${path}`, { token: mine.accessToken });
    assert.equal((await end(`/${lostId}`)).status, 204);
    await lostScreen.hears('session-ended', () => true, AT_ONCE_MS);
    assert.deepEqual([await statusOf(other, lost.accessToken), await statusOf(other, forgotten.accessToken)], [401, 200]);
    assert.equal((await end('')).status, 204);
    await forgottenScreen.hears('session-ended', () => true, AT_ONCE_MS);
    assert.deepEqual([await statusOf(one, forgotten.accessToken), await statusOf(other, forgotten.accessToken)], [401, 401]);
    assert.ok((await ownScreen.ask('unwatch', { watchId: 'b' })).ok);
  });

  test('who is changed, disabled or removed on one node loses every session and screen on the others at once', async () => {
    const owner = (await logIn(one)).accessToken;
    const change = (id: string, body: object) => askOver(one.url, 'PATCH', `/v1/users/${id}`, { token: owner, body });
    for (const deed of [
      (id: string) => change(id, { role: 'manager' }),
      (id: string) => change(id, { disabled: true }),
      (id: string) => askOver(one.url, 'DELETE', `/v1/users/${id}`, { token: owner }),
    ]) {
      const email = `${randomUUIDv7()}@example.org`;
      const user = await one.context.accounts.create({ email, name: 'Dora', role: 'front-desk' }, TEST_PASSWORD);
      assert.ok(user !== 'email-taken');
      const { accessToken, refreshToken } = await logIn(other, email);
      const [here, there] = [await openScreen(one, accessToken), await openScreen(other, accessToken)];
      const bystander = await openScreen(other, owner);
      assert.deepEqual([await statusOf(one, accessToken), await statusOf(other, accessToken)], [200, 200]);
      assert.ok((await deed(user.id)).status < 300);
      for (const screen of [here, there]) await screen.hears('session-ended', () => true, AT_ONCE_MS);
      assert.deepEqual([await statusOf(one, accessToken), await statusOf(other, accessToken)], [401, 401]);
      assert.equal((await askOver(other.url, 'POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
      assert.ok((await bystander.ask('unwatch', { watchId: 'b' })).ok);
    }
  });

  test('who is removed from the staff on one node is logged in on no other from the moment it knows of it, also without Redis', async () => {
    const owner = (await logIn(one)).accessToken;
    const make = async (path: string, body: object) => (await askOver(one.url, 'POST', path, { token: owner, body })).body;
    const { id: locationId } = await make('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR' });
    const { id: staffId } = await make('/v1/staff', { name: 'Ada', locationId });
    const email = `${randomUUIDv7()}@example.org`;
    assert.notEqual(await one.context.accounts.create({ email, name: 'Ada', role: 'staff', staffId }, TEST_PASSWORD), 'email-taken');
    const { accessToken, refreshToken } = await logIn(other, email);
    const there = await openScreen(other, accessToken);
    proxy.cut();
    await eventually(() => !one.context.shared?.counters.isReady);
    assert.equal((await askOver(one.url, 'DELETE', `/v1/staff/${staffId}`, { token: owner })).status, 204);
    assert.equal(await statusOf(one, accessToken), 401);
    assert.equal((await askOver(other.url, 'POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
    // What the beat of a node does, which reads the version of the catalog from the database.
    await other.context.catalog.catchUp(Number.MAX_SAFE_INTEGER);
    assert.equal(await statusOf(other, accessToken), 401);
    assert.equal((await there.hears('session-ended')).reason, 'logged-out');
    const again = await askOver(other.url, 'POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } });
    assert.deepEqual([again.status, again.body.code], [401, 'unauthenticated']);
  });

  test('a refresh token that is used twice ends its session everywhere', async () => {
    const first = await logIn(one);
    const second = (await askOver(other.url, 'POST', '/v1/auth/refresh', { body: { refreshToken: first.refreshToken } })).body;
    const screen = await openScreen(one, second.accessToken);
    assert.equal((await askOver(other.url, 'POST', '/v1/auth/refresh', { body: { refreshToken: first.refreshToken } })).status, 401);
    await screen.hears('session-ended', () => true, AT_ONCE_MS);
    assert.equal(await statusOf(one, second.accessToken), 401);
  });

  test('without Redis a session still ends here at once, and elsewhere when its token is refreshed', async () => {
    const { accessToken, refreshToken } = await logIn(one);
    const [here, there] = [await openScreen(one, accessToken), await openScreen(other, accessToken)];
    proxy.cut();
    await eventually(() => !one.context.shared?.counters.isReady);
    assert.equal((await logOut(one, refreshToken)).status, 204);
    await here.hears('session-ended', () => true, AT_ONCE_MS);
    assert.equal(await statusOf(one, accessToken), 401);
    assert.equal(await statusOf(other, accessToken), 200);
    assert.equal((await askOver(other.url, 'POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
    await there.hears('session-ended', () => true, AT_ONCE_MS);
    await eventually(() => proxy.counts.refused > 0);
  });

  test('the screen of an API key that was revoked unheard goes when the key is looked up again', async () => {
    const { accessToken: token } = await logIn(one);
    const { id, key } = (await askOver(one.url, 'POST', '/v1/api-keys', { token, body: { name: 'Website', scopes: ['calendars:read'] } })).body;
    const screen = await openScreen(other, key);
    proxy.cut();
    await eventually(() => !one.context.shared?.counters.isReady);
    assert.equal((await askOver(one.url, 'DELETE', `/v1/api-keys/${id}`, { token })).status, 204);
    assert.ok((await screen.ask('watch-board', board)).ok);
    other.clock.ahead = 61_000;
    assert.equal((await screen.hears('session-ended')).reason, 'logged-out');
  });

  test('a screen that leaves while a watch is being counted watches nothing', async () => {
    const { accessToken } = await logIn(one);
    for (let times = 0; times < 5; times += 1) {
      const screen = await openScreen(other, accessToken);
      screen.socket.emit('watch-board', board, () => undefined);
      screen.close();
    }
    const watched = async () =>
      /slotkeeper_screens (\d+)[\s\S]*slotkeeper_watched_calendars (\d+)/.exec((await askOver(other.url, 'GET', '/metrics')).text)?.slice(1);
    await eventually(async () => isDeepStrictEqual(await watched(), ['0', '0']));
  });

  test('an outage of Redis leaves screens as they are, and afterwards nodes hear each other again', async () => {
    const { accessToken, refreshToken } = await logIn(one);
    const [here, there] = [await openScreen(one, accessToken), await openScreen(other, accessToken)];
    await redis.kill();
    try {
      await eventually(() => !one.context.shared?.counters.isReady && !other.context.shared?.counters.isReady);
      for (const screen of [here, there]) assert.ok((await screen.ask('watch-board', board)).ok);
    } finally {
      await redis.restart();
    }
    // Until both are subscribed again, what is announced is lost: so a session is ended until one is heard of.
    await eventually(async () => {
      const trial = await logIn(one);
      const watching = await openScreen(other, trial.accessToken);
      await logOut(one, trial.refreshToken);
      return watching
        .hears('session-ended', () => true, AT_ONCE_MS)
        .then(
          () => true,
          () => false,
        );
    });
    await logOut(one, refreshToken);
    for (const screen of [here, there]) await screen.hears('session-ended', () => true, AT_ONCE_MS);
  });

  test('a gateway that closes sends away its own screens and nobody else’s', async () => {
    const [leaving, staying] = [await openScreen(one), await openScreen(other)];
    await one[Symbol.asyncDispose]();
    assert.equal((await leaving.hears('session-ended')).reason, 'shutting-down');
    assert.ok((await staying.ask('unwatch', { watchId: 'b' })).ok);
    assert.equal(staying.socket.connected, true);
  });
});
