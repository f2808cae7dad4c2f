// What somebody costs the database who is refused, at the settings that a server has by default. Counted by PostgreSQL itself, not by a clock.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { POSTGRES_MISSING, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { askOver, openTestServer, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../../support/test-server.ts';
import { RawConnection } from '../http/raw-connection.ts';
import { TestScreen } from '../socket/test-screen.ts';

/** Reads that an address has a minute. */
const ALLOWANCE = 1_200;

describe('who is refused costs the database nothing', { skip: POSTGRES_MISSING }, () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startPostgres({ fsync: false });
  });
  after(() => postgres?.stop());

  const newKey = () => `slk_${randomBytes(32).toString('base64url')}`;
  const openServer = (url: string) => openTestServer({ isDemo: false, settings: { DATABASE_URL: url, RATE_LIMIT_SCALE: '1' } });

  /** Asks with these keys over one connection, and tells the statuses. */
  async function show(server: TestServer, keys: readonly string[], from = '127.0.0.1'): Promise<readonly string[]> {
    const connection = await RawConnection.open(server.url, from);
    const asked = keys.map((key, index) => {
      const last = index === keys.length - 1 ? 'Connection: close\r\n' : '';
      return `GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n${last}\r\n`;
    });
    connection.send(asked.join(''));
    await connection.over();
    return [...connection.text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status ?? '');
  }

  /** A database whose tables are made, and how often its keys have been looked for since then. */
  async function freshDatabase(): Promise<{ readonly url: string; lookUps(): Promise<number> }> {
    const url = await postgres.createDatabase();
    await (await openServer(url))[Symbol.asyncDispose]();
    const all = () => counted(url, `select seq_scan + idx_scan from pg_stat_user_tables where relname = 'api_key'`);
    const before = await all();
    return { url, lookUps: async () => (await all()) - before };
  }

  /** One number that PostgreSQL has counted in this database. Connections tell what they have done when they end, so close the server first. */
  async function counted(url: string, sql: string): Promise<number> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      const { rows } = await client.query({ text: sql, rowMode: 'array' });
      return Number(rows[0]?.[0]);
    } finally {
      await client.end();
    }
  }

  test('four hundred connections of an address that has nothing left look up no key, on REST or on sockets, and others log in meanwhile', async () => {
    const { url, lookUps } = await freshDatabase();
    const server = await openServer(url);
    try {
      await server.login(TEST_OWNER);
      const keys = Array.from({ length: ALLOWANCE }, newKey);
      assert.deepEqual(new Set(await show(server, keys)), new Set(['401']), 'so many may be tried');
      const flood = Promise.all(Array.from({ length: 400 }, () => show(server, Array.from({ length: 5 }, newKey))));
      const logins = Array.from({ length: 5 }, () => server.login(TEST_OWNER));
      assert.deepEqual(new Set((await flood).flat()), new Set(['429']));
      await Promise.all(logins);
      for (let count = 0; count < 20; count += 1) await assert.rejects(TestScreen.open(server.url, newKey()), { message: 'rate-limited' });
    } finally {
      await server[Symbol.asyncDispose]();
    }
    const count = await lookUps();
    assert.ok(count >= 1 && count <= ALLOWANCE, `${count} look-ups`);
  });

  test('a key that is none is looked up once, however often and from however many places it is shown', async () => {
    const { url, lookUps } = await freshDatabase();
    const server = await openServer(url);
    try {
      const key = newKey();
      const places = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
      for (let round = 0; round < 2; round += 1)
        for (const statuses of await Promise.all(places.map((from) => show(server, Array(200).fill(key), from))))
          assert.deepEqual(new Set(statuses), new Set(['401']));
      // What cannot be a key at all is not looked up either.
      assert.deepEqual(await show(server, ['slk_', 'slk_short', `${key}A`]), ['401', '401', '401']);
    } finally {
      await server[Symbol.asyncDispose]();
    }
    assert.equal(await lookUps(), 1);
  });

  test('a key that is good is let in at once where nothing is left for guests, if it was good before', async () => {
    await using server = await openServer(await postgres.createDatabase());
    const owner = await server.login(TEST_OWNER);
    const { key } = (await server.ask('POST', '/v1/api-keys', { token: owner, body: { name: 'Till', scopes: ['catalog:read'] } })).body;
    assert.equal((await server.ask('GET', '/v1/services', { token: key })).status, 200);
    await show(server, Array.from({ length: ALLOWANCE }, newKey));
    assert.equal((await server.ask('GET', '/v1/services')).status, 429, 'a guest');
    assert.equal((await server.ask('GET', '/v1/services', { token: key })).status, 200);
    assert.equal((await server.ask('GET', '/v1/me', { token: owner })).status, 200, 'and so is a logged-in user');
    const login = { body: { email: TEST_OWNER, password: TEST_PASSWORD } };
    assert.equal((await askOver(server.url, 'POST', '/v1/auth/login', login)).status, 200);
  });

  test('/readyz asks once for all who ask at the same time, and again after a second', async () => {
    const url = await postgres.createDatabase();
    const server = await openServer(url);
    const probes = 3_000;
    try {
      const probe = `GET /readyz HTTP/1.1\r\nHost: node-1\r\n`;
      const connection = await RawConnection.open(server.url);
      connection.send(`${`${probe}\r\n`.repeat(probes - 1)}${probe}Connection: close\r\n\r\n`);
      await connection.over();
      assert.equal(connection.text.match(/HTTP\/1\.1 200 /g)?.length, probes);
    } finally {
      await server[Symbol.asyncDispose]();
    }
    const commits = await counted(url, 'select xact_commit from pg_stat_database where datname = current_database()');
    assert.ok(commits < probes / 2, `${commits} transactions in the life of this server`);
  });
});
