// A change of hours that is planned first: what it strands, who could take it, and all of it at once or nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { HoursPlanReply } from '../../../src/protocol/hours-plans.ts';
import type { Json } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

let day = 3;
async function book(time: string, more: object = {}): Promise<AppointmentReply> {
  const customer = { name: 'Grace', email: `${randomUUID()}@example.org` };
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, time), customer, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, token: shop.tokens.owner });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}
const path = () => `/v1/staff/${shop.ada.id}/time-off`;
const illness = () => ({ startsAt: berlinTime(day, '09:00'), endsAt: berlinTime(day, '17:00'), reason: 'ill' });
async function planned(body: object = illness()): Promise<HoursPlanReply> {
  const answer = await shop.ask<HoursPlanReply>('POST', `${path()}?plan=true`, { body, token: shop.tokens.owner });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}
type Asking = { readonly headers?: Record<string, string>; readonly token?: string };
const carryOut = ({ planId }: HoursPlanReply, stranded: object, { headers = {}, token = shop.tokens.owner }: Asking = {}) =>
  shop.ask('POST', `${path()}?planId=${planId}`, { body: { ...illness(), stranded }, token, headers });
async function now({ id }: AppointmentReply): Promise<AppointmentReply> {
  return (await shop.ask<AppointmentReply>('GET', `/v1/appointments/${id}`, { token: shop.tokens.owner })).body;
}
const timesOff = async () => (await shop.ask('GET', path(), { token: shop.tokens.owner })).body.items.length;

test('a plan says what is stranded and who could take it, the best first and nothing twice, and changes nothing', async () => {
  day += 1;
  const [one, other] = [await book('10:00'), await book('10:30')];
  await book('10:30', { staffId: shop.bo.id });
  const before = await timesOff();
  const plan = await planned();
  assert.deepEqual(
    plan.stranded.map(({ appointmentId, startsAt, staffId, customer }) => [appointmentId, startsAt, staffId, customer?.name]),
    [one, other].map(({ id, startsAt }) => [id, startsAt, shop.ada.id, 'Grace']),
  );
  const best = plan.stranded.map(({ options }) => options[0]);
  assert.deepEqual(best[0], { staffId: shop.bo.id, startsAt: one.startsAt });
  assert.notDeepEqual(best[1], best[0]);
  for (const { options } of plan.stranded)
    for (const { staffId, startsAt } of options) assert.ok(staffId === shop.bo.id || !startsAt.startsWith(one.startsAt.slice(0, 10)), 'she is away that day');
  assert.deepEqual([await timesOff(), (await now(one)).revision], [before, one.revision]);
});

test('moved, cancelled and kept: all of a plan happens in one commit', async () => {
  day += 1;
  const [moved, cancelled, kept] = [await book('10:00'), await book('11:00'), await book('12:00')];
  const plan = await planned();
  const [target] = plan.stranded[0]?.options ?? [];
  const choices = { [moved.id]: { action: 'move', ...target }, [cancelled.id]: { action: 'cancel' }, [kept.id]: { action: 'keep' } };
  const headers = { 'idempotency-key': randomUUID() };
  const done = await carryOut(plan, choices, { headers });
  assert.equal(done.status, 201, done.text);
  const after = await Promise.all([moved, cancelled, kept].map(now));
  assert.deepEqual(
    after.map(({ status, staffId }) => [status, staffId]),
    [
      ['booked', shop.bo.id],
      ['cancelled', shop.ada.id],
      ['booked', shop.ada.id],
    ],
  );
  const changes = await shop.ask('GET', `/v1/calendars/${shop.ada.calendarId}/changes?after=${kept.revision}`, { token: shop.tokens.owner });
  assert.deepEqual(
    changes.body.changes.map(({ events }: Json) => events.map(({ type }: Json) => type).toSorted()),
    [['appointment.cancelled', 'appointment.rescheduled', 'hours.changed']],
    'one revision has all of it',
  );
  const again = await carryOut(plan, choices, { headers });
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed'), again.body.id], [201, 'true', done.body.id]);
  isProblem(await carryOut(plan, choices), 'plan-outdated');
});

