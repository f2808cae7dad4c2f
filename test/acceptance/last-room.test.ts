// The last room, asked for through two nodes by customers of different staff members: two whole servers over one PostgreSQL and one Redis.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { openServer, type Server } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { askOver, type Json, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const ROUNDS = 12;
const DATE = dateIn(4);

describe('a room that is asked for through two nodes', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let nodes: readonly [Server, Server];
  let owner: string;
  const ask = (server: Server, method: string, path: string, body?: object) => askOver(server.url, method, path, { token: owner, body });
  const made = async (path: string, body: object): Promise<Json> => {
    const said = await ask(nodes[0], 'POST', path, body);
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
    const config = readConfig(environment, '/');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    const open = async () => stack.use(await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null, bcryptCost: TEST_BCRYPT_COST }));
    nodes = [await open(), await open()];
    owner = (await askOver(nodes[0].url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body.accessToken;
  });
  after(() => stack.disposeAsync());

  test('goes to one of them, and the other has neither the room nor the staff member', async () => {
    const locationId = (await made('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('00:00', '24:00') })).id;
    const room = await made('/v1/resources', { name: 'The room', locationId });
    const service = await made('/v1/services', { name: 'Massage', minutes: 30, resourceIds: [room.id] });
    const staff = [
      await made('/v1/staff', { name: 'Mia', locationId, serviceIds: [service.id] }),
      await made('/v1/staff', { name: 'Noa', locationId, serviceIds: [service.id] }),
    ] as const;
    await eventually(() => nodes[1].context.catalog.snapshot().staff.has(staff[1].id));
    const won: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const startsAt = `${DATE}T${String(round).padStart(2, '0')}:00:00Z`;
      const claim = (server: Server, staffId: string, name: string) =>
        askOver(server.url, 'POST', '/v1/appointments', {
          body: { serviceId: service.id, staffId, startsAt, customer: { name, email: `${name}@example.org` }, allowOverlap: true },
        });
      const [first, second] = await Promise.all([
        claim(nodes[round % 2 === 0 ? 0 : 1], staff[0].id, 'kim'),
        claim(nodes[round % 2 === 0 ? 1 : 0], staff[1].id, 'lou'),
      ]);
      const loser = first.status === 201 ? second : first;
      assert.deepEqual([first.status, second.status].toSorted(), [201, 409], `${first.text} ${second.text}`);
      assert.deepEqual([loser.body.code, loser.body.conflict], ['slot-taken', { by: 'appointment', resourceId: room.id }]);
      won.push(first.status === 201 ? first.body.id : second.body.id);
    }
    for (const server of nodes) {
      const claims = async (calendarId: string): Promise<Json[]> => (await ask(server, 'GET', `/v1/calendars/${calendarId}`)).body.claims;
      assert.deepEqual((await claims(room.calendarId)).map(({ id }) => id).toSorted(), won.toSorted());
      const withStaff = (await Promise.all(staff.map(({ calendarId }) => claims(calendarId)))).flat();
      assert.deepEqual(withStaff.map(({ id }) => id).toSorted(), won.toSorted());
    }
  });

  test('a limit of a week holds for both together: of many who ask for different times at once exactly so many are booked', async () => {
    const locationId = (await made('/v1/locations', { name: 'There', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('00:00', '24:00') })).id;
    const [cut, shave] = [await made('/v1/services', { name: 'Cut', minutes: 30, weeklyLimit: 3 }), await made('/v1/services', { name: 'Shave', minutes: 30 })];
    const person = await made('/v1/staff', { name: 'Oda', locationId, serviceIds: [cut.id, shave.id], weeklyLimit: 5 });
    await eventually(() => nodes[1].context.catalog.snapshot().staff.has(person.id));
    const monday = Temporal.PlainDate.from(dateIn(7));
    const first = monday.add({ days: (8 - monday.dayOfWeek) % 7 });
    const rush = (service: Json) =>
      Promise.all(
        Array.from({ length: 14 }, (_, at) =>
          askOver(nodes[at % 2 === 0 ? 0 : 1].url, 'POST', '/v1/appointments', {
            body: {
              ...{
                serviceId: service.id,
                staffId: person.id,
                startsAt: `${first.add({ days: at % 7 })}T${service === cut ? '09' : '15'}:${at < 7 ? '00' : '30'}:00Z`,
              },
              ...{ customer: { name: 'Kim', email: `kim${at}@example.org` }, allowOverlap: true },
            },
          }),
        ),
      );
    for (const [service, most] of [
      [cut, 3],
      [shave, 2],
    ] as const) {
      const said = await rush(service);
      assert.equal(said.filter(({ status }) => status === 201).length, most, said.map(({ text }) => text).join('\n'));
      const refused = said.filter(({ status }) => status !== 201).map(({ body }) => body);
      assert.deepEqual([...new Set(refused.map(({ code }) => code))], ['limit-reached']);
      assert.match(refused[0]?.detail, service === cut ? /^No more than 3 can be booked in the week of/ : /^No more than 5 appointments of all services/);
    }
    for (const { url } of nodes)
      for (const { id } of [cut, shave]) {
        const week = await askOver(url, 'GET', `/v1/slots?serviceId=${id}&staffId=${person.id}&from=${first}&to=${first.add({ days: 7 })}`);
        assert.deepEqual(week.body.slots, [], 'what a limit refuses is not offered');
        const next = await askOver(url, 'GET', `/v1/slots?serviceId=${id}&staffId=${person.id}&from=${first.add({ days: 7 })}&to=${first.add({ days: 8 })}`);
        assert.ok(next.body.slots.length > 0);
      }
  });
});
