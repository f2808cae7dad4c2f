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

/** As many logins of different people as one address may try in a minute, and one more; each says that it comes from elsewhere. */
async function guessFrom({ ask }: TestServer, forwardedFor: (count: number) => string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let count = 0; count <= 20; count += 1) {
    const headers = { 'x-forwarded-for': forwardedFor(count), forwarded: `for=203.0.113.${count}`, 'x-real-ip': `203.0.113.${count}` };
    statuses.push((await ask('POST', '/v1/auth/login', { body: { email: `${count}@example.org`, password: 'wrong' }, headers })).status);
  }
  return statuses;
}
const ALL_BUT_THE_LAST = [...Array(20).fill(401), 429];

test('where no proxy is believed, an address that is only claimed counts for nothing', async () => {
  await using direct = await openTestServer({ isDemo: true, settings: { RATE_LIMIT_SCALE: '1' } });
  assert.deepEqual(await guessFrom(direct, (count) => `203.0.113.${count}`), ALL_BUT_THE_LAST);
});

test('behind a proxy that is believed, only what the proxy itself has seen counts', async () => {
  await using behind = await openTestServer({ isDemo: true, settings: { RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' } });
  assert.deepEqual(await guessFrom(behind, (count) => `203.0.113.${count}, 198.51.100.9`), ALL_BUT_THE_LAST);
  const elsewhere = { 'x-forwarded-for': '198.51.100.9, 198.51.100.10' };
  assert.equal((await behind.ask('POST', '/v1/auth/login', { body: { email: 'a@example.org', password: 'wrong' }, headers: elsewhere })).status, 401);
});

test('an address that is spelled in another way is the same account, and one with letters that only look the same is none', async () => {
  let hops = 0;
  const said = (email: string, path = 'login') => {
    hops += 1;
    return server.ask('POST', `/v1/auth/${path}`, { body: { email, password: 'wrong' }, headers: { 'x-forwarded-for': `192.0.2.${hops}` } });
  };
  const spellings = [
    'kim@example.org',
    'KIM@example.org',
    ' kim@Example.Org',
    'kim@example.org\n',
    '\u212Aim@example.org',
    'kIm@example.org',
    'kiM@example.org',
    'Kim@example.org ',
  ];
  // At once, as the first wait is a second.
  const answers = await Promise.all(spellings.map((spelling) => said(spelling)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [401, 401, 401, 401, 401, 401, 429, 429]);
  for (const email of ['k\u0456m@example.org', 'k\uFF49m@example.org', 'kim\u200b@example.org', 'kim@example.org\0'])
    isProblem(await said(email), 'invalid-request', 'email');
  for (let count = 0; count < 10; count += 1)
    assert.equal((await said(count % 2 === 0 ? 'LEE@example.org' : ' lee@example.org', 'password/forgot')).status, 202);
  isProblem(await said('lee@example.org', 'password/forgot'), 'rate-limited');
});
