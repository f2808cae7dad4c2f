// What people without an account can fill up, at the settings a server comes with: each attack as it was carried out, and what is left of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply, CancelledBySource } from '../../../src/protocol/appointments.ts';
import type { Asking, Said } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';
import { newKey } from '../socket/small-shop.ts';
import { TestScreen } from '../socket/test-screen.ts';

const PER_ADDRESS = 20;
const PER_EMAIL = 10;
const SLOTS_A_DAY = 16;
let shop: Business;
before(async () => {
  shop = await openBusiness({ RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' });
});
after(() => shop?.[Symbol.asyncDispose]());

let starts = 0;
/** Another one each time. */
function nextStart() {
  starts += 1;
  const minutes = 9 * 60 + (starts % SLOTS_A_DAY) * 30;
  const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return { serviceId: shop.haircut.id, staffId: shop.bo.id, startsAt: berlinTime(2 + Math.floor(starts / SLOTS_A_DAY), time) };
}
let names = 0;
function invented() {
  names += 1;
  return { name: `Invented ${names}`, email: `invented-${names}@example.org` };
}
const from = (address: string, asking: Asking = {}): Asking => ({ ...asking, headers: { 'x-forwarded-for': address, ...asking.headers } });
const book = (address: string, customer: object = invented(), more: object = {}) =>
  shop.ask<AppointmentReply>('POST', '/v1/appointments', from(address, { body: { ...nextStart(), customer, ...more } }));
const countOf = (answers: readonly { readonly status: number }[], status: number) => answers.filter((answer) => answer.status === status).length;
const cancel = ({ body: { id, manageToken } }: Said<AppointmentReply>, address: string) =>
  shop.ask('POST', `/v1/appointments/${id}/cancel`, from(address, { body: {}, headers: { 'manage-token': manageToken ?? '' } }));

describe('a fortnight of the whole business', () => {
  test('is not booked by one guest with invented names: of a hundred at once exactly as many get through as one address may have', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => book('198.51.100.1')));
    assert.equal(countOf(answers, 201), PER_ADDRESS);
    const refused = answers.find(({ status }) => status !== 201) ?? assert.fail();
    isProblem(refused, 'limit-reached');
    assert.match(refused.text, /"limit":"guest-bookings-per-address"/);
    assert.match(refused.text, /At most 20 upcoming appointments booked from one address\. Please call the business to book more, or cancel one first\./);
    isProblem(await book('198.51.100.1'), 'limit-reached');
    assert.equal((await book('198.51.100.2')).status, 201, 'from another address');
  });

  test('is not booked over sockets either, nor from a hundred networks of one site', async () => {
    const screens = await Promise.all(
      Array.from({ length: 5 }, (_, network) => TestScreen.open(shop.url, undefined, from(`2001:db8:5:${network}00::1`).headers)),
    );
    const told = await Promise.all(
      Array.from({ length: 60 }, (_, count) => screens[count % screens.length]?.ask('book', { key: newKey(), ...nextStart(), customer: invented() })),
    );
    for (const screen of screens) screen.close();
    assert.equal(told.filter(({ ok }) => ok).length, 2 * PER_ADDRESS);
    isProblem(await book('2001:db8:5:ffff::1'), 'limit-reached');
    assert.equal((await book('2001:db8:6::1')).status, 201);
  });

  test('is not booked by many holds first', async () => {
    const address = '198.51.100.3';
    let booked = 0;
    for (let count = 0; count < PER_ADDRESS + 5; count += 1) {
      const held = await shop.ask('POST', '/v1/holds', from(address, { body: nextStart() }));
      assert.equal(held.status, 201, held.text);
      const body = { holdId: held.body.id, customer: invented() };
      const said = await shop.ask('POST', '/v1/appointments', from(address, { body, headers: { 'hold-token': held.body.token } }));
      if (said.status === 201) booked += 1;
      else isProblem(said, 'limit-reached');
      await shop.ask('DELETE', `/v1/holds/${held.body.id}`, from(address, { headers: { 'hold-token': held.body.token } }));
    }
    assert.equal(booked, PER_ADDRESS);
  });

  test('a place is free again when one is cancelled, but no more than so many are made in an hour', async () => {
    const address = '198.51.100.4';
    const made = await Promise.all(Array.from({ length: PER_ADDRESS }, () => book(address)));
    assert.equal(countOf(made, 201), PER_ADDRESS);
    const [first] = made;
    assert.ok(first);
    assert.equal((await cancel(first, address)).status, 200);
    const refused = await book(address);
    isProblem(refused, 'limit-reached');
    assert.match(refused.text, /guest-bookings-per-hour/);
  });

  test('one mailbox has so many appointments ahead, from wherever they are booked', async () => {
    const customer = { name: 'Grace', email: 'flooded@example.org' };
    const answers = await Promise.all(Array.from({ length: 30 }, (_, address) => book(`198.51.101.${address}`, customer)));
    assert.equal(countOf(answers, 201), PER_EMAIL);
    const refused = answers.find(({ status }) => status !== 201) ?? assert.fail();
    assert.match(refused.text, /guest-bookings-per-email/);
    const first = answers.find(({ status }) => status === 201) ?? assert.fail();
    assert.equal((await cancel(first, '198.51.101.99')).status, 200);
    assert.equal((await book('198.51.101.100', customer)).status, 201);
  });

  test('copies of one booking are one, and the last one of an address is answered again as before', async () => {
    const address = '198.51.100.5';
    const made = await Promise.all(Array.from({ length: PER_ADDRESS - 1 }, () => book(address)));
    assert.equal(countOf(made, 201), PER_ADDRESS - 1);
    const asking = from(address, { body: { ...nextStart(), customer: invented() }, headers: { 'idempotency-key': newKey() } });
    const copies = await Promise.all(Array.from({ length: 10 }, () => shop.ask('POST', '/v1/appointments', asking)));
    assert.deepEqual([countOf(copies, 201), new Set(copies.map(({ text }) => text)).size], [10, 1]);
    assert.equal((await shop.ask('POST', '/v1/appointments', asking)).text, copies[0]?.text);
    isProblem(await book(address), 'limit-reached');
  });

  test('customers with accounts of their own from one address get no more than five addresses would', async () => {
    const { accounts } = shop.server.context;
    const password = 'violet tractor umbrella';
    const people = Array.from({ length: 6 }, (_, count) => ({ email: `registered-${count}@example.org`, name: `R${count}`, role: 'customer' as const }));
    await accounts.createAll(people, password);
    let booked = 0;
    for (const [count, { email, name }] of people.entries()) {
      const { accessToken } = (await shop.ask('POST', '/v1/auth/login', from(`203.0.113.${count}`, { body: { email, password } }))).body;
      const answers = await Promise.all(
        Array.from({ length: PER_ADDRESS }, () =>
          shop.ask('POST', '/v1/appointments', from('198.51.100.6', { token: accessToken, body: { ...nextStart(), customer: { name, email } } })),
        ),
      );
      booked += countOf(answers, 201);
      for (const said of answers) if (said.status !== 201) isProblem(said, 'limit-reached');
    }
    assert.equal(booked, 5 * PER_ADDRESS);
  });

  test('what the business books itself is not counted', async () => {
    const asking = () => from('198.51.100.7', { token: shop.tokens.desk, body: { ...nextStart(), customer: { name: 'Grace', email: 'flooded@example.org' } } });
    const answers = await Promise.all(Array.from({ length: PER_ADDRESS + 5 }, () => shop.ask('POST', '/v1/appointments', asking())));
    assert.equal(countOf(answers, 201), PER_ADDRESS + 5);
    assert.equal((await book('198.51.100.7')).status, 201);
  });
});

