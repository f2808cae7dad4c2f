import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { openServer } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { timeNow } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';
import { type ReceivedMail, startSilence, startSmtp, type TestSmtp } from '../support/smtp.ts';
import { askOver, type Json, openTestServer, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET, type TestServer } from '../support/test-server.ts';

const CHOSEN = 'violet tractor umbrella';
const OTHER = 'marble teapot avalanche';
const GRACE = 'grace@example.org';
const SMTP_PASSWORD = 'only-for-the-mail-server';
const login = { user: 'ada', password: SMTP_PASSWORD };
const MAIL_FROM = 'Salt & Pine <hello@pine.example>';
const PUBLIC_URL = 'https://book.example.org';
/** Attempts wait for 5, 10, 20 seconds, and on a slow machine the first ones are over before the mail server is there. */
const NEXT_ATTEMPT_MS = 60_000;

/** What docs/operations.md promises. */
const STOP_PROMISE_MS = 30_000;

const settingsFor = (port: number) => ({ SMTP_URL: `smtp://ada:${SMTP_PASSWORD}@127.0.0.1:${port}`, MAIL_FROM, PUBLIC_URL });
const emailsFor = async (server: TestServer): Promise<Json> =>
  (await server.ask('GET', '/v1/account-emails', { token: await server.login(TEST_OWNER) })).body.items;
const register = (server: TestServer, email: string) => server.ask('POST', '/v1/auth/register', { body: { email, name: 'Grace', password: CHOSEN } });
const tokenIn = ({ text }: ReceivedMail, topic: string) =>
  new RegExp(`^${PUBLIC_URL}/account#${topic}=([\\w-]{43})$`, 'm').exec(text)?.[1] ?? assert.fail(text);

describe('with a mail server', () => {
  let smtp: TestSmtp;
  let server: TestServer;
  before(async () => {
    smtp = await startSmtp({
      login,
      doorkeeper: (email) => (email === 'nowhere@example.org' ? '550 5.1.1 no such user' : null),
    });
    server = await openTestServer({ isDemo: false, settings: settingsFor(smtp.port) });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await smtp[Symbol.asyncDispose]();
  });
  const post = (path: string, body: object) => server.ask('POST', `/v1/auth${path}`, { body });
  const mail = async (number: number): Promise<ReceivedMail> => {
    await eventually(() => smtp.mails.length >= number);
    return smtp.mails[number - 1] ?? assert.fail();
  };

  test('a customer registers, verifies, forgets the password and sets a new one by what is in their mail', async () => {
    assert.equal((await register(server, GRACE)).status, 202);
    const verification = await mail(1);
    assert.deepEqual([verification.recipients, verification.header('to'), verification.header('from')], [[GRACE], GRACE, '"Salt & Pine" <hello@pine.example>']);
    assert.match(verification.header('subject'), /: is this your e-mail address\?$/);
    assert.equal((await post('/email/verify', { token: tokenIn(verification, 'email-verification') })).status, 204);
    await server.login(GRACE, CHOSEN);

    assert.equal((await post('/password/forgot', { email: GRACE })).status, 202);
    const token = tokenIn(await mail(2), 'password-reset');
    assert.equal((await post('/password/reset', { token, password: OTHER })).status, 204);
    await server.login(GRACE, OTHER);
    assert.match((await mail(3)).header('subject'), /: your password was changed$/);
    assert.equal(smtp.mails.length, 3);
  });

  test('the owner reads that e-mails were sent, and no link', async () => {
    await eventually(async () => (await emailsFor(server)).every(({ delivery }: Json) => delivery.state === 'sent'));
    const mails = await emailsFor(server);
    assert.deepEqual(
      mails.map(({ topic }: Json) => topic),
      ['password-changed', 'password-reset', 'email-verification'],
    );
    assert.deepEqual(
      mails.map(({ text }: Json) => text !== undefined),
      [true, false, false],
    );
    for (const { link, linkExpiresAt, delivery, createdAt } of mails) {
      assert.deepEqual([link, linkExpiresAt, delivery.attempts, delivery.nextAttemptAt, delivery.reason], [undefined, undefined, 1, undefined, undefined]);
      assert.ok(Math.abs(Date.parse(delivery.sentAt) - Date.parse(createdAt)) < 60_000);
    }
  });

  test('the owner reads why one was given up, and no link either', async () => {
    await register(server, 'nowhere@example.org');
    await eventually(async () => (await emailsFor(server))[0].delivery.state === 'failed');
    const [{ to, link, delivery }] = await emailsFor(server);
    assert.deepEqual([to, link, delivery], ['nowhere@example.org', undefined, { state: 'failed', attempts: 1, reason: 'refused 550 5.1.1' }]);
  });

  test('metrics count what was sent, given up and waits', async () => {
    const numbers = async () => {
      const { text } = await server.ask('GET', '/metrics');
      return ['account_emails_sent_total', 'account_emails_failed_total', 'account_emails_waiting', 'oldest_account_email_seconds'].map(
        (name) => new RegExp(`^slotkeeper_${name} (\\S+)$`, 'm').exec(text)?.[1],
      );
    };
    await eventually(async () => (await numbers()).join() === '3,1,0,0');
  });
});

