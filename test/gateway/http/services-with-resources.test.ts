// A service that takes a room along: what is offered, what a claim takes, who is refused and why, and what becomes of both calendars.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dateIn } from '../../support/dates.ts';
import type { Json } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';
import { TestScreen } from '../socket/test-screen.ts';

const CUSTOMER = { name: 'Kim', email: 'kim@example.org' };
const DAY = 3;
const at = (time: string, day = DAY) => berlinTime(day, time);

let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

const own = (method: string, path: string, body?: object) => shop.ask(method, path, { token: shop.tokens.owner, ...(body && { body }) });
async function made(path: string, body: object): Promise<Json> {
  const said = await own('POST', path, body);
  assert.equal(said.status, 201, said.text);
  return said.body;
}
const addRoom = (name: string, locationId = shop.berlin) => made('/v1/resources', { name, locationId });

/** Two people who do it, so that a room is what is scarce. */
async function massage(rooms: readonly Json[], more: object = {}) {
  const [one, two] = [await made('/v1/staff', { name: 'Mia', locationId: shop.berlin }), await made('/v1/staff', { name: 'Noa', locationId: shop.berlin })];
  const resourceIds = rooms.map(({ id }) => id);
  const service = await made('/v1/services', { name: 'Massage', minutes: 60, staffIds: [one.id, two.id], resourceIds, ...more });
  return { one, two, service };
}
const slots = async (query: Record<string, string>, day = DAY) => {
  const said = await shop.ask('GET', `/v1/slots?${new URLSearchParams({ from: dateIn(day), to: dateIn(day + 1), timeZone: 'Europe/Berlin', ...query })}`);
  assert.equal(said.status, 200, said.text);
  return said.body.slots as Json[];
};
const book = (serviceId: string, staffId: string, startsAt: string, more: object = {}) =>
  own('POST', '/v1/appointments', { serviceId, staffId, startsAt, customer: CUSTOMER, allowOverlap: true, ...more });
const claimsOn = async (calendarId: string) => (await own('GET', `/v1/calendars/${calendarId}`)).body.claims as Json[];

