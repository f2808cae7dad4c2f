// The last use of a voucher, wanted through two nodes at the same moment: two whole servers over one PostgreSQL and one Redis.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { openServer, type Server } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { askOver, type Json, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const ROUNDS = 6;
const PEOPLE = 4;
const PRICE = 4_000;
/** Longer than all of them take to ask for it. */
const HOLD_SECONDS = 15;
const HOLD_ENDS_MS = 60_000;
const isUsedUp = ({ body }: Json) => body.code === 'voucher-used-up';

describe('a voucher that is wanted through two nodes', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let nodes: readonly [Server, Server];
  let database: Database;
  let owner: string;
  let service: Json;
  let staff: readonly Json[];
  const ask = (number: number, method: string, path: string, asking: object = {}) => askOver(nodes[number % 2]?.url ?? '', method, path, asking);
  const made = async (path: string, body: object): Promise<Json> => {
    const said = await ask(0, 'POST', path, { token: owner, body });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    const redis = stack.use(await startRedis());
    const url = await postgres.createDatabase();
    const environment = {
      ...{ PORT: '0', DATABASE_URL: url, REDIS_URL: redis.url, JWT_SECRET: TEST_SECRET, OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD },
      ...{ DRAIN_SECONDS: '0', RATE_LIMIT_SCALE: '1000', HOLD_SECONDS: String(HOLD_SECONDS) },
    };
    const config = readConfig(environment, '/');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    const open = async () => stack.use(await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null, bcryptCost: TEST_BCRYPT_COST }));
    nodes = [await open(), await open()];
    database = stack.use(await openDatabase({ kind: 'postgres', url }));
    owner = (await askOver(nodes[0].url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body.accessToken;
    const locationId = (await made('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('00:00', '24:00') })).id;
    service = await made('/v1/services', { name: 'Massage', minutes: 30, slotIntervalMinutes: 30, price: { amount: PRICE, currency: 'EUR' } });
    staff = await Promise.all(
      Array.from({ length: PEOPLE }, (_, number) => made('/v1/staff', { name: `Person ${number}`, locationId, serviceIds: [service.id] })),
    );
    await eventually(() => staff.every(({ id }) => nodes.every(({ context }) => context.catalog.snapshot().staff.has(id))));
  });
  after(() => stack.disposeAsync());

  const slot = (person: number, day: number, hour: number) => {
    return { serviceId: service.id, staffId: staff[person]?.id, startsAt: `${dateIn(day)}T${String(hour).padStart(2, '0')}:00:00Z` };
  };
  const book = (node: number, at: object, voucherCode: string, email: string) =>
    ask(node, 'POST', '/v1/appointments', { body: { ...at, voucherCode, customer: { name: 'Kim', email }, allowOverlap: true } });
  const usedOf = async ({ id }: Json): Promise<number> => (await ask(0, 'GET', `/v1/vouchers/${id}`, { token: owner })).body.used;

  test('goes to one of those who book with it at once; for the others nothing is booked', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const voucher = await made('/v1/vouchers', { percent: 10, mostUses: 1 });
      const said = await Promise.all(staff.map((_, person) => book(person, slot(person, 4, round), voucher.code, `${round}-${person}@example.org`)));
      assert.deepEqual(
        [said.filter(({ status }) => status === 201).length, said.filter(isUsedUp).length],
        [1, PEOPLE - 1],
        said.map(({ text }) => text).join(),
      );
      assert.equal(await usedOf(voucher), 1);
      const free = await Promise.all(staff.map((_, person) => book(person, slot(person, 4, round), voucher.code, `${round}@example.org`)));
      assert.ok(free.every((reply) => isUsedUp(reply) || reply.body.code === 'slot-taken'));
      const there = await database.sql(`select count(*)::int from appointment where details #>> '{voucher,voucherId}' = $1`, [voucher.id]);
      assert.deepEqual(there, [[1]]);
    }
  });

  test('goes to one of two bookings of one customer, where each has one', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const voucher = await made('/v1/vouchers', { percent: 10, mostUsesEach: 1 });
      const email = `${round}-each@example.org`;
      const said = await Promise.all([0, 1].map((person) => book(person, slot(person, 5, round), voucher.code, email)));
      assert.deepEqual([said.filter(({ status }) => status === 201).length, said.filter(isUsedUp).length], [1, 1], said.map(({ text }) => text).join());
      assert.equal((await book(0, slot(2, 5, round), voucher.code, `other-${email}`)).status, 201);
    }
  });

  test('goes to one of those who hold times with it, and comes back when the hold ends by itself', async () => {
    const voucher = await made('/v1/vouchers', { amount: { amount: 500, currency: 'EUR' }, mostUses: 1 });
    const give = async (person: number, hour: number) => {
      const held = await ask(person, 'POST', '/v1/holds', { body: slot(person, 6, hour) });
      assert.equal(held.status, 201, held.text);
      const headers = { 'hold-token': held.body.token };
      const given = await ask(person + 1, 'PUT', `/v1/holds/${held.body.id}/voucher`, { headers, body: { code: voucher.code } });
      return { id: held.body.id, asHolder: headers, status: given.status, text: given.text, body: given.body };
    };
    const said = await Promise.all(staff.map((_, person) => give(person, 1)));
    assert.deepEqual([said.filter(({ status }) => status === 200).length, said.filter(isUsedUp).length], [1, PEOPLE - 1], said.map(({ text }) => text).join());
    await eventually(async () => (await usedOf(voucher)) === 0, HOLD_ENDS_MS);
    const last = await give(0, 2);
    assert.equal(last.status, 200, last.text);
    const booked = await ask(1, 'POST', '/v1/appointments', {
      headers: last.asHolder,
      body: { holdId: last.id, customer: { name: 'Lou', email: 'lou@example.org' } },
    });
    assert.deepEqual([booked.status, booked.body.price?.amount], [201, PRICE - 500], booked.text);
    assert.equal(await usedOf(voucher), 1);
  });

  test('and in the end each use stands for one appointment that has it, and each such appointment for one use', async () => {
    const uses = 'select claim_id::text, voucher_id::text from voucher_use where until is null order by 1';
    const having = `select id::text, details #>> '{voucher,voucherId}' from appointment
      where details #>> '{voucher,voucherId}' is not null and status not in ('cancelled', 'declined') order by 1`;
    assert.deepEqual(await database.sql(uses), await database.sql(having));
  });
});
