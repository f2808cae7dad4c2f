import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { openServer } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';
import { askOver, openTestServer, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET, type TestServer } from '../support/test-server.ts';

const CHOSEN = 'violet tractor umbrella';
const OTHER = 'marble teapot avalanche';
const GRACE = 'grace@example.org';

describe('registering over REST', () => {
  let server: TestServer;
  let owner: string;
  before(async () => {
    server = await openTestServer({ isDemo: false });
    owner = await server.login(TEST_OWNER);
  });
  after(() => server[Symbol.asyncDispose]());

  const post = (path: string, body: object, more = {}) => server.ask('POST', `/v1/auth${path}`, { body, ...more });
  const register = (email: string, password = CHOSEN) => post('/register', { email, name: 'Grace', password });
  const mails = async () => (await server.ask('GET', '/v1/account-emails', { token: owner })).body.items;
  /** As the page reads it from the link. */
  const tokenOf = ({ link }: { link: string }) => /#[a-z-]+=([\w-]{43})$/.exec(link)?.[1] ?? assert.fail(link);

  test('a customer registers, verifies, logs in, forgets the password and sets a new one', async () => {
    const registered = await register(GRACE);
    assert.deepEqual([registered.status, registered.body], [202, {}]);
    isProblem(await post('/login', { email: GRACE, password: CHOSEN }), 'email-not-verified');
    const [verification] = await mails();
    assert.deepEqual([verification.topic, verification.to], ['email-verification', GRACE]);
    assert.ok(verification.link.startsWith(`${server.url}/account#email-verification=`));
    const link = { token: tokenOf(verification) };
    isProblem(await post('/email/verify', { ...link, password: 'not the chosen one' }), 'invalid-request', 'password');
    assert.equal((await post('/email/verify', { ...link, password: CHOSEN })).status, 204);
    for (const again of [link, { ...link, password: CHOSEN }]) isProblem(await post('/email/verify', again), 'link-not-valid');
    const token = await server.login(GRACE, CHOSEN);
    assert.equal((await server.ask('GET', '/v1/me', { token })).body.role, 'customer');

    assert.equal((await post('/password/forgot', { email: GRACE })).status, 202);
    const [reset] = await mails();
    const resetToken = tokenOf(reset);
    isProblem(await post('/password/reset', { token: resetToken, password: 'password123' }), 'invalid-request', 'password');
    // A browser that was logged in sends its old access token along; it says nothing here.
    assert.equal((await post('/password/reset', { token: resetToken, password: OTHER }, { token })).status, 204);
    isProblem(await post('/password/reset', { token: resetToken, password: CHOSEN }), 'link-not-valid');
    isProblem(await server.ask('GET', '/v1/me', { token }), 'unauthenticated');
    await server.login(GRACE, OTHER);
    assert.equal((await mails())[0].topic, 'password-changed');
  });

  test('no answer says whether an address has an account', async () => {
    const answers = await Promise.all([
      register(TEST_OWNER),
      register('nobody@example.org'),
      post('/password/forgot', { email: TEST_OWNER }),
      post('/password/forgot', { email: 'nowhere@example.org' }),
    ]);
    const facts = ({ status, body }: (typeof answers)[number]) => ({ status, body });
    for (const answer of answers) assert.deepEqual(facts(answer), { status: 202, body: {} });
    const logins = await Promise.all([TEST_OWNER, 'nobody@example.org'].map((email) => post('/login', { email, password: CHOSEN })));
    for (const said of logins) isProblem(said, 'email-not-verified');
    await server.login(TEST_OWNER, TEST_PASSWORD);
  });

  test('what is wrong is said of its field', async () => {
    isProblem(await post('/register', {}), 'invalid-request', 'email', 'name', 'password');
    isProblem(await register('ada@example.org', 'short'), 'invalid-request', 'password');
    isProblem(await register('ada@example.org', 'ä'.repeat(37)), 'invalid-request', 'password');
    isProblem(await register('ada@example.org', 'qwertyuiop'), 'invalid-request', 'password');
    isProblem(await register('ada'), 'invalid-request', 'email');
    isProblem(await post('/password/reset', { token: 'x', password: 'short' }), 'invalid-request', 'password');
    isProblem(await post('/password/reset', { token: 'x', password: CHOSEN }), 'link-not-valid');
    isProblem(await post('/email/verify', { token: '' }), 'invalid-request', 'token');
    isProblem(await post('/password/forgot', { email: 'nobody' }), 'invalid-request', 'email');
  });

  test('a password is the same however its letters are put together, and is made of whole ones', async () => {
    const email = 'eloise@example.org';
    const [one, other] = ['préférée'.normalize('NFC'), 'préférée'.normalize('NFD')].map((word) => `violet ${word} umbrella`);
    assert.notEqual(one, other);
    await register(email, other);
    assert.equal((await post('/email/verify', { token: tokenOf((await mails())[0]) })).status, 204);
    for (const password of [one, other]) await server.login(email, password);
    isProblem(await register('ada@example.org', 'violet \ud800 umbrella'), 'invalid-request', 'password');
    // 72 bytes as they are kept; 96 as some keyboards send them.
    assert.equal((await register('ada@example.org', `${'é'.repeat(24)} violet tractor umbrella`.normalize('NFD'))).status, 202);
  });

  test('e-mails are for the owner alone, newest first and paged', async () => {
    await server.server.context.accounts.create({ email: 'manager@example.org', name: 'Marco', role: 'manager' }, TEST_PASSWORD);
    isProblem(await server.ask('GET', '/v1/account-emails', { token: await server.login('manager@example.org') }), 'forbidden');
    isProblem(await server.ask('GET', '/v1/account-emails'), 'unauthenticated');
    isProblem(await server.ask('GET', '/v1/account-emails?cursor=nonsense', { token: owner }), 'invalid-request', 'cursor');
    const first = (await server.ask('GET', '/v1/account-emails?limit=1', { token: owner })).body;
    const second = (await server.ask('GET', `/v1/account-emails?limit=1&cursor=${first.nextCursor}`, { token: owner })).body;
    assert.deepEqual([...first.items, ...second.items], (await mails()).slice(0, 2));
  });
});

