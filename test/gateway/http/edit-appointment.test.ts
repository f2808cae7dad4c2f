// An appointment is changed at its place: what it is, how long it takes, with whom, and what is written about it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { Problem } from '../../../src/protocol/problems.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import { type Json, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

type Told = AppointmentReply & Pick<Problem, 'conflict' | 'alternatives' | 'currentVersion'>;

let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

let day = 2;
async function book(more: object = {}): Promise<AppointmentReply> {
  const customer = { name: 'Grace', email: 'grace@example.org', phone: '030 1234567' };
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, token: shop.tokens.owner });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}
type Asking = { readonly token?: string; readonly headers?: Record<string, string>; readonly query?: string };
const edit = ({ id }: AppointmentReply, body: object, { token = shop.tokens.desk, query = '', ...more }: Asking = {}) =>
  shop.ask<Told>('PATCH', `/v1/appointments/${id}${query}`, { body, token, ...more });
const span = ({ startsAt, endsAt }: AppointmentReply) => (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;

test('an appointment becomes longer where its calendar is free, and what follows is in its way otherwise', async () => {
  day += 1;
  const [booked] = [await book(), await book({ startsAt: berlinTime(day, '11:00') })];
  const longer = await edit(booked, { minutes: 45 });
  assert.deepEqual([longer.status, span(longer.body), longer.body.startsAt], [200, 45, booked.startsAt]);
  const refused = await edit(booked, { minutes: 75, allowOverlap: true });
  isProblem(await edit(booked, { minutes: 75 }), 'customer-busy');
  isProblem(refused, 'slot-taken');
  assert.equal(refused.body.conflict?.by, 'appointment');
  assert.equal((await edit(booked, { minutes: 60 }, { query: '?dryRun=true' })).status, 200);
  const read = await shop.ask<AppointmentReply>('GET', `/v1/appointments/${booked.id}`, { token: shop.tokens.desk });
  assert.equal(span(read.body), 45, 'a rehearsal changes nothing');
  const moved = await shop.ask<AppointmentReply>('POST', `/v1/appointments/${booked.id}/reschedule`, {
    body: { startsAt: berlinTime(day, '14:00') },
    token: shop.tokens.desk,
  });
  assert.equal(span(moved.body), 45, 'a move keeps the length that it has by now');
});

test('what is under way becomes longer, whatever starts are offered; what is over stays as long as it was', async () => {
  const served = await book({ serviceId: shop.haircut.id, ...begun() });
  assert.equal((await shop.ask('POST', `/v1/appointments/${served.id}/check-in`, { token: shop.tokens.desk })).status, 200);
  const longer = await edit(served, { minutes: 45, override: { rules: ['outside-hours'], reason: 'curls' }, allowOverlap: true });
  assert.deepEqual([longer.status, span(longer.body)], [200, 45], longer.text);
  assert.equal((await shop.ask('POST', `/v1/appointments/${served.id}/complete`, { token: shop.tokens.desk })).status, 200);
  isProblem(await edit(served, { minutes: 30 }), 'wrong-status');
  assert.equal((await edit(served, { staffNotes: 'paid in cash', price: { amount: 4_500, currency: 'EUR' } })).status, 200);
  const cancelled = await book({ startsAt: berlinTime(day, '16:00') });
  assert.equal((await shop.ask('POST', `/v1/appointments/${cancelled.id}/cancel`, { token: shop.tokens.desk })).status, 200);
  isProblem(await edit(cancelled, { notes: 'late' }), 'wrong-status');
});

test('another service brings its length, its price and its rules; with another person it moves in the same decision', async () => {
  day += 1;
  const booked = await book();
  const colour = await edit(booked, { serviceId: shop.colour.id });
  assert.deepEqual([colour.body.serviceName, span(colour.body), colour.body.status], ['Colour', 60, 'booked']);
  assert.notEqual(colour.body.cancellableUntil, booked.cancellableUntil);
  isProblem(await edit(booked, { staffId: shop.bo.id }), 'invalid-request', 'staffId');
  const back = await edit(booked, { serviceId: shop.haircut.id, staffId: shop.bo.id, price: { amount: 5_000, currency: 'EUR' } });
  assert.deepEqual([back.status, back.body.staffId, back.body.price.amount, span(back.body)], [200, shop.bo.id, 5_000, 30], back.text);
  const listed = await shop.ask<{ items: AppointmentReply[] }>(
    'GET',
    `/v1/appointments?serviceId=${shop.haircut.id}&from=${berlinTime(day, '00:00').slice(0, 10)}`,
    {
      token: shop.tokens.owner,
    },
  );
  assert.ok(
    listed.body.items.some(({ id }) => id === booked.id),
    'lists look for the service that it is by now',
  );
  const history = await shop.ask('GET', `/v1/appointments/${booked.id}/history`, { token: shop.tokens.desk });
  const facts = history.body.items.flatMap((change: Json) => change.events.map(({ type, edited, from }: Json) => [type, edited, from?.staffId]));
  assert.deepEqual(facts, [
    ['appointment.booked', undefined, undefined],
    ['appointment.edited', ['service', 'price'], shop.ada.id],
    ['appointment.edited', ['service', 'price', 'staff'], shop.ada.id],
  ]);
  const free = await book();
  assert.equal(free.staffId, shop.ada.id, 'the time with the first person is free again');
});

test('a service that it had before brings back the price, the tax rate and the rules that were agreed, also for staff who set no prices', async () => {
  day += 1;
  const booked = await book({ startsAt: berlinTime(day, '14:00') });
  const agreed = await edit(booked, { price: { amount: 3_210, currency: 'EUR' } });
  assert.deepEqual([agreed.status, agreed.body.agreedBefore], [200, undefined], agreed.text);
  const asStaff = { token: shop.tokens.staff };
  const other = await edit(booked, { serviceId: shop.colour.id }, asStaff);
  const before = ({ id: serviceId }: { readonly id: string }, price: unknown) => [{ serviceId, price, priceType: 'fixed' }];
  assert.deepEqual([other.status, other.body.price.amount, other.body.agreedBefore], [200, 4_000, before(shop.haircut, agreed.body.price)], other.text);
  const rehearsed = await edit(booked, { serviceId: shop.haircut.id }, { ...asStaff, query: '?dryRun=true' });
  const back = await edit(booked, { serviceId: shop.haircut.id }, asStaff);
  for (const { body } of [rehearsed, back])
    assert.deepEqual(
      [body.serviceName, body.price.amount, body.cancellableUntil, body.agreedBefore],
      [booked.serviceName, 3_210, booked.cancellableUntil, before(shop.colour, other.body.price)],
    );
  const list = await edit(booked, { serviceId: shop.colour.id });
  assert.deepEqual(list.body.price, other.body.price);
});

test('what is written is changed alone, field by field, and the facts only name the fields', async () => {
  day += 1;
  const booked = await book({ notes: 'window seat', staffNotes: 'Secretive' });
  const corrected = await edit(booked, { customer: { phone: '030 7654321' }, notes: null });
  assert.deepEqual(corrected.body.customer, { ...booked.customer, phone: '030 7654321', phoneE164: '+49307654321' });
  assert.deepEqual([corrected.body.notes, corrected.body.staffNotes, corrected.body.endsAt], [null, 'Secretive', booked.endsAt]);
  const read = await shop.ask<AppointmentReply>('GET', `/v1/appointments/${booked.id}`, { token: shop.tokens.desk });
  assert.deepEqual([read.body.customer?.phone, read.body.notes, read.body.staffNotes], ['030 7654321', null, 'Secretive']);
  const changes = await shop.ask('GET', `/v1/calendars/${shop.ada.calendarId}/changes?after=${booked.revision}`, { token: shop.tokens.owner });
  assert.deepEqual(changes.body.changes.at(-1).events[0].edited, ['customer', 'notes']);
  const trail = () => shop.ask('GET', `/v1/audit?subjectId=${booked.id}&action=appointment.edited`, { token: shop.tokens.owner });
  await eventually(async () => (await trail()).body.items.length > 0);
  const [entry] = (await trail()).body.items;
  assert.deepEqual(entry.after.editedFields, ['customer', 'notes']);
  assert.doesNotMatch(JSON.stringify(entry), /7654321|window/);
});

test('an edit for one version is refused once there is another, is done once under its key, and says something', async () => {
  day += 1;
  const booked = await book();
  const asking = { headers: { 'idempotency-key': randomUUID(), 'if-match': `"${booked.revision}"` } };
  const done = await edit(booked, { minutes: 45 }, asking);
  const again = await edit(booked, { minutes: 45 }, asking);
  assert.deepEqual([done.status, again.status, again.headers.get('idempotency-replayed'), again.body.revision], [200, 200, 'true', done.body.revision]);
  isProblem(await edit(booked, { minutes: 60 }, { headers: { 'if-match': `"${booked.revision}"` } }), 'version-mismatch');
  isProblem(await edit(booked, { notify: { customer: false } }), 'invalid-request');
  isProblem(await edit(booked, { price: { amount: 1, currency: 'USD' } }), 'invalid-request', 'price.currency');
  isProblem(await edit(await book({ serviceId: shop.yoga.id, staffId: shop.bo.id }), { minutes: 30 }), 'invalid-request', 'minutes');
});

test('customers edit nothing, staff their own and no prices, and a key without the right to customers nothing about them', async () => {
  day += 1;
  const [adas, bos] = [await book(), await book({ staffId: shop.bo.id })];
  isProblem(await edit(adas, { minutes: 45 }, { token: shop.tokens.customer }), 'forbidden');
  isProblem(
    await shop.ask('PATCH', `/v1/appointments/${adas.id}`, { body: { minutes: 45 }, headers: { 'manage-token': adas.manageToken ?? '' } }),
    'unauthenticated',
  );
  isProblem(await edit(bos, { staffNotes: 'hers' }, { token: shop.tokens.staff }), 'forbidden');
  assert.equal((await edit(adas, { staffNotes: 'mine' }, { token: shop.tokens.staff })).status, 200);
  isProblem(await edit(adas, { price: { amount: 0, currency: 'EUR' } }, { token: shop.tokens.staff }), 'forbidden', 'price');
  const scopes = ['appointments:read', 'appointments:write'];
  const key = await shop.ask('POST', '/v1/api-keys', { body: { name: 'Website', scopes }, token: shop.tokens.owner });
  isProblem(await edit(adas, { customer: { name: 'Mallory' } }, { token: key.body.key }), 'forbidden', 'customer');
  assert.equal((await edit(adas, { minutes: 45 }, { token: key.body.key })).status, 200);
});

test('the customer is told of another service, length or price, and neither of a corrected number nor where nobody is to be told', async () => {
  day += 1;
  const booked = await book();
  assert.equal((await edit(booked, { customer: { phone: '030 1111111' } })).status, 200);
  assert.equal((await edit(booked, { minutes: 45, notify: { customer: false, staff: false } })).status, 200);
  assert.equal((await edit(booked, { price: { amount: 4_200, currency: 'EUR' } })).status, 200);
  const kinds = async () => {
    const found = await shop.ask('GET', `/v1/messages?appointmentId=${booked.id}`, { token: shop.tokens.owner });
    return found.body.items.map(({ kind }: Json) => kind).toSorted();
  };
  await eventually(async () => (await kinds()).includes('appointment-changed'));
  assert.deepEqual(await kinds(), ['appointment-booked', 'appointment-changed']);
});

test('a corrected address ends the links that went to the one before, and is told of the appointment', async () => {
  day += 1;
  const booked = await book();
  const byLink = () => shop.ask<Told>('GET', `/v1/appointments/${booked.id}`, { headers: { 'Manage-Token': String(booked.manageToken) } });
  for (const same of [{ phone: '030 1111111' }, { email: 'grace@example.org' }]) assert.equal((await edit(booked, { customer: same })).status, 200);
  assert.equal((await byLink()).body.customer?.email, 'grace@example.org');
  assert.equal((await edit(booked, { customer: { email: 'grace.hopper@example.org' } })).status, 200);
  isProblem(await byLink(), 'manage-token-ended');
  const cancel = await shop.ask('POST', `/v1/appointments/${booked.id}/cancel`, { headers: { 'Manage-Token': String(booked.manageToken) }, body: {} });
  isProblem(cancel, 'manage-token-ended');
  await eventually(async () => {
    const { body } = await shop.ask('GET', `/v1/messages?appointmentId=${booked.id}`, { token: shop.tokens.owner });
    return body.items.some(({ kind, to }: Json) => kind === 'appointment-changed' && to === 'grace.hopper@example.org');
  });
});

test('a corrected address ends what an account with the one before reads, counts and changes, until it is that of the account again', async () => {
  day += 1;
  const clara = { token: shop.tokens.customer };
  const booked = await book({ customer: { name: 'Clara', email: 'clara@example.org', phone: '030 1234567' } });
  const at = `/v1/appointments/${booked.id}`;
  const date = booked.startsAt.slice(0, 10);
  const counted = async () => {
    const { body } = await shop.ask('GET', `/v1/appointments/counts?from=${date}&to=${dateIn(day + 1)}`, clara);
    return body.days[0].appointments;
  };
  const listed = async () => (await shop.ask('GET', '/v1/appointments', clara)).body.items.some(({ id }: Json) => id === booked.id);
  const bookBeside = (more: object = {}) =>
    shop.ask<Told>('POST', '/v1/appointments', {
      body: { serviceId: shop.haircut.id, staffId: shop.bo.id, startsAt: booked.startsAt, customer: { name: 'Clara', email: 'clara@example.org' }, ...more },
      ...clara,
    });
  const READS = ['', '/history', '/calendar.ics', '/payment'];
  for (const path of READS) assert.equal((await shop.ask('GET', at + path, clara)).status, 200, path);
  isProblem(await bookBeside(), 'customer-busy');
  assert.deepEqual([await listed(), await counted()], [true, 1]);
  assert.equal((await edit(booked, { customer: { email: 'right@example.org' } })).status, 200);
  for (const path of READS) isProblem(await shop.ask('GET', at + path, clara), 'forbidden');
  isProblem(await shop.ask('POST', `${at}/cancel`, { body: {}, ...clara }), 'forbidden');
  isProblem(await shop.ask('POST', `${at}/reschedule`, { body: { startsAt: berlinTime(day, '15:00') }, ...clara }), 'forbidden');
  assert.deepEqual([await listed(), await counted()], [false, 0]);
  assert.equal((await bookBeside()).status, 201, 'what is not theirs makes them no busier');
  await shop.server.context.accounts.createAll([{ email: 'right@example.org', name: 'Rita', role: 'customer' }], TEST_PASSWORD);
  isProblem(await shop.ask('GET', at, { token: await shop.login('right@example.org') }), 'forbidden');
  assert.equal((await edit(booked, { customer: { email: 'clara@example.org' } })).status, 200);
  assert.equal((await shop.ask<Told>('GET', at, clara)).body.customer?.email, 'clara@example.org');
  assert.equal(await listed(), true);
});

test('an account that is made for a mistyped address later has nothing of what was corrected', async () => {
  day += 1;
  const booked = await book({ customer: { name: 'Tim', email: 'mistyped@example.org' } });
  assert.equal((await edit(booked, { customer: { email: 'tim@example.org' } })).status, 200);
  await shop.server.context.accounts.createAll([{ email: 'mistyped@example.org', name: 'Mia', role: 'customer' }], TEST_PASSWORD);
  const token = await shop.login('mistyped@example.org');
  isProblem(await shop.ask('GET', `/v1/appointments/${booked.id}`, { token }), 'forbidden');
  assert.deepEqual((await shop.ask('GET', '/v1/appointments', { token })).body.items, []);
});

test('a booking that is repeated once its address was corrected tells of no person, unless the caller may read it', async () => {
  day += 1;
  for (const [index, token] of [undefined, shop.tokens.customer, shop.tokens.desk].entries()) {
    const key = randomUUID();
    const customer = { name: 'Gus', email: `gus${index}@example.org`, phone: '030 1234567' };
    const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, `1${index}:00`), customer, notes: 'by the window' };
    const ask = () => shop.ask<Told>('POST', '/v1/appointments', { body, headers: { 'idempotency-key': key }, ...(token !== undefined && { token }) });
    const booked = await ask();
    assert.equal(booked.status, 201, booked.text);
    assert.equal((await ask()).body.customer?.email, customer.email);
    assert.equal((await edit(booked.body, { customer: { name: 'Rita', email: 'rita@example.org', phone: '030 7654321' } })).status, 200);
    const again = await ask();
    assert.deepEqual([again.status, again.headers.get('idempotency-replayed'), again.body.id], [201, 'true', booked.body.id]);
    const abandoned = await shop.ask('POST', `/v1/requests/${key}/abandon`, token === undefined ? {} : { token });
    assert.equal(abandoned.body.outcome, 'done', abandoned.text);
    if (token === shop.tokens.desk) {
      assert.deepEqual([again.body.customer?.email, abandoned.body.event.customer.email], ['rita@example.org', 'rita@example.org']);
      continue;
    }
    assert.deepEqual([again.body.customer, again.body.notes], [null, null]);
    assert.doesNotMatch(again.text + abandoned.text, /rita|7654321|window/i);
    if (token !== undefined) isProblem(await shop.ask('GET', `/v1/appointments/${booked.body.id}`, { token }), 'forbidden');
  }
});

