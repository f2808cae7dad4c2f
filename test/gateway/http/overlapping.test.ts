// Appointments that the desk puts over a taken time, with a reason.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { CalendarReply, ChangesReply } from '../../../src/protocol/calendars.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

/** Each test has a day of its own. */
let day = 2;

async function book(more: object = {}, token?: string): Promise<AppointmentReply> {
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}

const insists = { rules: ['slot-taken'], reason: 'toothache' };

test('overlapping on purpose is for the desk and above, with a reason, and staff are told of it', async () => {
  day += 1;
  const beneath = await book();
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, override: insists };
  isProblem(await shop.ask('POST', '/v1/appointments', { body }), 'unauthenticated');
  isProblem(await shop.ask('POST', '/v1/appointments', { body, token: shop.tokens.customer }), 'forbidden');
  isProblem(await shop.ask('POST', '/v1/appointments', { body, token: shop.tokens.staff }), 'forbidden');
  const silent = { ...body, override: { rules: ['slot-taken'] } };
  isProblem(await shop.ask('POST', '/v1/appointments', { body: silent, token: shop.tokens.desk }), 'invalid-request', 'override.reason');
  const above = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, token: shop.tokens.desk });
  assert.deepEqual([above.status, above.body.overlaps, above.body.override], [201, true, insists]);
  const asCustomer = await shop.ask<AppointmentReply>('GET', `/v1/appointments/${above.body.id}`, {
    headers: { 'manage-token': above.body.manageToken ?? '' },
  });
  assert.deepEqual([asCustomer.body.overlaps, asCustomer.body.override], [undefined, null]);
  const board = await shop.ask<CalendarReply>('GET', `/v1/calendars/${above.body.calendarId}`, { token: shop.tokens.desk });
  const marks = new Map(board.body.claims.map(({ id, overlaps }) => [id, overlaps]));
  assert.deepEqual([marks.get(above.body.id), marks.get(beneath.id)], [true, undefined]);
  const { body: feed } = await shop.ask<ChangesReply>('GET', `/v1/calendars/${above.body.calendarId}/changes`, { token: shop.tokens.desk });
  const facts = feed.changes.flatMap(({ events }) => events);
  assert.equal(facts.findLast(({ appointmentId }) => appointmentId === above.body.id)?.overlaps, true);
  assert.equal(facts.findLast(({ appointmentId }) => appointmentId === beneath.id)?.overlaps, false);
});

test('an overlap is asked for again with another time, and is over where there is room', async () => {
  day += 1;
  await book();
  const above = await book({ override: insists }, shop.tokens.desk);
  const move = (to: string, more: object = {}) =>
    shop.ask<AppointmentReply>('POST', `/v1/appointments/${above.id}/reschedule`, {
      body: { startsAt: berlinTime(day, to), allowOverlap: true, ...more },
      token: shop.tokens.desk,
    });
  const moved = await move('12:00');
  assert.deepEqual([moved.body.overlaps, moved.body.override], [undefined, insists]);
  isProblem(await move('10:00'), 'slot-taken');
  const back = await move('10:00', { override: { ...insists, reason: 'still hurts' } });
  assert.deepEqual([back.body.overlaps, back.body.override?.reason], [true, 'still hurts']);
});

test('a hold neither overlaps nor is overlapped', async () => {
  day += 1;
  const slot = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00') };
  isProblem(await shop.ask('POST', '/v1/holds', { body: { ...slot, override: insists }, token: shop.tokens.desk }), 'invalid-request', 'override.rules.0');
  const held = await shop.ask<{ id: string }>('POST', '/v1/holds', { body: slot, token: shop.tokens.desk });
  const body = { holdId: held.body.id, customer, override: insists };
  isProblem(await shop.ask('POST', '/v1/appointments', { body, token: shop.tokens.desk }), 'invalid-request', 'override.rules');
  const over = { ...slot, customer, allowOverlap: true, override: insists };
  const refused = await shop.ask<{ conflict?: { by: string } }>('POST', '/v1/appointments', { body: over, token: shop.tokens.desk });
  isProblem(refused, 'slot-taken');
  assert.equal(refused.body.conflict?.by, 'hold');
});
