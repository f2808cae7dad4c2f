import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isProblem } from '../gateway/is-problem.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { openTestServer, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';

const FROM_PAGE = { 'sec-fetch-site': 'same-origin', 'x-requested-with': 'slotkeeper' };

describe('logging in over REST', () => {
  let server: TestServer;
  before(async () => {
    server = await openTestServer({ isDemo: false });
  });
  after(() => server[Symbol.asyncDispose]());

  const login = (headers = {}) => server.ask('POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD }, headers });
  const cookieOf = (headers: Headers) => /^slotkeeper_refresh=([^;]*)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
  const withCookie = (token: string, headers = {}) => ({ headers: { cookie: `other=1; slotkeeper_refresh=${token}`, ...headers } });

  test('a program gets both tokens in the body and no cookie', async () => {
    const said = await login();
    assert.equal(said.status, 200);
    assert.deepEqual(Object.keys(said.body).sort(), ['accessToken', 'deviceToken', 'expiresInSeconds', 'refreshToken', 'user']);
    assert.equal(said.headers.get('set-cookie'), null);
    const me = await server.ask('GET', '/v1/me', { token: said.body.accessToken });
    assert.deepEqual([me.status, me.body], [200, said.body.user]);
  });

  test('a browser gets the refresh token where no script can read it', async () => {
    const said = await login(FROM_PAGE);
    assert.equal(said.body.refreshToken, undefined);
    const [refresh = '', device = '', ...others] = said.headers.getSetCookie();
    assert.match(refresh, /^slotkeeper_refresh=slr_[\w-]{43}; Path=\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    assert.match(device, /^slotkeeper_device=[\w.-]+; Path=\/v1\/auth; Max-Age=15552000; HttpOnly; SameSite=Strict$/);
    assert.deepEqual(others, []);
  });

  test('wrong credentials are one answer, whatever is wrong', async () => {
    const answers = [
      { email: TEST_OWNER, password: 'wrong' },
      { email: 'nobody@example.org', password: TEST_PASSWORD },
    ].map((body) => server.ask('POST', '/v1/auth/login', { body }));
    for (const { status, body } of await Promise.all(answers))
      assert.deepEqual([status, body.code, body.detail], [401, 'unauthenticated', 'The e-mail or the password is wrong.']);
  });

  test('a login that is not one names the field', async () => {
    for (const [body, path] of [
      [{ password: 'x' }, 'email'],
      [{ email: 'nobody', password: 'x' }, 'email'],
      [{ email: TEST_OWNER }, 'password'],
      [{ email: TEST_OWNER, password: 7 }, 'password'],
    ] as const) {
      const said = await server.ask('POST', '/v1/auth/login', { body });
      assert.deepEqual([said.status, said.body.code, said.body.errors[0].path], [400, 'invalid-request', path]);
    }
  });

  test('a program refreshes with the token in the body, once', async () => {
    const { refreshToken } = (await login()).body;
    const next = await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken } });
    assert.equal(next.status, 200);
    assert.notEqual(next.body.refreshToken, refreshToken);
    const again = await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken } });
    assert.deepEqual([again.status, again.body.code], [401, 'unauthenticated']);
    assert.equal((await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken: next.body.refreshToken } })).status, 401);
    assert.equal((await server.ask('GET', '/v1/me', { token: next.body.accessToken })).status, 401);
  });

  test('a page of ours refreshes with its cookie; another site cannot', async () => {
    const token = cookieOf((await login(FROM_PAGE)).headers);
    const foreign = [{}, { 'sec-fetch-site': 'cross-site', 'x-requested-with': 'x' }, { origin: 'https://evil.example', 'x-requested-with': 'x' }];
    for (const headers of foreign) {
      const said = await server.ask('POST', '/v1/auth/refresh', withCookie(token, headers));
      assert.deepEqual([said.status, said.body.code], [403, 'csrf']);
    }
    const next = await server.ask('POST', '/v1/auth/refresh', withCookie(token, FROM_PAGE));
    assert.deepEqual([next.status, next.body.refreshToken], [200, undefined]);
    assert.notEqual(cookieOf(next.headers), token);
    const again = await server.ask('POST', '/v1/auth/refresh', withCookie(token, FROM_PAGE));
    assert.deepEqual([again.status, again.headers.get('set-cookie')?.includes('Max-Age=0')], [401, true]);
  });

  test('a form of another site, which comes without the cookie, does not take it away', async () => {
    const forms = [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', 'x-requested-with': 'x' },
    ];
    for (const path of ['refresh', 'logout'])
      for (const headers of forms) {
        const said = await server.ask('POST', `/v1/auth/${path}`, { headers });
        assert.deepEqual([said.status, said.headers.get('set-cookie')], [path === 'logout' ? 204 : 401, null]);
      }
    const token = cookieOf((await login(FROM_PAGE)).headers);
    const left = await server.ask('POST', '/v1/auth/logout', withCookie(token, FROM_PAGE));
    assert.deepEqual([left.status, left.headers.get('set-cookie')?.includes('Max-Age=0')], [204, true]);
  });

  test('a login never takes over what the client brings: neither a cookie, nor an id of a session in whatever field', async () => {
    const bait = await login(FROM_PAGE);
    const planted = cookieOf(bait.headers);
    const sessionsOf = async (token: string) => (await server.ask('GET', '/v1/auth/sessions', { token })).body.items;
    const session = (await sessionsOf(bait.body.accessToken)).find(({ current }: { current: boolean }) => current);
    const email = 'victim@example.org';
    await server.server.context.accounts.create({ email, name: 'Victor', role: 'customer' }, TEST_PASSWORD);
    const extras = { refreshToken: planted, sessionId: session.id, family: session.id, id: session.id };
    for (const [search, more] of [
      [`?sessionId=${session.id}`, {}],
      ['', extras],
    ] as const) {
      const body = { email, password: TEST_PASSWORD, ...more };
      isProblem(await server.ask('POST', `/v1/auth/login${search}`, { body, ...withCookie(planted, FROM_PAGE) }), 'invalid-request');
    }
    const said = await server.ask('POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD }, ...withCookie(planted, FROM_PAGE) });
    assert.equal(said.status, 200);
    const own = cookieOf(said.headers);
    assert.ok(own !== '' && own !== planted);
    const sessions = await sessionsOf(said.body.accessToken);
    assert.deepEqual([sessions.length, sessions[0].id === session.id], [1, false]);
    const planter = await server.ask('POST', '/v1/auth/refresh', withCookie(planted, FROM_PAGE));
    assert.deepEqual([planter.status, planter.body.user.email], [200, TEST_OWNER]);
    const victim = await server.ask('POST', '/v1/auth/refresh', withCookie(own, FROM_PAGE));
    assert.deepEqual([victim.status, victim.body.user.email], [200, email]);
  });

  test('of two refreshes with one token at once one is answered, the other is refused, and the session is over for both', async () => {
    const { refreshToken, accessToken } = (await login()).body;
    const screen = await TestScreen.open(server.url, accessToken);
    const answers = await Promise.all([1, 2].map(() => server.ask('POST', '/v1/auth/refresh', { body: { refreshToken } })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401]);
    const won = answers.find(({ status }) => status === 200)?.body;
    assert.equal((await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken: won.refreshToken } })).status, 401);
    for (const token of [accessToken, won.accessToken]) assert.equal((await server.ask('GET', '/v1/me', { token })).status, 401);
    assert.equal((await screen.hears('session-ended')).reason, 'logged-out');
    await screen.ended();
  });

  test('an old access token that is sent along stops nobody from getting a new one, and is refused anywhere else', async () => {
    const token = 'an.old.token';
    const { refreshToken } = (await login({ authorization: `Bearer ${token}` })).body;
    const { body, status } = await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken }, token });
    assert.equal(status, 200);
    const withSlash = await server.ask('POST', '/v1/auth/refresh/', { body: { refreshToken: body.refreshToken }, token });
    assert.equal(withSlash.status, 200);
    const elsewhere = await server.ask('GET', '/v1/services', { token });
    assert.deepEqual([elsewhere.status, elsewhere.body.code], [401, 'unauthenticated']);
  });

  test('refreshing with nothing is not being logged in', async () => {
    assert.equal((await server.ask('POST', '/v1/auth/refresh')).status, 401);
  });

  test('after logging out neither token is good any more', async () => {
    const { accessToken, refreshToken } = (await login()).body;
    assert.equal((await server.ask('POST', '/v1/auth/logout', { body: { refreshToken } })).status, 204);
    assert.equal((await server.ask('GET', '/v1/me', { token: accessToken })).status, 401);
    assert.equal((await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
  });

  test('the access token alone logs out as well, and logging out twice is no mistake', async () => {
    const { accessToken, refreshToken } = (await login()).body;
    assert.equal((await server.ask('POST', '/v1/auth/logout', { token: accessToken })).status, 204);
    assert.equal((await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
    assert.equal((await server.ask('POST', '/v1/auth/logout', { body: { refreshToken } })).status, 204);
    assert.equal((await server.ask('POST', '/v1/auth/logout')).status, 204);
  });

  test('nobody is not somebody', async () => {
    const said = await server.ask('GET', '/v1/me');
    assert.deepEqual([said.status, said.body.code], [401, 'unauthenticated']);
  });
});
