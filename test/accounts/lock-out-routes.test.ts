import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { isProblem } from '../gateway/is-problem.ts';
import { eventually } from '../support/eventually.ts';
import { openTestServer, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';

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
    assert.equal(refused.body.detail, 'Too many failed logins. Wait and try again.');
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
  await using behind = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' } });
  assert.deepEqual(await guessFrom(behind, (count) => `203.0.113.${count}, 198.51.100.9`), ALL_BUT_THE_LAST);
  const elsewhere = { 'x-forwarded-for': '198.51.100.9, 198.51.100.10' };
  assert.equal((await behind.ask('POST', '/v1/auth/login', { body: { email: 'a@example.org', password: 'wrong' }, headers: elsewhere })).status, 401);
});

test('an address that is spelled in another way is the same account, and one with letters that only look the same is none', async () => {
  let hops = 0;
  const said = (email: string, path = 'login') => {
    hops += 1;
    return server.ask('POST', `/v1/auth/${path}`, {
      body: path === 'login' ? { email, password: 'wrong' } : { email },
      headers: { 'x-forwarded-for': `192.0.2.${hops}` },
    });
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
    'k\uFF49m@example.org',
    'kim\u200b@example.org',
  ];
  // At once, as the first wait is a second.
  const answers = await Promise.all(spellings.map((spelling) => said(spelling)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [401, 401, 401, 401, 401, 401, 429, 429, 429, 429]);
  isProblem(await said('k\u0456m@example.org'), 'unauthenticated'); // another script, so somebody else
  isProblem(await said('kim@example.org\0'), 'invalid-request', 'email');
  for (let count = 0; count < 10; count += 1)
    assert.equal((await said(count % 2 === 0 ? 'LEE@example.org' : ' lee@example.org', 'password/forgot')).status, 202);
  isProblem(await said('lee@example.org', 'password/forgot'), 'rate-limited');
});

test('ten addresses with fourteen wrong guesses each do not keep an owner out who has logged in with this device before, by a browser or a program', async () => {
  const login = (address: string, more: object = {}, headers: Record<string, string> = {}) =>
    server.ask('POST', '/v1/auth/login', {
      body: { email: 'ten@example.org', password: TEST_PASSWORD, ...more },
      headers: { 'x-forwarded-for': address, ...headers },
    });
  await server.server.context.accounts.create({ email: 'ten@example.org', name: 'Ten', role: 'owner' }, TEST_PASSWORD);
  const program = await login('198.51.100.1');
  const browser = await login('198.51.100.2', {}, { 'x-requested-with': 'slotkeeper' });
  assert.equal(browser.body.deviceToken, undefined, 'scripts do not see it');
  const cookie = browser.headers.getSetCookie().find((line) => line.startsWith('slotkeeper_device=')) ?? assert.fail();
  assert.match(cookie, /; Path=\/v1\/auth; Max-Age=15552000; HttpOnly; SameSite=Strict$/);
  for (let guess = 0; guess < 14; guess += 1)
    await Promise.all(Array.from({ length: 10 }, (_, address) => login(`203.0.113.${100 + address}`, { password: 'wrong' })));
  // A wait is as short as a second: the next guess that is looked at begins one that is longer.
  let guesser = 0;
  await eventually(async () => {
    guesser += 1;
    return (await login(`198.18.${guesser >> 8}.${guesser & 255}`, { password: 'wrong' })).status !== 429;
  });
  isProblem(await login('198.51.100.3'), 'rate-limited');
  assert.equal((await login('198.51.100.3', { deviceToken: program.body.deviceToken })).status, 200);
  assert.equal((await login('198.51.100.4', {}, { 'x-requested-with': 'slotkeeper', cookie: cookie.split(';')[0] ?? '' })).status, 200);
});

test('what the installation sends to strangers in an hour has an end, which is told once in the log and counted', async () => {
  const logged: string[] = [];
  await using quiet = await openTestServer({
    isDemo: false,
    settings: { RATE_LIMIT_SCALE: '0.1', TRUSTED_PROXIES: '1' },
    logger: pino({ level: 'error' }, { write: (line) => void logged.push(line) }),
  });
  const forgot = (stranger: number, address: string) =>
    quiet.ask('POST', '/v1/auth/password/forgot', { body: { email: `stranger-${stranger}@example.org` }, headers: { 'x-forwarded-for': address } });
  const statuses: number[] = [];
  // Two logins a minute and two e-mails an hour are one address's share at a tenth of the allowance, and fifty an hour everybody's.
  for (let stranger = 0; stranger < 60; stranger += 1) statuses.push((await forgot(stranger, `203.0.113.${stranger}`)).status);
  assert.deepEqual(statuses, [...Array(50).fill(202), ...Array(10).fill(429)]);
  const alarms = logged.filter((line) => line.includes('the installation has reached its e-mail limit for now'));
  assert.equal(alarms.length, 1);
  assert.match(alarms[0] ?? '', /"limit":"emails-an-hour","most":50/);
  assert.match((await quiet.ask('GET', '/metrics')).text, /slotkeeper_account_emails_refused_total\{limit="emails-an-hour"\} 10/);
});

test('at one address twenty strangers an hour are sent an e-mail', async () => {
  const { limits } = server.server.context;
  const taken = [];
  for (let stranger = 0; stranger < 25; stranger += 1) taken.push((await limits.takeEmail(`stranger-${stranger}@example.net`, '2001:db8:1::1')).isAllowed);
  assert.equal(taken.filter(Boolean).length, 20);
  const refused = await server.ask('POST', '/v1/auth/password/forgot', {
    body: { email: 'one-more@example.net' },
    headers: { 'x-forwarded-for': '2001:db8:1::2' },
  });
  isProblem(refused, 'rate-limited');
  assert.match(refused.headers.get('ratelimit-policy') ?? '', /^"account-email-address";q=20;w=3600$/);
});
