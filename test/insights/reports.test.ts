// Reports through a whole server: what was just answered is in them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openMinutesOf } from '../../src/insights/open-minutes.ts';
import type { CalendarHours } from '../../src/model/calendar-hours.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { dayOfDate } from '../../src/model/local-dates.ts';
import { HOURS } from '../actors/practice.ts';
import { type Business, berlinTime, openBusiness } from '../gateway/business.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { dateIn } from '../support/dates.ts';
import type { Json } from '../support/test-server.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

const dayOf = (day: number) => dateIn(day);
const owner = () => ({ token: shop.tokens.owner });
const ask = (name: string, query: string, token = shop.tokens.owner) =>
  shop.ask('GET', `/v1/analytics/${name}?from=${dayOf(3)}&to=${dayOf(5)}${query}`, { token });
async function read(name: string, query = ''): Promise<Json> {
  const said = await ask(name, query);
  assert.equal(said.status, 200, said.text);
  assert.equal(said.body.complete, true);
  return said.body;
}
async function book(time: string, day: number, more: object = {}): Promise<Json> {
  const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, time), customer, ...more };
  const said = await shop.ask('POST', '/v1/appointments', { ...owner(), body });
  assert.equal(said.status, 201, said.text);
  return said.body;
}

describe('reports', () => {
  test('follow an appointment that is booked, moved and cancelled, and name the day of the place', async () => {
    const { id } = await book('09:00', 3);
    await book('10:00', 3, { staffId: shop.bo.id });
    const before = await read('bookings');
    assert.deepEqual([before.timeZone, before.by, before.rows.map(({ period }: Json) => period)], [null, 'day', [dayOf(3), dayOf(4)]]);
    assert.deepEqual(before.rows[0].value, [{ amount: 8_000, currency: 'EUR' }]);
    assert.deepEqual([before.rows[0].appointments, before.rows[1].appointments, before.totals.bySource.desk], [2, 0, 2]);
    await shop.ask('POST', `/v1/appointments/${id}/reschedule`, { ...owner(), body: { startsAt: berlinTime(4, '09:00') } });
    assert.deepEqual(
      (await read('bookings')).rows.map(({ appointments }: Json) => appointments),
      [1, 1],
    );
    await shop.ask('POST', `/v1/appointments/${id}/cancel`, { ...owner(), body: {} });
    const { totals } = await read('no-shows', `&locationId=${shop.berlin}`);
    assert.deepEqual([totals.appointments, totals.cancelled, totals.cancellationRate, totals.noShowRate], [2, 1, 0.5, 0]);
    const { rows } = await read('customers', '&by=month');
    assert.deepEqual([rows.at(0).visits, rows.at(0).newCustomers, rows.at(0).returningVisits], [1, 1, 0]);
  });

  test('compare booked with open minutes, by person', async () => {
    const off = { startsAt: berlinTime(4, '09:00'), endsAt: berlinTime(4, '13:00') };
    assert.equal((await shop.ask('POST', `/v1/staff/${shop.bo.id}/time-off`, { ...owner(), body: off })).status, 201);
    const { rows, totals } = await read('staff', `&locationId=${shop.berlin}`);
    const bo = rows.filter(({ staffName }: Json) => staffName === 'Bo');
    assert.deepEqual(
      bo.map(({ openMinutes }: Json) => openMinutes),
      [480, 240],
    );
    assert.deepEqual([bo[0].bookedMinutes, bo[0].utilisation], [30, 0.0625]);
    assert.deepEqual([totals.openMinutes, (await read('utilisation', `&locationId=${shop.berlin}`)).totals.openMinutes], [1_680, 1_680]);
    const heat = (await read('heat-map', `&staffId=${shop.bo.id}`)).rows;
    assert.deepEqual(
      heat.map(({ hour, appointments }: Json) => [hour, appointments]),
      [[10, 1]],
    );
  });

  test('count a class by the share of its seats, lead times, and what was refused because it was taken', async () => {
    const bo = { serviceId: shop.yoga.id, staffId: shop.bo.id, startsAt: berlinTime(4, '14:00'), seats: 3 };
    await book('14:00', 4, bo);
    assert.equal((await read('utilisation', `&serviceId=${shop.yoga.id}`)).totals.bookedMinutes, 45);
    assert.equal((await read('lead-time', `&serviceId=${shop.yoga.id}`)).totals.withinWeek, 1);
    const body = { serviceId: shop.haircut.id, staffId: shop.bo.id, startsAt: berlinTime(3, '10:00'), customer: { name: 'Ivy' } };
    for (const headers of [{ 'idempotency-key': 'once' }, { 'idempotency-key': 'once' }, {}])
      isProblem(await shop.ask('POST', '/v1/appointments', { ...owner(), headers, body }), 'slot-taken');
    assert.deepEqual(
      (await read('lost-demand')).rows.map(({ period, hour, refused }: Json) => [period, hour, refused]),
      [[dayOf(3), 10, 2]],
    );
    assert.deepEqual((await read('lost-demand', `&staffId=${shop.ada.id}`)).totals, { refused: 0 });
  });

  test('show the money of a day, and the period before', async () => {
    const { id } = await book('15:00', 3);
    const paid = await shop.ask('POST', `/v1/appointments/${id}/payments`, {
      ...owner(),
      body: { amount: { amount: 1_500, currency: 'EUR' }, method: 'cash' },
    });
    assert.equal(paid.status, 201, paid.text);
    const [{ counts }] = (await shop.ask('GET', '/v1/customers?q=grace@example.org', owner())).body.items;
    assert.deepEqual(counts.spent, [{ amount: 1_500, currency: 'EUR' }]);
    const today = await shop.ask('GET', `/v1/analytics/revenue?from=${dayOf(0)}&to=${dayOf(2)}&by=month&staffId=${shop.ada.id}&compare=previous`, owner());
    const nothing = { amount: 0, currency: 'EUR' };
    assert.deepEqual(today.body.totals.byMethod, [{ method: 'cash', received: { ...nothing, amount: 1_500 }, refunded: nothing, disputed: nothing }]);
    assert.deepEqual([today.body.previous.from, today.body.previous.to, today.body.previous.totals.net], [dayOf(-2), dayOf(0), []]);
  });

  test('are tables, too, in which nothing is a formula', async () => {
    const name = "=cmd|' /C calc'!A0";
    const change = await shop.ask('PATCH', `/v1/staff/${shop.ada.id}`, { ...owner(), body: { name } });
    assert.equal(change.status, 200, change.text);
    const said = await shop.ask('GET', `/v1/analytics/staff.csv?from=${dayOf(3)}&to=${dayOf(5)}&by=month`, owner());
    assert.match(said.text, /^\ufeff?period,staffId,staffName,appointments,/);
    assert.match(said.text, /,"?'=cmd/);
    isProblem(await shop.ask('GET', `/v1/analytics/staff.csv?from=${dayOf(3)}&to=${dayOf(5)}&compare=previous`, owner()), 'invalid-request');
  });

  test('are for managers, each of their place, and name what is wrong', async () => {
    for (const role of ['desk', 'staff', 'customer'] as const) isProblem(await ask('bookings', '', shop.tokens[role]), 'forbidden');
    isProblem(await ask('bookings', `&staffId=${shop.haircut.id}`), 'invalid-request');
    isProblem(await ask('bookings', '&by=year'), 'invalid-request');
    isProblem(await ask('profit', ''), 'invalid-request');
    isProblem(await shop.ask('GET', `/v1/analytics/bookings?from=${dayOf(3)}&to=${dayOf(3)}`, owner()), 'invalid-request');
  });
});

describe('open minutes', () => {
  const day = dayOfDate('2026-03-29') ?? 0;
  const berlin = (from: string, to: string): CalendarHours => ({
    ...HOURS,
    location: { ...HOURS.location, timeZone: 'Europe/Berlin', weekly: WEEKDAYS.map((day) => ({ day, from, to })) },
  });
  const of = (...hours: readonly (readonly [number, CalendarHours])[]) => ({
    ...{ staffId: 's', name: 'S', locationId: 'l', since: 0, hours: hours.map(([since, these]) => ({ day: since, hours: these })) },
  });

  test('are fewer on the night on which clocks go forward, and none before somebody came', () => {
    const night = of([-1, berlin('00:00', '06:00')]);
    assert.deepEqual(
      [...openMinutesOf(night, day - 1, day + 2)],
      [
        [day - 1, 360],
        [day, 300],
        [day + 1, 360],
      ],
    );
    assert.deepEqual([...openMinutesOf({ ...night, since: day }, day - 1, day + 1)], [[day, 300]]);
  });

  test('are those of the hours that held on a day: a change leaves what is over as it was', () => {
    const changed = of([-1, berlin('09:00', '12:00')], [day, berlin('09:00', '17:00')]);
    assert.deepEqual(
      [...openMinutesOf(changed, day - 1, day + 1)],
      [
        [day - 1, 180],
        [day, 480],
      ],
    );
  });

  test('are less by time off, once where it overlaps itself', () => {
    const at = (hour: number) => (Date.parse('2026-03-30T00:00:00Z') + hour * 3_600_000) as CalendarHours['timeOff'][number]['startsAt'];
    const off = { id: 'o', reason: null };
    const hours = {
      ...berlin('09:00', '17:00'),
      timeOff: [
        { ...off, startsAt: at(8), endsAt: at(11) },
        { ...off, startsAt: at(10), endsAt: at(12) },
      ],
    };
    assert.deepEqual([...openMinutesOf(of([-1, hours]), day + 1, day + 2)], [[day + 1, 240]]);
  });
});
