import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { URI } from 'otpauth';
import { isProblem } from '../gateway/is-problem.ts';
import { openTestServer, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';
import { shownCode, wrongCode } from './authenticator.ts';

const BOTH_WRONG = 'The e-mail, the password or the code is wrong.';

describe('a second factor over REST', () => {
  let server: TestServer;
  let made = 0;
  before(async () => {
    server = await openTestServer({ isDemo: false });
  });
  after(() => server[Symbol.asyncDispose]());

  const moment = () => server.server.context.scheduler.now();
  const loginWith = (body: object) => server.ask('POST', '/v1/auth/login', { body });
  /** Somebody new, logged in, and what they ask of their second factor. */
  async function somebody() {
    made += 1;
    const email = `ada${made}@example.org`;
    await server.server.context.accounts.create({ email, name: 'Ada', role: 'customer' }, TEST_PASSWORD);
    const token = await server.login(email);
    const post = (path: string, body: object = {}) => server.ask('POST', `/v1/auth/totp${path}`, { body, token });
    return {
      email,
      token,
      post,
      status: () => server.ask('GET', '/v1/auth/totp', { token }),
      login: (more = {}) => loginWith({ email, password: TEST_PASSWORD, ...more }),
    };
  }
  async function owner() {
    const who = await somebody();
    const { secret } = (await who.post('', { password: TEST_PASSWORD })).body;
    // That leaves the next step for what the test logs in with: a code of it is good already.
    const { recoveryCodes } = (await who.post('/confirm', { code: shownCode(secret, moment()) })).body;
    return { ...who, secret: secret as string, codes: recoveryCodes as readonly string[] };
  }

  test('is set up with an app, asked for at the next login, and shown as part of who one is', async () => {
    const { email, token, post, status, login } = await somebody();
    assert.deepEqual((await status()).body, { isOn: false, recoveryCodesLeft: 0 });
    const begun = await post('', { password: TEST_PASSWORD });
    assert.equal(begun.status, 201, begun.text);
    assert.deepEqual(Object.keys(begun.body), ['secret', 'uri']);
    const read = URI.parse(begun.body.uri);
    const { name } = (await server.ask('GET', '/v1/business')).body;
    assert.deepEqual([read.issuer, read.label, read.secret.base32], [name, email, begun.body.secret]);
    const confirmed = await post('/confirm', { code: shownCode(begun.body.secret, moment()).replace(/^.../, '$& ') });
    assert.equal(confirmed.status, 200, confirmed.text);
    assert.deepEqual([Object.keys(confirmed.body), confirmed.body.recoveryCodes.length], [['recoveryCodes'], 10]);
    assert.deepEqual((await status()).body, { isOn: true, recoveryCodesLeft: 10 });
    assert.equal((await server.ask('GET', '/v1/me', { token })).body.secondFactor, true);
    const asked = await login();
    isProblem(asked, 'second-factor-required');
    assert.equal(asked.headers.get('set-cookie'), null);
    const inside = await login({ code: shownCode(begun.body.secret, moment(), 1) });
    assert.deepEqual([inside.status, inside.body.user.secondFactor], [200, true], inside.text);
    isProblem(await post('', { password: TEST_PASSWORD }), 'wrong-status');
    const page = await server.ask('GET', '/problems/second-factor-required');
    assert.deepEqual([page.status, page.text.includes('A second-factor code is required')], [200, true]);
  });

  test('says what is wrong of its field, and what there is not', async () => {
    const { post } = await somebody();
    isProblem(await post('', { password: 'wrong' }), 'forbidden', 'password');
    isProblem(await post(''), 'invalid-request', 'password');
    isProblem(await post('/confirm', { code: '123456' }), 'wrong-status');
    isProblem(await post('/confirm'), 'invalid-request', 'code');
    isProblem(await post('/remove', { password: TEST_PASSWORD, code: '123456' }), 'wrong-status');
    const { secret } = (await post('', { password: TEST_PASSWORD })).body;
    isProblem(await post('/confirm', { code: wrongCode(secret, moment()) }), 'forbidden', 'code');
    isProblem(await post('/confirm', { code: '1'.repeat(65) }), 'invalid-request', 'code');
    const on = await owner();
    for (const path of ['/remove', '/recovery-codes']) {
      isProblem(await on.post(path, { password: 'wrong', code: on.codes[0] }), 'forbidden', 'password');
      isProblem(await on.post(path, { password: TEST_PASSWORD, code: 'nonsense' }), 'forbidden', 'code');
      isProblem(await on.post(path, {}), 'invalid-request', 'password', 'code');
    }
  });

  test('gives new recovery codes and goes again, with a code each', async () => {
    const { post, status, login, secret, codes } = await owner();
    const renewed = await post('/recovery-codes', { password: TEST_PASSWORD, code: codes[0] });
    assert.deepEqual([renewed.status, renewed.body.recoveryCodes.length], [200, 10], renewed.text);
    isProblem(await login({ code: codes[1] }), 'unauthenticated');
    assert.equal((await login({ code: renewed.body.recoveryCodes[1] })).status, 200);
    assert.equal((await status()).body.recoveryCodesLeft, 9);
    assert.equal((await post('/remove', { password: TEST_PASSWORD, code: shownCode(secret, moment(), 1) })).status, 204);
    assert.deepEqual((await status()).body, { isOn: false, recoveryCodesLeft: 0 });
    assert.equal((await login()).status, 200);
  });

  test('tells nothing to a caller without the password: same status, same words, same fields', async () => {
    const { email, secret, codes } = await owner();
    const plain = await somebody();
    for (const code of ['123456', codes[0], shownCode(secret, moment())])
      for (const whom of [email, plain.email, 'nobody@example.org']) {
        const said = await loginWith({ email: whom, password: 'wrong', code });
        isProblem(said, 'unauthenticated');
        assert.deepEqual([said.body.detail, Object.keys(said.body)], [BOTH_WRONG, ['type', 'title', 'status', 'code', 'detail', 'requestId']]);
      }
    const wrong = await loginWith({ email, password: TEST_PASSWORD, code: wrongCode(secret, moment()) });
    isProblem(wrong, 'unauthenticated');
    assert.equal(wrong.body.detail, BOTH_WRONG);
  });

  test('is nobody’s who is not logged in', async () => {
    isProblem(await server.ask('GET', '/v1/auth/totp'), 'unauthenticated');
    for (const path of ['', '/confirm', '/remove', '/recovery-codes'])
      isProblem(await server.ask('POST', `/v1/auth/totp${path}`, { body: { password: TEST_PASSWORD, code: '123456' } }), 'unauthenticated');
  });

  test('is told to its owner by e-mail', async () => {
    const { email } = await owner();
    const [mail] = (await server.ask('GET', '/v1/account-emails', { token: await server.login(TEST_OWNER) })).body.items;
    assert.deepEqual([mail.topic, mail.to, mail.link], ['second-factor-on', email, undefined]);
  });
});

test('guessing codes over REST ends in a wait that says how long it is', async () => {
  await using server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' } });
  const { scheduler } = server.server.context;
  let hops = 0;
  const ask = (path: string, body: object, token?: string) => {
    hops += 1;
    return server.ask('POST', `/v1/auth${path}`, { body, token, headers: { 'x-forwarded-for': `203.0.113.${hops}` } });
  };
  const credentials = { email: TEST_OWNER, password: TEST_PASSWORD };
  const token = (await ask('/login', credentials)).body.accessToken;
  const { secret } = (await ask('/totp', { password: TEST_PASSWORD }, token)).body;
  assert.equal((await ask('/totp/confirm', { code: shownCode(secret, scheduler.now()) }, token)).status, 200);
  const code = wrongCode(secret, scheduler.now());
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/login', { ...credentials, code })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [401, 401, 401, 401, 401, 401, 429, 429]);
  // The wait may be over by now, but of several at once one at most is looked at.
  const removals = await Promise.all(Array.from({ length: 4 }, () => ask('/totp/remove', { password: TEST_PASSWORD, code }, token)));
  for (const said of [answers, removals]) {
    const refused = said.find(({ status }) => status === 429) ?? assert.fail();
    isProblem(refused, 'rate-limited');
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  }
});
