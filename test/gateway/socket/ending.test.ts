import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import { instant } from '../../../src/model/instant.ts';
import { timeNow } from '../../support/clock.ts';
import { dateIn } from '../../support/dates.ts';
import { type Json, TEST_OWNER, TEST_PASSWORD } from '../../support/test-server.ts';
import { newKey, openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen, tokenLike, wireOf } from './test-screen.ts';

let shop: SmallShop;
before(async () => {
  shop = await openSmallShop();
});
after(() => shop?.[Symbol.asyncDispose]());

/** Who is waited for holds a server up for ten seconds or more; most of that is for a busy machine. */
const HELD_UP_MS = 9_000;
/** What a refused connection is told. */
function refusal(auth: object, headers: Record<string, string> = {}): Promise<Json> {
  const socket = io(shop.url, { transports: ['websocket'], forceNew: true, reconnection: false, auth, extraHeaders: headers });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('connect_error', (failure: Json) => resolve(failure.data ?? failure.message));
  }).finally(() => socket.disconnect());
}

test('a token that is not good is refused, never taken for a guest', async () => {
  const [header, payload, signature] = shop.owner.split('.');
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  const expired = tokenLike(shop.owner, { expiresAt: instant(timeNow() - 60_000) });
  const bad = ['', 'nonsense', `${header}.${payload}.`, `${unsigned}.${payload}.`, `${header}.${payload}x.${signature}`, expired, 'x'.repeat(5_000), 7, {}, []];
  for (const token of bad) {
    const told = await refusal({ token });
    assert.deepEqual([told?.problem?.code, told?.problem?.status], ['unauthenticated', 401], JSON.stringify(token));
  }
  assert.equal(await refusal({}), undefined);
  assert.equal(await refusal({ token: shop.owner }), undefined);
});

test('pages of other sites may not open sockets', async () => {
  assert.notEqual(await refusal({}, { origin: 'https://elsewhere.example' }), undefined);
  assert.notEqual(await refusal({}, { origin: 'null' }), undefined);
  assert.equal(await refusal({}, { origin: shop.url }), undefined);
  for (const method of ['GET', 'OPTIONS']) {
    const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' };
    const polled = await fetch(`${shop.url}/socket.io/?EIO=4&transport=polling`, { method, headers });
    assert.equal(polled.headers.get('access-control-allow-origin'), null, method);
  }
});

test('a session that is logged out takes its sockets along at once, and no other', async () => {
  const login = await shop.ask('POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
  const [watching, idle] = [await TestScreen.open(shop.url, login.body.accessToken), await TestScreen.open(shop.url, login.body.accessToken)];
  assert.ok((await watching.ask('watch-board', { watchId: 'b', from: dateIn(0), to: dateIn(1) })).ok);
  const other = await TestScreen.open(shop.url, shop.owner);
  await shop.ask('POST', '/v1/auth/logout', { body: { refreshToken: login.body.refreshToken } });
  for (const screen of [idle, watching]) {
    // Sooner than a beacon would have found it.
    assert.equal((await screen.hears('session-ended', () => true, 1_000)).reason, 'logged-out');
    await screen.ended();
  }
  assert.equal((await refusal({ token: login.body.accessToken }))?.problem?.code, 'unauthenticated');
  assert.ok((await other.ask('unwatch', { watchId: 'b' })).ok);
  other.close();
});

test('a session ends when its token expires, also for a screen that only watches', async () => {
  const soon = tokenLike(shop.owner, { expiresAt: instant(Math.ceil(timeNow() / 1_000) * 1_000 + 1_000) });
  const screen = await TestScreen.open(shop.url, soon);
  assert.ok((await screen.ask('watch-board', { watchId: 'b', from: dateIn(0), to: dateIn(1) })).ok);
  assert.equal((await screen.hears('session-ended')).reason, 'expired');
  await screen.ended();
});

test('a server that stops answers what is under way, says goodbye to everybody, and refuses those who come', async () => {
  const leaving = await openSmallShop();
  const screens = await Promise.all(Array.from({ length: 250 }, () => TestScreen.open(leaving.url)));
  await Promise.all(screens.map((screen) => screen.ask('watch-slots', { watchId: 'w', serviceId: leaving.haircut, from: dateIn(0), to: dateIn(2) })));
  const claims = screens.slice(0, 20).map((screen) => screen.ask('place-hold', { key: newKey(), serviceId: leaving.haircut, startsAt: leaving.nextStart() }));
  // When the first is answered, the server has heard of all of them.
  await Promise.race(claims);
  const startedAt = performance.now();
  await leaving[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < HELD_UP_MS);
  for (const answer of await Promise.all(claims)) assert.ok(answer.ok || answer.problem.code === 'overloaded', JSON.stringify(answer));
  for (const screen of screens) {
    assert.equal((await screen.hears('session-ended')).reason, 'shutting-down');
    await screen.ended();
  }
  await assert.rejects(TestScreen.open(leaving.url));
});

test('what crosses the goodbye on its way is answered: nothing was done, connect again', async () => {
  const leaving = await openSmallShop();
  const screens = await Promise.all(Array.from({ length: 5 }, () => TestScreen.open(leaving.url)));
  const crossing = screens.map(async (screen) => {
    await screen.hears('session-ended');
    return screen.ask('place-hold', { key: newKey(), serviceId: leaving.haircut, startsAt: leaving.nextStart() });
  });
  await leaving[Symbol.asyncDispose]();
  for (const answer of await Promise.all(crossing)) assert.equal(answer.problem.code, 'overloaded');
});

test('who does not read does not hold up the stop', async () => {
  const leaving = await openSmallShop();
  const deaf = await TestScreen.open(leaving.url);
  wireOf(deaf).pause();
  for (let number = 0; number < 40; number += 1)
    deaf.socket.emit('watch-slots', { watchId: `w${number}`, serviceId: leaving.haircut, from: dateIn(0), to: dateIn(62) }, () => undefined);
  const startedAt = performance.now();
  await leaving[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < HELD_UP_MS);
  wireOf(deaf).resume();
  await deaf.ended();
});
