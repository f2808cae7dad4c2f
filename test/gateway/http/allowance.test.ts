import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import type { Problem } from '../../../src/protocol/problems.ts';
import { type Asking, openTestServer, type Said, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../../support/test-server.ts';
import { isProblem } from '../is-problem.ts';
import { newKey } from '../socket/small-shop.ts';
import { TestScreen } from '../socket/test-screen.ts';

/** What the headers of draft-ietf-httpapi-ratelimit-headers say. */
function allowanceOf({ headers, text }: Said): { readonly name: string; readonly limit: number; readonly remaining: number } {
  const policy = /^"([\w-]+)";q=(\d+);w=(?:60|3600)$/.exec(headers.get('ratelimit-policy') ?? '');
  const state = /^"([\w-]+)";r=(\d+);t=([1-9]\d*)$/.exec(headers.get('ratelimit') ?? '');
  assert.ok(policy !== null && state !== null, text);
  assert.equal(policy[1], state[1]);
  return { name: policy[1] ?? '', limit: Number(policy[2]), remaining: Number(state[2]) };
}

describe('what is left of an allowance', () => {
  let server: TestServer;
  let owner: string;
  before(async () => {
    server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1' } });
    owner = await server.login(TEST_OWNER);
  });
  after(() => server[Symbol.asyncDispose]());

  const cases: readonly (readonly [what: string, method: string, path: string, asking: Asking, status: number, name: string])[] = [
    ['of a read', 'GET', '/v1/business', {}, 200, 'read-address'],
    ['of an answer without its body', 'HEAD', '/v1/business', {}, 200, 'read-address'],
    ['of a token that is not good', 'GET', '/v1/me', { token: 'x.y.z' }, 401, 'read-address'],
    ['of nobody where somebody is needed', 'GET', '/v1/me', {}, 401, 'read-address'],
    ['where nothing is', 'GET', '/v1/nothing', {}, 404, 'read-address'],
    ['where an id is of nothing', 'GET', '/v1/services/00000000-0000-7000-8000-000000000000', {}, 404, 'read-address'],
    ['where the address cannot be decoded', 'GET', '/v1/services/%E0%A4%A', {}, 400, 'read-address'],
    ['of the metrics', 'GET', '/metrics', {}, 200, 'read-address'],
    ['with another method', 'PUT', '/v1/holds', { body: {} }, 405, 'read-address'],
    ['of the methods', 'OPTIONS', '/v1/holds', {}, 204, 'read-address'],
    ['of a body that is too large', 'POST', '/v1/appointments', { body: { notes: 'x'.repeat(100_000) } }, 413, 'claim-address'],
    ['of a body of another type', 'POST', '/v1/appointments', { body: 'a=b', headers: { 'content-type': 'text/plain' } }, 415, 'claim-address'],
    ['of a body that is no JSON', 'POST', '/v1/appointments', { body: '{', headers: { 'content-type': 'application/json' } }, 400, 'claim-address'],
    ['of a hold', 'POST', '/v1/holds', { body: {} }, 400, 'hold-address'],
    ['of a login', 'POST', '/v1/auth/login', { body: {} }, 400, 'login-address'],
    ['of a forgotten password', 'POST', '/v1/auth/password/reset', { body: {} }, 400, 'login-address'],
  ];
  for (const [what, method, path, asking, status, name] of cases) {
    test(`${what} is told, and one less each time`, async () => {
      const said = await server.ask(method, path, asking);
      assert.equal(said.status, status, said.text);
      const first = allowanceOf(said);
      assert.equal(first.name, name);
      assert.equal(allowanceOf(await server.ask(method, path, asking)).remaining, first.remaining - 1);
    });
  }

  test('is that of the user for who is logged in, and less for holds than for other writes, and least for logins', async () => {
    const limits = async (token?: string) => {
      const said = [await server.ask('POST', '/v1/appointments', { body: {}, token }), await server.ask('POST', '/v1/holds', { body: {}, token })];
      return said.map((each) => `${allowanceOf(each).name} ${allowanceOf(each).limit}`);
    };
    assert.deepEqual(await limits(owner), ['claim-user 600', 'hold-user 120']);
    assert.deepEqual(await limits(), ['claim-address 120', 'hold-address 60']);
    assert.equal(allowanceOf(await server.ask('POST', '/v1/auth/login', { body: {} })).limit, 20);
  });

  test('is that of logins for whatever looks at a password, a code or the token of a link, and for what sends an e-mail', () =>
    assert.deepEqual(
      ROUTES.filter(({ allowance }) => allowance === 'login').map(({ path }) => path.replace('/v1/auth/', '')),
      [
        '/v1/holds/{id}/proof',
        ...['login', 'register', 'email/verify', 'password/forgot', 'password/reset', 'password/change', 'step-up'],
        ...['totp', 'totp/confirm', 'totp/remove', 'totp/recovery-codes'],
      ],
    ));

  test('of e-mails to one e-mail address is for an hour, and told when it has run out', async () => {
    await using other = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1' } });
    const email = 'nobody@example.org';
    const forgot = (address = email) => other.ask('POST', '/v1/auth/password/forgot', { body: { email: address } });
    const register = (password: string) => other.ask('POST', '/v1/auth/register', { body: { email, name: 'Nobody', password } });
    isProblem(await register('password123'), 'invalid-request', 'password');
    assert.equal((await register('violet tractor umbrella')).status, 202);
    for (let left = 8; left >= 0; left -= 1) assert.equal((await forgot()).status, 202, `${left} are left`);
    for (const refused of [await forgot(), await register('violet tractor umbrella')]) {
      isProblem(refused, 'rate-limited');
      assert.deepEqual(allowanceOf(refused), { name: 'account-email-mailbox', limit: 10, remaining: 0 });
      assert.match(refused.headers.get('ratelimit-policy') ?? '', /w=3600$/);
      assert.ok(refused.body.retryAfterSeconds > 3_000 && refused.body.retryAfterSeconds <= 3_600);
    }
    isProblem(await register('password123'), 'invalid-request', 'password');
    assert.equal((await forgot('somebody@example.org')).status, 202);
  });
});

describe('when an allowance has run out', () => {
  const SIX_READS = '0.005';
  /** So small a scale would leave five connections. */
  const MANY_CONNECTIONS = { http: { connectionsPerAddress: 100 }, sockets: { mostPerAddress: 100 } };

  test('unknown addresses and guessed tokens are counted like other requests', async () => {
    for (const path of ['/v1/nothing', '/v1/services/%E0%A4%A', '/v1/me']) {
      await using server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: SIX_READS } });
      for (let count = 0; count < 6; count += 1) assert.notEqual((await server.ask('GET', path, { token: 'x.y.z' })).status, 429);
      const refused = await server.ask('GET', path, { token: 'x.y.z' });
      isProblem(refused, 'rate-limited');
      assert.equal(allowanceOf(refused).remaining, 0);
      assert.equal(Number(refused.headers.get('retry-after')), (refused.body as Problem).retryAfterSeconds);
    }
  });

  test('sockets hear when to come back, in the answer to a message and to a connection', async () => {
    await using server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: SIX_READS }, limits: MANY_CONNECTIONS });
    await using stack = new AsyncDisposableStack();
    const screens = await Promise.all(Array.from({ length: 5 }, () => TestScreen.open(server.url)));
    for (const screen of screens) stack.defer(() => screen.close());
    const [screen] = screens;
    assert.ok(screen);
    assert.equal((await screen.ask('unwatch', { watchId: 'none' })).ok, true);
    const { problem } = await screen.ask('unwatch', { watchId: 'none' });
    assert.equal(problem.code, 'rate-limited');
    assert.ok(problem.retryAfterSeconds >= 1 && problem.retryAfterSeconds <= 60);
    await assert.rejects(TestScreen.open(server.url), (refusal: Error & { data?: { problem: Problem } }) => {
      assert.equal(refusal.data?.problem.code, 'rate-limited');
      assert.ok((refusal.data.problem.retryAfterSeconds ?? 0) >= 1);
      return true;
    });
    const login = { body: { email: TEST_OWNER, password: TEST_PASSWORD } };
    const { accessToken } = (await server.ask('POST', '/v1/auth/login', login)).body;
    const logged = await TestScreen.open(server.url, accessToken); // who is logged in has an allowance of their own
    stack.defer(() => logged.close());
    assert.equal((await logged.ask('unwatch', { watchId: 'none' })).ok, true);
    assert.equal((await screen.ask('place-hold', { key: newKey() })).problem.code, 'invalid-request', 'one hold is left');
    assert.equal((await screen.ask('place-hold', { key: newKey() })).problem.code, 'rate-limited');
    assert.equal((await screen.ask('book', { key: newKey() })).problem.code, 'invalid-request', 'other writes are counted apart');
  });

  test('who only claims another address is refused, and who comes from elsewhere is let in, on sockets and over REST', async () => {
    for (const [trusted, claimed] of [
      ['0', (count: number) => `203.0.113.${count}`],
      ['1', (count: number) => `203.0.113.${count}, 198.51.100.9`],
    ] as const) {
      await using server = await openTestServer({
        isDemo: false,
        settings: { RATE_LIMIT_SCALE: SIX_READS, TRUSTED_PROXIES: trusted },
        limits: MANY_CONNECTIONS,
      });
      await using stack = new AsyncDisposableStack();
      const open = async (forwarded: string) => {
        const screen = await TestScreen.open(server.url, undefined, { 'x-forwarded-for': forwarded });
        stack.defer(() => screen.close());
      };
      for (let count = 0; count < 6; count += 1) await open(claimed(count));
      await assert.rejects(open(claimed(6)), { message: 'rate-limited' });
      const read = (forwarded: string) => server.ask('GET', '/v1/services', { headers: { 'x-forwarded-for': forwarded } });
      isProblem(await read(claimed(7)), 'rate-limited');
      if (trusted === '0') continue;
      await open('198.51.100.9, 198.51.100.10');
      assert.equal((await read('198.51.100.9, 198.51.100.10')).status, 200);
    }
  });
});