test('a plan that no longer fits does nothing at all', async () => {
  day += 1;
  const [moved, cancelled] = [await book('10:00'), await book('11:00')];
  const plan = await planned();
  const choices = { [moved.id]: { action: 'move', staffId: shop.bo.id, startsAt: moved.startsAt }, [cancelled.id]: { action: 'cancel' } };
  await book('10:00', { staffId: shop.bo.id });
  const before = await timesOff();
  isProblem(await carryOut(plan, choices), 'plan-outdated');
  assert.deepEqual([await timesOff(), (await now(moved)).staffId, (await now(cancelled)).status], [before, shop.ada.id, 'booked']);
  await book('15:00');
  isProblem(await carryOut(plan, { [moved.id]: { action: 'keep' }, [cancelled.id]: { action: 'keep' } }), 'plan-outdated');
});

test('one of many who take the same free time at once carries a plan out whole, and the others nothing', async () => {
  day += 1;
  const [moved, cancelled] = [await book('10:00'), await book('11:00')];
  const plan = await planned();
  const choices = { [moved.id]: { action: 'move', staffId: shop.bo.id, startsAt: moved.startsAt }, [cancelled.id]: { action: 'cancel' } };
  const rival = { serviceId: shop.haircut.id, staffId: shop.bo.id, startsAt: moved.startsAt, customer: { name: 'Rival', email: 'rival@example.org' } };
  const [done, ...rivals] = await Promise.all([
    carryOut(plan, choices),
    ...Array.from({ length: 3 }, () => shop.ask('POST', '/v1/appointments', { body: { ...rival, allowOverlap: true }, token: shop.tokens.owner })),
  ]);
  const won = rivals.filter(({ status }) => status === 201).length;
  assert.equal(won + (done.status === 201 ? 1 : 0), 1, done.text);
  const isDone = done.status === 201;
  assert.deepEqual([(await now(moved)).staffId, (await now(cancelled)).status], isDone ? [shop.bo.id, 'cancelled'] : [shop.ada.id, 'booked']);
});

test('weekly hours and single dates are planned, too; every appointment needs an answer, and a plan is good for its own change', async () => {
  day += 1;
  const booked = await book('16:00');
  const date = booked.startsAt.slice(0, 10);
  const put = (query: string, more: object = {}) =>
    shop.ask('PUT', `/v1/staff/${shop.ada.id}/date-overrides/${date}${query}`, {
      body: { windows: [{ from: '09:00', to: '12:00' }], ...more },
      token: shop.tokens.owner,
    });
  const plan = await put('?plan=true');
  assert.equal(plan.body.stranded.length, 1, plan.text);
  const [option] = plan.body.stranded[0].options;
  isProblem(await put(`?planId=${plan.body.planId}`), 'invalid-request', `stranded.${booked.id}`);
  isProblem(await put('', { stranded: {} }), 'invalid-request', 'stranded');
  isProblem(await put(`?planId=${plan.body.planId}x`, { stranded: {} }), 'invalid-request', 'planId');
  isProblem(await put('?plan=true&appointments=keep'), 'invalid-request');
  isProblem(await carryOut(plan.body, { [booked.id]: { action: 'keep' } }), 'plan-outdated');
  const done = await put(`?planId=${plan.body.planId}`, { stranded: { [booked.id]: { action: 'move', ...option } } });
  assert.equal(done.status, 200, done.text);
  assert.equal((await now(booked)).startsAt, option.startsAt);
  const weekly = await shop.ask('PUT', `/v1/staff/${shop.ada.id}/hours?plan=true`, { body: { weekly: [] }, token: shop.tokens.owner });
  assert.ok(weekly.body.stranded.length > 0);
  isProblem(await shop.ask('POST', `${path()}?plan=true`, { body: illness(), token: shop.tokens.staff }), 'forbidden');
});
