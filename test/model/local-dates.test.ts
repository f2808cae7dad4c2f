import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant, parseInstant } from '../../src/model/instant.ts';
import { checkRange, countByDay, firstInstantOf, isLocalDate, isTimeZone, localDateOf, parseLocalDateTime } from '../../src/model/local-dates.ts';
import { instantsShowing, offsetAt, stretchesOf } from '../../src/model/zone-offsets.ts';
import { holds } from './random.ts';

const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'), 'UTC');
const moments = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2040, 0, 1) }).map(instant);
/** Within a day of a change of the clocks, if there is one in the four years after. */
const turningPoints = fc.tuple(zones, moments, fc.integer({ min: -86_400_000, max: 86_400_000 })).map(([zone, at, near]) => {
  const next = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  return { zone, at: instant((next?.epochMilliseconds ?? at) + near) };
});

function clock(zone: string, at: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

test('offset and date at a moment are those that Temporal gives', () => {
  holds(
    fc.property(turningPoints, ({ zone, at }) => {
      assert.equal(offsetAt(zone, at) * 1e6, clock(zone, at).offsetNanoseconds);
      assert.equal(localDateOf(at, zone), clock(zone, at).toPlainDate().toString());
    }),
    800,
  );
});

test('the first instant of a date has that date, and the instant before has an earlier one', () => {
  holds(
    fc.property(turningPoints, ({ zone, at }) => {
      const date = localDateOf(at, zone);
      const first = firstInstantOf(date, zone);
      assert.equal(localDateOf(first, zone), date);
      assert.ok(localDateOf(instant(first - 1), zone) < date);
      assert.ok(first <= at);
    }),
    800,
  );
});

test('where midnight does not exist, the date begins later', () => {
  assert.equal(firstInstantOf('2027-03-28', 'Asia/Beirut'), parseInstant('2027-03-28T01:00:00+03:00'));
});

test('a date that a zone left out begins with the next', () => {
  assert.equal(firstInstantOf('2011-12-30', 'Pacific/Apia'), firstInstantOf('2011-12-31', 'Pacific/Apia'));
});

test('stretches cover a range without gaps, each with the offset of its moments', () => {
  holds(
    fc.property(turningPoints, fc.integer({ min: 1, max: 500 * 86_400_000 }), ({ zone, at }, length) => {
      const stretches = stretchesOf(zone, at, at + length);
      assert.deepEqual([stretches[0]?.from, stretches.at(-1)?.to], [at, at + length]);
      for (const [index, { from, to, offset }] of stretches.entries()) {
        assert.ok(from < to && (index === 0 || stretches[index - 1]?.to === from));
        for (const moment of [from, to - 1]) assert.equal(clock(zone, moment).offsetNanoseconds, offset * 1e6);
      }
    }),
    300,
  );
});

test('a local date-time is the moment at which the clock shows it, the first of two', () => {
  holds(
    fc.property(turningPoints, ({ zone, at }) => {
      const local = clock(zone, at).toPlainDateTime().round({ smallestUnit: 'second', roundingMode: 'floor' });
      const expected = local.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds;
      assert.equal(parseLocalDateTime(local.toString({ smallestUnit: 'second' }), zone), expected);
      assert.ok(instantsShowing(zone, at + offsetAt(zone, at)).includes(at));
    }),
    500,
  );
});

test('a local time that does not exist is refused by name, and text that is none is invalid', () => {
  assert.equal(parseLocalDateTime('2027-03-14T02:30', 'America/New_York'), 'nonexistent-local-time');
  assert.equal(parseLocalDateTime('2011-12-30T12:00', 'Pacific/Apia'), 'nonexistent-local-time');
  assert.equal(parseLocalDateTime('2027-11-07T01:30', 'America/New_York'), parseInstant('2027-11-07T01:30:00-04:00'));
  assert.equal(parseLocalDateTime('2027-06-21T09:30:15', 'Asia/Kolkata'), parseInstant('2027-06-21T09:30:15+05:30'));
  for (const text of ['2027-02-30T09:00', '2027-06-21T24:00', '2027-06-21T09:60', '2027-06-21 09:00', '2027-06-21', '2027-06-21T09:00Z', '']) {
    assert.equal(parseLocalDateTime(text, 'UTC'), 'invalid', text);
  }
  assert.equal(parseLocalDateTime('2027-06-21T09:00', 'Europe/Atlantis'), 'invalid');
});

test('a date is one that exists, written in full', () => {
  for (const date of ['2027-06-30', '2028-02-29', '1970-01-01', '9999-12-31']) assert.ok(isLocalDate(date), date);
  for (const date of ['2027-06-31', '2027-02-29', '2027-13-01', '2027-00-10', '2027-6-1', '27-06-01', '2027-06-01T00:00', ' 2027-06-01', '0000-01-01', '']) {
    assert.ok(!isLocalDate(date), date);
  }
});

test('a zone is a name that is known, not an offset', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5']) assert.ok(isTimeZone(zone), zone);
  for (const zone of ['Europe/Atlantis', '+02:00', '', '2027-01-01T00:00Z', '2027-01-01T00:00Z[Europe/Berlin]', 'Europe/', 'Europe/Berlin ']) {
    assert.ok(!isTimeZone(zone), zone);
  }
});

test('a range is at least one date and at most 62', () => {
  assert.equal(checkRange('2027-06-01', '2027-06-02'), undefined);
  assert.equal(checkRange('2027-06-01', '2027-08-02'), undefined);
  assert.equal(checkRange('2027-06-01', '2027-08-03')?.path, 'to');
  assert.equal(checkRange('2027-06-01', '2027-06-01')?.path, 'to');
  assert.equal(checkRange('2027-06-02', '2027-06-01')?.path, 'to');
  assert.equal(checkRange('2027-06-31', '2027-07-02')?.path, 'from');
  assert.equal(checkRange('2027-06-01', 'tomorrow')?.path, 'to');
});

test('starts are counted by the date and half-day of the viewer', () => {
  const starts = ['2027-06-21T20:00Z', '2027-06-21T06:29Z', '2027-06-21T06:30Z', '2027-06-21T18:29Z'].map((text) => instant(Date.parse(text)));
  assert.deepEqual(countByDay(starts, 'Asia/Kolkata'), [
    { date: '2027-06-21', count: 3, morning: 1, afternoon: 2 },
    { date: '2027-06-22', count: 1, morning: 1, afternoon: 0 },
  ]);
  assert.deepEqual(countByDay([], 'UTC'), []);
});
