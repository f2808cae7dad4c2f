import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byFor, daysOf, daysWords, PERIODS } from '../../web/admin/reports/periods.ts';
import { addDays, localDate, minuteOfDay, minutesOf, momentOf, startOfDate, weekdayOf } from '../../web/kit/zoned-dates.ts';

const iso = (moment: number) => new Date(moment).toISOString();

test('a date begins when its clock shows the first moment of it', () => {
  assert.equal(iso(startOfDate('2026-11-24', 'Europe/Berlin')), '2026-11-23T23:00:00.000Z');
  assert.equal(iso(startOfDate('2026-11-24', 'Asia/Kathmandu')), '2026-11-23T18:15:00.000Z');
});

test('a date that begins with a gap begins after it', () => {
  // Beirut put its clocks forward at midnight on 29 March 2026.
  assert.equal(iso(startOfDate('2026-03-29', 'Asia/Beirut')), '2026-03-28T22:00:00.000Z');
});

test('a wall-clock time in a gap is the moment of the jump', () => {
  assert.equal(iso(momentOf('2026-03-29', 2 * 60 + 30, 'Europe/Berlin')), '2026-03-29T01:00:00.000Z');
});

test('a wall-clock time that happens twice is its first moment', () => {
  assert.equal(iso(momentOf('2026-10-25', 2 * 60 + 30, 'Europe/Berlin')), '2026-10-25T00:30:00.000Z');
});

test('what a clock shows leads back to the same moment, in every zone and season', () => {
  const zones = ['Europe/Lisbon', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu', 'UTC'];
  const from = Date.parse('2026-01-01T00:00:00Z') / 60_000;
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: from + 2 * 525_600 }), (zone, minute) => {
      const moment = minute * 60_000;
      const again = momentOf(localDate(moment, zone), minuteOfDay(moment, zone), zone);
      // In a repeated hour the first of both is meant.
      assert.ok(again === moment || (again < moment && moment - again <= 3_600_000), `${iso(moment)} in ${zone} came back as ${iso(again)}`);
    }),
    { numRuns: 300 },
  );
});

test('days are counted over the end of a month', () => {
  assert.equal(addDays('2026-11-30', 1), '2026-12-01');
  assert.equal(addDays('2028-03-01', -1), '2028-02-29');
  assert.equal(weekdayOf('2026-11-23'), 0);
});

test('24:00 is the end of the day', () => {
  assert.equal(minutesOf('24:00'), 1440);
  assert.equal(iso(momentOf('2026-11-24', 1440, 'UTC')), '2026-11-25T00:00:00.000Z');
});

test('the days of a report are whole weeks, months and years around the date of the place', () => {
  const custom = { from: '2026-02-27', to: '2026-03-02' };
  const of = (today: string) => PERIODS.map(({ id }) => Object.values(daysOf(id, today, custom)).join(' '));
  const [thisWeek, lastWeek, thisMonth, lastMonth, threeMonths, thisYear, lastYear, typed] = of('2028-03-31');
  assert.deepEqual([thisWeek, lastWeek], ['2028-03-27 2028-04-03', '2028-03-20 2028-03-27']);
  assert.deepEqual([thisMonth, lastMonth, threeMonths], ['2028-03-01 2028-04-01', '2028-02-01 2028-03-01', '2027-12-01 2028-03-01']);
  assert.deepEqual([thisYear, lastYear, typed], ['2028-01-01 2029-01-01', '2027-01-01 2028-01-01', '2026-02-27 2026-03-02']);
  assert.deepEqual(of('2027-01-01').slice(2, 4), ['2027-01-01 2027-02-01', '2026-12-01 2027-01-01']);
  assert.deepEqual([byFor({ from: '2027-01-01', to: '2027-02-01' }), byFor({ from: '2027-01-01', to: '2027-07-01' })], ['day', 'week']);
  assert.deepEqual(byFor({ from: '2027-01-01', to: '2028-01-01' }), 'month');
  assert.deepEqual(daysWords({ from: '2026-12-31', to: '2027-01-02' }), 'December 31 2026 to January 1 2027');
});
