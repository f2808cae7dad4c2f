import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CalendarHours } from '../../src/model/calendar-hours.ts';
import { type ClaimTime, ClaimTimes } from '../../src/model/claim-times.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { HOUR, instant, MINUTE } from '../../src/model/instant.ts';
import { explainSlot, judgeSlot, listSlots } from '../../src/model/slot-engine.ts';
import { SLOT_RULES } from '../../src/model/slot-rules.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';
import type { SlotRule } from '../../src/model/slots.ts';
import { holds } from './random.ts';

const TERMS: SlotTerms = {
  serviceId: 'cut',
  minutes: 60,
  slotIntervalMinutes: 60,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  leadTimeMinutes: 0,
  horizonDays: null,
  capacity: 1,
  grid: 'fixed',
  dailyLimit: null,
  bufferRule: 'max',
};
const NOW = at('2027-06-20T12:00Z');

function at(text: string) {
  return instant(Date.parse(text));
}

function hoursOf(from: string, to: string, more: Partial<CalendarHours> = {}): CalendarHours {
  const weekly = WEEKDAYS.map((day) => ({ day, from, to }));
  return {
    timeZone: null,
    weekly: null,
    overrides: {},
    ownHours: false,
    timeOff: [],
    location: { timeZone: 'UTC', weekly, specialDates: {}, version: 1 },
    ...more,
  };
}

const NINE_TO_FIVE = hoursOf('09:00', '17:00');

