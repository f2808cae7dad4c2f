import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dateIn as dateInZone, everyDay } from '../support/dates.ts';
import { type Json, openTestServer, TEST_OWNER, type TestServer } from '../support/test-server.ts';

describe('services that are offered', () => {
  let server: TestServer;
  let token: string;
  before(async () => {
    server = await openTestServer({ isDemo: false });
    token = await server.login(TEST_OWNER);
  });
  after(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: unknown) => server.ask(method, path, { token, body });
  async function make(method: string, path: string, body?: unknown): Promise<Json> {
    const said = await ask(method, path, body);
    assert.ok(said.status < 300, `${method} ${path}: ${said.status} ${JSON.stringify(said.body)}`);
    return said.body;
  }
  const dateIn = (days: number) => dateInZone(days, 'Asia/Tokyo');

  test('services are listed by position, then by name; a new one comes last', async () => {
    const first = await make('POST', '/v1/services', { name: 'Zither lesson', minutes: 30, position: 900, category: ' Music ', colour: '#3A7D44' });
    const other = await make('POST', '/v1/services', { name: 'Accordion lesson', minutes: 30, position: 900 });
    const last = await make('POST', '/v1/services', { name: 'Band', minutes: 30 });
    assert.deepEqual([first.category, first.colour, other.category, other.colour, last.position], ['Music', '#3a7d44', null, null, 901]);
    const names = async () => (await ask('GET', '/v1/services')).body.items.slice(-3).map(({ name }: Json) => name);
    assert.deepEqual(await names(), ['Accordion lesson', 'Zither lesson', 'Band']);
    await make('PATCH', `/v1/services/${first.id}`, { position: 902, category: null });
    assert.deepEqual(await names(), ['Accordion lesson', 'Band', 'Zither lesson']);
    const wrong = await ask('PATCH', `/v1/services/${first.id}`, { colour: 'green' });
    assert.deepEqual([wrong.status, wrong.body.errors[0].path], [400, 'colour']);
    for (const { id } of [first, other, last]) await make('DELETE', `/v1/services/${id}`);
  });

  test('a service that is not booked online is shown to staff alone, and booked by them alone', async () => {
    const weekly = everyDay('00:00', '24:00');
    const location = await make('POST', '/v1/locations', { name: 'Mill Street', timeZone: 'Asia/Tokyo', currency: 'EUR', weekly });
    const service = await make('POST', '/v1/services', { name: 'Haircut', minutes: 60 });
    const member = await make('POST', '/v1/staff', { name: 'Ana', locationId: location.id, serviceIds: [service.id] });
    await make('PATCH', `/v1/services/${service.id}`, { online: false });
    const guest = (method: string, path: string, body?: unknown) => server.ask(method, path, { body });
    const date = dateIn(2);
    const free = `/v1/slots?serviceId=${service.id}&from=${date}&to=${dateIn(3)}`;
    const slot = { serviceId: service.id, staffId: member.id, startsAt: `${date}T10:00:00+09:00` };
    const booking = { ...slot, customer: { name: 'Gus', email: 'gus@example.org' } };
    for (const said of [await guest('GET', free), await guest('POST', '/v1/holds', slot), await guest('POST', '/v1/appointments', booking)])
      assert.deepEqual([said.status, said.body.detail], [404, 'serviceId cannot be booked online']);
    const listed = async (by: typeof ask | typeof guest) =>
      (await by('GET', '/v1/services?limit=200')).body.items.map(({ id }: Json) => id).includes(service.id);
    assert.deepEqual([await listed(guest), await listed(ask)], [false, true]);
    assert.equal((await guest('GET', `/v1/services/${service.id}`)).status, 404);
    const does = async (by: typeof ask | typeof guest) => (await by('GET', `/v1/staff/${member.id}`)).body.serviceIds;
    assert.deepEqual([await does(guest), await does(ask)], [[], [service.id]]);
    assert.equal((await ask('GET', free)).body.slots.length, 24);
    const { manageToken, ...booked } = await make('POST', '/v1/appointments', booking);
    // What the desk has booked is the customer's to move.
    const moved = await server.ask('POST', `/v1/appointments/${booked.id}/reschedule`, {
      body: { startsAt: `${date}T12:00:00+09:00` },
      headers: { 'Manage-Token': manageToken },
    });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
  });
});
