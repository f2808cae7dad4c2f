// Nothing secret leaves: a server with secrets of its own is used, misused, cut off and broken, and then everything that it said is searched.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { type Asking, askOver, type Json, type Said, TEST_OWNER } from '../support/test-server.ts';
import { lastWordsOf, startTold, type ToldProcess } from './told-process.ts';

/** Nothing else contains it, and it passes for a password, a key and a name. */
const newSecret = () => `zq${randomBytes(20).toString('hex')}qz`;

describe('a server at its most talkative', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const opened = new AsyncDisposableStack();
  const secrets = new Map<string, string>();
  /** Everything that a server has no reason to say: answers to what did not succeed. */
  const refusals: string[] = [];
  let server: ToldProcess;
  let database: pg.Client;
  let proxy: FaultProxy;
  let owner: Json;

  const secret = (name: string, value: string = newSecret()): string => {
    secrets.set(name, value);
    return value;
  };
  const ask = async (method: string, path: string, asking?: Asking): Promise<Said> => {
    const said = await askOver(server.url, method, path, asking);
    if (said.status >= 400) refusals.push(JSON.stringify([...said.headers]) + said.text);
    return said;
  };
  const auth = (path: string, body: unknown): Promise<Said> => ask('POST', `/v1/auth${path}`, { body });
  const logIn = async (): Promise<Json> => {
    const { body } = await auth('/login', { email: TEST_OWNER, password: secrets.get('the password of the owner') });
    secret(`an access token ${secrets.size}`, body.accessToken);
    secret(`a refresh token ${secrets.size}`, body.refreshToken);
    return body;
  };
  const make = async (path: string, body: object): Promise<Json> => {
    const said = await ask('POST', path, { body, token: owner.accessToken, headers: { 'idempotency-key': secret(`a key ${secrets.size}`) } });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  /** From the e-mail that waits for its relay, which is not there. */
  const linkOf = async (name: string): Promise<string> => {
    const { rows } = await database.query('select token from notification where token is not null order by created_at desc, id desc limit 1');
    return secret(name, rows[0].token);
  };

  before(async () => {
    const postgres = opened.use(await startPostgres({ fsync: false }));
    const url = await postgres.createDatabase();
    database = new pg.Client(url);
    await database.connect();
    opened.defer(() => database.end());
    proxy = opened.use(await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(url).port) }));
    const through = new URL(proxy.urlThrough(url));
    through.password = secret('the password of the database');
    const redis = opened.use(await startRedis());
    await protect(redis.port, secret('the password of Redis'));
    server = await startTold({
      DATABASE_URL: through.href,
      REDIS_URL: `redis://:${secrets.get('the password of Redis')}@127.0.0.1:${redis.port}`,
      JWT_SECRET: secret('the secret'),
      JWT_SECRETS_OLD: `${secret('an old secret')},${secret('another old secret')}`,
      SMTP_URL: `smtp://user:${secret('the password of the relay')}@127.0.0.1:1`,
      MAIL_FROM: 'shop@example.org',
      STRIPE_SECRET_KEY: secret('the key of Stripe'),
      STRIPE_WEBHOOK_SECRET: secret('the secret of Stripe'),
      OWNER_EMAIL: TEST_OWNER,
      OWNER_PASSWORD: secret('the password of the owner'),
      RATE_LIMIT_SCALE: '1000',
      DRAIN_SECONDS: '0',
      LOG_LEVEL: 'debug',
    });
    opened.defer(() => server.end());
    owner = await logIn();
  });
  after(() => opened.disposeAsync());

  test('is used in the way it is meant', async () => {
    const renewed = (await auth('/refresh', { refreshToken: owner.refreshToken })).body;
    secret('a renewed access token', renewed.accessToken);
    secret('a renewed refresh token', renewed.refreshToken);
    const weekly = everyDay('00:00', '24:00');
    const location = await make('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly });
    const service = await make('/v1/services', {
      name: 'Haircut',
      minutes: 30,
      slotIntervalMinutes: 30,
      leadTimeMinutes: 0,
      price: { amount: 1, currency: 'EUR' },
    });
    await make('/v1/staff', { name: 'Ana', locationId: location.id, ownHours: false, bookable: true, serviceIds: [service.id] });
    const { slots } = (await ask('GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(2)}&to=${dateIn(3)}`)).body;
    const hold = await make('/v1/holds', { serviceId: service.id, startsAt: slots[0].startsAt });
    secret('a hold token', hold.token);
    const held = { token: owner.accessToken, headers: { 'hold-token': hold.token, 'idempotency-key': secret('the key of a booking') } };
    const booked = await ask('POST', '/v1/appointments', { ...held, body: { holdId: hold.id, customer: { name: 'Ada', email: 'ada@example.org' } } });
    assert.equal(booked.status, 201, booked.text);
    secret('a manage token', booked.body.manageToken);
    const key = await ask('POST', '/v1/api-keys', { token: owner.accessToken, body: { name: 'A program', scopes: ['catalog:read'] } });
    assert.equal(key.status, 201, key.text);
    secret('an API key', key.body.key);
    assert.equal((await ask('GET', '/v1/services', { token: key.body.key })).status, 200);
    const password = secret('the password of a customer');
    assert.equal((await auth('/register', { email: 'grace@example.org', name: 'Grace', password })).status, 202);
    assert.equal((await auth('/email/verify', { token: await linkOf('a verification token') })).status < 300, true);
    await auth('/password/forgot', { email: 'grace@example.org' });
    assert.equal((await auth('/password/reset', { token: await linkOf('a reset token'), password: secret('a new password') })).status, 204);
  });

  test('is asked wrongly, with secrets where they do not belong', async () => {
    const slip = secret('what was typed into the wrong field');
    const all = [...secrets.values()];
    for (const body of [
      slip,
      `{"password":"${slip}`,
      { [slip]: slip },
      { email: slip, password: slip },
      { email: [slip], password: { [slip]: 1 } },
      [slip],
      { refreshToken: slip, token: slip },
    ])
      for (const path of ['/login', '/refresh', '/logout', '/register', '/email/verify', '/password/forgot', '/password/reset']) await auth(path, body);
    for (const word of all) {
      await ask('GET', `/v1/appointments/${randomUUID()}?manageToken=${word}`, { headers: { 'manage-token': word, 'hold-token': word, 'if-match': word } });
      await ask('GET', `/v1/slots?serviceId=${word}&from=${word}`, { token: word });
      await ask('DELETE', `/v1/holds/${randomUUID()}`, { headers: { 'hold-token': word, cookie: `slotkeeper_refresh=${word}`, 'idempotency-key': word } });
      await ask('POST', `/v1/requests/${word}/abandon`, { token: word });
      await ask('GET', `/v1/requests/${word}/abandon`);
      await ask('GET', `/v1/nothing/${word}`);
      await ask('GET', `/v1/services?cursor=${word}`, { token: owner.accessToken });
    }
    await ask('POST', '/v1/holds', { body: `${slip}`, headers: { 'content-type': slip } });
    await ask('POST', '/v1/holds', { body: slip.repeat(5_000) });
    refusals.push(await say(server.url, `GET /${slip} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${slip}\r\nX: \x00${slip}\r\n\r\n`));
    refusals.push(await say(server.url, `GET /${slip.repeat(1_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  });

  test('is asked wrongly over sockets', async () => {
    const slip = secret('what was sent in the wrong message');
    await assert.rejects(TestScreen.open(server.url, slip), (failure: Json) => refusals.push(JSON.stringify([failure.message, failure.data])) > 0);
    const screen = await TestScreen.open(server.url, owner.accessToken);
    for (const [name, body] of [
      ['refresh-token', { token: slip }],
      ['refresh-token', { token: secrets.get('a renewed refresh token') }],
      ['place-hold', { key: slip, serviceId: slip }],
      ['cancel', { key: slip, appointmentId: randomUUID(), manageToken: slip }],
      ['renew-hold', { key: slip, holdId: randomUUID(), holdToken: slip }],
      ['watch-board', { [slip]: slip }],
    ] as const) {
      const answer = await screen.ask(name, body);
      assert.equal(answer.ok, false);
      refusals.push(JSON.stringify(answer));
    }
    screen.close();
  });

  test('is cut off from its database', async () => {
    proxy.cut();
    await Promise.all([
      auth('/login', { email: TEST_OWNER, password: secrets.get('the password of the owner') }),
      auth('/refresh', { refreshToken: secrets.get('a renewed refresh token') }),
      auth('/register', { email: 'late@example.org', name: 'Late', password: secret('the password of somebody who comes too late') }),
      ask('GET', '/v1/appointments', { token: owner.accessToken }),
      ask('GET', `/v1/appointments/${randomUUID()}`, { headers: { 'manage-token': secrets.get('a manage token') ?? '' } }),
    ]);
    assert.ok(proxy.counts.refused > 0, 'nobody tried to reach the database');
    proxy.pass();
    await eventually(async () => (await askOver(server.url, 'GET', '/readyz')).status === 200, 30_000);
  });

  test('fails inside, because its tables are not what it knows', async () => {
    const password = secret('the password that met a broken table');
    const tables = [
      'refresh_token',
      'login_session',
      'registration',
      'password_reset',
      'notification',
      'user_account',
      'failed_login',
      'api_key',
      'request',
      'change',
    ];
    let failed = 0;
    for (const table of tables) {
      await database.query(`alter table ${table} rename to ${table}_elsewhere`);
      const answers = await Promise.all([
        auth('/login', { email: TEST_OWNER, password: secrets.get('the password of the owner') }),
        auth('/refresh', { refreshToken: secret(`a refresh token that met no ${table}`) }),
        auth('/register', { email: `${table}@example.org`, name: 'Grace', password }),
        auth('/password/forgot', { email: 'grace@example.org' }),
        auth('/password/reset', { token: secret(`a reset token that met no ${table}`), password }),
        auth('/email/verify', { token: secret(`a verification token that met no ${table}`) }),
        ask('POST', '/v1/api-keys', { token: owner.accessToken, body: { name: 'Another', scopes: ['catalog:read'] } }),
        ask('GET', '/v1/services', { token: 'slotkeeper_'.concat(newSecret()) }),
        ask('POST', `/v1/requests/${secret(`a key that met no ${table}`)}/abandon`, { token: owner.accessToken }),
      ]);
      failed += answers.filter(({ status }) => status === 500).length;
      await database.query(`alter table ${table}_elsewhere rename to ${table}`);
    }
    assert.ok(failed >= tables.length, `only ${failed} internal errors`);
  });

  test('and has said none of its secrets, in the log, in a refusal or in a metric', async () => {
    refusals.push((await askOver(server.url, 'GET', '/metrics')).text);
    assert.ok(secrets.size > 50 && refusals.length > 200, `${secrets.size} secrets, ${refusals.length} refusals`);
    const said = server.said();
    assert.match(said, /request failed/);
    const leaks = [...secrets].flatMap(([name, value]) =>
      [said, ...refusals].filter((text) => text.includes(value)).map((text) => `${name}: ${lineWith(text, value)}`),
    );
    assert.deepEqual(leaks, []);
    assert.doesNotMatch(said + refusals.join('\n'), /\$2[aby]\$\d\d\$/, 'the hash of a password');
  });
});

test('a server that cannot start says why, and no secret', { skip: POSTGRES_MISSING }, async () => {
  const [password, secret] = [newSecret(), newSecret()];
  const settings = { JWT_SECRET: secret, LOG_LEVEL: 'debug' };
  for (const [wrong, words] of [
    [{ DATABASE_URL: `postgres://somebody:${password}@127.0.0.1:1/nothing` }, /cannot start/],
    [{ DATABASE_URL: `mysql://somebody:${password}@127.0.0.1/nothing`, REDIS_URL: `http://:${password}@127.0.0.1` }, /DATABASE_URL.*REDIS_URL/s],
    [
      { DATABASE_URL: 'postgres://a@b/c', JWT_SECRET: password.slice(0, 31), JWT_SECRETS_OLD: `${secret},${password.slice(0, 31)}` },
      /JWT_SECRET .*JWT_SECRETS_OLD /s,
    ],
    [{ OWNER_EMAIL: 'a', OWNER_PASSWORD: password.repeat(2), CORS_ORIGINS: `https://a:${password}@b`, PUBLIC_URL: `ftp://a:${password}@b` }, /OWNER_PASSWORD/],
  ] as const) {
    const said = await lastWordsOf({ ...settings, ...wrong });
    assert.match(said, words);
    for (const value of [password, password.slice(0, 31), secret]) assert.ok(!said.includes(value), said);
  }
});

function lineWith(text: string, word: string): string {
  return text.split('\n').find((line) => line.includes(word)) ?? '';
}

/** Sends bytes, and gives back what came until the end. */
async function say(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (bytes) => {
    said += bytes.toString();
  });
  socket.on('error', () => undefined);
  socket.end(text, 'latin1');
  await once(socket, 'close');
  return said;
}

async function protect(port: number, password: string): Promise<void> {
  const socket = connect(port, '127.0.0.1', () => socket.write(`CONFIG SET requirepass ${password}\r\n`));
  const [answer] = await once(socket, 'data');
  assert.equal(String(answer), '+OK\r\n');
  socket.destroy();
}