describe('a flood that came through', () => {
  const networks = ['2001:db8:9:1::1', '2001:db8:9:2::1'];
  const desk = () => ({ token: shop.tokens.desk });
  const list = async (sourceGroup: string) => (await shop.ask('GET', `/v1/appointments?limit=200&status=booked&sourceGroup=${sourceGroup}`, desk())).body.items;
  const end = (body: object, token = shop.tokens.desk) => shop.ask<CancelledBySource>('POST', '/v1/appointments/cancel-by-source', { token, body });

  test('is seen by its source and cancelled in one action by the desk of the location, which names no address', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, count) => book(networks[count % 2] ?? '')));
    assert.equal(countOf(made, 201), 20);
    const one = await shop.ask<AppointmentReply>('GET', `/v1/appointments/${made[0]?.body.id}`, desk());
    const source = one.body.sourceGroup ?? assert.fail(one.text);
    assert.doesNotMatch(source, /2001|db8|:/);
    assert.equal((await list(source)).length, 10);
    const site = source.split('.')[0] ?? '';
    assert.equal((await list(site)).length, 20, 'the whole site');
    const planned = await end({ sourceGroup: site, dryRun: true });
    assert.deepEqual([planned.status, planned.body.dryRun, planned.body.count, planned.body.hasMore], [200, true, 20, false]);
    assert.equal((await list(site)).length, 20);
    const ended = await end({ sourceGroup: source });
    assert.deepEqual([ended.body.count, new Set(ended.body.items.map(({ status }) => status))], [10, new Set(['cancelled'])]);
    assert.equal((await end({ sourceGroup: site })).body.count, 10);
    assert.deepEqual([await list(site), (await end({ sourceGroup: site })).body.count], [[], 0]);
    const audited = await shop.ask('GET', '/v1/audit?limit=200', { token: shop.tokens.owner });
    const entries = audited.body.items.filter(
      ({ action, subject }: { action: string; subject: { id: string } }) => action === 'appointment.cancelled' && subject.id === made[0]?.body.id,
    );
    assert.equal(entries.length, 1);
  });

  test('from a moment on, and never what somebody with an account has booked', async () => {
    const address = '198.51.102.1';
    const made = await Promise.all(Array.from({ length: 4 }, () => book(address)));
    const customers = await shop.ask(
      'POST',
      '/v1/appointments',
      from(address, { token: shop.tokens.customer, body: { ...nextStart(), customer: { name: 'Clara', email: 'clara@example.org' } } }),
    );
    assert.equal(customers.status, 201);
    const { sourceGroup } = (await shop.ask('GET', `/v1/appointments/${made[0]?.body.id}`, desk())).body;
    const inOrder = made.map(({ body }) => body.startsAt).sort((one, other) => Date.parse(one) - Date.parse(other));
    assert.equal((await end({ sourceGroup, from: inOrder[2] })).body.count, 2);
    assert.equal((await end({ sourceGroup })).body.count, 2);
    assert.equal((await list(sourceGroup)).length, 1);
  });

  test('what has begun is under way and stays', async () => {
    const made = await book('198.51.102.3');
    const { sourceGroup } = (await shop.ask('GET', `/v1/appointments/${made.body.id}`, desk())).body;
    const moved = await shop.ask('POST', `/v1/appointments/${made.body.id}/reschedule`, { ...desk(), body: begun() });
    assert.equal(moved.status, 200, moved.text);
    for (const dryRun of [true, false]) assert.equal((await end({ sourceGroup, dryRun })).body.count, 0);
    assert.equal((await list(sourceGroup)).length, 1);
  });

  test('is told to the customer by no name, and ended by nobody but the desk and above', async () => {
    const made = await book('198.51.102.2');
    assert.equal(made.body.sourceGroup, undefined);
    const own = await shop.ask('GET', `/v1/appointments/${made.body.id}`, { headers: { 'manage-token': made.body.manageToken ?? '' } });
    assert.doesNotMatch(own.text, /sourceGroup/);
    assert.doesNotMatch((await shop.ask('GET', '/v1/appointments', { token: shop.tokens.customer })).text, /sourceGroup/);
    const { sourceGroup } = (await shop.ask('GET', `/v1/appointments/${made.body.id}`, desk())).body;
    for (const token of [shop.tokens.staff, shop.tokens.customer]) {
      isProblem(await end({ sourceGroup }, token), 'forbidden');
      isProblem(await shop.ask('GET', `/v1/appointments?sourceGroup=${sourceGroup}`, { token }), 'forbidden');
    }
    isProblem(await end({ sourceGroup: '198.51.102.2' }), 'invalid-request', 'sourceGroup');
  });
});

