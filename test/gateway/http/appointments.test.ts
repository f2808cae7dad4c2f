import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentCountsReply } from '../../../src/protocol/appointment-lists.ts';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { ChangesReply } from '../../../src/protocol/calendars.ts';
import { dateIn } from '../../support/dates.ts';
import type { Said } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

type Listed = { items: AppointmentReply[]; nextCursor: string | null };

const customer = { name: 'Grace', email: 'grace@example.org', phone: '+49 30 1234567' };
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

/** Each test has a day of its own, so that none stands in another's way. */
let day = 2;

async function book(more: object = {}, token?: string): Promise<AppointmentReply> {
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true, ...more };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}

const act = (appointment: AppointmentReply, action: string, ask: { body?: object; token?: string; headers?: Record<string, string> } = {}) =>
  shop.ask<AppointmentReply & { currentVersion?: string }>('POST', `/v1/appointments/${appointment.id}/${action}`, ask);
const withToken = ({ manageToken = '' }: AppointmentReply) => ({ headers: { 'manage-token': manageToken } });
const statusOf = (answer: Said<AppointmentReply>) => [answer.status, answer.body.status];

describe('booking', () => {
  test('an appointment says what was booked, for whom, and until when it can be changed', async () => {
    day += 1;
    const booked = await book();
    assert.deepEqual(
      {
        status: booked.status,
        startsAt: booked.startsAt,
        timeZone: booked.timeZone,
        price: booked.price,
        source: booked.source,
        locationId: booked.locationId,
      },
      {
        status: 'booked',
        startsAt: berlinTime(day, '10:00'),
        timeZone: 'Europe/Berlin',
        price: { amount: 4_000, currency: 'EUR' },
        source: 'online',
        locationId: shop.berlin,
      },
    );
    assert.equal(booked.customer?.email, customer.email);
    assert.equal(booked.cancellableUntil, booked.startsAt);
    assert.match(booked.reference ?? '', /^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  });

  test('one e-mail address is one customer', async () => {
    day += 1;
    const first = await book();
    const second = await book({ startsAt: berlinTime(day, '12:00'), customer: { name: 'G.', email: ' GRACE@example.org' } });
    assert.equal(second.customer?.id, first.customer?.id);
    const clara = { name: 'Clara', email: 'clara@example.org' };
    const own = await book({ startsAt: berlinTime(day, '13:00'), customer: clara }, shop.tokens.customer);
    const forAnother = await book({ startsAt: berlinTime(day, '14:00') }, shop.tokens.customer);
    assert.equal(forAnother.customer?.id, first.customer?.id, 'booked for someone else');
    assert.notEqual(own.customer?.id, first.customer?.id);
  });

  test('staff book without an e-mail address, by telephone or by name alone, and nobody else does', async () => {
    day += 1;
    const calls = { name: 'Tom Tilney', phone: '+49 30 9876543' };
    const called = await book({ customer: calls }, shop.tokens.desk);
    assert.deepEqual([called.customer?.name, called.customer?.email, called.customer?.phoneE164], [calls.name, null, '+49309876543']);
    const again = await book({ startsAt: berlinTime(day, '11:00'), customer: { ...calls, email: null } }, shop.tokens.staff);
    assert.notEqual(again.customer?.id, called.customer?.id, 'a number identifies nobody');
    const walkedIn = await book({ startsAt: berlinTime(day, '12:00'), customer: { name: 'Tom Tilney' } }, shop.tokens.desk);
    assert.deepEqual([walkedIn.customer?.email, walkedIn.customer?.phone], [null, null]);
    assert.equal((await act(walkedIn, 'cancel', { token: shop.tokens.desk })).status, 200);
    const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '13:00'), customer: calls };
    for (const token of [undefined, shop.tokens.customer]) {
      const refused = await shop.ask('POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
      assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'customer.email']);
    }
  });

  test('who is named by nobody is booked with somebody, where that person works', async () => {
    day += 1;
    const startsAt = berlinTime(day, '16:00'); // New York is open too
    const booked = await Promise.all([1, 2, 3].map(() => book({ staffId: undefined, startsAt })));
    const places = new Map([
      [shop.ada.id, shop.berlin],
      [shop.bo.id, shop.berlin],
      [shop.cy.id, shop.newYork],
    ]);
    assert.deepEqual(booked.map(({ staffId }) => staffId).sort(), [...places.keys()].sort());
    for (const { staffId, locationId, timeZone } of booked) {
      assert.equal(locationId, places.get(staffId));
      assert.equal(timeZone, locationId === shop.berlin ? 'Europe/Berlin' : 'America/New_York');
    }
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { serviceId: shop.haircut.id, startsAt, customer, allowOverlap: true } }), 'slot-taken');
  });

  test('a class takes as many as it has seats', async () => {
    day += 1;
    const yoga = { serviceId: shop.yoga.id, staffId: shop.bo.id };
    const three = await book({ ...yoga, seats: 3 });
    assert.deepEqual(three.price, { amount: 12_000, currency: 'EUR' });
    const body = { ...yoga, startsAt: berlinTime(day, '10:00'), customer, allowOverlap: true };
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { ...body, seats: 2 } }), 'slot-taken');
    await book(yoga);
    isProblem(await shop.ask('POST', '/v1/appointments', { body }), 'slot-taken');
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { ...body, seats: 5 } }), 'invalid-request', 'seats');
  });

  test('a rule can be overridden by the desk of the location and above, with a reason that is kept', async () => {
    day += 1;
    const body = {
      serviceId: shop.haircut.id,
      staffId: shop.ada.id,
      startsAt: berlinTime(day, '07:10'),
      customer,
      override: { rules: ['outside-hours', 'off-grid'], reason: 'an old friend' },
    };
    isProblem(await shop.ask('POST', '/v1/appointments', { body }), 'unauthenticated');
    isProblem(await shop.ask('POST', '/v1/appointments', { body, token: shop.tokens.customer }), 'forbidden');
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { ...body, staffId: shop.cy.id }, token: shop.tokens.desk }), 'forbidden');
    const { staffId: _, ...anybody } = body;
    isProblem(await shop.ask('POST', '/v1/appointments', { body: anybody, token: shop.tokens.desk }), 'forbidden');
    const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, token: shop.tokens.desk });
    assert.deepEqual([booked.status, booked.body.override, booked.body.source], [201, body.override, 'desk']);
  });
});