describe('a service with resources', () => {
  test('names resources that are there, and says which', async () => {
    const room = await addRoom('Named');
    const { service } = await massage([room]);
    assert.deepEqual(service.resourceIds, [room.id]);
    const unknown = await own('PATCH', `/v1/services/${service.id}`, { resourceIds: [room.id, crypto.randomUUID()] });
    assert.deepEqual(unknown.body.errors, [{ path: 'resourceIds.1', message: 'there is no such resource' }]);
    isProblem(await own('PATCH', `/v1/services/${service.id}`, { resourceIds: [room.id, room.id] }), 'invalid-request');
    const many = Array.from({ length: 51 }, () => crypto.randomUUID());
    isProblem(await own('PATCH', `/v1/services/${service.id}`, { resourceIds: many }), 'invalid-request');
  });

  test('takes the first room that is free, and is offered while any one is', async () => {
    const [blue, red] = [await addRoom('Blue'), await addRoom('Red')];
    const { one, two, service } = await massage([blue, red]);
    const before = await slots({ serviceId: service.id, staffId: one.id });
    assert.deepEqual(new Set(before.map(({ resourceId }) => resourceId)), new Set([blue.id]));
    const first = await book(service.id, one.id, at('10:00'));
    assert.deepEqual([first.status, first.body.resourceId, first.body.resourceName], [201, blue.id, 'Blue'], first.text);
    const taken = (await slots({ serviceId: service.id, staffId: two.id })).find(({ startsAt }) => startsAt === at('10:00'));
    assert.equal(taken?.resourceId, red.id);
    const held = await own('POST', '/v1/holds', { serviceId: service.id, staffId: two.id, startsAt: at('10:00') });
    assert.deepEqual([held.status, held.body.resourceId, held.body.resourceName], [201, red.id, 'Red'], held.text);
    assert.deepEqual(
      (await claimsOn(red.calendarId)).map(({ kind, id, staffId }) => [kind, id, staffId]),
      [['hold', held.body.id, two.id]],
    );
    assert.deepEqual(
      (await claimsOn(one.calendarId)).map(({ id, resourceId }) => [id, resourceId]),
      [[first.body.id, blue.id]],
    );
    const booked = await own('POST', '/v1/appointments', { holdId: held.body.id, customer: CUSTOMER, allowOverlap: true });
    assert.deepEqual([booked.status, booked.body.resourceId], [201, red.id], booked.text);
    assert.equal((await own('GET', `/v1/appointments/${booked.body.id}`)).body.resourceName, 'Red');
  });

  test('is refused where every room is taken, says so, and offers times at which one is free', async () => {
    const room = await addRoom('Only');
    const { one, two, service } = await massage([room]);
    assert.equal((await book(service.id, one.id, at('10:00'))).status, 201);
    const refused = await book(service.id, two.id, at('10:00'));
    isProblem(refused, 'slot-taken');
    assert.deepEqual(refused.body.conflict, { by: 'appointment', resourceId: room.id });
    assert.ok(refused.body.alternatives.length >= 3);
    for (const { startsAt, staffId, resourceId } of refused.body.alternatives) {
      assert.equal(resourceId, room.id);
      assert.ok(
        (await slots({ serviceId: service.id, staffId })).some((slot) => slot.startsAt === startsAt),
        startsAt,
      );
    }
    const why = await own('GET', `/v1/slots/explain?${new URLSearchParams({ serviceId: service.id, staffId: two.id, startsAt: at('10:00') })}`);
    assert.equal(why.body.bookable, false);
    assert.match(why.body.rules.find(({ rule }: Json) => rule === 'slot-taken').detail, /on the resource/);
  });

  test('keeps the buffers of the service in the room too, and its hours', async () => {
    const room = await addRoom('Buffered');
    const { one, two, service } = await massage([room], { bufferAfterMinutes: 30, slotIntervalMinutes: 30 });
    await own('PUT', `/v1/resources/${room.id}/hours`, { weekly: [] });
    await own('PUT', `/v1/resources/${room.id}/date-overrides/${dateIn(DAY)}`, { windows: [{ from: '10:00', to: '13:00' }] });
    const times = async (staffId: string) => (await slots({ serviceId: service.id, staffId })).map(({ startsAt }) => startsAt.slice(11, 16));
    assert.deepEqual(await times(two.id), ['10:00', '10:30', '11:00', '11:30', '12:00']);
    assert.equal((await book(service.id, one.id, at('10:00'))).status, 201);
    assert.deepEqual(await times(two.id), ['11:30', '12:00']);
    const closed = await book(service.id, two.id, at('14:00'));
    isProblem(closed, 'outside-hours');
    assert.match(closed.body.detail, /closed/);
    const stuck = await own('PUT', `/v1/resources/${room.id}/date-overrides/${dateIn(DAY)}`, { windows: [] });
    isProblem(stuck, 'still-in-use');
    assert.equal(stuck.body.stranded[0].resourceId, room.id);
  });

  test('takes the room that is named, if the service needs it', async () => {
    const [blue, red, other] = [await addRoom('Blue'), await addRoom('Red'), await addRoom('Other')];
    const { one, two, service } = await massage([blue, red]);
    assert.equal((await book(service.id, one.id, at('10:00'), { resourceId: red.id })).body.resourceId, red.id);
    isProblem(await book(service.id, two.id, at('10:00'), { resourceId: red.id }), 'slot-taken');
    isProblem(await book(service.id, two.id, at('10:00'), { resourceId: other.id }), 'invalid-request');
    isProblem(await book(service.id, two.id, at('10:00'), { resourceId: crypto.randomUUID() }), 'not-found');
  });

  test('frees both when it is cancelled, and moves both when it is moved', async () => {
    const room = await addRoom('Moving');
    const { one, two, service } = await massage([room]);
    const { body } = await book(service.id, one.id, at('10:00'));
    const moved = await own('POST', `/v1/appointments/${body.id}/reschedule`, { startsAt: at('11:00'), staffId: two.id });
    assert.deepEqual([moved.status, moved.body.resourceId, moved.body.staffId], [200, room.id, two.id], moved.text);
    assert.deepEqual(
      (await claimsOn(room.calendarId)).map(({ id, startsAt, staffId }) => [id, startsAt, staffId]),
      [[body.id, at('11:00'), two.id]],
    );
    assert.deepEqual(await claimsOn(one.calendarId), []);
    const other = await addRoom('Unused');
    const listed = (...ids: string[]) => own('GET', `/v1/appointments?${ids.map((id) => `resourceId=${id}&`).join('')}staffId=${two.id}`);
    assert.deepEqual([(await listed(room.id)).body.items.map(({ id }: Json) => id), (await listed(other.id)).body.items], [[body.id], []]);
    assert.deepEqual((await listed(other.id, room.id.toUpperCase())).body.items.length, 1);
    isProblem(await listed('the blue one'), 'invalid-request', 'resourceId');
    assert.equal((await own('POST', `/v1/appointments/${body.id}/cancel`, {})).status, 200);
    assert.deepEqual([await claimsOn(room.calendarId), await claimsOn(two.calendarId)], [[], []]);
  });

  test('whose rooms are all gone offers nothing, and says why', async () => {
    const room = await addRoom('Gone');
    const { one, service } = await massage([room]);
    assert.equal((await own('DELETE', `/v1/resources/${room.id}`)).status, 204);
    assert.deepEqual(await slots({ serviceId: service.id }), []);
    isProblem(await book(service.id, one.id, at('10:00')), 'outside-hours');
    const why = await own('GET', `/v1/slots/explain?${new URLSearchParams({ serviceId: service.id, staffId: one.id, startsAt: at('10:00') })}`);
    assert.deepEqual([why.body.bookable, why.body.rules.find(({ ok }: Json) => !ok).rule], [false, 'outside-hours']);
    assert.deepEqual((await own('PATCH', `/v1/services/${service.id}`, { resourceIds: [] })).body.resourceIds, []);
    assert.ok((await slots({ serviceId: service.id })).length > 0);
  });

  test('keeps a room with appointments ahead, unless it is said what becomes of them', async () => {
    const room = await addRoom('Wanted');
    const { one, service } = await massage([room]);
    const { body } = await book(service.id, one.id, at('10:00'));
    const refused = await own('DELETE', `/v1/resources/${room.id}`);
    isProblem(refused, 'still-in-use');
    assert.deepEqual([refused.body.appointments, refused.body.next.id], [1, body.id]);
    const removed = await own('DELETE', `/v1/resources/${room.id}?appointments=cancel`);
    assert.deepEqual([removed.status, removed.body], [200, { cancelled: 1 }]);
    assert.equal((await own('GET', `/v1/appointments/${body.id}`)).body.status, 'cancelled');
  });

  test('shares the room of a class with those who join it, and with no other class', async () => {
    const [hall, studio] = [await addRoom('Hall'), await addRoom('Studio')];
    const { one, two, service } = await massage([hall, studio], { capacity: 3 });
    const first = await book(service.id, one.id, at('10:00'), { resourceId: studio.id });
    const second = await book(service.id, one.id, at('10:00'));
    assert.deepEqual([first.body.resourceId, second.body.resourceId], [studio.id, studio.id], second.text);
    const other = await book(service.id, two.id, at('10:00'));
    assert.equal(other.body.resourceId, hall.id, other.text);
    const left = (await slots({ serviceId: service.id, staffId: one.id })).find(({ startsAt }) => startsAt === at('10:00'));
    assert.deepEqual([left?.remaining, left?.resourceId], [1, studio.id]);
    isProblem(await book(service.id, two.id, at('10:00'), { resourceId: studio.id }), 'slot-taken');
  });
});

