import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY } from '../../../src/model/instant.ts';
import { cutLog } from '../../../src/persistence/change-log/log-retention.ts';
import { openDatabase } from '../../../src/persistence/database/open-database.ts';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { BusinessChangesReply } from '../../../src/protocol/calendars.ts';
import { eventually } from '../../support/eventually.ts';
import { POSTGRES_MISSING } from '../../support/postgres.ts';
import { ownPostgres } from '../../support/shared-postgres.ts';
import { makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
/** Shorter than the longest wait; most of it is for a busy machine. */
const LONG_MS = 25_000;

describe('the changes of the whole business', () => {
  let shop: Business;
  /** Each test has a day of its own. */
  let day = 2;
  before(async () => {
    shop = await openBusiness({ RATE_LIMIT_SCALE: '1' }, { isAlone: true });
  });
  after(() => shop?.[Symbol.asyncDispose]());

  const make = <Made>(path: string, body: object) => makerOf(shop, shop.tokens.owner)<Made>(path, body);
  const read = async (query: string, token = shop.tokens.owner) => {
    const said = await shop.ask<BusinessChangesReply>('GET', `/v1/changes${query}`, { token });
    assert.equal(said.status, 200, said.text);
    return said.body;
  };
  const refused = (query: string, token = shop.tokens.owner) => shop.ask('GET', `/v1/changes${query}`, { token });
  const now = async (token = shop.tokens.owner) => (await read('', token)).nextAfter;
  async function book(more: object = {}, token?: string): Promise<AppointmentReply> {
    const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, ...more };
    const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, token });
    assert.equal(booked.status, 201, booked.text);
    return booked.body;
  }
  async function makeKey(scopes: readonly string[], locationId?: string): Promise<{ id: string; key: string }> {
    const made = await shop.ask('POST', '/v1/api-keys', { token: shop.tokens.owner, body: { name: 'a program', scopes, ...(locationId && { locationId }) } });
    assert.equal(made.status, 201, made.text);
    return made.body;
  }
  const told = ({ changes }: BusinessChangesReply) => changes.map(({ calendarId, events }) => [calendarId, events.map(({ type }) => type).join()]);

  test('begin now unless a cursor says where, and are told once, in order, with who asked', async () => {
    day += 1;
    const start = await read('');
    assert.deepEqual(start.changes, []);
    const [first, second] = [await book(), await book({ staffId: shop.bo.id }, shop.tokens.owner)];
    const one = await read(`?after=${start.nextAfter}&limit=1`);
    const two = await read(`?after=${one.nextAfter}`);
    assert.deepEqual(
      [...one.changes, ...two.changes].map(({ events }) => events[0]?.appointmentId),
      [first.id, second.id],
    );
    assert.equal(one.changes[0]?.by, null);
    const me = (await shop.ask('GET', '/v1/me', { token: shop.tokens.owner })).body;
    assert.deepEqual(two.changes[0]?.by, { userId: (me.user ?? me).id });
    assert.ok(two.changes[0]?.requestId);
    assert.equal(two.changes[0]?.cursor, two.nextAfter);
    assert.deepEqual([(await read(`?after=${two.nextAfter}`)).changes, (await read(`?after=${two.nextAfter}`)).nextAfter], [[], two.nextAfter]);
    assert.equal(two.era, shop.server.context.scheduler.era);
    const all = await read('?after=0&limit=1000');
    assert.deepEqual(
      all.changes.slice(-2).map(({ cursor }) => cursor),
      [one.nextAfter, two.nextAfter],
    );
  });

  test('can be narrowed to facts, people and locations, and go on past what is left out', async () => {
    day += 1;
    const start = await now();
    const appointment = await book();
    await book({ staffId: shop.cy.id, startsAt: berlinTime(day, '18:00') });
    await shop.ask('POST', `/v1/appointments/${appointment.id}/cancel`, { token: shop.tokens.owner });
    const [{ calendarId: ada }, { calendarId: cy }] = [shop.ada, shop.cy];
    const after = (more: string) => read(`?after=${start}&${more}`);
    await eventually(async () => told(await after('')).length === 3);
    assert.deepEqual(told(await after('types=appointment.cancelled')), [[ada, 'appointment.cancelled']]);
    assert.deepEqual(told(await after(`staffId=${shop.cy.id}`)), [[cy, 'appointment.booked']]);
    assert.deepEqual(told(await after(`locationId=${shop.newYork}&locationId=${shop.berlin}`)).length, 3);
    assert.deepEqual(told(await after(`locationId=${shop.newYork}&staffId=${shop.ada.id}`)), []);
    const room = await make<{ id: string; calendarId: string }>('/v1/resources', { name: 'Room', locationId: shop.berlin });
    const service = await make<{ id: string }>('/v1/services', {
      name: 'Massage',
      minutes: 30,
      price: { amount: 1, currency: 'EUR' },
      resourceIds: [room.id],
      staffIds: [shop.bo.id],
    });
    await book({ serviceId: service.id, staffId: shop.bo.id, startsAt: berlinTime(day, '12:00') });
    const booked = (calendarId: string) => [calendarId, 'appointment.booked'];
    assert.deepEqual(told(await after(`types=appointment.booked&resourceId=${room.id}`)), [booked(room.calendarId)]);
    const both = told(await after(`types=appointment.booked&resourceId=${room.id}&staffId=${shop.cy.id}`));
    assert.deepEqual(both, [booked(cy), booked(room.calendarId)]);
    assert.deepEqual(told(await after(`resourceId=${room.id}&locationId=${shop.newYork}`)), []);
    const nothing = await after('types=hold.renewed');
    assert.deepEqual([nothing.changes, nothing.nextAfter], [[], await now()]);
  });

  test('tell staff names of their own calendar alone, and customers and guests nothing', async () => {
    day += 1;
    const start = await now();
    await book();
    await book({ staffId: shop.bo.id });
    const customers = (reply: BusinessChangesReply) => reply.changes.map(({ events, by }) => [events[0]?.customer?.name, by]);
    assert.deepEqual(customers(await read(`?after=${start}`, shop.tokens.staff)), [
      ['Grace', null],
      [undefined, undefined],
    ]);
    assert.deepEqual(customers(await read(`?after=${start}`, shop.tokens.desk)), [
      ['Grace', null],
      ['Grace', null],
    ]);
    isProblem(await refused('', shop.tokens.customer), 'forbidden');
    isProblem(await shop.ask('GET', '/v1/changes'), 'unauthenticated');
  });

  test('are for keys with the scope, and for one of a location those of the calendars there', async () => {
    day += 1;
    const start = await now();
    const everywhere = await makeKey(['calendars:read', 'customers:read', 'appointments:write']);
    const berlin = await makeKey(['calendars:read'], shop.berlin);
    const blind = await makeKey(['appointments:read']);
    await book({}, everywhere.key);
    await book({ staffId: shop.cy.id, startsAt: berlinTime(day, '18:00') });
    const seen = await read(`?after=${start}`, everywhere.key);
    assert.deepEqual(
      seen.changes.map(({ calendarId, by }) => [calendarId, by]),
      [
        [shop.ada.calendarId, { apiKeyId: everywhere.id }],
        [shop.cy.calendarId, null],
      ],
    );
    const there = await read(`?after=${start}`, berlin.key);
    assert.deepEqual(told(there), [[shop.ada.calendarId, 'appointment.booked']]);
    assert.ok(!JSON.stringify(there).includes('Grace') && !('by' in (there.changes[0] ?? {})));
    assert.equal(there.nextAfter, seen.nextAfter);
    isProblem(await refused(`?staffId=${shop.cy.id}`, berlin.key), 'forbidden');
    isProblem(await refused(`?locationId=${shop.newYork}`, berlin.key), 'forbidden');
    isProblem(await refused('', blind.key), 'forbidden');
  });

  test('refuse what is not a cursor, one of another era, one that is ahead and one that is too old, each by name', async () => {
    const cursor = await now();
    const [era, xid, position] = Buffer.from(cursor, 'base64url').toString().split('/');
    const made = (...parts: (string | number | undefined)[]) => `?after=${Buffer.from(parts.join('/')).toString('base64url')}`;
    for (const junk of ['?after=1', '?after=-1', '?after=nonsense', made(era, xid), made(era, xid, `${position}'`), made(era, xid, '9'.repeat(19))])
      isProblem(await refused(junk), 'invalid-request', 'after');
    isProblem(await refused(made(crypto.randomUUID(), xid, position)), 'cursor-unknown');
    isProblem(await refused(made(era, xid, Number(position) + 1)), 'cursor-unknown');
    assert.equal((await shop.ask('GET', `/v1/changes${made(era, 3, 1)}`, { token: shop.tokens.owner })).status, 200, 'nothing after it is missing');
    const wrongs: readonly (readonly [field: string, value: string])[] = [
      ['limit', '0'],
      ['limit', '1001'],
      ['wait', '31'],
      ['wait', '-1'],
      ['types', 'hold.lost'],
      ['staffId', crypto.randomUUID()],
      ['resourceId', crypto.randomUUID()],
      ['locationId', crypto.randomUUID()],
    ];
    for (const [field, wrong] of wrongs) isProblem(await refused(`?${field}=${wrong}`), 'invalid-request', field);
  });

  test('are waited for, by so many of one user at once, until there is one that was asked for, or the time is over', async () => {
    day += 1;
    const start = await now();
    const began = performance.now();
    const [none, ...waiting] = await Promise.all([
      read(`?after=${start}&wait=1&types=hold.placed`, shop.tokens.desk),
      ...Array.from({ length: 10 }, () => read(`?after=${start}&wait=30&types=appointment.cancelled`)),
      (async () => {
        await eventually(() => shop.server.context.logWaiters.count === 11);
        isProblem(await refused('?wait=30'), 'overloaded');
        const { id } = await book();
        await shop.ask('POST', `/v1/appointments/${id}/cancel`, { token: shop.tokens.owner });
        return await read(`?after=${start}`);
      })(),
    ]);
    assert.ok(performance.now() - began < LONG_MS);
    assert.deepEqual(none.changes, []);
    for (const reply of waiting.slice(0, -1)) assert.deepEqual(told(reply), [[shop.ada.calendarId, 'appointment.cancelled']]);
    assert.equal(shop.server.context.logWaiters.count, 0);
  });

  test('are waited for no longer by who has hung up, nor on a node that is leaving', async () => {
    const gone = new AbortController();
    const { logWaiters, readiness } = shop.server.context;
    const hungUp = fetch(`${shop.url}/v1/changes?wait=30`, { headers: { authorization: `Bearer ${shop.tokens.owner}` }, signal: gone.signal }).catch(
      () => 'gone',
    );
    await eventually(() => logWaiters.count === 1);
    gone.abort();
    assert.equal(await hungUp, 'gone');
    await eventually(() => logWaiters.count === 0);
    const began = performance.now();
    const patient = read('?wait=30');
    await eventually(() => logWaiters.count === 1);
    readiness.state = 'draining';
    try {
      assert.deepEqual((await patient).changes, []);
      assert.deepEqual((await read('?wait=30')).changes, []);
    } finally {
      readiness.state = 'ready';
    }
    assert.ok(performance.now() - began < LONG_MS);
  });
});

