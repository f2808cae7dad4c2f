// Words that are found nowhere else are typed for people, over REST and sockets, on two nodes. Afterwards they are looked for in a dump of the database, in
// everything that went over Redis, and in the logs of both nodes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { openServer, type Server } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { askOver, type Json, TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const WORD = 'quagga';
/** Of somebody who is erased. */
const GONE = 'okapi';
const PHONE = '0301234567';
const MIDNIGHT = Math.floor(timeNow() / 86_400_000) * 86_400_000;
/** Where people are named: their own row, what was typed for an appointment, their account, and messages to them. */
const THEIR_OWN = [
  'customer',
  'appointment_person',
  'user_account',
  'registration',
  'password_reset',
  'notification',
  'message',
  'sms_consent',
  'customer_alias',
];
const PEOPLE_AT_ONCE = 50;

describe('what is typed about people', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  const logged: string[] = [];
  const heard: string[] = [];
  let database: Database;
  let servers: Server[];
  let owner: string;
  let staff: Json[];
  let serviceId: string;
  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    const redis = stack.use(await startRedis());
    const client = new Redis(redis.url);
    stack.defer(() => client.disconnect());
    const monitor = await client.monitor();
    stack.defer(() => monitor.disconnect());
    monitor.on('monitor', (_time: string, words: readonly string[]) => heard.push(words.join(' ')));
    const url = await postgres.createDatabase();
    const environment = { PORT: '0', DATABASE_URL: url, REDIS_URL: redis.url, JWT_SECRET: TEST_SECRET, OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD };
    const config = readConfig({ ...environment, DRAIN_SECONDS: '0', RATE_LIMIT_SCALE: '1000' }, '/');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    const logger = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
    const open = async () => stack.use(await openServer(config, { logger, webDirectory: null, bcryptCost: TEST_BCRYPT_COST }));
    servers = [await open(), await open()];
    database = stack.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
    owner = (await ask('POST', '/v1/auth/login', { email: TEST_OWNER, password: TEST_PASSWORD })).accessToken;
    const location = await ask('POST', '/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
    serviceId = (await ask('POST', '/v1/services', { name: 'Cut', minutes: 30, price: { amount: 2_000, currency: 'EUR' } })).id;
    staff = [];
    for (let number = 0; number < 8; number += 1)
      staff.push(await ask('POST', '/v1/staff', { name: `Ada ${number}`, locationId: location.id, serviceIds: [serviceId] }));
  });
  after(() => stack.disposeAsync());

  async function ask(
    method: string,
    path: string,
    body?: object,
    { node = 0, headers = {} }: { node?: number; headers?: Record<string, string> } = {},
  ): Promise<Json> {
    const said = await askOver(servers[node]?.url ?? '', method, path, { body, token: owner, headers });
    assert.ok(said.status < 300, `${method} ${path}: ${said.text}`);
    return said.body;
  }
  const startAt = (number: number) => new Date(MIDNIGHT + 3 * 86_400_000 + number * 1_800_000).toISOString();
  const person = (email = `${WORD}@secret.example`) => ({ name: `Grace ${WORD}`, email, phone: PHONE });
  const typed = {
    notes: `${WORD} notes`,
    staffNotes: `${WORD} staff`,
    answers: { [`${WORD}?`]: `${WORD}!` },
    override: { rules: ['outside-hours'], reason: `${WORD} asked` },
  };

  test('is read where it may be, over both nodes, live, and under an old key', async () => {
    const boards = await Promise.all(servers.map(({ url }) => TestScreen.open(url, owner)));
    for (const board of boards) await board.ask('watch-board', { watchId: 'board', from: dateIn(0), to: dateIn(6), timeZone: 'Etc/UTC' });
    const key = randomUUID();
    for (const [number, { id: staffId }] of staff.entries()) {
      const node = number % 2;
      const body = { serviceId, staffId, startsAt: startAt(number), customer: person(), allowOverlap: true, ...typed };
      const made = await ask('POST', '/v1/appointments', body, { node, headers: { 'Idempotency-Key': `${key}-${number}` } });
      const again = await ask('POST', '/v1/appointments', body, { node: 1 - node, headers: { 'Idempotency-Key': `${key}-${number}` } });
      assert.deepEqual(again, made);
      assert.deepEqual(
        [made.customer.name, made.notes, made.staffNotes, made.override.reason],
        [person().name, typed.notes, typed.staffNotes, typed.override.reason],
      );
      for (const board of boards) {
        const told = await board.hears('board-changed', ({ events }) => events.some(({ appointmentId }: Json) => appointmentId === made.id));
        assert.match(JSON.stringify(told), new RegExp(WORD));
      }
      const moved = await ask('POST', `/v1/appointments/${made.id}/reschedule`, {
        startsAt: startAt(number + 20),
        staffId: staff[(number + 1) % staff.length]?.id,
        allowOverlap: true,
      });
      assert.equal(moved.customer.name, person().name);
      const ended = await ask('POST', `/v1/appointments/${made.id}/cancel`, { reason: `${WORD} ill` }, { node });
      assert.equal(ended.reason, `${WORD} ill`);
      const feed = await ask('GET', `/v1/calendars/${staff[(number + 1) % staff.length]?.calendarId}/changes?after=0`, undefined, { node: 1 - node });
      assert.match(JSON.stringify(feed), new RegExp(`${WORD} ill`));
    }
    const socket = boards[0] ?? assert.fail();
    const held = await socket.ask('place-hold', { key: randomUUID(), serviceId, staffId: staff[0]?.id, startsAt: startAt(60) });
    const booked = await socket.ask('book', { key: randomUUID(), holdId: held.id, customer: person(), notes: `${WORD} over a socket`, allowOverlap: true });
    assert.equal(booked.notes, `${WORD} over a socket`, JSON.stringify(booked));
    for (const board of boards) board.close();
  });

  test('of one address that is new, booked fifty times at once on two nodes, is one customer with fifty appointments', async () => {
    const customer = person(`new-${WORD}@secret.example`);
    const made = await Promise.all(
      Array.from({ length: PEOPLE_AT_ONCE }, (_, number) => {
        const body = { serviceId, staffId: staff[number % staff.length]?.id, startsAt: startAt(80 + number), customer, allowOverlap: true };
        return ask('POST', '/v1/appointments', body, { node: number % 2 });
      }),
    );
    const [row, ...more] = await database.sql('select id from customer where email = $1', [customer.email]);
    assert.deepEqual(more, []);
    assert.deepEqual(new Set(made.map((one) => one.customer.id)), new Set(row));
    assert.deepEqual(await database.sql('select count(*)::int from appointment where customer_id = $1', row), [[PEOPLE_AT_ONCE]]);
  });

  async function dump(): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const [schema, table] of await database.sql(`select schemaname::text, tablename::text from pg_tables where schemaname in ('public', 'jobs')`)) {
      const rows = await database.sql(`select t::text from ${schema}.${table} t`);
      texts.set(schema === 'public' ? String(table) : `${schema}.${table}`, rows.map(([text]) => text).join('\n'));
    }
    return texts;
  }
  const isNamed = (text: string) => text.includes(WORD) || text.includes(PHONE);

  test('is in the rows that are there for it and in no other table, not on Redis, and in no log', async () => {
    const named = [...(await dump())].filter(([, text]) => isNamed(text)).map(([table]) => table);
    assert.deepEqual(
      named.filter((table) => !THEIR_OWN.includes(table)),
      [],
    );
    // It would be found: it is where it should be, and there was something to hear and to read.
    for (const table of ['customer', 'appointment_person']) assert.ok(named.includes(table), table);
    assert.ok(
      heard.some((words) => words.includes('"forwarded-command"')) && heard.some((words) => words.includes('appointment.cancelled')),
      'nothing was heard on Redis',
    );
    assert.deepEqual(heard.filter(isNamed), []);
    assert.ok(logged.length > 0, 'nothing was logged');
    assert.deepEqual(logged.filter(isNamed), []);
  });

  test('of one person is gone from everywhere once they are erased', async () => {
    const booked = async (customer: object, slot: number) =>
      ask('POST', '/v1/appointments', {
        serviceId,
        staffId: staff[0]?.id,
        startsAt: startAt(slot),
        customer,
        notes: `${GONE} note`,
        staffNotes: `${GONE} knows`,
      });
    const one = await booked({ name: `Tom ${GONE}`, email: `${GONE}@secret.example`, phone: '+49 151 98765432' }, 140);
    const other = await booked({ name: `T. ${GONE}`, phone: '0151 98765432' }, 142);
    const again = await booked({ name: `T ${GONE}`, email: `second-${GONE}@secret.example` }, 144);
    const key = { 'Idempotency-Key': randomUUID() };
    const path = `/v1/customers/${one.customer.id}`;
    await ask('PATCH', path, { notes: `${GONE} likes tea`, tags: [GONE] }, { headers: key });
    for (const { customer } of [other, again]) await ask('POST', `/v1/customers/${customer.id}/merge`, { into: one.customer.id });
    assert.equal((await ask('GET', `/v1/customers?q=${GONE}`, undefined, { node: 1 })).items.length, 1);
    const told = JSON.stringify(await ask('GET', `${path}/export`));
    for (const text of [`T. ${GONE}`, `second-${GONE}@`, `${GONE} knows`, `${GONE} likes tea`, '98765432']) assert.ok(told.includes(text), text);
    await eventually(async () => (await messagesTo(one.customer.id)).every(({ status }) => status !== 'waiting'));
    await ask('POST', `/v1/appointments/${one.id}/payments`, { method: 'cash', amount: one.price });
    await ask('POST', `/v1/appointments/${one.id}/refunds`, { amount: one.price, reason: `${GONE} was not pleased` });
    for (const { id } of [one, other, again]) await ask('POST', `/v1/appointments/${id}/cancel`, { reason: `${GONE} is ill` });
    const toldOf = [...Array(3).fill('appointment-booked'), ...Array(3).fill('appointment-cancelled'), 'receipt', 'refund'];
    await eventually(async () => {
      const sent = (await messagesTo(one.customer.id)).filter(({ status }) => status !== 'waiting').map(({ kind }) => kind);
      return isDeepStrictEqual(sent.sort(), toldOf);
    });
    // What they did and paid stays counted, by ids.
    await eventually(async () => {
      const rows = await dump();
      return ['insight_appointment', 'insight_entry'].every((table) => rows.get(table)?.includes(one.id));
    });
    const isHere = (text: string) => text.includes(GONE) || text.includes('98765432');
    const before = await dump();
    for (const table of ['customer', 'customer_alias', 'appointment_person', 'message', 'payment_refund'])
      assert.ok(isHere(before.get(table) ?? ''), `${table} says nothing`);
    const paying = JSON.stringify({ details: { email: `${GONE}@secret.example` } });
    await database.sql(
      `insert into payment (id, appointment_id, location_id, state, method, amount, currency, booking, created_at) values ($1, $1, $1, 'paying', 'test', 1, 'EUR', $2::json, 0)`,
      [randomUUID(), paying],
    );
    const underWay = await askOver(servers[0]?.url ?? '', 'DELETE', path, { token: owner });
    assert.equal(underWay.body.code, 'wrong-status', underWay.text);
    await database.sql('delete from payment where booking is not null');
    await ask('DELETE', path);
    assert.deepEqual(
      [...(await dump())].filter(([, text]) => isHere(text)).map(([table]) => table),
      [],
    );
    assert.deepEqual([...heard, ...logged].filter(isHere), []);
    assert.equal((await ask('GET', `/v1/appointments/${one.id}`)).customer, null);
  });

  const messagesTo = async (customerId: string): Promise<readonly Json[]> => (await ask('GET', `/v1/messages?customerId=${customerId}&limit=50`)).items;

  test('is gone from the whole dump once their rows are changed and removed', async () => {
    await database.sql('delete from appointment_person');
    await database.sql('delete from message');
    await database.sql(`update customer set name = '', phone = null, email = id::text`);
    assert.deepEqual(
      [...(await dump())].filter(([, text]) => isNamed(text)),
      [],
    );
    const { items } = await ask('GET', '/v1/appointments?limit=5');
    assert.deepEqual(new Set(items.map(({ customer, notes }: Json) => `${customer} ${notes}`)), new Set(['null null']));
  });
});