describe('what becomes of an appointment', () => {
  test('a request is approved or declined by the business', async () => {
    day += 1;
    const colour = { serviceId: shop.colour.id };
    const [first, second] = [await book(colour), await book({ ...colour, startsAt: berlinTime(day, '13:00') })];
    assert.equal(first.status, 'pending');
    isProblem(await act(first, 'approve', withToken(first)), 'unauthenticated');
    isProblem(await act(first, 'approve'), 'unauthenticated');
    const approved = await act(first, 'approve', { token: shop.tokens.staff });
    assert.deepEqual([...statusOf(approved), approved.body.manageToken], [200, 'booked', undefined]);
    const bos = await book({ staffId: shop.bo.id });
    isProblem(await act(bos, 'check-in', { ...withToken(bos), token: shop.tokens.staff }), 'forbidden');
    isProblem(await act(first, 'approve', { token: shop.tokens.staff }), 'wrong-status');
    const declined = await act(second, 'decline', { token: shop.tokens.desk, body: { reason: 'ill' } });
    assert.deepEqual([...statusOf(declined), declined.body.reason], [200, 'declined', 'ill']);
  });

  test('the customer comes and it is done, or does not come', async () => {
    day += 1;
    const [first, second] = [await book(begun(), shop.tokens.desk), await book(begun(1), shop.tokens.desk)];
    assert.deepEqual(statusOf(await act(first, 'check-in', { token: shop.tokens.desk })), [200, 'checked-in']);
    assert.deepEqual(statusOf(await act(first, 'complete', { token: shop.tokens.desk })), [200, 'completed']);
    assert.deepEqual(statusOf(await act(second, 'no-show', { token: shop.tokens.desk })), [200, 'no-show']);
    isProblem(await act(second, 'cancel', withToken(second)), 'wrong-status');
  });

  test('the customer cancels by token in time; the business at any time', async () => {
    day += 1;
    const first = await book();
    const cancelled = await act(first, 'cancel', { ...withToken(first), body: { reason: 'rain' } });
    assert.deepEqual([...statusOf(cancelled), cancelled.body.cancellableUntil], [200, 'cancelled', null]);
    assert.equal((await book()).status, 'booked', 'the time is free again');
    const soon = await book({ serviceId: shop.colour.id, startsAt: berlinTime(1, '13:00') });
    isProblem(await act(soon, 'cancel', withToken(soon)), 'cancel-too-late');
    isProblem(await act(soon, 'reschedule', { ...withToken(soon), body: { startsAt: berlinTime(day, '15:00') } }), 'reschedule-too-late');
    assert.deepEqual(statusOf(await act(soon, 'cancel', { token: shop.tokens.desk })), [200, 'cancelled']);
  });

  test('it is moved to another time, and to another person elsewhere, in one decision', async () => {
    day += 1;
    const booked = await book();
    const later = await act(booked, 'reschedule', { ...withToken(booked), body: { startsAt: berlinTime(day, '11:00') } });
    assert.equal(later.status, 200);
    assert.equal(later.body.startsAt, berlinTime(day, '11:00'));
    assert.equal(later.body.staffId, shop.ada.id);
    const moved = await act(booked, 'reschedule', { token: shop.tokens.owner, body: { startsAt: berlinTime(day, '16:00'), staffId: shop.cy.id } });
    assert.deepEqual(
      [moved.status, moved.body.staffId, moved.body.locationId, moved.body.timeZone],
      [200, shop.cy.id, shop.newYork, 'America/New_York'],
      moved.text,
    );
    isProblem(
      await act(booked, 'reschedule', { token: shop.tokens.owner, body: { startsAt: berlinTime(day, '11:00'), staffId: crypto.randomUUID() } }),
      'not-found',
      'staffId',
    );
    assert.equal((await book({ startsAt: berlinTime(day, '11:00') })).status, 'booked', 'the old time is free');
  });

  test('a dry booking or move changes nothing, and gives no token', async () => {
    day += 1;
    const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer };
    const wouldBe = await shop.ask<AppointmentReply>('POST', '/v1/appointments?dryRun=true', { body });
    assert.deepEqual([wouldBe.status, wouldBe.body.status, wouldBe.body.manageToken], [200, 'booked', undefined]);
    const booked = await book();
    const dry = await shop.ask<AppointmentReply>('POST', `/v1/appointments/${booked.id}/reschedule?dryRun=true`, {
      ...withToken(booked),
      body: { startsAt: berlinTime(day, '15:00') },
    });
    assert.equal(dry.body.startsAt, berlinTime(day, '15:00'));
    assert.equal((await shop.ask<AppointmentReply>('GET', `/v1/appointments/${booked.id}`, withToken(booked))).body.startsAt, booked.startsAt);
  });

  test('a change that is based on an older version is refused, but its repeat is answered', async () => {
    day += 1;
    const booked = await book();
    const ask = { headers: { ...withToken(booked).headers, 'if-match': `"${booked.revision}"`, 'idempotency-key': crypto.randomUUID() }, body: {} };
    const stale = { ...ask, headers: { ...ask.headers, 'if-match': '"0"', 'idempotency-key': crypto.randomUUID() } };
    const refused = await act(booked, 'cancel', stale);
    isProblem(refused, 'version-mismatch');
    assert.equal(refused.body.currentVersion, `"${booked.revision}"`);
    const cancelled = await act(booked, 'cancel', ask);
    assert.equal(cancelled.headers.get('etag'), `"${cancelled.body.revision}"`);
    assert.equal((await act(booked, 'cancel', ask)).text, cancelled.text);
    const other = await book();
    isProblem(await act(other, 'cancel', { ...withToken(other), headers: { ...ask.headers, ...withToken(other).headers } }), 'idempotency-key-reused');
    isProblem(await act(booked, 'cancel', { ...ask, headers: { ...ask.headers, 'if-match': '*' } }), 'idempotency-key-reused');
  });
});