function claim(number: number, startsAt: string, minutes: number, more: Partial<ClaimTime> = {}): ClaimTime {
  return {
    id: `019f0000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    kind: 'appointment',
    status: 'booked',
    startsAt: at(startsAt),
    endsAt: instant(at(startsAt) + minutes * MINUTE),
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    serviceId: 'cut',
    capacity: 1,
    lane: 0,
    seats: 1,
    ...more,
  };
}

function calendar(...list: ClaimTime[]): ClaimTimes {
  const claims = new ClaimTimes();
  for (const one of list) claims.add(one);
  return claims;
}

function ask(startsAt: string, more: { seats?: number; ignoreClaimId?: string; waived?: SlotRule[] } = {}) {
  return { startsAt: at(startsAt), now: NOW, seats: 1, ignoreClaimId: null, waived: [], ...more };
}

function listed(hours: CalendarHours, claims: ClaimTimes, terms: SlotTerms, date: string): string[] {
  const from = at(date);
  const range = { from, to: instant(from + 24 * HOUR), now: NOW, seats: 1, ignoreClaimId: null };
  return listSlots({ hours, claims: [claims] }, terms, range).startsAt.map((start) => new Date(start).toISOString().slice(11, 16));
}

test('every rule is explained, in the order in which they are checked, with a reason for what is broken', () => {
  const outcomes = explainSlot({ hours: NINE_TO_FIVE, claims: [calendar()] }, { ...TERMS, leadTimeMinutes: 60 }, ask('2027-06-20T08:30Z'));
  assert.deepEqual(
    outcomes.map(({ rule }) => rule),
    SLOT_RULES,
  );
  assert.deepEqual(
    outcomes.filter(({ ok }) => !ok).map(({ rule }) => rule),
    ['slot-in-past', 'too-soon', 'outside-hours'],
  );
  assert.ok(outcomes.every(({ ok, detail }) => ok === (detail === undefined) && detail !== ''));
});

test('a start between two starts is off-grid, unless that is waived', () => {
  const world = { hours: NINE_TO_FIVE, claims: [calendar()] };
  assert.deepEqual(judgeSlot(world, TERMS, ask('2027-06-21T09:17Z')), { ok: false, rule: 'off-grid' });
  assert.deepEqual(judgeSlot(world, TERMS, ask('2027-06-21T09:17Z', { waived: ['off-grid'] })), { ok: true, remaining: 1, lane: 0 });
});

test('outside the hours there is no grid, so one waiver is enough', () => {
  for (const grid of ['fixed', 'pack'] as const) {
    const world = { hours: NINE_TO_FIVE, claims: [calendar()] };
    assert.deepEqual(judgeSlot(world, { ...TERMS, grid }, ask('2027-06-21T20:20Z')), { ok: false, rule: 'outside-hours' });
    assert.equal(judgeSlot(world, { ...TERMS, grid }, ask('2027-06-21T20:20Z', { waived: ['outside-hours'] })).ok, true);
    assert.deepEqual(judgeSlot(world, { ...TERMS, grid }, ask('2027-06-21T10:20Z', { waived: ['outside-hours'] })), { ok: false, rule: 'off-grid' });
  }
});

test('past, lead time, horizon and limit are waived one by one', () => {
  const world = { hours: NINE_TO_FIVE, claims: [calendar(claim(1, '2027-06-20T10:00Z', 60))] };
  const terms = { ...TERMS, leadTimeMinutes: 60, horizonDays: -1, dailyLimit: 1 };
  const rules: SlotRule[] = ['slot-in-past', 'too-soon', 'too-far', 'limit-reached'];
  for (let count = 0; count < rules.length; count += 1) {
    const verdict = judgeSlot(world, terms, ask('2027-06-20T11:00Z', { waived: rules.slice(0, count) }));
    assert.equal(verdict.ok ? undefined : verdict.rule, rules[count]);
  }
  assert.equal(judgeSlot(world, terms, ask('2027-06-20T11:00Z', { waived: rules })).ok, true);
});

test('limits of a week count from Monday to Sunday and those of a month its dates, by the clock of the calendar, and the first that is reached is named', () => {
  // 2027-06-21 is a Monday; in Honolulu its first ten hours are still Sunday, and those of the 1st of July are in June.
  const hours = hoursOf('00:00', '24:00', { timeZone: 'Pacific/Honolulu' });
  const claims = [calendar(claim(1, '2027-06-22T00:00Z', 60), claim(2, '2027-06-24T20:00Z', 60), claim(3, '2027-06-21T09:00Z', 60))];
  const said = (startsAt: string, more: Partial<SlotTerms>, most: CalendarHours['mostStarts'] = {}) => {
    const verdict = judgeSlot({ hours: { ...hours, mostStarts: most }, claims }, { ...TERMS, ...more }, ask(startsAt));
    return verdict.ok ? 'offered' : `${verdict.rule}: ${verdict.detail}`;
  };
  const week = 'limit-reached: No more than 2 can be booked in the week of 2027-06-21.';
  assert.equal(said('2027-06-26T00:00Z', { weeklyLimit: 2 }), week);
  assert.equal(said('2027-06-28T09:00Z', { weeklyLimit: 2 }), week, 'Sunday, eleven in the evening there');
  assert.equal(said('2027-06-28T10:00Z', { weeklyLimit: 2 }), 'offered', 'Monday');
  assert.equal(said('2027-06-21T08:00Z', { weeklyLimit: 2 }), 'offered', 'one on the Sunday before');
  assert.equal(said('2027-07-01T09:00Z', { monthlyLimit: 3 }), 'limit-reached: No more than 3 can be booked in 2027-06.');
  assert.equal(said('2027-07-01T10:00Z', { monthlyLimit: 3 }), 'offered');
  assert.equal(said('2027-06-26T00:00Z', { serviceId: 'another', weeklyLimit: 1, monthlyLimit: 1 }), 'offered', 'of a service its own count');
  const all = (most: string) => `limit-reached: No more than ${most} of all services can be booked here`;
  assert.equal(said('2027-06-26T00:00Z', { serviceId: 'another' }, { week: 2 }), `${all('2 appointments')} in the week of 2027-06-21.`);
  assert.equal(said('2027-06-24T22:00Z', { serviceId: 'another' }, { day: 1 }), `${all('1 appointment')} on 2027-06-24.`);
  assert.equal(said('2027-06-26T00:00Z', { serviceId: 'another' }, { month: 3 }), `${all('3 appointments')} in 2027-06.`);
  assert.equal(said('2027-06-26T00:00Z', { weeklyLimit: 2 }, { day: 0 }), week, 'that of the service comes first');
});

test('one is put over an appointment by the waiver of slot-taken, but never over a hold', () => {
  const judged = (other: ClaimTime) =>
    judgeSlot({ hours: NINE_TO_FIVE, claims: [calendar(other)] }, TERMS, ask('2027-06-21T09:00Z', { waived: [...SLOT_RULES] }));
  assert.deepEqual(judged(claim(1, '2027-06-21T09:00Z', 60)), { ok: true, remaining: 0, lane: 0, overlaps: true });
  const hold = claim(1, '2027-06-21T09:00Z', 60, { kind: 'hold', status: 'held' });
  assert.deepEqual(judged(hold), { ok: false, rule: 'slot-taken', conflict: hold });
});

test('the conflict is named: a claim, a claim on the calendar of a resource, or time off', () => {
  const inTheRoom = claim(1, '2027-06-21T09:30Z', 60, { serviceId: 'other' });
  const withRoom = judgeSlot({ hours: NINE_TO_FIVE, claims: [calendar(), calendar(inTheRoom)] }, TERMS, ask('2027-06-21T09:00Z'));
  assert.deepEqual(withRoom, { ok: false, rule: 'slot-taken', conflict: inTheRoom });
  const timeOff = [{ id: 'away', startsAt: at('2027-06-21T09:30Z'), endsAt: at('2027-06-21T12:00Z'), reason: 'dentist' }];
  const away = judgeSlot({ hours: { ...NINE_TO_FIVE, timeOff }, claims: [calendar()] }, TERMS, ask('2027-06-21T11:00Z'));
  assert.equal(away.ok ? undefined : away.conflict?.kind, 'time-off');
});

test('each claim of a session gets the lowest lane that is free', () => {
  const terms = { ...TERMS, capacity: 4 };
  const seat = (number: number, lane: number) => claim(number, '2027-06-21T10:00Z', 60, { capacity: 4, lane });
  const world = (...list: ClaimTime[]) => ({ hours: NINE_TO_FIVE, claims: [calendar(...list)] });
  assert.deepEqual(judgeSlot(world(), terms, ask('2027-06-21T10:00Z')), { ok: true, remaining: 4, lane: 0 });
  assert.deepEqual(judgeSlot(world(seat(1, 0), seat(2, 2)), terms, ask('2027-06-21T10:00Z')), { ok: true, remaining: 2, lane: 1 });
  const moved = ask('2027-06-21T10:00Z', { ignoreClaimId: seat(1, 0).id });
  assert.deepEqual(judgeSlot(world(seat(1, 0), seat(2, 2)), terms, moved), { ok: true, remaining: 3, lane: 0 });
});

test('a session is full when fewer seats are left than are asked for', () => {
  const member = claim(1, '2027-06-21T10:00Z', 60, { capacity: 3, seats: 2 });
  const world = { hours: NINE_TO_FIVE, claims: [calendar(member)] };
  const terms = { ...TERMS, capacity: 3 };
  assert.equal(judgeSlot(world, terms, ask('2027-06-21T10:00Z')).ok, true);
  assert.deepEqual(judgeSlot(world, terms, ask('2027-06-21T10:00Z', { seats: 2 })), { ok: false, rule: 'slot-taken', conflict: member });
  assert.deepEqual(judgeSlot(world, terms, ask('2027-06-21T12:00Z', { seats: 4 })), { ok: false, rule: 'slot-taken' });
});

test('an appointment that was made for one stays exclusive when its service takes more', () => {
  const world = { hours: NINE_TO_FIVE, claims: [calendar(claim(1, '2027-06-21T10:00Z', 60))] };
  const verdict = judgeSlot(world, { ...TERMS, capacity: 5 }, ask('2027-06-21T10:00Z'));
  assert.equal(verdict.ok ? undefined : verdict.rule, 'slot-taken');
});

test('packed starts around the clock begin again at midnight', () => {
  const busyUntilTen = calendar(claim(1, '2027-06-21T09:00Z', 70));
  const terms = { ...TERMS, minutes: 50, slotIntervalMinutes: 50, grid: 'pack' as const };
  const around = hoursOf('00:00', '24:00');
  assert.deepEqual(listed(around, busyUntilTen, terms, '2027-06-21').slice(9, 12), ['07:30', '10:10', '11:00']);
  assert.equal(listed(around, busyUntilTen, terms, '2027-06-22')[0], '00:00');
});

test('a date that was left out does not keep the grid from beginning again', () => {
  const weekly = WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' }));
  const hours = hoursOf('09:00', '17:00', { timeZone: 'Pacific/Apia', weekly, ownHours: true, overrides: { '2011-12-29': [{ from: '00:30', to: '24:00' }] } });
  const firstOf31 = at('2011-12-30T10:00Z');
  const range = { from: firstOf31, to: instant(firstOf31 + 2 * 24 * HOUR), now: at('2011-12-01T00:00Z'), seats: 1, ignoreClaimId: null };
  const starts = listSlots({ hours, claims: [calendar()] }, TERMS, range).startsAt;
  // The window opened at 00:30 on the 29th, so the 31st carries its grid on; the 31st was open as a whole, so the 1st begins at 00:00.
  assert.deepEqual([starts[0], starts.includes(instant(firstOf31 + 24 * HOUR))], [firstOf31 + 30 * MINUTE, true]);
});

test('two appointments that keep their distance do so whichever of them was first', () => {
  const buffers = fc.constantFrom(0, 10, 15, 40);
  const service = fc.record({ minutes: fc.integer({ min: 1, max: 90 }), before: buffers, after: buffers });
  holds(
    fc.property(service, service, fc.integer({ min: -180, max: 180 }), fc.constantFrom('max', 'sum'), (one, other, apart, bufferRule) => {
      const isFree = (asked: typeof one, askedAt: number, present: typeof one, presentAt: number) => {
        const there = claim(1, new Date(presentAt).toISOString(), present.minutes, {
          serviceId: 'other',
          bufferBeforeMinutes: present.before,
          bufferAfterMinutes: present.after,
        });
        const terms = {
          ...TERMS,
          minutes: asked.minutes,
          slotIntervalMinutes: 1,
          bufferBeforeMinutes: asked.before,
          bufferAfterMinutes: asked.after,
          bufferRule,
        };
        return judgeSlot({ hours: hoursOf('00:00', '24:00'), claims: [calendar(there)] }, terms, ask(new Date(askedAt).toISOString())).ok;
      };
      const first = at('2027-06-21T12:00Z');
      const second = first + apart * MINUTE;
      assert.equal(isFree(one, first, other, second), isFree(other, second, one, first));
    }),
    500,
  );
});

test('the cost of a week does not depend on the claims outside it', () => {
  const claims = calendar(claim(0, '2027-06-23T10:00Z', 60));
  const before = listed(NINE_TO_FIVE, claims, TERMS, '2027-06-23');
  for (let number = 1; number <= 2_000; number += 1) {
    claims.add(claim(number, new Date(at('2027-03-01T00:00Z') + number * HOUR).toISOString(), 60));
    claims.add(claim(number + 2_000, new Date(at('2027-07-01T00:00Z') + number * HOUR).toISOString(), 60));
  }
  assert.deepEqual(listed(NINE_TO_FIVE, claims, TERMS, '2027-06-23'), before);
  let looks = 0;
  const counting = new Proxy(claims, {
    get(target, name) {
      if (name === 'shapeAt') looks += 1;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  assert.deepEqual(listed(NINE_TO_FIVE, counting, TERMS, '2027-06-23'), before);
  assert.equal(looks, 1);
});
