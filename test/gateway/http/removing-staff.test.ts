import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { makerOf, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness, walkIn } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const CUSTOMER = { name: 'Kim', email: 'kim@example.org' };

describe('removing a staff member', () => {
  let shop: Business;
  before(async () => {
    shop = await openBusiness();
  });
  after(() => shop[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: unknown, headers = {}) => shop.ask(method, path, { token: shop.tokens.owner, body, headers });
  const hire = (name: string) =>
    makerOf(shop, shop.tokens.owner)('/v1/staff', { name, locationId: shop.berlin, serviceIds: [shop.haircut.id, shop.colour.id] });
  const remove = (id: string, query = '', headers = {}) => ask('DELETE', `/v1/staff/${id}${query}`, undefined, headers);
  async function book(staffId: string, time: string, serviceId = shop.haircut.id) {
    const said = await ask('POST', '/v1/appointments', { serviceId, staffId, startsAt: berlinTime(3, time), customer: CUSTOMER, allowOverlap: true });
    assert.equal(said.status, 201, said.text);
    return said.body;
  }
  const statusOf = async (id: string) => (await ask('GET', `/v1/appointments/${id}`)).body.status;
  const isBookable = async (id: string) =>
    (
      await shop.ask(
        'GET',
        `/v1/slots?serviceId=${shop.haircut.id}&staffId=${id}&from=${berlinTime(3, '00:00').slice(0, 10)}&to=${berlinTime(4, '00:00').slice(0, 10)}`,
      )
    ).body.slots?.length > 0;

  test('with appointments ahead is refused, says how many and the first, and leaves everything as it was', async () => {
    const { id } = await hire('Dan');
    const second = await book(id, '12:00', shop.colour.id);
    const first = await book(id, '10:00');
    const hold = await ask('POST', '/v1/holds', { serviceId: shop.haircut.id, staffId: id, startsAt: berlinTime(3, '15:00') });
    const said = await remove(id);
    isProblem(said, 'still-in-use');
    assert.deepEqual([said.body.appointments, said.body.next, said.body.stranded], [2, { id: first.id, startsAt: first.startsAt }, undefined]);
    assert.deepEqual([await statusOf(first.id), await statusOf(second.id)], ['booked', 'pending']);
    assert.ok(await isBookable(id));
    const { id: holdId, token } = hold.body;
    const booked = await shop.ask('POST', '/v1/appointments', { body: { holdId, customer: CUSTOMER, allowOverlap: true }, headers: { 'Hold-Token': token } });
    assert.equal(booked.status, 201, booked.text);
  });

  test('with appointments=keep they stay, and nothing new is taken: a hold that was open has ended', async () => {
    const { id, calendarId } = await hire('Eva');
    const kept = await book(id, '10:00');
    const { body: hold } = await ask('POST', '/v1/holds', { serviceId: shop.haircut.id, staffId: id, startsAt: berlinTime(3, '15:00') });
    assert.equal((await remove(id, '?appointments=keep')).status, 204);
    assert.equal(await statusOf(kept.id), 'booked');
    const confirm = await shop.ask('POST', '/v1/appointments', {
      body: { holdId: hold.id, customer: CUSTOMER, allowOverlap: true },
      headers: { 'Hold-Token': hold.token },
    });
    isProblem(confirm, 'hold-not-found');
    const claims = (await ask('GET', `/v1/calendars/${calendarId}`)).body.claims;
    assert.deepEqual(
      claims.map((claim: { kind: string; id: string }) => [claim.kind, claim.id]),
      [['appointment', kept.id]],
    );
    assert.equal((await ask('POST', `/v1/appointments/${kept.id}/reschedule`, { startsAt: berlinTime(3, '11:00') })).status >= 400, true);
    assert.equal((await ask('POST', `/v1/appointments/${kept.id}/cancel`)).status, 200);
  });

  test('with appointments=cancel the business cancels each, with its reason, and says how many', async () => {
    const { id } = await hire('Fay');
    const booked = [await book(id, '10:00'), await book(id, '12:00', shop.colour.id)];
    const served = await walkIn(shop, shop.haircut.id, id);
    const key = { 'Idempotency-Key': randomUUIDv7() };
    const path = '?appointments=cancel&reason=Fay%20has%20left';
    const said = await remove(id, path, key);
    assert.deepEqual([said.status, said.body], [200, { cancelled: 2 }]);
    for (const { id: appointmentId } of booked) {
      const { status, reason } = (await ask('GET', `/v1/appointments/${appointmentId}`)).body;
      assert.deepEqual([status, reason], ['cancelled', 'Fay has left']);
    }
    assert.equal(await statusOf(served.id), 'checked-in');
    const again = await remove(id, path, key);
    assert.deepEqual([again.status, again.body, again.headers.get('idempotency-replayed')], [200, { cancelled: 2 }, 'true']);
    isProblem(await remove(id, path), 'not-found');
  });

  test('a removal that comes to nothing for another reason leaves the calendar open', async () => {
    const { id } = await hire('Gil');
    isProblem(await remove(id, '?appointments=keep', { 'If-Match': '"99"' }), 'version-mismatch');
    const key = { 'Idempotency-Key': randomUUIDv7() };
    const other = await hire('Hal');
    assert.equal((await remove(other.id, '', key)).status, 204);
    isProblem(await remove(id, '', key), 'idempotency-key-reused');
    assert.ok(await isBookable(id));
    await book(id, '10:00');
  });

  test('a removal that is refused for another reason cancels nothing', async () => {
    const { id } = await hire('Kit');
    const booked = await book(id, '10:00');
    const key = { 'Idempotency-Key': randomUUIDv7() };
    const other = await hire('Lea');
    assert.equal((await remove(other.id, '', key)).status, 204);
    isProblem(await remove(id, '?appointments=cancel', key), 'idempotency-key-reused');
    assert.equal(await statusOf(booked.id), 'booked');
    isProblem(await remove(id, '?appointments=cancel', { 'If-Match': '"99"' }), 'version-mismatch');
    assert.equal(await statusOf(booked.id), 'booked');
  });

  test('what is asked for and cannot be meant is refused by name', async () => {
    const { id } = await hire('Ida');
    for (const [query, field] of [
      ['?appointments=drop', 'appointments'],
      ['?reason=none', 'reason'],
      ['?appointments=keep&reason=none', 'reason'],
      ['?appointment=keep', 'appointment'],
    ] as const) {
      isProblem(await remove(id, query), 'invalid-request', field);
    }
  });

  test('who may not cancel appointments does not cancel them by removing somebody', async () => {
    const { id } = await hire('Jan');
    const key = await ask('POST', '/v1/api-keys', { name: 'catalog', scopes: ['catalog:write'] });
    assert.equal(key.status, 201, key.text);
    const said = await shop.ask('DELETE', `/v1/staff/${id}?appointments=cancel`, { token: key.body.key ?? key.body.secret ?? key.body.token });
    isProblem(said, 'forbidden');
    assert.equal((await ask('GET', `/v1/staff/${id}`)).status, 200);
  });

  test('appointments that are at another location are cancelled by removing somebody only by who may cancel them there', async () => {
    const people = [{ email: 'manager.newyork@example.org', name: 'Moe', role: 'manager', locationId: shop.newYork }] as const;
    await shop.server.context.accounts.createAll(people, TEST_PASSWORD);
    const token = await shop.login(people[0].email);
    const { id } = await hire('Mia');
    const booked = await book(id, '16:00');
    assert.equal((await ask('PATCH', `/v1/staff/${id}`, { locationId: shop.newYork })).status, 200);
    isProblem(await shop.ask('POST', `/v1/appointments/${booked.id}/cancel`, { token }), 'forbidden');
    isProblem(await shop.ask('DELETE', `/v1/staff/${id}?appointments=cancel`, { token }), 'forbidden');
    assert.equal(await statusOf(booked.id), 'booked');
    assert.ok(await isBookable(id));
    assert.equal((await shop.ask('DELETE', `/v1/staff/${id}?appointments=keep`, { token })).status, 204);
  });

  test('bookings that race with a removal are either seen by it or refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, calendarId } = await hire(`Racer ${round}`);
      const bookings = ['09:00', '10:00', '11:00', '12:00'].map((time) =>
        ask('POST', '/v1/appointments', { serviceId: shop.haircut.id, staffId: id, startsAt: berlinTime(3, time), customer: CUSTOMER, allowOverlap: true }),
      );
      const removal = await remove(id);
      const made = (await Promise.all(bookings)).filter(({ status }) => status === 201);
      const { claims } = (await ask('GET', `/v1/calendars/${calendarId}`)).body;
      assert.equal(claims.length, made.length);
      if (removal.status === 204) assert.equal(made.length, 0);
      else {
        isProblem(removal, 'still-in-use');
        assert.ok(removal.body.appointments > 0);
      }
    }
  });
});
