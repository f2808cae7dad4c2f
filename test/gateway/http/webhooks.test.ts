// Webhooks over REST, to real receivers on this machine.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { eventually } from '../../support/eventually.ts';
import { type Json, type Settings, TEST_OWNER } from '../../support/test-server.ts';
import { type Receiver, startReceiver } from '../../webhooks/receiver.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const SETTINGS: Settings = { OUTSIDE_ALLOW: '127.0.0.1' };
const customer = { name: 'Grace Hopper', email: 'grace@example.org' };

describe('webhooks', () => {
  let shop: Business;
  let receiver: Receiver;
  let halfHours = 0;
  before(async () => {
    shop = await openBusiness(SETTINGS);
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
  });
  beforeEach(() => receiver.reset());
  // Also where a test ends early.
  afterEach(async () => {
    for (const { id } of (await shop.ask('GET', '/v1/webhooks', owner())).body.items) await shop.ask('DELETE', `/v1/webhooks/${id}`, owner());
  });

  const owner = () => ({ token: shop.tokens.owner });
  const add = async (body: object = {}, token = shop.tokens.owner): Promise<Json> => {
    const said = await shop.ask('POST', '/v1/webhooks', { token, body: { url: receiver.url, ...body } });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  const remove = async ({ id }: { readonly id: string }) => assert.equal((await shop.ask('DELETE', `/v1/webhooks/${id}`, owner())).status, 204);
  const read = async ({ id }: { readonly id: string }): Promise<Json> => (await shop.ask('GET', `/v1/webhooks/${id}`, owner())).body;
  /** From nine on, or in New York from three in the afternoon in Berlin. */
  const book = async (staffId = shop.ada.id): Promise<Json> => {
    const at = Temporal.PlainTime.from(staffId === shop.cy.id ? '16:00' : '09:00').add({ minutes: 30 * (halfHours % 10) });
    const startsAt = berlinTime(10 + Math.floor(halfHours / 10), String(at));
    halfHours += 1;
    const body = { serviceId: shop.haircut.id, staffId, startsAt, customer, allowOverlap: true };
    const said = await shop.ask('POST', '/v1/appointments', { ...owner(), body });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  const cancel = async ({ id }: { readonly id: string }) => assert.equal((await shop.ask('POST', `/v1/appointments/${id}/cancel`, owner())).status, 200);
  const deliveriesOf = async ({ id }: { readonly id: string }, query = ''): Promise<Json[]> =>
    (await shop.ask('GET', `/v1/webhooks/${id}/deliveries${query}`, owner())).body.items;
  const APPOINTMENTS = { types: ['appointment.booked', 'appointment.cancelled'] };

  test('tell what happens from then on, signed, with what the change feed tells the maker', async () => {
    await book();
    const { secret, ...endpoint } = await add(APPOINTMENTS);
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    const appointment = await book();
    await eventually(() => receiver.got.length === 1);
    const [got] = receiver.got;
    assert.ok(got !== undefined);
    assert.deepEqual(new Webhook(secret).verify(got.body, got.headers), got.json);
    assert.equal(got.headers['content-type'], 'application/json');
    const { changes } = (await shop.ask('GET', '/v1/changes?after=0&limit=1000', owner())).body;
    const change = changes.find(({ cursor }: Json) => cursor === got.json.id);
    const { type, ...data } = change.events[0];
    const { cursor: id, calendarId, revision, at: occurredAt } = change;
    assert.deepEqual(got.json, { type, id, calendarId, revision, occurredAt, data });
    assert.deepEqual([data.appointmentId, got.headers['webhook-id']], [appointment.id, id]);
    await eventually(async () => (await read(endpoint)).lag === 0);
    assert.deepEqual(await read(endpoint), endpoint);
    const [delivery] = await deliveriesOf(endpoint);
    assert.deepEqual([delivery.id, delivery.status, delivery.attempts, delivery.lastAttempt.status], [id, 'sent', 1, 200]);
    assert.equal(delivery.lastAttempt.reply, 'thank you');
    await remove(endpoint);
  });

  test('are told once under a key, and their secret to nobody else', async () => {
    const asking = { ...owner(), headers: { 'idempotency-key': 'the-same-webhook-key' }, body: { url: receiver.url } };
    const [one, again] = [await shop.ask('POST', '/v1/webhooks', asking), await shop.ask('POST', '/v1/webhooks', asking)];
    assert.deepEqual([again.body, again.headers.get('idempotency-replayed')], [one.body, 'true']);
    const listed = await shop.ask('GET', '/v1/webhooks', owner());
    assert.equal(listed.body.items.filter(({ id }: Json) => id === one.body.id).length, 1);
    assert.ok(!listed.text.includes('whsec_') && !JSON.stringify(await read(one.body)).includes('whsec_'));
    await remove(one.body);
  });

  test('of one appointment arrive in its order, while it fails, and hold back no other', async () => {
    const endpoint = await add(APPOINTMENTS);
    const first = await book();
    await eventually(() => receiver.got.length === 1);
    receiver.answer = ({ json }) => (json.data.appointmentId === first.id ? 503 : 200);
    await cancel(first);
    await eventually(() => receiver.got.length === 2);
    const others = [await book(), await book()];
    for (const other of others) await cancel(other);
    await eventually(() => receiver.taken.length === 5);
    await eventually(async () => (await read(endpoint)).lag === 1);
    const [waiting] = await deliveriesOf(endpoint, '?status=waiting');
    assert.deepEqual([waiting.type, waiting.attempts, waiting.lastAttempt.status], ['appointment.cancelled', 1, 503]);
    assert.ok(waiting.nextAttemptAt !== null);
    receiver.answer = () => 200;
    await eventually(() => receiver.taken.length === 6, 20_000);
    for (const { id } of [first, ...others])
      assert.deepEqual(
        receiver.taken.filter(({ json }) => json.data.appointmentId === id).map(({ json }) => json.type),
        ['appointment.booked', 'appointment.cancelled'],
      );
    const repeats = receiver.got.filter(({ json }) => json.data.appointmentId === first.id && json.type === 'appointment.cancelled');
    assert.deepEqual(new Set(repeats.map(({ headers }) => headers['webhook-id'])).size, 1);
    await remove(endpoint);
  });

  test('can be replayed, one or a range, under the same ids; also what has happened while one was disabled', async () => {
    const endpoint = await add(APPOINTMENTS);
    const appointment = await book();
    await eventually(() => receiver.taken.length === 1);
    const patch = (body: object) => shop.ask('PATCH', `/v1/webhooks/${endpoint.id}`, { ...owner(), body });
    assert.equal((await patch({ status: 'disabled' })).body.disabledBecause, 'by-hand');
    const witness = await startReceiver();
    const watching = await add({ ...APPOINTMENTS, url: witness.url });
    await cancel(appointment);
    await eventually(() => witness.got.length === 1);
    await remove(watching);
    await witness[Symbol.asyncDispose]();
    const replay = (body: object) => shop.ask('POST', `/v1/webhooks/${endpoint.id}/replay`, { ...owner(), body });
    const from = receiver.got[0]?.json.id;
    isProblem(await replay({ from }), 'wrong-status');
    assert.equal((await patch({ status: 'active' })).body.status, 'active');
    assert.deepEqual((await replay({ from, to: from })).body, { queued: 1, next: null });
    await eventually(() => receiver.taken.length === 2);
    assert.deepEqual(receiver.got[1]?.json, receiver.got[0]?.json);
    assert.deepEqual((await replay({ from })).body, { queued: 2, next: null });
    await eventually(() => receiver.taken.length === 4);
    assert.deepEqual(
      receiver.got.map(({ json }) => json.type),
      ['appointment.booked', 'appointment.booked', 'appointment.booked', 'appointment.cancelled'],
    );
    isProblem(await replay({ from: 'nonsense' }), 'invalid-request', 'from');
    isProblem(await replay({ from: Buffer.from('another/1/1').toString('base64url') }), 'cursor-unknown');
    await remove(endpoint);
  });

  test('have a new secret beside the old one for a day', async () => {
    const endpoint = await add(APPOINTMENTS);
    const rotated = await shop.ask('POST', `/v1/webhooks/${endpoint.id}/rotate-secret`, owner());
    assert.equal(rotated.status, 200, rotated.text);
    assert.notEqual(rotated.body.secret, endpoint.secret);
    await book();
    await eventually(() => receiver.got.length === 1);
    const [got] = receiver.got;
    assert.ok(got !== undefined);
    for (const secret of [endpoint.secret, rotated.body.secret]) assert.deepEqual(new Webhook(secret).verify(got.body, got.headers), got.json);
    assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(got.body, got.headers));
    await remove(endpoint);
  });

  test('can be tried out by hand, and the answer is shown', async () => {
    const endpoint = await add({ types: ['block.added'] });
    receiver.answer = () => 418;
    const said = await shop.ask('POST', `/v1/webhooks/${endpoint.id}/test`, owner());
    assert.deepEqual([said.status, said.body.status, said.body.failure, said.body.reply], [200, 418, 'refused', 'thank you']);
    const [got] = receiver.got;
    assert.ok(got !== undefined);
    assert.equal((new Webhook(endpoint.secret).verify(got.body, got.headers) as Json).type, 'webhook.test');
    await remove(endpoint);
  });

  test('end with 410 Gone, and the audit trail says why', async () => {
    const endpoint = await add(APPOINTMENTS);
    receiver.answer = () => 410;
    await book();
    await eventually(async () => (await read(endpoint)).status === 'disabled');
    assert.equal((await read(endpoint)).disabledBecause, 'gone');
    const audit = async () => (await shop.ask('GET', `/v1/audit?subjectId=${endpoint.id}`, owner())).body.items;
    const mails = (await shop.ask('GET', '/v1/account-emails', owner())).body.items.filter(({ topic }: Json) => topic === 'webhook-disabled');
    assert.ok(mails.some(({ to }: Json) => to === TEST_OWNER));
    await eventually(async () => (await audit()).some(({ action, after: told }: Json) => action === 'webhook.disabled' && told.because === 'gone'));
    await remove(endpoint);
  });

  describe('are told what their maker may know', () => {
    const key = async (scopes: readonly string[], locationId: string | null = null): Promise<Json> =>
      (await shop.ask('POST', '/v1/api-keys', { ...owner(), body: { name: 'Website', scopes, locationId } })).body;

    test('of a location, and without people where they may not see customers', async () => {
      const { key: token } = await key(['webhooks:write', 'calendars:read'], shop.berlin);
      isProblem(await shop.ask('POST', '/v1/webhooks', { token, body: { url: receiver.url } }), 'forbidden');
      const endpoint = await add({ ...APPOINTMENTS, locationId: shop.berlin }, token);
      await book(shop.cy.id);
      await book();
      await eventually(() => receiver.got.length === 1);
      assert.ok(!receiver.got[0]?.body.includes('Hopper') && !receiver.got[0]?.body.includes('grace@'));
      await remove(endpoint);
    });
    test('and nothing any more once they are gone', async () => {
      const { key: token, id } = await key(['webhooks:write', 'calendars:read']);
      const endpoint = await add(APPOINTMENTS, token);
      assert.equal((await shop.ask('DELETE', `/v1/api-keys/${id}`, owner())).status, 204);
      await book();
      await eventually(async () => (await read(endpoint)).disabledBecause === 'maker-gone');
      assert.deepEqual(receiver.got, []);
      await remove(endpoint);
    });
    test('so nobody else but an owner points them somewhere else', async () => {
      const endpoint = await add(APPOINTMENTS);
      const { key: token } = await key(['webhooks:write', 'calendars:read']);
      const patch = (body: object) => shop.ask('PATCH', `/v1/webhooks/${endpoint.id}`, { token, body });
      isProblem(await patch({ url: `${receiver.url}/elsewhere` }), 'forbidden');
      isProblem(await shop.ask('POST', `/v1/webhooks/${endpoint.id}/rotate-secret`, { token }), 'forbidden');
      isProblem(await shop.ask('POST', `/v1/webhooks/${endpoint.id}/replay`, { token, body: { from: 'x' } }), 'forbidden');
      assert.equal((await patch({ status: 'disabled' })).body.status, 'disabled');
      await remove(endpoint);
    });
    test('without a scope for the calendars there is nothing to be told', async () => {
      const { key: token } = await key(['webhooks:write']);
      isProblem(await shop.ask('POST', '/v1/webhooks', { token, body: { url: receiver.url } }), 'forbidden');
    });
  });

  test('lead nowhere inside', async () => {
    const WRONG = ['https://10.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/', 'https://0xa9fea9fe/', 'http://example.org/', 'ftp://example.org/'];
    for (const url of [...WRONG, 'https://a:b@example.org/', 'https://example.org:22/', 'nonsense'])
      isProblem(await shop.ask('POST', '/v1/webhooks', { ...owner(), body: { url } }), 'invalid-request', 'url');
  });
  test('are changed as they were read', async () => {
    const endpoint = await add();
    const stale = { ...owner(), headers: { 'if-match': '"7"' }, body: { types: ['block.added'] } };
    isProblem(await shop.ask('PATCH', `/v1/webhooks/${endpoint.id}`, stale), 'version-mismatch');
    const changed = await shop.ask('PATCH', `/v1/webhooks/${endpoint.id}`, { ...stale, headers: { 'if-match': '"1"' } });
    assert.deepEqual([changed.status, changed.headers.get('etag'), changed.body.types], [200, '"2"', ['block.added']], changed.text);
    isProblem(await shop.ask('PATCH', `/v1/webhooks/${endpoint.id}`, { ...owner(), body: { types: [] } }), 'invalid-request', 'types');
    await remove(endpoint);
    isProblem(await shop.ask('GET', `/v1/webhooks/${endpoint.id}`, owner()), 'not-found');
  });
});