describe('an e-mail that waits', () => {
  test('shows no link meanwhile, and is sent when the mail server comes', async () => {
    const port = await freePort();
    await using server = await openTestServer({ isDemo: false, settings: settingsFor(port) });
    await register(server, GRACE);
    await eventually(async () => (await emailsFor(server))[0].delivery.reason !== undefined);
    const [{ link, delivery }] = await emailsFor(server);
    assert.deepEqual([link, delivery.state, delivery.reason], [undefined, 'waiting', 'unreachable ECONNREFUSED']);
    assert.ok(Date.parse(delivery.nextAttemptAt) > timeNow() - 1_000);
    await using smtp = await startSmtp({ port, login });
    await eventually(() => smtp.mails.length === 1, NEXT_ATTEMPT_MS);
  });

  test('does not keep a server from stopping', async () => {
    await using silence = await startSilence();
    const server = await openTestServer({ isDemo: false, settings: settingsFor(silence.port) });
    await register(server, GRACE);
    await eventually(() => silence.callers === 1);
    isProblem(await server.ask('POST', '/v1/auth/login', { body: { email: GRACE, password: CHOSEN } }), 'email-not-verified');
    const begun = performance.now();
    await server[Symbol.asyncDispose]();
    assert.ok(performance.now() - begun < STOP_PROMISE_MS);
  });
});

test('without a mail server e-mails are kept, with their links', async () => {
  await using server = await openTestServer({ isDemo: false });
  await register(server, GRACE);
  const [{ link, delivery, subject, text, locale }] = await emailsFor(server);
  assert.ok(link.startsWith(`${server.url}/account#email-verification=`));
  assert.deepEqual([locale, /is this your e-mail address\?$/.test(subject)], ['en', true], subject);
  assert.ok(text.includes(`${server.url}/account#email-verification=[…]`), 'it can be read as it would have been sent, but for its secret');
  assert.ok(!text.includes(link.split('=')[1]));
  assert.deepEqual(delivery, { state: 'kept', attempts: 0 });
  assert.ok(!(await server.ask('GET', '/metrics')).text.includes('emails_sent'));
});

test('neither the password of the mail server nor a link gets into the log, whatever the mail server says', async () => {
  await using place = await freshPgliteDirectory();
  await using smtp = await startSmtp({ login: { user: 'ada', password: 'another' } });
  const lines: string[] = [];
  const serializers = { err: pino.stdSerializers.err, error: pino.stdSerializers.err };
  const logger = pino({ level: 'trace', serializers }, { write: (line) => void lines.push(line) });
  const environment = { PORT: '0', DATA_DIR: place.directory, JWT_SECRET: TEST_SECRET, OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD };
  const { PUBLIC_URL: _, ...mailSettings } = settingsFor(smtp.port);
  const config = readConfig({ ...environment, ...mailSettings }, place.directory);
  if (!('database' in config)) throw new Error(JSON.stringify(config));
  {
    await using server = await openServer(config, { logger, webDirectory: null, bcryptCost: TEST_BCRYPT_COST });
    await askOver(server.url, 'POST', '/v1/auth/register', { body: { email: GRACE, name: 'Grace', password: CHOSEN } });
    await eventually(() => lines.some((line) => line.includes('an e-mail could not be sent; trying again')));
  }
  const messages = lines.map((line) => JSON.parse(line)).filter(({ part }) => part === 'mail');
  assert.deepEqual(
    messages.map(({ msg, reason }) => [msg, reason]),
    [
      ['PUBLIC_URL is not set; links in e-mails use the address this server listens on', undefined],
      ['an e-mail could not be sent; trying again', 'login-refused 535 5.7.8'],
    ],
  );
  for (const secret of [SMTP_PASSWORD, Buffer.from(SMTP_PASSWORD).toString('base64'), 'email-verification=', GRACE])
    assert.ok(!lines.some((line) => line.includes(secret)), secret);
});
