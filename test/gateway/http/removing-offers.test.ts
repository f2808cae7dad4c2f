import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { everyDay } from '../../support/dates.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness, walkIn } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const DAYS = 6;
const CUSTOMER = { name: 'Kim', email: 'kim@example.org' };

describe('removing a service or a location', () => {
  let shop: Business;
  before(async () => {
    shop = await openBusiness();
  });
  after(() => shop[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: unknown, headers = {}) => shop.ask(method, path, { token: shop.tokens.owner, body, headers });
  /** A location with a service and two people. */
  async function furnish() {
    const make = makerOf(shop, shop.tokens.owner);
    const location = await make('/v1/locations', { name: 'Annex', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('09:00', '17:00') });
    const service: Json = await make('/v1/services', { name: 'Shave', minutes: 30 });
    const staff: Json[] = [];
    for (const name of ['Lea', 'Max']) staff.push(await make('/v1/staff', { name, locationId: location.id, serviceIds: [service.id] }));
    const book = async (who: number, time: string, headers = {}) => {
      const body = { serviceId: service.id, staffId: staff[who]?.id, startsAt: berlinTime(DAYS, time), customer: CUSTOMER, allowOverlap: true };
      const said = await ask('POST', '/v1/appointments', body, headers);
      assert.equal(said.status, 201, said.text);
      return said.body;
    };
    const moveOut = async () => {
      for (const { id } of staff) assert.equal((await ask('PATCH', `/v1/staff/${id}`, { locationId: shop.berlin })).status, 200);
    };
    return { service, location, staff, book, moveOut };
  }
  const statusOf = async ({ id }: Json) => (await ask('GET', `/v1/appointments/${id}`)).body.status;

  for (const what of ['service', 'location'] as const) {
    const ready = async ({ withWalkIn = false } = {}) => {
      const made = await furnish();
      const served = withWalkIn ? await walkIn(shop, made.service.id, made.staff[0]?.id) : null;
      const [late, early] = [await made.book(0, '12:00'), await made.book(1, '10:00')];
      if (what === 'location') await made.moveOut();
      return { ...made, served, late, early, path: `/v1/${what}s/${made[what].id}` };
    };

    test(`a ${what} with appointments ahead stays, and it is said how many there are and which is the first`, async () => {
      const { path, early, late } = await ready();
      const said = await ask('DELETE', path);
      isProblem(said, 'still-in-use');
      assert.deepEqual([said.body.appointments, said.body.next], [2, { id: early.id, startsAt: early.startsAt }]);
      assert.equal((await ask('GET', path)).status, 200);
      assert.deepEqual([await statusOf(early), await statusOf(late)], ['booked', 'booked']);
    });

    test(`with appointments=keep a ${what} goes and they stay`, async () => {
      const { path, early } = await ready();
      assert.equal((await ask('DELETE', `${path}?appointments=keep`)).status, 204);
      assert.equal((await ask('GET', path)).status, 404);
      assert.equal(await statusOf(early), 'booked');
    });

    test(`with appointments=cancel a ${what} goes and they are cancelled; who has been checked in stays`, async () => {
      const { path, early, late, served } = await ready({ withWalkIn: true });
      const said = await ask('DELETE', `${path}?appointments=cancel&reason=Closing`);
      assert.deepEqual([said.status, said.body], [200, { cancelled: 2 }], said.text);
      for (const appointment of [early, late]) {
        const { status, reason } = (await ask('GET', `/v1/appointments/${appointment.id}`)).body;
        assert.deepEqual([status, reason], ['cancelled', 'Closing']);
      }
      assert.equal(await statusOf(served), 'checked-in');
      assert.equal((await ask('GET', path)).status, 404);
    });

    test(`a ${what} that may not go for another reason loses no appointment`, async () => {
      const { path, early } = await ready();
      isProblem(await ask('DELETE', `${path}?appointments=cancel`, undefined, { 'If-Match': '"99"' }), 'version-mismatch');
      assert.equal(await statusOf(early), 'booked');
    });

    test(`a plan of removing a ${what} names each appointment ahead and who could take it elsewhere, and changes nothing`, async () => {
      const { path, early, late, staff } = await ready();
      const { status, body: plan } = await ask('DELETE', `${path}?plan=true`);
      assert.equal(status, 200);
      assert.deepEqual(
        plan.stranded.map(({ appointmentId, customer }: Json) => [appointmentId, customer.name]),
        [early, late].map(({ id }) => [id, 'Kim']),
      );
      // Both people have moved to another location, and are free there at the time of their own appointment at least.
      const best = plan.stranded.map(({ options: [option] }: Json) => option?.startsAt);
      assert.deepEqual(best, what === 'service' ? [undefined, undefined] : [early.startsAt, late.startsAt]);
      if (what === 'location') assert.ok(plan.stranded[0].options.every(({ staffId }: Json) => staff.some(({ id }) => id === staffId)));
      assert.equal((await ask('GET', path)).status, 200);
      assert.deepEqual([await statusOf(early), await statusOf(late)], ['booked', 'booked']);
    });

    test(`by a plan a ${what} goes with what becomes of each appointment in one commit, once`, async () => {
      const { path, early, late, staff } = await ready();
      const { planId } = (await ask('DELETE', `${path}?plan=true`)).body;
      isProblem(await ask('DELETE', `${path}?planId=${planId}`, { stranded: { [early.id]: { action: 'keep' } } }), 'invalid-request', `stranded.${late.id}`);
      assert.equal((await ask('GET', path)).status, 200);
      const move = { action: 'move', staffId: staff[1]?.id, startsAt: early.startsAt };
      const stranded = { [early.id]: what === 'location' ? move : { action: 'keep' }, [late.id]: { action: 'cancel' } };
      const key = { 'Idempotency-Key': randomUUIDv7() };
      assert.equal((await ask('DELETE', `${path}?planId=${planId}`, { stranded }, key)).status, 204);
      const again = await ask('DELETE', `${path}?planId=${planId}`, { stranded }, key);
      assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [204, 'true']);
      assert.equal((await ask('GET', path)).status, 404);
      assert.deepEqual([await statusOf(early), await statusOf(late)], ['booked', 'cancelled']);
      if (what === 'location') assert.equal((await ask('GET', `/v1/appointments/${early.id}`)).body.locationId, shop.berlin);
    });

    test(`a plan of removing a ${what} is outdated once an appointment of it is moved, cancelled or made, and does nothing`, async () => {
      const { path, early, late, service, staff } = await ready();
      const stranded = Object.fromEntries([early, late].map(({ id }) => [id, { action: 'cancel' }]));
      const { planId } = (await ask('DELETE', `${path}?plan=true`)).body;
      const moved = await ask('POST', `/v1/appointments/${late.id}/reschedule`, { startsAt: berlinTime(DAYS, '13:00'), allowOverlap: true });
      assert.equal(moved.status, 200, moved.text);
      isProblem(await ask('DELETE', `${path}?planId=${planId}`, { stranded }), 'plan-outdated');
      const { planId: next } = (await ask('DELETE', `${path}?plan=true`)).body;
      if (what === 'service') {
        const body = { serviceId: service.id, staffId: staff[0]?.id, startsAt: berlinTime(DAYS, '15:00'), customer: CUSTOMER, allowOverlap: true };
        assert.equal((await ask('POST', '/v1/appointments', body)).status, 201);
        // What was moved is where its person is by now.
      } else assert.equal((await ask('POST', `/v1/appointments/${early.id}/cancel`)).status, 200);
      isProblem(await ask('DELETE', `${path}?planId=${next}`, { stranded }), 'plan-outdated');
      assert.equal((await ask('GET', path)).status, 200);
      assert.equal(await statusOf(late), 'booked');
    });

    test(`of a ${what} on which nothing depends a plan is carried out without any appointment`, async () => {
      const made = await furnish();
      if (what === 'location') await made.moveOut();
      const path = `/v1/${what}s/${made[what].id}`;
      const { planId, stranded } = (await ask('DELETE', `${path}?plan=true`)).body;
      assert.deepEqual(stranded, []);
      assert.equal((await ask('DELETE', `${path}?planId=${planId}`, {})).status, 204);
      assert.equal((await ask('GET', path)).status, 404);
    });

    test(`what is cancelled, over or settled does not keep a ${what}`, async () => {
      const { path, early, late } = await ready();
      for (const { id } of [early, late]) assert.equal((await ask('POST', `/v1/appointments/${id}/cancel`)).status, 200);
      assert.equal((await ask('DELETE', path)).status, 204);
    });
  }

  test('a location where people work stays, and its appointments with it, whatever is said of them', async () => {
    const { location, book } = await furnish();
    const appointment = await book(0, '10:00');
    for (const query of ['', '?appointments=keep', '?appointments=cancel', '?plan=true'])
      isProblem(await ask('DELETE', `/v1/locations/${location.id}${query}`), 'wrong-status');
    assert.equal(await statusOf(appointment), 'booked');
  });

  test('of more appointments than one request cancels the rest is told, and asking again goes on', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const { staff } = await furnish();
    const class500: Json = await make('/v1/services', { name: 'Lecture', minutes: 60, capacity: 500, staffIds: [staff[0]?.id] });
    const startsAt = berlinTime(DAYS, '10:00');
    for (let made = 0; made < 205; made += 41) {
      const several = Array.from({ length: 41 }, () =>
        ask('POST', '/v1/appointments', { serviceId: class500.id, staffId: staff[0]?.id, startsAt, customer: CUSTOMER, allowOverlap: true }),
      );
      for (const said of await Promise.all(several)) assert.equal(said.status, 201, said.text);
    }
    isProblem(await ask('DELETE', `/v1/services/${class500.id}?plan=true`), 'limit-reached');
    const first = await ask('DELETE', `/v1/services/${class500.id}?appointments=cancel`);
    isProblem(first, 'still-in-use');
    assert.deepEqual([first.body.cancelled, first.body.appointments], [200, 5]);
    const again = await ask('DELETE', `/v1/services/${class500.id}?appointments=cancel`);
    assert.deepEqual([again.status, again.body], [200, { cancelled: 5 }]);
  });
});
