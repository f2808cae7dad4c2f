import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
let day = 2;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

const as =
  (token: string) =>
  (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    shop.ask(method, `/v1/customers${path}`, { token, headers, ...(body !== undefined && { body }) });
const owner: ReturnType<typeof as> = (...asked) => as(shop.tokens.owner)(...asked);
const desk: ReturnType<typeof as> = (...asked) => as(shop.tokens.desk)(...asked);

async function book(customer: object, more: object = {}, token: string | undefined = shop.tokens.owner) {
  day += 1;
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, ...more };
  return shop.ask('POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
}

describe('customers', () => {
  test('a customer is added, found, changed by version, and booked by id', async () => {
    const about = { name: 'Noa Lind', phone: '030 5557788', tags: ['regular', 'regular'], notes: 'Tea, no sugar', consents: { marketing: true } };
    const made = await desk('POST', '', about);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual([made.body.tags, made.body.phoneE164, made.body.consents.marketing, made.body.email], [['regular'], '+49305557788', true, undefined]);
    assert.equal((await desk('GET', '?q=5557')).body.items[0].id, made.body.id);
    const path = `/${made.body.id}`;
    const booked = await book({ id: made.body.id }, {}, shop.tokens.desk);
    assert.deepEqual([booked.status, booked.body.customer.name, booked.body.customer.phoneE164], [201, about.name, '+49305557788']);
    const changed = await desk('PATCH', path, { email: 'noa@example.org', phone: '030 5557799', staffNotes: 'pays late' }, { 'if-match': '"1"' });
    assert.deepEqual([changed.status, changed.body.version, changed.headers.get('etag')], [200, 2, '"2"'], changed.text);
    isProblem(await desk('PATCH', path, { name: 'Noa' }, { 'if-match': '"1"' }), 'version-mismatch');
    const after = (await shop.ask('GET', `/v1/appointments/${booked.body.id}`, { token: shop.tokens.desk })).body.customer;
    assert.deepEqual([after.email, after.phoneE164], ['noa@example.org', '+49305557799'], 'what is ahead is corrected');
    const { counts, nextAppointment } = (await desk('GET', path)).body;
    assert.deepEqual([counts, nextAppointment.id], [{ visits: 0, noShows: 0, cancelled: 0, spent: [] }, booked.body.id]);
    assert.deepEqual(
      (await desk('GET', `${path}/appointments`)).body.items.map(({ id }: { id: string }) => id),
      [booked.body.id],
    );
    const taken = await owner('POST', '', { name: 'Other', email: 'NOA@example.org' });
    isProblem(taken, 'email-taken');
    assert.equal(taken.body.errors[0].path, 'email');
  });

  test('a repeat under one key changes once, and tells the customer as they are by then', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const made = await owner('POST', '', { name: 'Repeat' }, headers);
    await owner('PATCH', `/${made.body.id}`, { name: 'Repeated' });
    const again = await owner('POST', '', { name: 'Repeat' }, headers);
    assert.deepEqual([again.status, again.body.id, again.body.name, again.headers.get('idempotency-replayed')], [201, made.body.id, 'Repeated', 'true']);
  });

  test('each sees the customers of their place, and only those who look after a place change them', async () => {
    const elsewhere = await book({ name: 'Yorker' }, { staffId: shop.cy.id, startsAt: berlinTime(3, '16:00') });
    assert.equal(elsewhere.status, 201, elsewhere.text);
    const { id } = elsewhere.body.customer;
    isProblem(await desk('GET', `/${id}`), 'not-found');
    assert.deepEqual((await desk('GET', '?q=yorker')).body.items, []);
    isProblem(await book({ id }, {}, shop.tokens.desk), 'not-found');
    isProblem(await as(shop.tokens.staff)('GET', `/${id}`), 'not-found');
    const own = (await book({ name: 'Adas own' })).body.customer.id;
    assert.equal((await as(shop.tokens.staff)('GET', `/${own}`)).status, 200);
    isProblem(await as(shop.tokens.staff)('PATCH', `/${own}`, { name: 'X' }), 'forbidden');
    isProblem(await as(shop.tokens.customer)('GET', ''), 'forbidden');
    isProblem(await desk('DELETE', `/${own}`), 'forbidden');
    isProblem(await desk('GET', `/${own}/export`), 'forbidden');
  });

  test('who is blocked cannot book for themselves, while the desk can book for them', async () => {
    const clara = { name: 'Clara', email: 'clara@example.org' };
    const { id } = (await book(clara, {}, shop.tokens.customer)).body.customer;
    assert.equal((await owner('PATCH', `/${id}`, { blocked: true })).status, 200);
    isProblem(await book(clara, {}, shop.tokens.customer), 'blocked');
    assert.equal((await shop.ask('POST', '/v1/appointments', { body: {} })).status, 400);
    day += 1;
    const asGuest = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer: clara };
    isProblem(await shop.ask('POST', '/v1/appointments', { body: asGuest }), 'blocked');
    assert.equal((await book({ id }, {}, shop.tokens.desk)).status, 201);
    assert.equal((await owner('PATCH', `/${id}`, { blocked: false })).status, 200);
  });

  test('two records of one become one, and id and address of the other lead to it', async () => {
    const old = (await book({ name: 'M. Curie', email: 'm.curie@example.org' })).body.customer.id;
    const called = (await book({ name: 'Marie Curie', phone: '030 1112223' })).body.customer.id;
    await owner('PATCH', `/${old}`, { notes: 'left-handed', tags: ['old'] });
    await owner('PATCH', `/${called}`, { notes: 'calls', email: 'marie@example.org' });
    assert.equal((await owner('PATCH', `/${called}`, { email: '', phone: '' })).body.email, undefined, 'empty: none');
    await owner('PATCH', `/${called}`, { email: 'marie@example.org' });
    isProblem(await owner('POST', `/${old}/merge`, { into: old }), 'invalid-request');
    const many = (mail: string) => Array.from({ length: 20 }, (_, index) => `${mail}${index}`);
    const full = await owner('POST', '', { name: 'Full', staffNotes: 'x'.repeat(2_000), tags: many('a') });
    for (const [path, more] of [
      ['staffNotes', { staffNotes: 'y' }],
      ['tags', { tags: many('b') }],
    ] as const) {
      const other = await owner('POST', '', { name: 'Full too', ...more });
      const refused = await owner('POST', `/${other.body.id}/merge`, { into: full.body.id });
      isProblem(refused, 'invalid-request');
      assert.equal(refused.body.errors[0].path, path);
    }
    const merged = await owner('POST', `/${old}/merge`, { into: called });
    assert.equal(merged.status, 200, merged.text);
    const { id, name, email, notes, tags } = merged.body;
    assert.deepEqual([id, name, email, notes, tags], [called, 'Marie Curie', 'marie@example.org', 'calls\nleft-handed', ['old']]);
    assert.equal((await owner('GET', `/${old}`)).body.id, called);
    isProblem(await owner('DELETE', `/${old}`), 'not-found');
    assert.equal((await owner('GET', `/${called}/appointments`)).body.items.length, 2);
    assert.equal((await book({ name: 'M.', email: 'm.curie@example.org' })).body.customer.id, called, 'the old address');
    isProblem(await owner('POST', '', { name: 'Other', email: 'm.curie@example.org' }), 'email-taken');
  });

  test('who was merged is found by the old id, and by an access token of before', async () => {
    await shop.server.context.accounts.createAll([{ email: 'fay@example.org', name: 'Fay', role: 'customer' }], 'a password for tests');
    const token = await shop.login('fay@example.org');
    const own = await book({ name: 'Fay', email: 'fay@example.org' }, {}, token);
    const other = await book({ name: 'Frances' });
    const old = own.body.customer.id;
    assert.equal((await owner('POST', `/${old}/merge`, { into: other.body.customer.id })).status, 200);
    const both = [own.body.id, other.body.id].sort();
    const listed = async (path: string, as: string) =>
      (await shop.ask('GET', `/v1/${path}`, { token: as })).body.items.map(({ id }: { id: string }) => id).sort();
    for (const path of ['appointments', `appointments?customerId=${old}`]) assert.deepEqual(await listed(path, token), both, path);
    const mine = (await shop.ask('GET', '/v1/appointments', { token })).body.items;
    assert.ok(
      mine.every(({ customer }: { customer: { name: string } }) => customer.name === 'Fay'),
      'the name of the account',
    );
    for (const path of [`appointments?customerId=${old}`, `customers/${old}/appointments`]) assert.deepEqual(await listed(path, shop.tokens.owner), both, path);
    const cash = { method: 'cash', amount: { amount: 4_000, currency: 'EUR' } };
    const paid = await shop.ask('POST', `/v1/appointments/${own.body.id}/payments`, { token: shop.tokens.desk, body: cash });
    assert.equal(paid.status, 201, paid.text);
    const { payments } = (await owner('GET', `/${old}/export`)).body;
    const [{ appointmentId, method, received }] = payments;
    assert.deepEqual([payments.length, appointmentId, method, received], [1, own.body.id, 'cash', cash.amount]);
    await eventually(async () => (await listed(`messages?customerId=${old}`, shop.tokens.owner)).length > 0);
  });

  test('a desk that books with an address reads no notes of other places and changes nothing there', async () => {
    const known = { name: 'Yorkshire', email: 'yorkshire@example.org' };
    const ahead = await book(known, { staffId: shop.cy.id, startsAt: berlinTime(5, '16:00') });
    const { id } = ahead.body.customer;
    assert.equal((await owner('PATCH', `/${id}`, { notes: 'of New York', staffNotes: 'of New York', tags: ['of New York'] })).status, 200);
    const booked = await book(known, {}, shop.tokens.desk);
    assert.deepEqual([booked.status, booked.body.customer.id], [201, id], booked.text);
    const readers = [await desk('GET', `/${id}`), await desk('GET', '?q=yorkshire'), await as(shop.tokens.staff)('GET', `/${id}`)];
    for (const { status, text } of readers) assert.deepEqual([status, text.includes('of New York'), text.includes(known.email)], [200, false, true], text);
    isProblem(await desk('PATCH', `/${id}`, { email: 'mine@example.org' }), 'forbidden');
    assert.equal((await owner('GET', `/${id}`)).body.notes, 'of New York');
    const made = await owner('POST', '', { name: 'Own', notes: 'tea' });
    await book({ id: made.body.id });
    assert.equal((await desk('GET', `/${made.body.id}`)).body.notes, 'tea');
  });

  test('a desk merges customers of its own place alone', async () => {
    const one = (await book({ name: 'Both places' })).body.customer.id;
    await book({ id: one }, { staffId: shop.cy.id, startsAt: berlinTime(4, '16:00') });
    const other = (await book({ name: 'Both places too' })).body.customer.id;
    isProblem(await desk('POST', `/${other}/merge`, { into: one }), 'forbidden');
  });

  test('who has appointments ahead is not erased; afterwards nobody is there, and the account is gone', async () => {
    const { accounts } = shop.server.context;
    await accounts.createAll([{ email: 'dora@example.org', name: 'Dora D', role: 'customer' }], 'a password for tests');
    const token = await shop.login('dora@example.org');
    const booked = await book({ name: 'Dora D', email: 'dora@example.org' }, {}, token);
    const { id } = booked.body.customer;
    const ahead = await owner('DELETE', `/${id}`);
    isProblem(ahead, 'still-in-use');
    assert.deepEqual([ahead.body.appointments, ahead.body.next.id], [1, booked.body.id]);
    assert.equal((await shop.ask('POST', `/v1/appointments/${booked.body.id}/cancel`, { token, body: {} })).status, 200);
    const told = await owner('GET', `/${id}/export`);
    assert.deepEqual([told.status, told.body.customer.email, told.body.appointments.length, told.body.isComplete], [200, 'dora@example.org', 1, true]);
    assert.equal((await owner('DELETE', `/${id}`)).status, 204);
    isProblem(await owner('GET', `/${id}`), 'not-found');
    const left = (await shop.ask('GET', `/v1/appointments/${booked.body.id}`, { token: shop.tokens.owner })).body;
    assert.deepEqual([left.customer, left.status], [null, 'cancelled']);
    isProblem(await shop.ask('GET', '/v1/me', { token }), 'unauthenticated');
    assert.equal((await shop.ask('POST', '/v1/auth/login', { body: { email: 'dora@example.org', password: 'a password for tests' } })).status, 401);
    const trail = (await shop.ask('GET', '/v1/audit?limit=5', { token: shop.tokens.owner })).body.items;
    assert.ok(trail.some(({ action }: { action: string }) => action === 'customer.erased'));
  });

  test('a record with another address leaves the account of before nothing of what is ahead', async () => {
    await shop.server.context.accounts.createAll([{ email: 'ivy@example.org', name: 'Ivy', role: 'customer' }], 'a password for tests');
    const token = await shop.login('ivy@example.org');
    const booked = (await book({ name: 'Ivy', email: 'ivy@example.org' })).body;
    const read = () => shop.ask('GET', `/v1/appointments/${booked.id}`, { token });
    assert.equal((await owner('PATCH', `/${booked.customer.id}`, { phone: '030 1111111' })).status, 200);
    assert.equal((await read()).body.customer.phone, '030 1111111');
    assert.equal((await owner('PATCH', `/${booked.customer.id}`, { email: 'ivy.right@example.org' })).status, 200);
    isProblem(await read(), 'forbidden');
    assert.deepEqual((await shop.ask('GET', '/v1/appointments', { token })).body.items, []);
  });

  test('what took place and what did not is counted', async () => {
    const made = await book({ name: 'Counted' }, { ...begun(), allowOverlap: true });
    const { id } = made.body.customer;
    assert.equal((await shop.ask('POST', `/v1/appointments/${made.body.id}/no-show`, { token: shop.tokens.owner, body: {} })).status, 200);
    assert.deepEqual((await owner('GET', `/${id}`)).body.counts, { visits: 0, noShows: 1, cancelled: 0, spent: [] });
  });

  test('are a table for managers, which the trail has, and in which nothing is a formula', async () => {
    const body = { name: '=HYPERLINK("x")', phone: '+49 30 1234567', notes: 'Likes, "quotes"', tags: ['regular', 'early'] };
    assert.equal((await owner('POST', '', body)).status, 201);
    const said = await owner('GET', '/export.csv');
    assert.equal(said.status, 200, said.text);
    const line = said.text.split('\n').find((one) => one.includes('HYPERLINK'));
    assert.equal(line, `"'=HYPERLINK(""x"")",,'+49 30 1234567,"Likes, ""quotes""",regular; early`);
    const trail = (await shop.ask('GET', '/v1/audit?limit=5&action=customer.exported', { token: shop.tokens.owner })).body.items;
    assert.equal(trail[0].subject.id, 'all');
    isProblem(await shop.ask('GET', '/v1/customers/export.csv', { token: shop.tokens.desk }), 'forbidden');
  });
});
