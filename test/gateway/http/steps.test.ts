// The steps of an appointment over REST: at which moment, by whom, and how they are taken back.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { Problem } from '../../../src/protocol/problems.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

type Told = AppointmentReply & Pick<Problem, 'from' | 'until'>;

const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

async function book(more: object): Promise<AppointmentReply> {
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, customer, allowOverlap: true, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, token: shop.tokens.owner });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}
/** A class has several seats, so several can have begun at once. */
const visit = () => book({ serviceId: shop.yoga.id, staffId: shop.bo.id, ...classNow });
const classNow = begun();

type Asking = {
  readonly token?: string;
  readonly key?: string;
  readonly ifMatch?: string;
  readonly body?: object;
  readonly headers?: object;
  readonly query?: string;
};
function act({ id }: AppointmentReply, step: string, { token = shop.tokens.desk, key = randomUUID(), ifMatch, body = {}, headers, query = '' }: Asking = {}) {
  const sent = { 'idempotency-key': key, ...(ifMatch !== undefined && { 'if-match': ifMatch }), ...headers };
  return shop.ask<Told>('POST', `/v1/appointments/${id}/${step}${query}`, { body, headers: sent, ...(token !== '' && { token }) });
}
const statusOf = async (asked: ReturnType<typeof act>) => (({ status, body }) => [status, body.status])(await asked);

test('a step that slips in days ahead is refused, says from when on it is possible, and leaves the appointment as it was', async () => {
  const ahead = await book({ startsAt: berlinTime(4, '10:00') });
  for (const [step, from] of [
    ['no-show', berlinTime(4, '10:00')],
    ['complete', berlinTime(4, '10:00')],
    ['check-in', berlinTime(4, '00:00')],
  ] as const) {
    const refused = await act(ahead, step);
    isProblem(refused, 'too-early');
    assert.deepEqual([refused.status, refused.body.from, refused.body.until], [409, from, undefined], step);
  }
  assert.deepEqual(await statusOf(act(ahead, 'cancel')), [200, 'cancelled']);
  await book({ startsAt: berlinTime(4, '10:00') });
});

test('what came too late says until when it was possible', async () => {
  const missed = await book({ startsAt: berlinTime(-3, '10:00'), override: classNow.override });
  const refused = await act(missed, 'check-in');
  isProblem(refused, 'too-late');
  assert.deepEqual([refused.body.until, refused.body.from], [berlinTime(-2, '00:00'), undefined]);
  const request = await book({ serviceId: shop.colour.id, startsAt: berlinTime(-3, '12:00'), override: classNow.override });
  isProblem(await act(request, 'approve'), 'too-late');
  assert.deepEqual(await statusOf(act(request, 'decline')), [200, 'declined']);
});

test('each step is taken back, and taken again', async () => {
  const seat = await visit();
  for (const [step, status, before] of [
    ['check-in', 'checked-in', 'booked'],
    ['complete', 'completed', 'booked'],
    ['no-show', 'no-show', 'booked'],
    ['check-in', 'checked-in', null],
    ['complete', 'completed', 'checked-in'],
  ] as const) {
    assert.deepEqual(await statusOf(act(seat, step)), [200, status], step);
    if (before !== null) assert.deepEqual(await statusOf(act(seat, 'reopen')), [200, before], step);
  }
  assert.deepEqual(await statusOf(act(seat, 'reopen')), [200, 'booked']);
  isProblem(await act(seat, 'reopen'), 'wrong-status');
  const { body } = await shop.ask('GET', `/v1/appointments/${seat.id}/history`, { token: shop.tokens.desk });
  const facts: string[] = body.items.flatMap(({ events }: { events: { type: string }[] }) => events.map(({ type }) => type));
  assert.deepEqual(facts.slice(0, 3), ['appointment.booked', 'appointment.checked-in', 'appointment.reopened']);
  assert.equal(facts.filter((fact) => fact === 'appointment.reopened').length, 5);
});

test('what is cancelled or declined is booked again, not reopened', async () => {
  const cancelled = await book({ startsAt: berlinTime(5, '10:00') });
  await act(cancelled, 'cancel');
  isProblem(await act(cancelled, 'reopen'), 'wrong-status');
  const declined = await book({ serviceId: shop.colour.id, startsAt: berlinTime(5, '12:00') });
  await act(declined, 'decline');
  isProblem(await act(declined, 'reopen'), 'wrong-status');
});

test('who may not settle an appointment does not reopen it', async () => {
  const seat = await visit();
  assert.equal((await act(seat, 'no-show')).status, 200);
  isProblem(await act(seat, 'reopen', { token: '' }), 'unauthenticated');
  isProblem(await act(seat, 'reopen', { token: '', headers: { 'manage-token': seat.manageToken ?? '' } }), 'unauthenticated');
  isProblem(await act(seat, 'reopen', { token: shop.tokens.customer }), 'forbidden');
  isProblem(await act(seat, 'reopen', { token: shop.tokens.staff }), 'forbidden');
  const key = (body: object) => shop.ask('POST', '/v1/api-keys', { body: { name: 'Website', ...body }, token: shop.tokens.owner });
  const reader = await key({ scopes: ['appointments:read'] });
  isProblem(await act(seat, 'reopen', { token: reader.body.key }), 'forbidden');
  const writer = await key({ scopes: ['appointments:read', 'appointments:write'] });
  assert.deepEqual(await statusOf(act(seat, 'reopen', { token: writer.body.key })), [200, 'booked']);
  const own = await book({ ...begun(3) });
  assert.deepEqual(await statusOf(act(own, 'no-show', { token: shop.tokens.staff })), [200, 'no-show']);
  assert.deepEqual(await statusOf(act(own, 'reopen', { token: shop.tokens.staff })), [200, 'booked'], 'their own slip');
});

test('asked twice with one key it is done once, also after somebody has taken the step again; another version is refused', async () => {
  const seat = await visit();
  const missed = await act(seat, 'no-show');
  isProblem(await act(seat, 'reopen', { ifMatch: '"0"' }), 'version-mismatch');
  const asking = { key: randomUUID(), ifMatch: `"${missed.body.revision}"` };
  const reopened = await act(seat, 'reopen', asking);
  assert.deepEqual([reopened.status, reopened.body.status, reopened.headers.get('etag')], [200, 'booked', `"${reopened.body.revision}"`]);
  await act(seat, 'no-show');
  const again = await act(seat, 'reopen', asking);
  assert.deepEqual([again.text, again.headers.get('idempotency-replayed')], [reopened.text, 'true']);
  isProblem(await act(seat, 'check-in', asking), 'idempotency-key-reused');
  assert.deepEqual(await statusOf(act(seat, 'reopen')), [200, 'booked']);
});

test('nothing that it does not know is accepted in silence', async () => {
  const ahead = await book({ startsAt: berlinTime(6, '10:00') });
  isProblem(await act(ahead, 'reopen', { body: { reason: 'a slip' } }), 'invalid-request', 'reason');
  isProblem(await act(ahead, 'reopen', { query: '?dryRun=true' }), 'invalid-request', 'dryRun');
});
