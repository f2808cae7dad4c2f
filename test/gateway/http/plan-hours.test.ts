// A change of hours that is planned first: what it strands, who could take it, and all of it at once or nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { HoursPlanReply } from '../../../src/protocol/hours-plans.ts';
import { everyDay } from '../../support/dates.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
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

test('a plan that strands nothing is carried out once, and is outdated after any change of the hours', async () => {
  day += 1;
  const [plan, other] = [await planned(), await planned()];
  assert.deepEqual(plan.stranded, []);
  const done = await carryOut(plan, {});
  assert.equal(done.status, 201, done.text);
  const before = await timesOff();
  isProblem(await carryOut(plan, {}), 'plan-outdated');
  isProblem(await carryOut(other, {}), 'plan-outdated');
  assert.equal(await timesOff(), before);
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

test('a plan of a location has the appointments of all its calendars, over several dates, and all of it happens in one commit', async () => {
  const make = makerOf(shop, shop.tokens.owner);
  const { id: locationId } = await make('/v1/locations', { name: 'Annex', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('09:00', '17:00') });
  const people: Json[] = [];
  for (const name of ['Lea', 'Max']) people.push(await make('/v1/staff', { name, locationId, serviceIds: [shop.haircut.id] }));
  const [lea, max] = people;
  day += 1;
  const moved = await book('10:00', { staffId: lea.id });
  const cancelled = await book('10:00', { staffId: max.id, allowOverlap: true });
  day += 1;
  const kept = await book('11:00', { staffId: lea.id });
  day += 1;
  const beside = await book('11:00', { staffId: max.id });
  const dateOf = ({ startsAt }: AppointmentReply) => startsAt.slice(0, 10);
  const dates = { [dateOf(moved)]: [], [dateOf(kept)]: [] };
  const put = (query: string, more: object = {}, headers: Record<string, string> = {}) =>
    shop.ask('PUT', `/v1/locations/${locationId}/special-dates${query}`, { body: { dates, ...more }, token: shop.tokens.owner, headers });
  const plan = await put('?plan=true');
  assert.equal(plan.status, 200, plan.text);
  assert.deepEqual(
    [new Set(plan.body.stranded.map(({ appointmentId }: Json) => appointmentId)), plan.body.kept],
    [new Set([moved.id, cancelled.id, kept.id]), 1],
  );
  const closed = Object.keys(dates);
  for (const { options } of plan.body.stranded)
    for (const { startsAt } of options) assert.ok(!closed.includes(startsAt.slice(0, 10)), 'the location is closed then');
  const [option] = plan.body.stranded.find(({ appointmentId }: Json) => appointmentId === moved.id).options;
  const choices = { [moved.id]: { action: 'move', ...option }, [cancelled.id]: { action: 'cancel' }, [kept.id]: { action: 'keep' } };
  const headers = { 'idempotency-key': randomUUID() };
  const version = (await shop.ask('GET', `/v1/locations/${locationId}/hours`, { token: shop.tokens.owner })).headers.get('etag') ?? '';
  isProblem(await put(`?planId=${plan.body.planId}`, { stranded: choices }, { 'if-match': '"77"' }), 'version-mismatch');
  const done = await put(`?planId=${plan.body.planId}`, { stranded: choices }, headers);
  assert.deepEqual([done.status, done.body.specialDates], [200, dates], done.text);
  const after = await Promise.all([moved, cancelled, kept, beside].map(now));
  assert.deepEqual(
    after.map(({ status, startsAt }) => [status, startsAt]),
    [
      ['booked', option.startsAt],
      ['cancelled', cancelled.startsAt],
      ['booked', kept.startsAt],
      ['booked', beside.startsAt],
    ],
  );
  const changes = await shop.ask('GET', `/v1/calendars/${max.calendarId}/changes?after=${beside.revision}`, { token: shop.tokens.owner });
  const types = changes.body.changes.map(({ events }: Json) => events.map(({ type }: Json) => type).toSorted());
  assert.ok(types.length === 1 && types[0].includes('appointment.cancelled') && types[0].includes('hours.changed'), JSON.stringify(types));
  const again = await put(`?planId=${plan.body.planId}`, { stranded: choices }, headers);
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [200, 'true']);
  isProblem(await put('?plan=true', {}, { 'if-match': version }), 'version-mismatch');
  isProblem(await put('', { stranded: {} }), 'invalid-request', 'stranded');
  isProblem(await put('', { dates: {} }), 'invalid-request', 'dates');
});

test('a person or a room is removed by a plan, with what becomes of every appointment ahead', async () => {
  const make = makerOf(shop, shop.tokens.owner);
  const leaver = await make('/v1/staff', { name: 'Lou', locationId: shop.ada.locationId, serviceIds: [shop.haircut.id] });
  day += 1;
  const [moved, kept] = [await book('10:00', { staffId: leaver.id }), await book('14:00', { staffId: leaver.id })];
  const hold = await shop.ask('POST', '/v1/holds', { body: { serviceId: shop.haircut.id, staffId: leaver.id, startsAt: berlinTime(day, '12:00') } });
  assert.equal(hold.status, 201, hold.text);
  const remove = (query: string, body: object = {}, token = shop.tokens.owner) => shop.ask('DELETE', `/v1/staff/${leaver.id}${query}`, { body, token });
  const plan = await remove('?plan=true');
  assert.deepEqual(
    plan.body.stranded.map(({ appointmentId }: Json) => appointmentId),
    [moved.id, kept.id],
    plan.text,
  );
  const [option] = plan.body.stranded[0].options;
  assert.notEqual(option.staffId, leaver.id);
  const choices = { [moved.id]: { action: 'move', ...option }, [kept.id]: { action: 'keep' } };
  isProblem(await remove('?plan=true', {}, shop.tokens.staff), 'forbidden');
  isProblem(await remove(`?planId=${plan.body.planId}`), 'invalid-request', `stranded.${moved.id}`);
  const done = await remove(`?planId=${plan.body.planId}`, { stranded: choices });
  assert.equal(done.status, 204, done.text);
  assert.deepEqual([(await now(moved)).staffId, (await now(kept)).status], [option.staffId, 'booked']);
  isProblem(await shop.ask('GET', `/v1/staff/${leaver.id}`, { token: shop.tokens.owner }), 'not-found');
  isProblem(await remove(`?planId=${plan.body.planId}`, { stranded: choices }), 'not-found');
});

test('an appointment that is edited while a plan is carried out is looked at again: what is decided is what it is', async () => {
  day += 1;
  const booked = await book('10:00');
  const plan = await planned();
  const choices = { [booked.id]: { action: 'move', staffId: shop.bo.id, startsAt: booked.startsAt } };
  const edits = Array.from({ length: 4 }, (_, index) =>
    shop.ask('PATCH', `/v1/appointments/${booked.id}`, { body: { staffNotes: `note ${index}` }, token: shop.tokens.owner }),
  );
  const [done, ...edited] = await Promise.all([carryOut(plan, choices), ...edits]);
  assert.equal(done.status, 201, done.text);
  for (const { status, text } of edited) assert.equal(status, 200, text);
  assert.equal((await now(booked)).staffId, shop.bo.id);
});
