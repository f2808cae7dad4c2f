// A staff member who is removed on one node, and what the other still does with them: two whole servers over one PostgreSQL and one Redis.
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { retireCalendar } from '../../src/catalog/retire-calendar.ts';
import { openServer, type Server } from '../../src/server.ts';
import { type Config, readConfig } from '../../src/settings/config.ts';
import { request as catalogRequest } from '../catalog/drafts.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { askOver, type Json, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const ROUNDS = 8;
/** Much sooner than the beacons would find it. */
const AT_ONCE_MS = 1_000;
const DATE = dateIn(4);
const CUSTOMER = { name: 'Kim', email: 'kim@example.org' };

describe('a staff member is removed on one of two nodes', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let config: Config;
  let one: Server;
  let other: Server;
  let owner: string;
  let locationId: string;
  let serviceId: string;
  const openNode = () => openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null, bcryptCost: TEST_BCRYPT_COST });
  const ask = (server: Server, method: string, path: string, body?: object) => askOver(server.url, method, path, { token: owner, body });
  const made = async (path: string, body: object): Promise<Json> => {
    const said = await ask(one, 'POST', path, body);
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    const redis = stack.use(await startRedis());
    const environment = {
      PORT: '0',
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      JWT_SECRET: TEST_SECRET,
      OWNER_EMAIL: TEST_OWNER,
      OWNER_PASSWORD: TEST_PASSWORD,
      DRAIN_SECONDS: '0',
      RATE_LIMIT_SCALE: '1000',
    };
    const read = readConfig(environment, '/');
    if (!('database' in read)) throw new Error(JSON.stringify(read));
    config = read;
    one = stack.use(await openNode());
    other = stack.use(await openNode());
    owner = (await askOver(one.url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body.accessToken;
    locationId = (await made('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('00:00', '24:00') })).id;
    serviceId = (await made('/v1/services', { name: 'Haircut', minutes: 30 })).id;
  });
  after(() => stack.disposeAsync());

  async function hire(): Promise<Json> {
    const member = await made('/v1/staff', { name: 'Ada', locationId, serviceIds: [serviceId] });
    await eventually(() => other.context.catalog.snapshot().staff.has(member.id));
    return member;
  }
  const book = (server: Server, staffId: string, hour: number) =>
    ask(server, 'POST', '/v1/appointments', {
      serviceId,
      staffId,
      startsAt: `${DATE}T${String(hour).padStart(2, '0')}:00:00Z`,
      customer: CUSTOMER,
      allowOverlap: true,
    });
  const claimsOf = async (server: Server, { calendarId }: Json): Promise<Json[]> => (await ask(server, 'GET', `/v1/calendars/${calendarId}`)).body.claims;
  const hoursAre = async (calendarId: string, retired: true | undefined) => {
    const { scheduler } = one.context;
    const now = scheduler.now();
    const [view] = await scheduler.views([calendarId], now, now);
    assert.equal(view?.hours.retired, retired);
  };

  test('a booking at the same time either prevents the removal or is refused, and nothing is made after it is acknowledged', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const keep = round % 4 > 1;
      const member = await hire();
      const bookings = [8, 9, 10, 11, 12, 13].map((hour) => book(hour % 2 === 0 ? one : other, member.id, hour));
      const removal = await ask(round % 2 === 0 ? one : other, 'DELETE', `/v1/staff/${member.id}${keep ? '?appointments=keep' : ''}`);
      const late = await Promise.all([book(one, member.id, 20), book(other, member.id, 21)]);
      const done = (await Promise.all(bookings)).filter(({ status }) => status === 201);
      if (removal.status === 204) {
        assert.deepEqual(
          late.map(({ status }) => status),
          [404, 404],
        );
        assert.ok(keep || done.length === 0);
        assert.equal((await claimsOf(other, member)).length, done.length);
      } else {
        assert.deepEqual([removal.status, removal.body.code], [409, 'still-in-use'], removal.text);
        assert.deepEqual(
          late.map(({ status }) => status),
          [201, 201],
        );
        assert.equal((await claimsOf(one, member)).length, done.length + 2);
      }
    }
  });

  test('holds end at once, and a board of free times on the other node stops offering them', async () => {
    const member = await hire();
    const screen = await TestScreen.open(other.url);
    const watched = await screen.ask('watch-slots', { watchId: 's', serviceId, staffIds: [member.id], from: DATE, to: dateIn(5) });
    assert.ok(watched.ok);
    const hold = await askOver(other.url, 'POST', '/v1/holds', { body: { serviceId, staffId: member.id, startsAt: `${DATE}T10:00:00Z` } });
    assert.equal(hold.status, 201, hold.text);
    assert.equal((await ask(one, 'DELETE', `/v1/staff/${member.id}`)).status, 204);
    const changed = await screen.hears('slots-changed', ({ taken }: Json) => taken.length > 40, AT_ONCE_MS);
    assert.ok(changed);
    const confirm = await askOver(other.url, 'POST', '/v1/appointments', {
      body: { holdId: hold.body.id, customer: CUSTOMER, allowOverlap: true },
      headers: { 'Hold-Token': hold.body.token },
    });
    assert.deepEqual([confirm.status, confirm.body.code], [404, 'hold-not-found']);
    screen.close();
  });

  test('their login ends at once on the other node: screens, access and refresh tokens', async () => {
    const member = await hire();
    const email = `${randomUUIDv7()}@example.org`;
    assert.notEqual(await one.context.accounts.create({ email, name: 'Ada', role: 'staff', staffId: member.id }, TEST_PASSWORD), 'email-taken');
    const { accessToken, refreshToken } = (await askOver(other.url, 'POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } })).body;
    const screen = await TestScreen.open(other.url, accessToken);
    assert.equal((await ask(one, 'DELETE', `/v1/staff/${member.id}`)).status, 204);
    assert.equal((await screen.hears('session-ended', () => true, AT_ONCE_MS)).reason, 'logged-out');
    for (const server of [one, other]) {
      assert.equal((await askOver(server.url, 'GET', '/v1/me', { token: accessToken })).status, 401);
      assert.equal((await askOver(server.url, 'POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
    }
  });

  test('a removal that ended half way is taken back at the next start, or finished by asking again; one of an earlier version is made whole', async () => {
    const [halfWay, asked, earlier] = [await hire(), await hire(), await hire()];
    for (const { calendarId } of [halfWay, asked]) {
      assert.equal((await retireCalendar(one.context.scheduler, calendarId)).outcome, 'ok');
      await hoursAre(calendarId, true);
    }
    assert.equal((await ask(other, 'DELETE', `/v1/staff/${asked.id}`)).status, 204);
    const kept = await book(other, earlier.id, 10);
    await one.context.catalog.archiveStaffMember(earlier.id, catalogRequest());
    await using third = await openNode();
    await hoursAre(halfWay.calendarId, undefined);
    assert.equal((await book(third, halfWay.id, 10)).status, 201);
    for (const { calendarId } of [asked, earlier]) await hoursAre(calendarId, true);
    assert.deepEqual(
      (await claimsOf(third, earlier)).map(({ id }) => id),
      [kept.body.id],
    );
  });
});
