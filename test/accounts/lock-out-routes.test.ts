import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isProblem } from '../gateway/is-problem.ts';
import { openTestServer, TEST_OWNER, type TestServer } from '../support/test-server.ts';

let server: TestServer;
before(async () => {
  server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' } });
});
after(() => server[Symbol.asyncDispose]());

test('guessing over REST ends in a wait that says how long it is, from whatever address, and for an address without an account alike', async () => {
  let hops = 0;
  const login = (email: string, password: string) => {
    hops += 1;
    return server.ask('POST', '/v1/auth/login', { body: { email, password }, headers: { 'x-forwarded-for': `203.0.113.${hops}` } });
  };
  for (const email of [TEST_OWNER, 'nobody@example.org']) {
    // Six at the same moment are all that are looked at.
    const answers = await Promise.all(Array.from({ length: 8 }, () => login(email, 'wrong')));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [401, 401, 401, 401, 401, 401, 429, 429], email);
    const refused = answers.find(({ status }) => status === 429) ?? assert.fail();
    isProblem(refused, 'rate-limited');
    assert.ok(Number(refused.headers.get('retry-after')) >= 1 && Number(refused.headers.get('retry-after')) <= 60);
    assert.equal(refused.body.detail, 'Too many failed logins. This ends by itself.');
  }
});
