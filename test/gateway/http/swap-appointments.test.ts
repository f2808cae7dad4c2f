// What the desk does with appointments of its customers: two of them change places, and the link of one is handed out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
let day = 2;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

async function book(more: object = {}): Promise<AppointmentReply> {
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}
const act = ({ id }: AppointmentReply, step: string, asking: object) => shop.ask<AppointmentReply>('POST', `/v1/appointments/${id}/${step}`, asking);
const withToken = ({ manageToken = '' }: AppointmentReply) => ({ headers: { 'manage-token': manageToken } });

test('two are swapped in one decision, by the business alone: both move, or neither', async () => {
  day += 1;
  const one = await book();
  const other = await book({ startsAt: berlinTime(day, '15:00'), staffId: shop.bo.id, customer: { name: 'Alan', email: 'alan@example.org' } });
  const owner = { token: shop.tokens.owner, body: { with: other.id, notify: { customer: false } } };
  isProblem(await act(one, 'swap', { ...withToken(one), body: { with: other.id } }), 'unauthenticated');
  isProblem(await act(one, 'swap', { token: shop.tokens.customer, body: { with: other.id } }), 'forbidden');
  isProblem(await act(one, 'swap', { ...owner, body: { with: one.id } }), 'invalid-request', 'with');
  isProblem(await act(one, 'swap', { ...owner, body: { with: crypto.randomUUID() } }), 'not-found', 'with');
  const places = async () => {
    const read = async (id: string) => (await shop.ask<AppointmentReply>('GET', `/v1/appointments/${id}`, { token: shop.tokens.owner })).body;
    return Promise.all([one.id, other.id].map(async (id) => (({ startsAt, staffId }) => `${startsAt} ${staffId}`)(await read(id))));
  };
  const before = await places();
  const tried = await shop.ask('POST', `/v1/appointments/${one.id}/swap?dryRun=true`, owner);
  assert.equal(tried.status, 200, tried.text);
  assert.deepEqual(await places(), before, 'a dry run changes nothing');
  const key = { ...owner, headers: { 'idempotency-key': crypto.randomUUID() } };
  const swapped = await act(one, 'swap', key);
  assert.deepEqual([swapped.status, swapped.body.id, swapped.body.startsAt, swapped.body.staffId], [200, one.id, other.startsAt, shop.bo.id], swapped.text);
  assert.deepEqual(await places(), before.toReversed());
  assert.deepEqual((await act(one, 'swap', key)).body, swapped.body, 'a repeat says the same');
  assert.deepEqual(await places(), before.toReversed(), 'and does nothing twice');
  const [entry] = (await shop.ask('GET', `/v1/audit?subjectId=${one.id}&action=appointment.rescheduled`, { token: shop.tokens.owner })).body.items;
  assert.deepEqual([entry.before.staffId, entry.after.staffId, entry.after.swappedWith], [shop.ada.id, shop.bo.id, other.id]);
  // One half is impossible, and so is the whole.
  assert.equal((await act(other, 'cancel', { token: shop.tokens.owner, body: {} })).status, 200);
  isProblem(await act(one, 'swap', owner), 'wrong-status');
  assert.equal((await places())[0], before[1]);
});

test('the link of the customer is handed out by the desk of the location and above', async () => {
  day += 1;
  const booked = await book();
  const path = `/v1/appointments/${booked.id}/manage-link`;
  isProblem(await shop.ask('GET', path), 'unauthenticated');
  isProblem(await shop.ask('GET', path, { token: shop.tokens.customer }), 'forbidden');
  isProblem(await shop.ask('GET', path, { token: shop.tokens.staff }), 'forbidden');
  const link = await shop.ask('GET', path, { token: shop.tokens.owner });
  const token = new URLSearchParams(new URL(link.body.url).hash.slice(1)).get('token') ?? '';
  const seen = await shop.ask('GET', `/v1/appointments/${booked.id}`, { headers: { 'manage-token': token } });
  assert.deepEqual([link.status, seen.status, seen.body.customer.name], [200, 200, booked.customer?.name], link.text);
});
