// Two whole servers over one PostgreSQL and one Redis: what they have in common beside the calendars.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { openServer, type Server } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { timeNow } from '../support/clock.ts';
import { everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis, type TestRedis } from '../support/redis.ts';
import { askOver, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

/** Much sooner than the beacons would find it, which visit each screen every five seconds. */
const AT_ONCE_MS = 1_000;
const MIDNIGHT = Math.floor(timeNow() / 86_400_000) * 86_400_000;

describe('two nodes', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let redis: TestRedis;
  let one: Server;
  let other: Server;
  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    redis = stack.use(await startRedis());
    const environment = {
      PORT: '0',
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      JWT_SECRET: TEST_SECRET,
      OWNER_EMAIL: TEST_OWNER,
      OWNER_PASSWORD: TEST_PASSWORD,
      DRAIN_SECONDS: '0',
    };
    const config = readConfig(environment, '/');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    const open = async () => stack.use(await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null, bcryptCost: TEST_BCRYPT_COST }));
    one = await open();
    other = await open();
  });
  after(() => stack.disposeAsync());

  /** How many reads this address has left, after one more. */
  async function readsLeft(server: Server): Promise<number> {
    const said = await askOver(server.url, 'GET', '/v1/services');
    assert.equal(said.status, 200, said.text);
    return Number(/r=(\d+)/.exec(said.headers.get('ratelimit') ?? '')?.[1]);
  }

  test('a session that ends on one ends on the other', async () => {
    const login = await askOver(one.url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
    const { accessToken, refreshToken } = login.body;
    const screen = await TestScreen.open(other.url, accessToken);
    assert.equal((await askOver(one.url, 'POST', '/v1/auth/logout', { body: { refreshToken } })).status, 204);
    assert.equal((await screen.hears('session-ended', () => true, AT_ONCE_MS)).reason, 'logged-out');
    assert.equal((await askOver(other.url, 'GET', '/v1/me', { token: accessToken })).status, 401);
  });

  test('one person has a limit of holds on both together, without Redis nobody is refused, and both are one again when it is back', async () => {
    const { body: login } = await askOver(one.url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
    const make = async (path: string, body: object) => (await askOver(one.url, 'POST', path, { body, token: login.accessToken })).body.id;
    const weekly = everyDay('00:00', '24:00');
    const locationId = await make('/v1/locations', { name: 'Berlin', timeZone: 'Europe/Berlin', currency: 'EUR', weekly });
    const serviceId = await make('/v1/services', { name: 'Haircut', minutes: 30, slotIntervalMinutes: 30, price: { amount: 0, currency: 'EUR' } });
    const staffId = await make('/v1/staff', { name: 'Ada', locationId, serviceIds: [serviceId] });
    await eventually(async () => (await askOver(other.url, 'GET', '/v1/staff')).body.items.length === 1);
    let minutes = 3 * 24 * 60;
    const hold = ({ url }: Server) => {
      minutes += 30;
      return askOver(url, 'POST', '/v1/holds', { body: { serviceId, staffId, startsAt: new Date(MIDNIGHT + minutes * 60_000).toISOString() } });
    };
    const fifty = async () => (await Promise.all(Array.from({ length: 50 }, (_, index) => hold(index % 2 === 0 ? one : other)))).map(({ status }) => status);
    assert.deepEqual(
      Map.groupBy(await fifty(), String)
        .entries()
        .map(([status, all]) => `${status}: ${all.length}`)
        .toArray()
        .sort(),
      ['201: 10', '422: 40'],
    );
    await redis.kill();
    try {
      for (const server of [one, other]) assert.equal((await hold(server)).status, 201);
    } finally {
      await redis.restart();
    }
    await eventually(() => [one, other].every(({ context }) => context.shared?.counters.isReady));
    // The new Redis knows nothing of the holds before the outage.
    const statuses = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await hold(count % 2 === 0 ? one : other)).status);
    assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 201), 422, 422]);
  });

  test('requests to both come out of one allowance, without Redis out of one each', async () => {
    // A node that hears from Redis too late, on a busy machine, goes by its own count once.
    const areTogether = async () => {
      const first = await readsLeft(one);
      return first - 1 === (await readsLeft(other)) && first - 2 === (await readsLeft(one));
    };
    await eventually(areTogether);
    await redis.kill();
    try {
      assert.equal(await readsLeft(one), await readsLeft(other));
      assert.equal((await askOver(one.url, 'GET', '/readyz')).status, 200);
    } finally {
      await redis.restart();
    }
    await eventually(() => [one, other].every(({ context }) => context.shared?.counters.isReady));
    await eventually(areTogether);
  });
});