test('what would change nothing is refused', async () => {
  day += 1;
  const booked = await book();
  isProblem(await edit(booked, { customer: {} }), 'invalid-request', 'customer');
  isProblem(await edit(booked, { notes: 'x', override: { rules: ['outside-hours'], reason: 'curls' } }), 'invalid-request', 'override');
});

const read = ({ id }: AppointmentReply) => shop.ask<Told>('GET', `/v1/appointments/${id}`, { token: shop.tokens.desk });
/** Each round on a day of its own. */
async function inRounds(attempt: () => Promise<void>): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    day += 1;
    await attempt();
  }
}

test('what several people change at the same moment all holds', () =>
  inRounds(async () => {
    const booked = await book();
    const edits = [{ price: { amount: 7_700, currency: 'EUR' } }, { staffNotes: 'curls' }, { minutes: 20 }, { notes: 'by train' }];
    const made = await Promise.all(edits.map((body) => edit(booked, body)));
    assert.deepEqual(
      made.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const { body } = await read(booked);
    assert.deepEqual([body.price.amount, body.staffNotes, span(body), body.notes], [7_700, 'curls', 20, 'by train']);
  }));

test('a cancellation at the same moment as a new price keeps the price', () =>
  inRounds(async () => {
    const booked = await book();
    const [priced, cancelled] = await Promise.all([
      edit(booked, { price: { amount: 7_700, currency: 'EUR' } }),
      shop.ask('POST', `/v1/appointments/${booked.id}/cancel`, { token: shop.tokens.desk }),
    ]);
    assert.equal(cancelled.status, 200);
    const { body } = await read(booked);
    assert.deepEqual([body.status, body.price.amount], ['cancelled', priced.status === 200 ? 7_700 : booked.price.amount]);
  }));

test('a longer time at the same moment as a move to another person leaves it with that person', () =>
  inRounds(async () => {
    const booked = await book();
    const move = { startsAt: booked.startsAt, staffId: shop.bo.id };
    const [moved, longer] = await Promise.all([
      shop.ask<Told>('POST', `/v1/appointments/${booked.id}/reschedule`, { body: move, token: shop.tokens.desk }),
      edit(booked, { minutes: 20 }),
    ]);
    assert.deepEqual([moved.status, longer.status], [200, 200], moved.text + longer.text);
    const { body } = await read(booked);
    assert.deepEqual([body.staffId, span(body)], [shop.bo.id, 20]);
  }));

test('of changes of one version at the same moment one is made', () =>
  inRounds(async () => {
    const booked = await book();
    const headers = { 'If-Match': `"${booked.revision}"` };
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((notes) => edit(booked, { notes }, { headers })));
    assert.deepEqual(made.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
  }));
