import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { CalendarReply, ChangesReply } from '../../../src/protocol/calendars.ts';
import type { BlockReply } from '../../../src/protocol/catalog.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

/** Each test has a day of its own, so that none stands in another's way. */
let day = 2;

async function book(more: object = {}): Promise<AppointmentReply> {
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}

describe('calendars', () => {
  test('a calendar shows its claims now and as they were; names only to those who may know them', async () => {
    day += 1;
    const before = (await shop.ask<CalendarReply>('GET', `/v1/calendars/${shop.ada.calendarId}`, { token: shop.tokens.staff })).body;
    const booked = await book();
    const claimIn = (calendar: CalendarReply) => calendar.claims.find(({ id }) => id === booked.id);
    const read = async (token: string, query = '') => (await shop.ask<CalendarReply>('GET', `/v1/calendars/${shop.ada.calendarId}${query}`, { token })).body;
    assert.equal(claimIn(await read(shop.tokens.staff))?.customer?.name, 'Grace');
    assert.equal(claimIn(before), undefined);
    assert.equal(
      claimIn(await read(shop.tokens.owner, `?at=${booked.createdAt.replace(/:\d\d\+/, ':00+')}`)),
      undefined,
      'as it was before, with a plus sign that was not encoded',
    );
    const others = await book({ staffId: shop.bo.id });
    const seen = (await shop.ask<CalendarReply>('GET', `/v1/calendars/${shop.bo.calendarId}`, { token: shop.tokens.staff })).body.claims.find(
      ({ id }) => id === others.id,
    );
    assert.deepEqual([seen?.kind, seen?.customer, seen?.reference], ['appointment', undefined, undefined]);
    isProblem(await shop.ask('GET', `/v1/calendars/${shop.ada.calendarId}`), 'unauthenticated');
    isProblem(await shop.ask('GET', `/v1/calendars/${shop.ada.calendarId}`, { token: shop.tokens.customer }), 'forbidden');
    isProblem(await shop.ask('GET', `/v1/calendars/${crypto.randomUUID()}`, { token: shop.tokens.owner }), 'not-found');
    isProblem(await shop.ask('GET', `/v1/calendars/${shop.ada.calendarId}?at=yesterday`, { token: shop.tokens.owner }), 'invalid-request', 'at');
  });

  test('the change feed tells every change once, in order', async () => {
    day += 1;
    const path = `/v1/calendars/${shop.ada.calendarId}/changes`;
    const start = (await shop.ask<CalendarReply>('GET', `/v1/calendars/${shop.ada.calendarId}`, { token: shop.tokens.owner })).body.revision;
    const booked = await book();
    await shop.ask('POST', `/v1/appointments/${booked.id}/cancel`, { token: shop.tokens.owner });
    const first = (await shop.ask<ChangesReply>('GET', `${path}?after=${start}&limit=1`, { token: shop.tokens.owner })).body;
    const second = (await shop.ask<ChangesReply>('GET', `${path}?after=${first.nextAfter}`, { token: shop.tokens.owner })).body;
    const told = [first, second].flatMap(({ changes }) => changes.map(({ revision, events }) => [revision, events[0]?.type, events[0]?.appointmentId]));
    assert.deepEqual(told, [
      [start + 1, 'appointment.booked', booked.id],
      [start + 2, 'appointment.cancelled', booked.id],
    ]);
    assert.equal((await shop.ask<ChangesReply>('GET', `${path}?after=${second.nextAfter}`, { token: shop.tokens.owner })).body.nextAfter, second.nextAfter);
    isProblem(await shop.ask('GET', `${path}?after=-1`, { token: shop.tokens.owner }), 'invalid-request', 'after');
    isProblem(await shop.ask('GET', `${path}?after=${second.nextAfter + 1}`, { token: shop.tokens.owner }), 'cursor-unknown');
  });

  test('a block keeps people out until it is removed', async () => {
    day += 1;
    const path = `/v1/staff/${shop.ada.id}/blocks`;
    const body = { startsAt: berlinTime(day, '10:00'), endsAt: berlinTime(day, '12:00'), reason: 'dentist' };
    isProblem(await shop.ask('POST', path, { body }), 'unauthenticated');
    isProblem(await shop.ask('POST', path, { body, token: shop.tokens.customer }), 'forbidden');
    isProblem(await shop.ask('POST', `/v1/staff/${shop.bo.id}/blocks`, { body, token: shop.tokens.staff }), 'forbidden');
    isProblem(await shop.ask('POST', path, { body: { ...body, endsAt: body.startsAt }, token: shop.tokens.staff }), 'invalid-request', 'endsAt');
    const block = await shop.ask<BlockReply>('POST', path, { body, token: shop.tokens.staff });
    assert.equal(block.status, 201, block.text);
    const taken = await shop.ask('POST', '/v1/appointments', {
      body: { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '11:00'), customer },
    });
    isProblem(taken, 'slot-taken');
    assert.equal(taken.body.conflict?.by, 'block');
    assert.equal((await shop.ask('DELETE', `${path}/${block.body.id}`, { token: shop.tokens.staff })).status, 204);
    isProblem(await shop.ask('DELETE', `${path}/${block.body.id}`, { token: shop.tokens.staff }), 'not-found');
    await book({ startsAt: berlinTime(day, '11:00') });
  });

  test('a block is moved in one decision: over its own old time, and not over anything else', async () => {
    day += 1;
    const path = `/v1/staff/${shop.ada.id}/blocks`;
    const asked = { token: shop.tokens.staff };
    const body = { startsAt: berlinTime(day, '10:00'), endsAt: berlinTime(day, '11:00'), reason: 'dentist' };
    const { id } = (await shop.ask<BlockReply>('POST', path, { ...asked, body })).body;
    await book({ startsAt: berlinTime(day, '12:00') });
    const to = (from: string, until: string) => ({ startsAt: berlinTime(day, from), endsAt: berlinTime(day, until) });
    const move = (moved: object, more: object = asked) => shop.ask<BlockReply>('PATCH', `${path}/${id}`, { body: moved, ...more });
    isProblem(await move(to('10:30', '11:30'), {}), 'unauthenticated');
    isProblem(await move(to('10:30', '11:30'), { token: shop.tokens.customer }), 'forbidden');
    isProblem(await move(to('11:30', '11:30')), 'invalid-request', 'endsAt');
    isProblem(await shop.ask('PATCH', `${path}/${randomUUID()}`, { ...asked, body: to('10:30', '11:30') }), 'not-found');
    isProblem(await move(to('11:30', '12:30')), 'slot-taken');
    const key = { ...asked, headers: { 'idempotency-key': randomUUID() } };
    const moved = await move(to('10:30', '11:30'), key);
    assert.deepEqual([moved.status, moved.body.id, moved.body.startsAt, moved.body.reason], [200, id, berlinTime(day, '10:30'), 'dentist'], moved.text);
    assert.deepEqual((await move(to('10:30', '11:30'), key)).body, moved.body, 'a repeat says the same');
    await book({ startsAt: berlinTime(day, '10:00') });
    const [entry] = (await shop.ask('GET', `/v1/audit?subjectId=${id}`, { token: shop.tokens.owner })).body.items;
    assert.deepEqual([entry.before.startsAt, entry.after.startsAt].map(Date.parse), [body.startsAt, moved.body.startsAt].map(Date.parse));
    assert.equal((await shop.ask('DELETE', `${path}/${id}`, asked)).status, 204);
  });

  test('a block is moved to another person in one decision, by those who may block the time of both, and back', async () => {
    day += 1;
    const desk = { token: shop.tokens.owner };
    const span = { startsAt: berlinTime(day, '10:00'), endsAt: berlinTime(day, '11:00') };
    const { id } = (await shop.ask<BlockReply>('POST', `/v1/staff/${shop.ada.id}/blocks`, { ...desk, body: { ...span, reason: 'stocktaking' } })).body;
    const move = (from: string, body: object, more: object = desk) => shop.ask<BlockReply>('PATCH', `/v1/staff/${from}/blocks/${id}`, { body, ...more });
    const toBo = { ...span, staffId: shop.bo.id };
    isProblem(await move(shop.ada.id, toBo, { token: shop.tokens.staff }), 'forbidden');
    isProblem(await move(shop.ada.id, { ...span, staffId: randomUUID() }), 'not-found', 'staffId');
    isProblem(await move(shop.ada.id, { ...span, resourceId: randomUUID() }), 'not-found', 'resourceId');
    isProblem(await move(shop.ada.id, { ...toBo, resourceId: randomUUID() }), 'invalid-request', 'resourceId');
    isProblem(await move(shop.bo.id, { ...span, staffId: shop.ada.id }), 'not-found');
    await book({ staffId: shop.bo.id, startsAt: berlinTime(day, '14:00') });
    const later = { startsAt: berlinTime(day, '14:00'), endsAt: berlinTime(day, '15:00') };
    isProblem(await move(shop.ada.id, { ...later, staffId: shop.bo.id }), 'slot-taken');
    const blocksOf = async ({ calendarId }: { readonly calendarId: string }) => {
      const { claims } = (await shop.ask<CalendarReply>('GET', `/v1/calendars/${calendarId}`, desk)).body;
      return claims.filter((claim) => claim.id === id).map(({ kind, startsAt, reason }) => [kind, startsAt, reason]);
    };
    const block = ['block', span.startsAt, 'stocktaking'];
    assert.deepEqual([await blocksOf(shop.ada), await blocksOf(shop.bo)], [[block], []], 'refused, it is where it was');
    assert.equal((await shop.ask('PATCH', `/v1/staff/${shop.ada.id}/blocks/${id}?dryRun=true`, { ...desk, body: toBo })).status, 200);
    assert.deepEqual([await blocksOf(shop.ada), await blocksOf(shop.bo)], [[block], []], 'a dry run changes nothing');
    const key = { ...desk, headers: { 'idempotency-key': randomUUID() } };
    const moved = await move(shop.ada.id, toBo, key);
    const { status, body, text } = moved;
    assert.deepEqual([status, body.id, body.staffId, body.calendarId, body.reason], [200, id, shop.bo.id, shop.bo.calendarId, 'stocktaking'], text);
    assert.deepEqual([await blocksOf(shop.ada), await blocksOf(shop.bo)], [[], [block]]);
    assert.deepEqual((await move(shop.ada.id, toBo, key)).body, moved.body, 'a repeat says the same');
    await book();
    isProblem(await move(shop.bo.id, { ...span, staffId: shop.ada.id }), 'slot-taken');
    assert.equal((await move(shop.bo.id, { startsAt: berlinTime(day, '11:00'), endsAt: berlinTime(day, '12:00'), staffId: shop.ada.id })).status, 200);
    assert.deepEqual([(await blocksOf(shop.ada)).length, (await blocksOf(shop.bo)).length], [1, 0]);
    const [entry] = (await shop.ask('GET', `/v1/audit?subjectId=${id}`, desk)).body.items;
    assert.deepEqual([entry.before.calendarId, entry.after.calendarId], [shop.bo.calendarId, shop.ada.calendarId]);
    const made = await shop.ask('POST', '/v1/api-keys', { ...desk, body: { name: 'Rota', scopes: ['calendars:write'] } });
    const byKey = await move(shop.ada.id, { startsAt: berlinTime(day, '12:00'), endsAt: berlinTime(day, '13:00') }, { token: made.body.key });
    assert.deepEqual([byKey.status, byKey.body.reason], [200, null], 'who may not know why is not told for having moved it');
    assert.deepEqual([entry.before.startsAt, entry.after.startsAt].map(Date.parse), [span.startsAt, berlinTime(day, '11:00')].map(Date.parse));
  });
});