test('a board of a location has its rooms, and shows in them what happens, as it happens', async () => {
  const room = await addRoom('On the board');
  const { one, service } = await massage([room]);
  const screen = await TestScreen.open(shop.url, shop.tokens.desk);
  const board = await screen.ask('watch-board', { watchId: 'b', from: dateIn(DAY), to: dateIn(DAY + 1), locationId: shop.berlin });
  assert.equal(board.ok, true, JSON.stringify(board));
  assert.deepEqual(
    board.resources.find(({ resourceId }: Json) => resourceId === room.id),
    { calendarId: room.calendarId, resourceId: room.id, resourceName: 'On the board', presence: 'here' },
  );
  const { body } = await book(service.id, one.id, at('10:00'));
  const changed = await screen.hears('board-changed', (told) => told.calendarId === room.calendarId);
  assert.deepEqual([changed.resourceId, changed.events[0].appointmentId, changed.events[0].resourceId], [room.id, body.id, room.id]);
  screen.close();
});

test('a room is blocked over a socket as it is over REST', async () => {
  const room = await addRoom('To be painted');
  const screen = await TestScreen.open(shop.url, shop.tokens.desk);
  const key = () => crypto.randomUUID();
  const time = { startsAt: at('10:00'), endsAt: at('11:00'), reason: 'paint' };
  const block = await screen.ask('add-block', { key: key(), resourceId: room.id, ...time });
  assert.deepEqual([block.ok, block.resourceId, block.staffId, block.reason], [true, room.id, null, 'paint'], JSON.stringify(block));
  assert.deepEqual(
    (await claimsOn(room.calendarId)).map(({ kind, id }) => [kind, id]),
    [['block', block.id]],
  );
  const both = await screen.ask('add-block', { key: key(), resourceId: room.id, staffId: shop.ada.id, ...time });
  const neither = await screen.ask('remove-block', { key: key(), blockId: block.id });
  assert.deepEqual(
    [both, neither].map(({ problem }) => problem.errors[0].path),
    ['resourceId', 'staffId'],
  );
  assert.equal((await screen.ask('add-block', { key: key(), resourceId: shop.ada.id, ...time })).problem.code, 'not-found');
  assert.deepEqual(await screen.ask('remove-block', { key: key(), resourceId: room.id, blockId: block.id }), { ok: true });
  assert.deepEqual(await claimsOn(room.calendarId), []);
  screen.close();
});