describe('what a guest has written down', () => {
  test('is no answer to what no service asks, and no more than a page of notes', async () => {
    const answers = Object.fromEntries(Array.from({ length: 30 }, (_, count) => [`question ${count}`, 'x'.repeat(2_000)]));
    isProblem(await book('198.51.103.1', invented(), { answers }), 'too-large');
    isProblem(await book('198.51.103.1', invented(), { answers: { 'question 0': 'x' } }), 'invalid-request', 'answers.question 0');
    isProblem(await book('198.51.103.1', invented(), { notes: '€'.repeat(2_000), answers: {} }), 'too-large');
    assert.equal((await book('198.51.103.1', invented(), { notes: 'x'.repeat(2_000) })).status, 201);
    const asked = { ...nextStart(), customer: invented(), answers: { 'shoe size': '42' } };
    assert.equal((await shop.ask('POST', '/v1/appointments', { token: shop.tokens.desk, body: asked })).status, 201);
  });

  test('costs bytes of a day, of which one address has five million', async () => {
    const { limits } = shop.server.context;
    assert.equal((await limits.takeBytes('198.51.103.2', 4_999_000)).isAllowed, true);
    const first = await book('198.51.103.2');
    const second = first.status === 201 ? await book('198.51.103.2') : first;
    isProblem(second, 'rate-limited');
    assert.match(second.text, /At most 5000000 a day\./);
    assert.equal((await book('198.51.103.3')).status, 201);
  });

  test('is a request that is given up as well: it leaves a row', async () => {
    const address = '198.51.103.4';
    const abandon = (key: string) => shop.ask('POST', `/v1/requests/${key}/abandon`, from(address));
    assert.equal((await shop.server.context.limits.takeBytes(address, 4_999_000)).isAllowed, true);
    assert.equal((await abandon(newKey())).status, 200);
    const refused = await abandon(newKey());
    isProblem(refused, 'rate-limited');
    assert.match(refused.text, /At most 5000000 a day\./);
  });
});
