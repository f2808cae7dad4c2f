import assert from 'node:assert/strict';
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { dateIn as dateInZone, everyDay } from '../support/dates.ts';
import { type Asking, type Json, openTestServer, TEST_OWNER, type TestServer } from '../support/test-server.ts';

const ALL_DAY = everyDay('00:00', '24:00');

describe('managing over REST', () => {
  let server: TestServer;
  let token: string;
  before(async () => {
    server = await openTestServer({ isDemo: false });
    token = await server.login(TEST_OWNER);
  });
  after(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: unknown, more: Asking = {}) => server.ask(method, path, { token, body, ...more });
  async function expectDone(method: string, path: string, body?: unknown): Promise<Json> {
    const said = await ask(method, path, body);
    assert.ok(said.status < 300, `${method} ${path}: ${said.status} ${JSON.stringify(said.body)}`);
    return said.body;
  }
  async function expectInvalid(method: string, path: string, body: unknown, field: string): Promise<void> {
    const said = await ask(method, path, body);
    assert.deepEqual([said.status, said.body.code, said.body.errors?.[0].path], [400, 'invalid-request', field], JSON.stringify([body, said.body]));
  }
  /** A location in a zone whose clocks never change, always open, with one service and somebody who does it. */
  async function furnish() {
    const location = await expectDone('POST', '/v1/locations', { name: 'Mill Street', timeZone: 'Asia/Tokyo', currency: 'EUR', weekly: ALL_DAY });
    const service = await expectDone('POST', '/v1/services', { name: 'Haircut', minutes: 60 });
    const member = await expectDone('POST', '/v1/staff', { name: 'Ana', locationId: location.id, serviceIds: [service.id] });
    return { location, service, member };
  }
  const dateIn = (days: number) => dateInZone(days, 'Asia/Tokyo');
  async function startsOn(serviceId: string, date: string): Promise<string[]> {
    const next = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
    const said = await server.ask('GET', `/v1/slots?serviceId=${serviceId}&from=${date}&to=${next}`);
    return said.body.slots.map((slot: { startsAt: string }) => slot.startsAt.slice(11, 16));
  }

  test('a name and a length make a service, a name and a place a staff member', async () => {
    const { location, service, member } = await furnish();
    assert.deepEqual(
      [service.slotIntervalMinutes, service.bufferAfterMinutes, service.horizonDays, service.capacity, service.grid, service.price, service.active],
      [60, 0, null, 1, 'fixed', { amount: 0, currency: 'EUR' }, true],
    );
    assert.deepEqual([member.ownHours, member.bookable, member.timeZone, member.weekly, member.email], [false, true, null, null, null]);
    assert.deepEqual((await ask('GET', `/v1/services/${service.id}`)).body.staffIds, [member.id]);
    assert.deepEqual((await ask('GET', `/v1/staff/${member.id}`)).body, member);
    assert.deepEqual((await ask('GET', `/v1/locations/${location.id}`)).body, location);
    assert.equal((await startsOn(service.id, dateIn(2))).length, 24);
    for (const path of [`/v1/locations/${location.id}`, `/v1/services/${service.id}`, `/v1/staff/${member.id}`])
      assert.deepEqual(await expectDone('PATCH', path, { name: 'Another' }), (await ask('GET', path)).body);
  });

  test('callers may bring ids of their own, in any case, once', async () => {
    const id = randomUUIDv7();
    const calendarId = randomUUID();
    const { location } = await furnish();
    const body = { id: id.toUpperCase(), calendarId, name: 'Ben', locationId: location.id };
    assert.deepEqual(
      [(await ask('POST', '/v1/staff', body)).body].map((member) => [member.id, member.calendarId]),
      [[id, calendarId]],
    );
    const again = await ask('POST', '/v1/staff', body);
    assert.deepEqual([again.status, again.body.code], [409, 'id-in-use']);
  });

  test('new opening hours count at once, for everybody who has no hours of their own', async () => {
    const { location, service, member } = await furnish();
    const date = dateIn(3);
    const day = ALL_DAY[Temporal.PlainDate.from(date).dayOfWeek - 1]?.day;
    const hours = await expectDone('PUT', `/v1/locations/${location.id}/hours`, {
      weekly: [
        { day, from: '12:00', to: '14:00' },
        { day, from: '09:00', to: '12:00' },
        { day, from: '10:00', to: '13:00' },
      ],
    });
    assert.deepEqual(hours.weekly, [{ day, from: '09:00', to: '14:00' }]);
    assert.deepEqual((await ask('GET', `/v1/locations/${location.id}/hours`)).body, { timeZone: 'Asia/Tokyo', weekly: hours.weekly, specialDates: {} });
    assert.deepEqual(await startsOn(service.id, date), ['09:00', '10:00', '11:00', '12:00', '13:00']);

    await expectDone('PUT', `/v1/staff/${member.id}/hours`, { weekly: [{ day, from: '11:30', to: '18:00' }] });
    assert.deepEqual(await startsOn(service.id, date), ['11:30', '12:30']);
    const theirs = (await ask('GET', `/v1/staff/${member.id}/hours`)).body;
    assert.deepEqual(theirs, { timeZone: null, ownHours: false, weekly: [{ day, from: '11:30', to: '18:00' }], dateOverrides: {} });
    await expectDone('PATCH', `/v1/staff/${member.id}`, { ownHours: true });
    assert.deepEqual(await startsOn(service.id, date), ['11:30', '12:30', '13:30', '14:30', '15:30', '16:30']);
    const back = await expectDone('DELETE', `/v1/staff/${member.id}/hours`);
    assert.deepEqual([back.weekly, back.ownHours], [null, true]);
  });

  test('opening hours that are set by many at once end up the same everywhere', async () => {
    const { location, service } = await furnish();
    const windows = Array.from({ length: 12 }, (_, hour) => ALL_DAY.map(({ day }) => ({ day, from: '00:00', to: `${String(hour + 1).padStart(2, '0')}:00` })));
    await Promise.all(windows.map((weekly) => expectDone('PUT', `/v1/locations/${location.id}/hours`, { weekly })));
    const { weekly } = (await ask('GET', `/v1/locations/${location.id}/hours`)).body;
    assert.deepEqual(await server.server.context.catalog.staleCalendars(location.id), []);
    assert.equal((await startsOn(service.id, dateIn(3))).length, Number(weekly[0].to.slice(0, 2)));
  });

  test('a special date and a date override replace the hours of one date, and go again', async () => {
    const { location, service, member } = await furnish();
    const date = dateIn(4);
    await expectDone('PUT', `/v1/locations/${location.id}/special-dates/${date}`, { windows: [{ from: '10:00', to: '12:00' }] });
    assert.deepEqual(await startsOn(service.id, date), ['10:00', '11:00']);
    await expectDone('PUT', `/v1/staff/${member.id}/date-overrides/${date}`, { windows: [{ from: '11:00', to: '18:00' }] });
    assert.deepEqual(await startsOn(service.id, date), ['11:00']);
    const closed = await expectDone('PUT', `/v1/locations/${location.id}/special-dates/${date}`, { windows: [] });
    assert.deepEqual(closed.specialDates, { [date]: [] });
    assert.deepEqual(await startsOn(service.id, date), []);
    await expectDone('DELETE', `/v1/locations/${location.id}/special-dates/${date}`);
    const back = await expectDone('DELETE', `/v1/staff/${member.id}/date-overrides/${date}`);
    assert.deepEqual(back.dateOverrides, {});
    assert.equal((await startsOn(service.id, date)).length, 24);
  });

  test('time off takes slots away, and gives them back', async () => {
    const { service, member } = await furnish();
    const date = dateIn(5);
    const path = `/v1/staff/${member.id}/time-off`;
    const off = await expectDone('POST', path, { startsAt: `${date}T02:00:00+09:00`, endsAt: `${date}T21:00:00+09:00`, reason: 'Moving house' });
    assert.equal(off.reason, 'Moving house');
    assert.deepEqual(await startsOn(service.id, date), ['00:00', '01:00', '21:00', '22:00', '23:00']);
    assert.deepEqual((await ask('GET', path)).body, { items: [off], nextCursor: null });
    assert.deepEqual((await ask('GET', `/v1/staff/${member.id}`)).body.timeOff, [off]);
    const again = await ask('POST', path, { ...off });
    assert.deepEqual([again.status, again.body.code], [409, 'id-in-use']);
    assert.equal((await ask('DELETE', `${path}/${off.id}`)).status, 204);
    assert.equal((await startsOn(service.id, date)).length, 24);
    assert.equal((await ask('DELETE', `${path}/${off.id}`)).status, 404);
  });

  test('a staff member who moves has the hours and the zone of the new location', async () => {
    const { service, member } = await furnish();
    const there = await expectDone('POST', '/v1/locations', { name: 'Auckland', timeZone: 'Pacific/Auckland', currency: 'NZD' });
    const moved = await expectDone('PATCH', `/v1/staff/${member.id}`, { locationId: there.id });
    assert.equal(moved.locationId, there.id);
    assert.deepEqual(await startsOn(service.id, dateIn(3)), []);
    const date = dateIn(3);
    await expectDone('PUT', `/v1/locations/${there.id}/special-dates/${date}`, { windows: [{ from: '13:00', to: '14:00' }] });
    const slots = await server.ask('GET', `/v1/slots?serviceId=${service.id}&from=${date}&to=${dateIn(5)}&timeZone=Pacific/Auckland`);
    assert.deepEqual(
      slots.body.slots.map((slot: { startsAt: string }) => slot.startsAt.slice(0, 16)),
      [`${date}T13:00`],
    );
  });

  test('a change that is repeated under its key is made once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: `Once ${headers['idempotency-key']}`, minutes: 30 };
    const [first, second] = [await ask('POST', '/v1/services', body, { headers }), await ask('POST', '/v1/services', body, { headers })];
    assert.deepEqual([first.status, second.status, second.headers.get('idempotency-replayed')], [201, 201, 'true']);
    assert.deepEqual(second.body, first.body);
    const other = await ask('POST', '/v1/services', { ...body, minutes: 31 }, { headers });
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency-key-reused']);

    const { member } = await furnish();
    const off = { startsAt: `${dateIn(9)}T08:00:00Z`, endsAt: `${dateIn(9)}T10:00:00Z` };
    const key = { 'idempotency-key': randomUUID() };
    const addTimeOff = () => ask('POST', `/v1/staff/${member.id}/time-off`, off, { headers: key });
    const times = [await addTimeOff(), await addTimeOff()];
    assert.deepEqual(
      times.map((said) => said.status),
      [201, 201],
    );
    assert.deepEqual(times[1]?.body, times[0]?.body);
    assert.equal((await ask('GET', `/v1/staff/${member.id}`)).body.timeOff.length, 1);
  });

  test('a change of an older version is refused, and says which version there is', async () => {
    const { service } = await furnish();
    const read = await ask('GET', `/v1/services/${service.id}`);
    const etag = read.headers.get('etag') ?? '';
    const first = await ask('PATCH', `/v1/services/${service.id}`, { minutes: 45 }, { headers: { 'if-match': etag } });
    assert.deepEqual([first.status, first.body.minutes, first.headers.get('etag')], [200, 45, '"2"']);
    const listed = await ask('PATCH', `/v1/services/${service.id}`, { minutes: 46 }, { headers: { 'if-match': '"999", "2"' } });
    assert.deepEqual([listed.status, listed.headers.get('etag')], [200, '"3"'], 'one of several tags is the present one');
    const late = await ask('PATCH', `/v1/services/${service.id}`, { minutes: 50 }, { headers: { 'if-match': etag } });
    assert.deepEqual([late.status, late.body.code, late.body.currentVersion], [412, 'version-mismatch', '"3"']);
    const junk = await ask('PATCH', `/v1/services/${service.id}`, { minutes: 50 }, { headers: { 'if-match': 'W/"2"' } });
    assert.deepEqual([junk.status, junk.body.code], [412, 'version-mismatch']);
  });

  test('a repeated change of a staff member changes neither the catalog nor the calendar a second time', async () => {
    const { member } = await furnish();
    const change = (body: object, key: string) => ask('PATCH', `/v1/staff/${member.id}`, body, { headers: { 'idempotency-key': key } });
    const key = randomUUID();
    assert.equal((await change({ name: 'Anna', timeZone: 'Europe/Berlin', ownHours: true }, key)).body.timeZone, 'Europe/Berlin');
    assert.equal((await change({ name: 'Ana', timeZone: null, ownHours: false }, randomUUID())).body.timeZone, null);
    const again = await change({ name: 'Anna', timeZone: 'Europe/Berlin', ownHours: true }, key);
    assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [200, 'true']);
    const { name, timeZone, ownHours } = (await ask('GET', `/v1/staff/${member.id}`)).body;
    assert.deepEqual([name, timeZone, ownHours], ['Ana', null, false]);
  });

  test('If-Match is refused where no version is checked, because the caller relies on it', async () => {
    const { member, location } = await furnish();
    const before = (await ask('GET', `/v1/calendars/${member.calendarId}`)).body.claims;
    for (const [method, path, body] of [
      ['POST', `/v1/staff/${member.id}/blocks`, { startsAt: '2026-12-24T09:00:00Z', endsAt: '2026-12-24T12:00:00Z' }],
      ['POST', '/v1/services', { name: 'Other', minutes: 30 }],
    ] as const) {
      const said = await ask(method, path, body, { headers: { 'if-match': '"99"' } });
      assert.deepEqual([said.status, said.body.code, said.body.errors?.[0].path], [400, 'invalid-request', 'If-Match'], said.text);
    }
    assert.deepEqual((await ask('GET', `/v1/calendars/${member.calendarId}`)).body.claims, before);
    assert.equal(
      (await ask('GET', `/v1/locations/${location.id}/hours`, undefined, { headers: { 'if-match': '"99"' } })).status,
      200,
      'a read overwrites nothing',
    );
  });

  test('what the caller has already is not sent again', async () => {
    const { service } = await furnish();
    const path = `/v1/services/${service.id}`;
    const etag = (await ask('GET', path)).headers.get('etag') ?? '';
    const same = await ask('GET', path, undefined, { headers: { 'if-none-match': `"999", W/${etag}` } });
    assert.deepEqual([same.status, same.text, same.headers.get('etag')], [304, '', etag]);
    await expectDone('PATCH', path, { minutes: 50 });
    assert.equal((await ask('GET', path, undefined, { headers: { 'if-none-match': etag } })).status, 200);
  });

  test('what is wrong is named by its field', async () => {
    const { location, service, member } = await furnish();
    const hours = `/v1/locations/${location.id}/hours`;
    await expectInvalid('PUT', hours, { weekly: [{ day: 'monday', from: '17:00', to: '09:00' }] }, 'weekly.0.to');
    await expectInvalid('PUT', hours, { weekly: [{ day: 'monday', from: '09:00', to: '09:00' }] }, 'weekly.0.to');
    await expectInvalid('PUT', hours, { weekly: [{ day: 'someday', from: '09:00', to: '10:00' }] }, 'weekly.0.day');
    await expectInvalid('PUT', hours, { weekly: [{ day: 'monday', from: '9:00', to: '10:00' }] }, 'weekly.0.from');
    await expectInvalid('PUT', hours, { weekly: [{ day: 'monday', from: '09:00', to: '24:01' }] }, 'weekly.0.to');
    await expectInvalid('PUT', hours, {}, 'weekly');
    await expectInvalid('PUT', `/v1/locations/${location.id}/special-dates/2027-02-29`, { windows: [] }, 'date');
    await expectInvalid('PUT', `/v1/staff/${member.id}/date-overrides/tomorrow`, { windows: [] }, 'date');
    await expectInvalid('POST', '/v1/locations', { name: 'X', timeZone: 'Europe/Atlantis', currency: 'EUR' }, 'timeZone');
    await expectInvalid('POST', '/v1/locations', { name: 'X', timeZone: '+02:00', currency: 'EUR' }, 'timeZone');
    await expectInvalid('POST', '/v1/locations', { name: 'X', timeZone: 'UTC', currency: 'euro' }, 'currency');
    await expectInvalid('POST', '/v1/services', { name: 'X' }, 'minutes');
    await expectInvalid('POST', '/v1/services', { name: 'X', minutes: 0 }, 'minutes');
    await expectInvalid('POST', '/v1/services', { name: 'X', minutes: 7.5 }, 'minutes');
    await expectInvalid('PATCH', `/v1/services/${service.id}`, { leadTimeMinutes: 3 * 366 * 1_440 + 1 }, 'leadTimeMinutes');
    await expectInvalid('PATCH', `/v1/services/${service.id}`, { staffIds: [member.id, randomUUID()] }, 'staffIds.1');
    await expectInvalid('POST', '/v1/staff', { name: 'X', locationId: location.id, serviceIds: [randomUUID()] }, 'serviceIds.0');
    await expectInvalid('POST', '/v1/staff', { name: 'X', locationId: randomUUID() }, 'locationId');
    await expectInvalid('POST', '/v1/staff', { name: 'X', locationId: 'here' }, 'locationId');
    await expectInvalid('POST', `/v1/staff/${member.id}/time-off`, { startsAt: '2027-01-02T10:00:00Z', endsAt: '2027-01-02T10:00:00Z' }, 'endsAt');
    await expectInvalid('POST', `/v1/staff/${member.id}/time-off`, { startsAt: '2027-02-30T10:00:00Z', endsAt: '2027-03-02T10:00:00Z' }, 'startsAt');
    await expectInvalid('PATCH', '/v1/settings', { bufferRule: 'most' }, 'bufferRule');
    await expectDone('PATCH', `/v1/services/${service.id}`, { leadTimeMinutes: 3 * 365 * 1_440, horizonDays: 3 * 365 });
  });

  test('what is removed cannot be booked, changed or found any more', async () => {
    const { location, service, member } = await furnish();
    const early = await ask('DELETE', `/v1/locations/${location.id}`);
    assert.deepEqual([early.status, early.body.code], [409, 'wrong-status']);
    for (const path of [`/v1/services/${service.id}`, `/v1/staff/${member.id}`, `/v1/locations/${location.id}`]) {
      assert.equal((await ask('DELETE', path)).status, 204, path);
      for (const method of ['GET', 'DELETE']) assert.equal((await ask(method, path)).status, 404, `${method} ${path}`);
      assert.equal((await ask('PATCH', path, { name: 'Back again' })).status, 404);
    }
    assert.equal((await ask('PUT', `/v1/staff/${member.id}/hours`, { weekly: [] })).status, 404);
    assert.equal((await ask('PUT', `/v1/locations/${location.id}/hours`, { weekly: [] })).status, 404);
  });

  test('settings are read and changed', async () => {
    const before = (await ask('GET', '/v1/settings')).body;
    const changed = await expectDone('PATCH', '/v1/settings', { bufferRule: 'sum', name: 'Salt & Pine' });
    assert.deepEqual(changed, { ...before, name: 'Salt & Pine', bufferRule: 'sum', version: before.version + 1 });

    assert.deepEqual((await ask('GET', '/v1/settings')).body, changed);
    await expectDone('PATCH', '/v1/settings', { name: before.name, bufferRule: before.bufferRule });
  });

  test('only managers and owners manage; the desk reads, and enters who is away', async () => {
    const { accounts } = server.server.context;
    const { location, service, member } = await furnish();
    const writes: [string, string, unknown?][] = [
      ['POST', '/v1/locations', { name: 'X', timeZone: 'UTC', currency: 'EUR' }],
      ['PATCH', `/v1/locations/${location.id}`, {}],
      ['DELETE', `/v1/locations/${location.id}`],
      ['PUT', `/v1/locations/${location.id}/hours`, { weekly: [] }],
      ['PUT', `/v1/locations/${location.id}/special-dates/2027-01-01`, { windows: [] }],
      ['DELETE', `/v1/locations/${location.id}/special-dates/2027-01-01`],
      ['POST', '/v1/services', { name: 'X', minutes: 5 }],
      ['PATCH', `/v1/services/${service.id}`, {}],
      ['DELETE', `/v1/services/${service.id}`],
      ['POST', '/v1/staff', { name: 'X', locationId: location.id }],
      ['PATCH', `/v1/staff/${member.id}`, {}],
      ['DELETE', `/v1/staff/${member.id}`],
      ['PUT', `/v1/staff/${member.id}/hours`, { weekly: null }],
      ['DELETE', `/v1/staff/${member.id}/hours`],
      ['PUT', `/v1/staff/${member.id}/date-overrides/2027-01-01`, { windows: [] }],
      ['DELETE', `/v1/staff/${member.id}/date-overrides/2027-01-01`],
      ['POST', `/v1/staff/${member.id}/time-off`, { startsAt: '2027-01-02T10:00:00Z', endsAt: '2027-01-02T11:00:00Z' }],
      ['DELETE', `/v1/staff/${member.id}/time-off/${randomUUID()}`],
      ['PATCH', '/v1/settings', {}],
    ];
    for (const role of ['customer', 'staff', 'front-desk', null] as const) {
      const email = `${role}@example.org`;
      if (role !== null) await accounts.create({ email, name: 'X', role }, 'a password');
      const theirs = role === null ? undefined : await server.login(email, 'a password');
      for (const [method, path, body] of writes) {
        const isTheirs = role === 'front-desk' && path.includes('/time-off');
        const expected = role === null ? 401 : !isTheirs ? 403 : method === 'POST' ? 201 : 404;
        assert.equal((await server.ask(method, path, { body, token: theirs })).status, expected, `${role} ${method} ${path}`);
      }
      const read = await server.ask('GET', '/v1/settings', { token: theirs });
      assert.equal(read.status, role === 'front-desk' ? 200 : role === null ? 401 : 403);
      const row = (await server.ask('GET', `/v1/staff/${member.id}`, { token: theirs })).body;
      assert.equal('timeOff' in row, role === 'front-desk', `${role} ${JSON.stringify(row)}`);
    }
    await accounts.create({ email: 'ana@example.org', name: 'Ana', role: 'staff', staffId: member.id }, 'a password');
    const own = await server.login('ana@example.org', 'a password');
    assert.equal((await server.ask('GET', `/v1/staff/${member.id}/hours`, { token: own })).status, 200);
    assert.equal((await server.ask('GET', `/v1/staff/${(await furnish()).member.id}/time-off`, { token: own })).status, 403);
    await accounts.create({ email: 'manager@example.org', name: 'X', role: 'manager' }, 'a password');
    const managers = await server.login('manager@example.org', 'a password');
    assert.equal((await server.ask('POST', '/v1/services', { body: { name: 'X', minutes: 5 }, token: managers })).status, 201);
  });
});
