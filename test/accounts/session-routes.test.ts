import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { isProblem } from '../gateway/is-problem.ts';
import { openTestServer, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:138.0) Gecko/20100101 Firefox/138.0';
const CHOSEN = 'violet tractor umbrella';

describe('sessions over REST', () => {
  let server: TestServer;
  before(async () => {
    server = await openTestServer({ isDemo: false });
    await server.server.context.accounts.create({ email: 'clara@example.org', name: 'Clara', role: 'customer' }, TEST_PASSWORD);
  });
  after(() => server[Symbol.asyncDispose]());

  const login = async (userAgent = 'tests', email = TEST_OWNER, password = TEST_PASSWORD): Promise<string> => {
    const said = await server.ask('POST', '/v1/auth/login', { body: { email, password }, headers: { 'user-agent': userAgent } });
    assert.equal(said.status, 200, said.text);
    return said.body.accessToken;
  };
  const list = async (token: string) => {
    const said = await server.ask('GET', '/v1/auth/sessions', { token });
    assert.equal(said.status, 200, said.text);
    return said.body.items;
  };

  test('a list says where somebody is logged in, and which session is asking', async () => {
    await login(FIREFOX);
    const token = await login('curl/8.5.0');
    const items = await list(token);
    const [current, before] = items;
    assert.deepEqual(Object.keys(current), ['id', 'device', 'address', 'createdAt', 'lastUsedAt', 'current']);
    assert.deepEqual([current.device, current.current, before.device, before.current], ['curl', true, 'Firefox on Windows', false]);
    assert.match(current.address, /127\.0\.0\.1$/);
    assert.match(current.lastUsedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    assert.deepEqual(items.filter((item: { current: boolean }) => item.current).length, 1);
  });

  test('one is ended by its id, another person’s is not found', async () => {
    const [mine, other, theirs] = [await login(), await login(), await login('tests', 'clara@example.org')];
    const idOf = async (token: string) => (await list(token)).find((item: { current: boolean }) => item.current).id;
    const end = (id: string) => server.ask('DELETE', `/v1/auth/sessions/${id}`, { token: mine });
    const notMine = [await end(await idOf(theirs)), await end(randomUUIDv7())];
    for (const said of notMine) isProblem(said, 'not-found');
    assert.equal(notMine[0]?.body.detail, notMine[1]?.body.detail);
    isProblem(await end('nonsense'), 'not-found');
    const ended = await end(await idOf(other));
    assert.deepEqual([ended.status, ended.headers.get('set-cookie')], [204, null]);
    isProblem(await server.ask('GET', '/v1/me', { token: other }), 'unauthenticated');
    const last = await end(await idOf(mine));
    assert.deepEqual([last.status, last.headers.get('set-cookie')?.includes('Max-Age=0')], [204, true]);
    isProblem(await server.ask('GET', '/v1/auth/sessions', { token: mine }), 'unauthenticated');
    assert.equal((await list(theirs)).length, 1);
  });

  test('all others end together', async () => {
    const [mine, other] = [await login(), await login()];
    assert.equal((await server.ask('DELETE', '/v1/auth/sessions', { token: mine })).status, 204);
    assert.equal((await list(mine)).length, 1);
    isProblem(await server.ask('GET', '/v1/me', { token: other }), 'unauthenticated');
  });

  test('nobody has sessions', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['DELETE', `/${randomUUIDv7()}`],
    ] as const)
      isProblem(await server.ask(method, `/v1/auth/sessions${path}`), 'unauthenticated');
    isProblem(await server.ask('POST', '/v1/auth/password/change', { body: { oldPassword: TEST_PASSWORD, newPassword: CHOSEN } }), 'unauthenticated');
  });

  test('changing a password takes the old one, and an invalid new one is reported at its field', async () => {
    const token = await login('tests', 'clara@example.org');
    const change = (body: object) => server.ask('POST', '/v1/auth/password/change', { body, token });
    for (const newPassword of ['short', 'password123', 'clara@example.org', 'ä'.repeat(37), 'x'.repeat(300)])
      isProblem(await change({ oldPassword: TEST_PASSWORD, newPassword }), 'invalid-request', 'newPassword');
    isProblem(await change({ newPassword: CHOSEN }), 'invalid-request', 'oldPassword');
    isProblem(await change({ oldPassword: 'wrong', newPassword: CHOSEN }), 'forbidden', 'oldPassword');
    const other = await login('tests', 'clara@example.org');
    assert.equal((await change({ oldPassword: TEST_PASSWORD, newPassword: CHOSEN })).status, 204);
    isProblem(await server.ask('GET', '/v1/me', { token: other }), 'unauthenticated');
    assert.equal((await server.ask('GET', '/v1/me', { token })).status, 200);
    await login('tests', 'clara@example.org', CHOSEN);
  });
});