describe('changes that are no longer kept', { skip: POSTGRES_MISSING }, () => {
  test('are said to be too old, and the oldest that is kept can be read', async () => {
    await using place = new AsyncDisposableStack();
    const { url } = place.use(await place.use(await ownPostgres()).fresh());
    const shop = place.use(await openBusiness({ DATABASE_URL: url }));
    const database = place.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
    const read = (query: string) => shop.ask<BusinessChangesReply>('GET', `/v1/changes${query}`, { token: shop.tokens.owner });
    const start = (await read('')).body.nextAfter;
    for (const time of ['10:00', '11:00', '12:00']) {
      const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(2, time), customer, allowOverlap: true };
      assert.equal((await shop.ask('POST', '/v1/appointments', { body })).status, 201);
    }
    const booked = async () => (await read(`?after=${start}&types=appointment.booked`)).body.changes;
    // The last one is told once no transaction from before it is open.
    await eventually(async () => (await booked()).length === 3);
    const kept = (await booked()).at(-1);
    await database.sql('update change set at = at - $1::int8', [20 * DAY]);
    await database.sql('delete from request');
    // The audit trail has to have read them first.
    await eventually(async () => (await cutLog(database, { logDays: 10, claimDays: 60 })).changes > 0);
    isProblem(await read(`?after=${start}`), 'cursor-too-old');
    const oldest = await read('?after=0&types=appointment.booked');
    assert.deepEqual([oldest.status, oldest.body.changes.at(-1)?.cursor], [200, kept?.cursor]);
  });
});
