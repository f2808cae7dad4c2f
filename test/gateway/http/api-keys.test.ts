import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { KeyScope } from '../../../src/model/roles.ts';
import { dateIn } from '../../support/dates.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';
import { TestScreen } from '../socket/test-screen.ts';

describe('API keys over REST and sockets', () => {
  let shop: Business;
  before(async () => {
    shop = await openBusiness();
  });
  after(() => shop[Symbol.asyncDispose]());

  const make = async (scopes: readonly KeyScope[], locationId: string | null = null) => {
    const said = await shop.ask('POST', '/v1/api-keys', { token: shop.tokens.owner, body: { name: 'Website', scopes, locationId } });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  const customer = { name: 'Emma', email: 'emma@example.org' };
  const slot = (staffId: string, days: number) => ({ serviceId: shop.haircut.id, staffId, startsAt: berlinTime(days, '16:00') });
  const booking = (staffId: string, days: number) => ({ ...slot(staffId, days), customer, allowOverlap: true });

  test('are told once, listed without the key, and revoked', async () => {
    const { key, ...shown } = await make(['appointments:read']);
    assert.match(key, /^slk_/);
    const owner = { token: shop.tokens.owner };
    const listed = await shop.ask('GET', '/v1/api-keys', owner);
    assert.deepEqual(
      listed.body.items.find(({ id }: { id: string }) => id === shown.id),
      shown,
    );
    assert.ok(!listed.text.includes(key));
    assert.deepEqual((await shop.ask('GET', `/v1/api-keys/${shown.id}`, owner)).body, shown);
    assert.equal((await shop.ask('GET', '/v1/appointments', { token: key })).status, 200);
    assert.ok((await shop.ask('GET', `/v1/api-keys/${shown.id}`, owner)).body.lastUsedAt);
    assert.equal((await shop.ask('DELETE', `/v1/api-keys/${shown.id}`, owner)).status, 204);
    isProblem(await shop.ask('GET', '/v1/appointments', { token: key }), 'unauthenticated');
    isProblem(await shop.ask('DELETE', `/v1/api-keys/${shown.id}`, owner), 'not-found');
  });

  test('a wrong wish names its field', async () => {
    const ask = (body: object) => shop.ask('POST', '/v1/api-keys', { token: shop.tokens.owner, body: { name: 'Website', scopes: ['catalog:read'], ...body } });
    isProblem(await ask({ name: ' ' }), 'invalid-request', 'name');
    isProblem(await ask({ scopes: [] }), 'invalid-request', 'scopes');
    isProblem(await ask({ scopes: ['everything'] }), 'invalid-request', 'scopes.0');
    isProblem(await ask({ locationId: shop.ada.id }), 'not-found', 'locationId');
    isProblem(await ask({ expiresAt: '2020-01-01T00:00:00Z' }), 'invalid-request', 'expiresAt');
    const { id } = await make(['catalog:read']);
    isProblem(await ask({ id }), 'id-in-use', 'id');
  });

  test('a key does what its scopes name, and is told which one it lacks', async () => {
    const { key } = await make(['appointments:write']);
    const made = await shop.ask('POST', '/v1/appointments', { token: key, body: booking(shop.ada.id, 20) });
    assert.deepEqual([made.status, made.body.source], [201, 'integration'], made.text);
    const refused = await shop.ask('GET', `/v1/appointments/${made.body.id}`, { token: key });
    isProblem(refused, 'forbidden');
    assert.match(refused.body.detail, /scope appointments:read/);
    isProblem(await shop.ask('GET', '/v1/api-keys', { token: key }), 'forbidden');
    isProblem(await shop.ask('GET', '/v1/me', { token: key }), 'forbidden');
  });

  test('without the scope for it, customers have no names', async () => {
    const { owner } = shop.tokens;
    const told = { notes: 'allergic', answers: { allergies: 'allergic' }, override: { rules: ['off-grid'], reason: 'Emma is a friend' } };
    const bookedAt = async (time: string) => {
      const body = { ...booking(shop.ada.id, 21), startsAt: berlinTime(21, time), ...told };
      const made = await shop.ask('POST', '/v1/appointments', { token: owner, body });
      assert.equal(made.status, 201, made.text);
      return made.body;
    };
    const [kept, cancelled] = [await bookedAt('10:05'), await bookedAt('14:05')];
    await shop.ask('POST', `/v1/appointments/${cancelled.id}/cancel`, { token: owner, body: { reason: 'Emma is ill' } });
    const blind = await make(['appointments:read', 'appointments:write', 'calendars:read']);
    const seeing = await make(['appointments:read', 'customers:read']);
    const seen = (await shop.ask('GET', `/v1/appointments/${cancelled.id}`, { token: seeing.key })).body;
    assert.deepEqual(
      [seen.customer.name, seen.reference, seen.notes, seen.answers, seen.override, seen.reason],
      ['Emma', cancelled.reference, told.notes, told.answers, told.override, 'Emma is ill'],
    );
    const writing = (await make(['customers:write'])).key;
    const record = `/v1/customers/${kept.customer.id}`;
    for (const [method, path, body] of [
      ['PATCH', record, {}],
      ['POST', '/v1/customers', { name: 'X', email: 'emma@example.org' }],
      ['POST', `${record}/merge`, { into: kept.customer.id }],
    ] as const) {
      const said = await shop.ask(method, path, { token: writing, body });
      isProblem(said, 'forbidden');
      assert.match(said.body.detail, /scope customers:read/);
    }
    const read = (path: string) => shop.ask('GET', path, { token: blind.key });
    const answers = [
      ...[await read(`/v1/appointments/${kept.id}`), await read(`/v1/appointments/${cancelled.id}`), await read('/v1/appointments')],
      ...[await read(`/v1/appointments/${kept.id}/history`), await read(`/v1/appointments/${cancelled.id}/history`)],
      ...[await read(`/v1/calendars/${shop.ada.calendarId}`), await read(`/v1/calendars/${shop.ada.calendarId}/changes?after=0`)],
      await shop.ask('POST', `/v1/appointments/${kept.id}/cancel`, { token: blind.key, body: {}, headers: { 'idempotency-key': 'of the blind one' } }),
      await shop.ask('POST', '/v1/requests/of%20the%20blind%20one/abandon', { token: blind.key }),
    ];
    for (const { status, text } of answers) {
      assert.equal(status, 200, text);
      assert.doesNotMatch(text, /emma|allergic/i);
      for (const { reference } of [kept, cancelled]) assert.ok(!text.includes(reference), text);
    }
    // An e-mail address leads to the id of its customer.
    const ofEmma = `/v1/appointments?customerId=${kept.customer.id}`;
    isProblem(await shop.ask('GET', ofEmma, { token: blind.key }), 'forbidden');
    assert.ok((await shop.ask('GET', ofEmma, { token: seeing.key })).body.items.some(({ id }: { id: string }) => id === kept.id));
  });

  test('a key that is bound to a location books, reads and watches there only', async () => {
    const { key } = await make(['appointments:write', 'appointments:read', 'calendars:read', 'catalog:write'], shop.berlin);
    const ask = (method: string, path: string, body?: object) => shop.ask(method, path, { token: key, ...(body && { body }) });
    assert.equal((await ask('POST', '/v1/holds', slot(shop.ada.id, 22))).status, 201);
    isProblem(await ask('POST', '/v1/appointments', booking(shop.cy.id, 22)), 'forbidden');
    const guests = await shop.ask('POST', '/v1/holds', { body: slot(shop.cy.id, 23) });
    const withToken = { token: key, headers: { 'hold-token': guests.body.token } };
    isProblem(await shop.ask('POST', '/v1/appointments', { ...withToken, body: { holdId: guests.body.id, customer } }), 'forbidden');
    const made = await ask('POST', '/v1/appointments', booking(shop.bo.id, 22));
    assert.equal(made.status, 201, made.text);
    isProblem(await ask('POST', `/v1/appointments/${made.body.id}/reschedule`, { startsAt: berlinTime(23, '17:00'), staffId: shop.cy.id }), 'forbidden');
    isProblem(await ask('GET', `/v1/calendars/${shop.cy.calendarId}`), 'forbidden');
    isProblem(await ask('GET', `/v1/calendars/${shop.cy.calendarId}/changes?after=0`), 'forbidden');
    isProblem(await ask('GET', `/v1/appointments?locationId=${shop.newYork}`), 'forbidden');
    const explained = async (staffId: string) => {
      const { serviceId, startsAt } = booking(staffId, 22);
      const { rules } = (await ask('GET', `/v1/slots/explain?${new URLSearchParams({ serviceId, staffId, startsAt })}`)).body;
      return rules.find(({ rule }: { rule: string }) => rule === 'slot-taken');
    };
    assert.equal((await shop.ask('POST', '/v1/appointments', { token: shop.tokens.owner, body: booking(shop.cy.id, 22) })).status, 201);
    assert.deepEqual(
      [Object.keys(await explained(shop.ada.id)), Object.keys(await explained(shop.cy.id))],
      [
        ['rule', 'ok', 'detail'],
        ['rule', 'ok'],
      ],
    );
    const elsewhere: readonly (readonly [method: string, path: string, body?: object])[] = [
      ['POST', '/v1/locations', { name: 'Taken', timeZone: 'Etc/UTC', currency: 'EUR' }],
      ['PATCH', `/v1/locations/${shop.newYork}`, { name: 'Taken' }],
      ['DELETE', `/v1/locations/${shop.newYork}`],
      ['PUT', `/v1/locations/${shop.newYork}/hours`, { weekly: [] }],
      ['PUT', `/v1/locations/${shop.newYork}/special-dates/${dateIn(30)}`, { windows: [] }],
      ['DELETE', `/v1/locations/${shop.newYork}/special-dates/${dateIn(30)}`],
      ['POST', '/v1/services', { name: 'Taken', minutes: 30 }],
      ['PATCH', `/v1/services/${shop.haircut.id}`, { name: 'Taken' }],
      ['DELETE', `/v1/services/${shop.haircut.id}`],
      ['POST', '/v1/staff', { name: 'Taken', locationId: shop.newYork }],
      ['PATCH', `/v1/staff/${shop.cy.id}`, { name: 'Taken' }],
      ['PATCH', `/v1/staff/${shop.cy.id}`, { locationId: shop.berlin }],
      ['PATCH', `/v1/staff/${shop.ada.id}`, { locationId: shop.newYork }],
      ['DELETE', `/v1/staff/${shop.cy.id}`],
      ['PUT', `/v1/staff/${shop.cy.id}/hours`, { weekly: [] }],
      ['POST', `/v1/staff/${shop.cy.id}/time-off`, { startsAt: berlinTime(30, '10:00'), endsAt: berlinTime(30, '11:00') }],
    ];
    for (const [method, path, body] of elsewhere) isProblem(await ask(method, path, body), 'forbidden');
    assert.equal((await ask('PATCH', `/v1/locations/${shop.berlin}`, { name: 'Berlin' })).status, 200);
    const screen = await TestScreen.open(shop.url, key);
    const watch = (staffIds?: readonly string[]) => screen.ask('watch-board', { watchId: 'b', from: dateIn(0), to: dateIn(1), ...(staffIds && { staffIds }) });
    const board = await watch();
    assert.deepEqual(
      board.calendars.map(({ staffId }: { staffId: string }) => staffId),
      [shop.ada.id, shop.bo.id],
    );
    assert.equal((await watch([shop.ada.id, shop.cy.id])).problem.code, 'forbidden');
    screen.close();
  });

  test('a socket that a key has opened is closed when the key is revoked', async () => {
    const { key, id } = await make(['calendars:read']);
    const screen = await TestScreen.open(shop.url, key);
    assert.equal((await shop.ask('DELETE', `/v1/api-keys/${id}`, { token: shop.tokens.owner })).status, 204);
    assert.equal((await screen.hears('session-ended')).reason, 'logged-out');
    await screen.ended();
    await assert.rejects(TestScreen.open(shop.url, key), /unauthenticated/);
  });
});
