// Rooms and equipment: made, changed and removed as staff members are, each with a calendar and hours of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dateIn, everyDay } from '../../support/dates.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

const own = (method: string, at: string, body?: object, headers: Record<string, string> = {}) =>
  shop.ask(method, at, { token: shop.tokens.owner, ...(body && { body }), headers });
async function added(more: object = {}) {
  const { status, body, text } = await own('POST', '/v1/resources', { name: 'Blue room', locationId: shop.berlin, ...more });
  assert.equal(status, 201, text);
  return body;
}

describe('a resource', () => {
  test('needs a name and a location, gets a calendar, and is listed', async () => {
    const room = await added({ kind: 'room' });
    assert.deepEqual(
      { ...room, id: undefined, calendarId: undefined },
      {
        id: undefined,
        calendarId: undefined,
        name: 'Blue room',
        kind: 'room',
        locationId: shop.berlin,
        ownHours: false,
        weekly: null,
        dateOverrides: {},
        timeOff: [],
        version: 1,
      },
    );
    const { body: listed } = await own('GET', `/v1/resources?locationId=${shop.berlin}`);
    assert.deepEqual(
      listed.items.find((item: { id: string }) => item.id === room.id),
      room,
    );
    const { body: elsewhere } = await own('GET', `/v1/resources?locationId=${shop.newYork}`);
    assert.deepEqual(elsewhere.items, []);
    const calendar = await own('GET', `/v1/calendars/${room.calendarId}`);
    assert.deepEqual([calendar.body.resourceId, calendar.body.staffId, calendar.body.claims], [room.id, null, []]);
  });
  test('is told to everyone by name, and how it is managed to the desk', async () => {
    const { id, calendarId } = await added();
    const { body } = await shop.ask('GET', `/v1/resources/${id}`);
    assert.deepEqual(body, { id, calendarId, name: 'Blue room', kind: null, locationId: shop.berlin });
    assert.equal((await shop.ask('GET', `/v1/resources/${id}`, { token: shop.tokens.desk })).body.ownHours, false);
    isProblem(await shop.ask('POST', '/v1/resources', { token: shop.tokens.desk, body: { name: 'Mine', locationId: shop.berlin } }), 'forbidden');
  });
  test('is refused without a location that is there, and under an id that is taken', async () => {
    const { id } = await added();
    const nowhere = await own('POST', '/v1/resources', { name: 'Lost', locationId: crypto.randomUUID() });
    assert.deepEqual(nowhere.body.errors, [{ path: 'locationId', message: 'there is no such location' }]);
    isProblem(await own('POST', '/v1/resources', { id, name: 'Twin', locationId: shop.berlin }), 'id-in-use');
    isProblem(await own('POST', '/v1/resources', { calendarId: shop.ada.calendarId, name: 'Thief', locationId: shop.berlin }), 'id-in-use');
  });
  test('has one version with its hours, which every change takes as If-Match', async () => {
    const { id } = await added();
    const path = `/v1/resources/${id}`;
    const first = (await own('GET', path)).headers.get('etag') ?? assert.fail();
    const hours = await own('PUT', `${path}/hours`, { weekly: everyDay('10:00', '12:00') }, { 'if-match': first });
    assert.deepEqual([hours.status, hours.body.weekly.length, hours.headers.get('etag')], [200, 7, '"2"']);
    isProblem(await own('PATCH', path, { name: 'Green room' }, { 'if-match': first }), 'version-mismatch');
    const renamed = await own('PATCH', path, { name: 'Green room', kind: 'sauna', ownHours: true }, { 'if-match': '"2"' });
    assert.deepEqual([renamed.body.name, renamed.body.kind, renamed.body.ownHours], ['Green room', 'sauna', true]);
    const override = await own('PUT', `${path}/date-overrides/${dateIn(4)}`, { windows: [] });
    assert.deepEqual(override.body.dateOverrides, { [dateIn(4)]: [] });
    const off = await own('POST', `${path}/time-off`, { startsAt: berlinTime(3, '10:00'), endsAt: berlinTime(3, '11:00'), reason: 'painted' });
    assert.equal(off.status, 201, off.text);
    assert.deepEqual((await own('GET', `${path}/time-off`)).body.items, [off.body]);
    assert.equal((await own('DELETE', `${path}/time-off/${off.body.id}`)).status, 204);
  });
  test('is blocked like a staff member', async () => {
    const { id, calendarId } = await added();
    const body = { startsAt: berlinTime(3, '10:00'), endsAt: berlinTime(3, '11:00'), reason: 'cleaning' };
    const blocked = await own('POST', `/v1/resources/${id}/blocks`, body);
    assert.deepEqual([blocked.status, blocked.body.resourceId, blocked.body.staffId, blocked.body.calendarId], [201, id, null, calendarId], blocked.text);
    isProblem(await own('POST', `/v1/resources/${id}/blocks`, body), 'slot-taken');
    assert.equal((await own('DELETE', `/v1/resources/${id}/blocks/${blocked.body.id}`)).status, 204);
  });
  test('goes to another location with its calendar, and has the hours there', async () => {
    const { id, calendarId } = await added();
    assert.equal((await own('PATCH', `/v1/resources/${id}`, { locationId: shop.newYork })).status, 200);
    assert.equal((await own('GET', `/v1/calendars/${calendarId}`)).body.timeZone, 'America/New_York');
  });
  test('is removed: its calendar takes nothing any more, and a location with resources stays', async () => {
    const { body: place } = await own('POST', '/v1/locations', { name: 'Annex', timeZone: 'Europe/Berlin', currency: 'EUR' });
    const { id } = await added({ locationId: place.id });
    isProblem(await own('DELETE', `/v1/locations/${place.id}`), 'wrong-status');
    isProblem(await own('DELETE', `/v1/resources/${id}`, undefined, { 'if-match': '"9"' }), 'version-mismatch');
    assert.equal((await own('DELETE', `/v1/resources/${id}`)).status, 204);
    isProblem(await own('GET', `/v1/resources/${id}`), 'not-found');
    isProblem(await own('POST', `/v1/resources/${id}/blocks`, { startsAt: berlinTime(3, '10:00'), endsAt: berlinTime(3, '11:00') }), 'not-found');
    assert.equal((await own('DELETE', `/v1/locations/${place.id}`)).status, 204);
  });
  test('leaves who did it in the audit trail', async () => {
    const { id } = await added();
    await own('PATCH', `/v1/resources/${id}`, { name: 'Red room' });
    await own('DELETE', `/v1/resources/${id}`);
    const { body } = await own('GET', `/v1/audit?subjectId=${id}`);
    assert.deepEqual(
      body.items.map((entry: { action: string }) => entry.action),
      ['resource.removed', 'resource.changed', 'resource.added'],
    );
    assert.deepEqual([body.items[1].before, body.items[1].after, body.items[1].subject.kind], [{ name: 'Blue room' }, { name: 'Red room' }, 'resource']);
  });
});