describe('reading', () => {
  test('an appointment is read only by those it concerns', async () => {
    day += 1;
    const own = await book({ customer: { name: 'Clara', email: 'clara@example.org' } }, shop.tokens.customer);
    const other = await book({ staffId: shop.bo.id });
    const read = (appointment: AppointmentReply, ask: object = {}) => shop.ask<AppointmentReply>('GET', `/v1/appointments/${appointment.id}`, ask);
    for (const token of [shop.tokens.customer, shop.tokens.staff, shop.tokens.desk, shop.tokens.owner])
      assert.equal((await read(own, { token })).body.customer?.name, 'Clara');
    assert.equal((await read(other, withToken(other))).status, 200);
    isProblem(await read(other), 'unauthenticated');
    isProblem(await read(other, withToken(own)), 'forbidden');
    isProblem(await read(other, { token: shop.tokens.customer }), 'forbidden');
    isProblem(await read(other, { token: shop.tokens.staff }), 'forbidden');
    isProblem(await shop.ask('GET', `/v1/appointments/${crypto.randomUUID()}`, { token: shop.tokens.owner }), 'not-found');
  });

  test('a list has what the caller may see, page by page', async () => {
    day += 1;
    for (const time of ['09:00', '10:00', '11:00']) await book({ startsAt: berlinTime(day, time) });
    await book({ staffId: shop.bo.id });
    const list = async (token: string, query = '') =>
      (await shop.ask<Listed>('GET', `/v1/appointments?from=${dateIn(day)}&to=${dateIn(day + 1)}${query}`, { token })).body;
    assert.equal((await list(shop.tokens.owner)).items.length, 4);
    assert.equal((await list(shop.tokens.staff)).items.length, 3);
    assert.equal((await list(shop.tokens.customer)).items.length, 0);
    assert.equal((await list(shop.tokens.desk, `&staffId=${shop.bo.id}&status=booked&status=pending`)).items.length, 1);
    const first = await list(shop.tokens.owner, '&limit=3');
    const second = await list(shop.tokens.owner, `&limit=3&cursor=${first.nextCursor}`);
    assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [3, 1, null]);
    isProblem(await shop.ask('GET', '/v1/appointments?cursor=junk', { token: shop.tokens.owner }), 'invalid-request', 'cursor');
    isProblem(await shop.ask('GET', `/v1/appointments?staffId=${shop.bo.id}`, { token: shop.tokens.staff }), 'forbidden');
    isProblem(await shop.ask('GET', `/v1/appointments?locationId=${shop.newYork}`, { token: shop.tokens.desk }), 'forbidden');
    const { customer: other } = await book({ startsAt: berlinTime(day, '15:00') });
    isProblem(await shop.ask('GET', `/v1/appointments?customerId=${other?.id}`, { token: shop.tokens.customer }), 'forbidden');
    isProblem(await shop.ask('GET', '/v1/appointments'), 'unauthenticated');
  });

  test('the appointments of each local date are counted, those that the caller may list and that were not cancelled', async () => {
    day += 1;
    const cancelled = await book({ startsAt: berlinTime(day, '09:00') });
    await act(cancelled, 'cancel', withToken(cancelled));
    await book({ startsAt: berlinTime(day, '10:00') });
    await book({ staffId: shop.bo.id });
    const counts = (token: string, query = '') =>
      shop.ask<AppointmentCountsReply>('GET', `/v1/appointments/counts?from=${dateIn(day)}&to=${dateIn(day + 2)}&timeZone=Europe/Berlin${query}`, { token });
    const numbers = async (token: string, query?: string) => (await counts(token, query)).body.days.map(({ appointments }) => appointments);
    assert.deepEqual((await counts(shop.tokens.owner)).body.days, [
      { date: dateIn(day), appointments: 2 },
      { date: dateIn(day + 1), appointments: 0 },
    ]);
    assert.deepEqual(await numbers(shop.tokens.staff), [1, 0]);
    assert.deepEqual(await numbers(shop.tokens.customer), [0, 0]);
    assert.deepEqual(await numbers(shop.tokens.desk, `&staffId=${shop.bo.id}`), [1, 0]);
    isProblem(await counts(shop.tokens.desk, `&locationId=${shop.newYork}`), 'forbidden');
    isProblem(await shop.ask('GET', '/v1/appointments/counts?from=2027-01-01&to=2027-04-01', { token: shop.tokens.owner }), 'invalid-request', 'to');
  });

  test('a list begins with the earliest, the latest, or what has not changed for longest; what changed since then can be asked for', async () => {
    day += 1;
    const [early, late] = [await book({ startsAt: berlinTime(day, '09:00') }), await book({ startsAt: berlinTime(day, '14:00') })];
    await act(early, 'cancel', withToken(early));
    const range = `from=${dateIn(day)}&to=${dateIn(day + 1)}`;
    const ask = (query: string) => shop.ask<Listed>('GET', `/v1/appointments?${query}`, { token: shop.tokens.owner });
    const ids = async (query: string) => (await ask(`${range}${query}`)).body.items.map(({ id }) => id);
    assert.deepEqual(await ids(''), [early.id, late.id]);
    assert.deepEqual(await ids('&order=-startsAt'), [late.id, early.id]);
    assert.deepEqual(await ids('&order=updatedAt'), [late.id, early.id]);
    const changed = (await ask(`${range}&order=updatedAt`)).body.items.at(-1)?.updatedAt ?? assert.fail('no moment of the last change');
    const since = await ask(`updatedSince=${encodeURIComponent(changed)}&limit=200`);
    assert.ok(since.body.items.some(({ id, status }) => id === early.id && status === 'cancelled'));
    assert.deepEqual((await ask('updatedSince=2199-01-01T00:00:00Z')).body, { items: [], nextCursor: null });
    isProblem(await ask(`updatedSince=${encodeURIComponent(changed)}&order=startsAt`), 'invalid-request', 'order');
    isProblem(await ask('order=newest'), 'invalid-request', 'order');
    const { nextCursor } = (await ask(`${range}&limit=1`)).body;
    isProblem(await ask(`${range}&order=-startsAt&cursor=${nextCursor}`), 'invalid-request', 'cursor');
    const partly = `from=${encodeURIComponent(berlinTime(day, '14:10'))}&to=${dateIn(day + 1)}`;
    assert.deepEqual(
      (await ask(partly)).body.items.map(({ id }) => id),
      [late.id],
    );
  });

  test('a history tells everything that happened, across calendars', async () => {
    day += 1;
    const booked = await book();
    await act(booked, 'reschedule', { token: shop.tokens.owner, body: { startsAt: berlinTime(day, '12:00'), staffId: shop.bo.id } });
    await act(booked, 'cancel', { token: shop.tokens.owner });
    const history = await shop.ask<{ items: ChangesReply['changes'] }>('GET', `/v1/appointments/${booked.id}/history`, withToken(booked));
    assert.deepEqual(
      history.body.items.flatMap(({ events }) => events.map(({ type }) => type)),
      ['appointment.booked', 'appointment.rescheduled', 'appointment.cancelled'],
      history.text,
    );
  });
});
