import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance } from '../../src/demo/chance.ts';
import { DEMO_LOCATIONS, DEMO_SERVICES, DEMO_STAFF } from '../../src/demo/demo-business.ts';
import { exceptionsFrom } from '../../src/demo/demo-hours.ts';
import { DEMO_FUTURE_DAYS, DEMO_PAST_DAYS, drawPlan, fateOf } from '../../src/demo/demo-plan.ts';
import { DAY, instant, MINUTE } from '../../src/model/instant.ts';

const planOn = (date: string, seed = 1) => {
  const today = Temporal.PlainDate.from(date);
  return drawPlan(new Chance(seed), today, exceptionsFrom(today));
};
/** Days in a row, from this one on. */
const everyDayFrom = (date: string, count: number) => Array.from({ length: count }, (_, days) => Temporal.PlainDate.from(date).add({ days }).toString());
const DAYS = ['2026-11-24', '2027-03-20', '2027-10-25', '2028-02-29', '2026-12-31'];

test('the demo has what there is to show', () => {
  assert.equal(new Set(DEMO_LOCATIONS.map((location) => location.timeZone)).size, 2);
  assert.ok(DEMO_STAFF.length >= 8 && DEMO_SERVICES.length >= 10);
  assert.ok(DEMO_STAFF.some((member) => member.ownHours) && DEMO_STAFF.some((member) => member.weekly === null));
  assert.ok(DEMO_SERVICES.some((service) => service.capacity === 6) && DEMO_SERVICES.some((service) => service.approval === 'manual'));
  assert.ok(
    DEMO_SERVICES.some((service) => service.leadTimeMinutes > 0 && service.horizonDays !== null) && DEMO_SERVICES.some((service) => service.grid === 'pack'),
  );
  const offered = new Set(DEMO_SERVICES.map((service) => service.name));
  const done = new Set(DEMO_STAFF.flatMap((member) => member.services));
  assert.deepEqual(done, offered);
});

test('one day has one demo', () => {
  assert.deepEqual(planOn('2026-11-24'), planOn('2026-11-24'));
  assert.notDeepEqual(planOn('2026-11-24', 1), planOn('2026-11-24', 2));
});

test('nobody is in two places, whatever day it is drawn on', () => {
  for (const date of DAYS) {
    for (const member of DEMO_STAFF) {
      const theirs = planOn(date).appointments.filter((appointment) => appointment.login === member.login);
      let free = 0;
      let session = '';
      for (const { service, startsAt } of theirs) {
        const name = `${service} ${startsAt}`;
        if (name === session) continue;
        assert.ok(startsAt >= free, `${member.login} on ${new Date(startsAt).toISOString()}`);
        free = startsAt + (DEMO_SERVICES.find((entry) => entry.name === service)?.minutes ?? 0) * MINUTE;
        session = name;
      }
    }
  }
});

test('there is a past and a future, and today is a busy day', () => {
  for (const date of DAYS) {
    const { appointments } = planOn(date);
    const midnight = Temporal.PlainDate.from(date).toZonedDateTime('Europe/Lisbon').epochMilliseconds;
    const daysAway = appointments.map(({ startsAt }) => Math.floor((startsAt - midnight) / DAY));
    assert.ok(appointments.length > 500 && appointments.length < 2_000, `${appointments.length}`);
    assert.ok(Math.min(...daysAway) >= -DEMO_PAST_DAYS - 1 && Math.max(...daysAway) <= DEMO_FUTURE_DAYS + 1);
    const isWeekend = Temporal.PlainDate.from(date).dayOfWeek > 5;
    assert.ok(daysAway.filter((day) => day === 0).length >= (isWeekend ? 5 : 15));
  }
});

test('what is over has ended one way or another, what is to come has not', () => {
  const now = instant(Date.UTC(2026, 10, 24, 12));
  const fates = planOn('2026-11-24').appointments.map((appointment) => ({ isPast: appointment.startsAt <= now, fate: fateOf(appointment, now) }));
  const of = (isPast: boolean) => new Set(fates.filter((entry) => entry.isPast === isPast).map((entry) => entry.fate));
  assert.deepEqual(of(true), new Set(['completed', 'no-show', 'cancelled', 'checked-in']));
  assert.deepEqual(of(false).difference(new Set(['booked', 'pending', 'cancelled'])), new Set());
});

test('the customers could not be anybody', () => {
  for (const { customer } of planOn('2026-11-24').appointments) assert.match(customer.email, /@(example\.(com|org)|demo\.test)$/);
});

test('the customer with a login has been here twice and comes twice again, whatever day it is', () => {
  for (const date of [...DAYS, ...everyDayFrom('2026-11-23', 45)]) {
    const midnight = Temporal.PlainDate.from(date).toZonedDateTime('Europe/Lisbon').epochMilliseconds;
    const hers = planOn(date).appointments.filter((appointment) => appointment.customer.email === 'customer@demo.test');
    const past = hers.filter((appointment) => appointment.startsAt < midnight);
    const ahead = hers.filter((appointment) => appointment.startsAt > midnight + DAY);
    assert.deepEqual([past.length, ahead.length], [2, 2], date);
  }
});