test('no password and no token of any kind gets into the log, whatever goes right or wrong', async () => {
  await using place = await freshPgliteDirectory();
  const lines: string[] = [];
  const serializers = { err: pino.stdSerializers.err, error: pino.stdSerializers.err };
  const logger = pino({ level: 'trace', serializers }, { write: (line) => void lines.push(line) });
  const environment = {
    PORT: '0',
    DATA_DIR: place.directory,
    JWT_SECRET: TEST_SECRET,
    RATE_LIMIT_SCALE: '1000',
    OWNER_EMAIL: TEST_OWNER,
    OWNER_PASSWORD: TEST_PASSWORD,
  };
  const config = readConfig(environment, place.directory);
  if (!('database' in config)) throw new Error(JSON.stringify(config));
  const secrets: string[] = [CHOSEN, OTHER, TEST_PASSWORD, TEST_SECRET];
  {
    await using server = await openServer(config, { logger, webDirectory: null, bcryptCost: TEST_BCRYPT_COST });
    const post = (path: string, body: object) => askOver(server.url, 'POST', `/v1/auth${path}`, { body });
    const { accessToken, refreshToken } = (await post('/login', { email: TEST_OWNER, password: TEST_PASSWORD })).body;
    const lastToken = async (): Promise<string> => {
      const [mail] = (await askOver(server.url, 'GET', '/v1/account-emails', { token: accessToken })).body.items;
      return mail.link.split('=')[1];
    };
    await post('/register', { email: GRACE, name: 'Grace', password: CHOSEN });
    const verification = await lastToken();
    await post('/email/verify', { token: verification });
    await post('/email/verify', { token: verification });
    await post('/login', { email: GRACE, password: OTHER });
    await post('/password/forgot', { email: GRACE });
    const reset = await lastToken();
    await post('/password/reset', { token: reset, password: OTHER });
    secrets.push(accessToken, refreshToken, verification, reset);
    // What fails inside is logged with its cause; the statement that failed had the hash and the e-mail in it.
    await server.context.accounts.registrations.register({ email: 'a\0b', name: 'Grace', password: CHOSEN }).catch((error: unknown) => logger.error({ error }));
    await askOver(server.url, 'GET', '/v1/me', { token: `${accessToken}x` });
  }
  assert.ok(lines.length > 0);
  for (const secret of secrets) assert.ok(!lines.some((line) => line.includes(secret)), secret);
});
