import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BoardCalendar, BoardClaim } from '../../web/desk/board.ts';
import { dayOf, drawnPart, drawnStretches, hoursOf, layOut, snap } from '../../web/desk/day-layout.ts';

const HOUR = 3_600_000;
const DAY = dayOf('2026-11-24', 'UTC');
const drawnStretch = (calendars: Parameters<typeof drawnStretches>[0]) => drawnStretches(calendars, [DAY], 'UTC')[0];
const at = (hours: number) => DAY.startsAt + hours * HOUR;
const claim = (id: string, from: number, to: number, lane = 0): BoardClaim => ({
  kind: 'appointment',
  id,
  startsAt: at(from),
  endsAt: at(to),
  lane,
  seats: 1,
  serviceId: null,
  status: 'booked',
});
const calendar = (windows: readonly (readonly [number, number])[], claims: readonly BoardClaim[] = []): BoardCalendar => ({
  calendarId: 'ada',
  staffId: 'staff-ada',
  revision: 1,
  hours: { timeZone: 'UTC', windows: windows.map(([from, to]) => ({ startsAt: at(from), endsAt: at(to) })), timeOff: [], external: [] },
  claims: new Map(claims.map((one) => [one.id, one])),
});

test('the drawn day reaches from the first to the last thing in it, in whole hours', () => {
  assert.deepEqual(drawnStretch([calendar([[9.5, 16.25]], [claim('early', 7.75, 8)])]), { startsAt: at(7), endsAt: at(17) });
});

test('what reaches over midnight is drawn to midnight', () => {
  assert.deepEqual(
    drawnStretch([
      calendar([
        [-2, 3],
        [22, 26],
      ]),
    ]),
    { startsAt: at(0), endsAt: at(24) },
  );
});

test('a day on which nobody works is drawn from nine to six', () => {
  assert.deepEqual(drawnStretch([calendar([])]), { startsAt: at(9), endsAt: at(18) });
});

test('several days are drawn from the same to the same time of the clock, also where it is changed at night', () => {
  const zone = 'Europe/Lisbon';
  const days = ['2026-10-24', '2026-10-25', '2026-10-26'].map((date) => dayOf(date, zone));
  const open = (from: string, to: string) => ({ startsAt: Date.parse(from), endsAt: Date.parse(to) });
  const hours = { timeZone: zone, windows: [open('2026-10-24T09:30:00Z', '2026-10-24T14:00:00Z'), open('2026-10-26T09:00:00Z', '2026-10-26T17:00:00Z')] };
  const one = { ...calendar([]), hours: { ...hours, timeOff: [], external: [] } };
  assert.deepEqual(drawnStretches([one], days, zone), [
    open('2026-10-24T08:00:00Z', '2026-10-24T16:00:00Z'),
    open('2026-10-25T09:00:00Z', '2026-10-25T17:00:00Z'),
    open('2026-10-26T09:00:00Z', '2026-10-26T17:00:00Z'),
  ]);
});

test('there is a line at the beginning of every drawn hour', () => {
  assert.deepEqual(hoursOf({ startsAt: at(9), endsAt: at(12) }), [at(9), at(10), at(11)]);
});

test('a claim alone has the whole width', () => {
  assert.deepEqual(
    layOut([claim('a', 9, 10), claim('b', 10, 11)]).map(({ places }) => places),
    [1, 1],
  );
});

test('customers of one session stand side by side, in the order of their lanes', () => {
  assert.deepEqual(
    layOut([claim('late', 9, 10, 2), claim('first', 9, 10, 0), claim('second', 9, 10, 1)]).map(({ claim: { id }, place, places }) => [id, place, places]),
    [
      ['first', 0, 3],
      ['second', 1, 3],
      ['late', 2, 3],
    ],
  );
});

test('no two claims are drawn over each other', () => {
  const anyClaim = fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 1, max: 12 })).map(([from, length]) => [from / 4, (from + length) / 4] as const);
  fc.assert(
    fc.property(fc.array(anyClaim, { maxLength: 20 }), (spans) => {
      const placed = layOut(spans.map(([from, to], number) => claim(`c${number}`, from, to)));
      assert.equal(placed.length, spans.length);
      for (const one of placed) {
        assert.ok(one.place < one.places);
        const over = placed.filter((other) => other !== one && other.claim.startsAt < one.claim.endsAt && other.claim.endsAt > one.claim.startsAt);
        for (const other of over) {
          assert.equal(other.places, one.places);
          assert.notEqual(other.place, one.place);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('only the part inside the drawn stretch has a place', () => {
  const stretch = { startsAt: at(9), endsAt: at(17) };
  assert.deepEqual(drawnPart({ startsAt: at(8), endsAt: at(9.5) }, stretch), { top: 0, height: 30 });
  assert.equal(drawnPart({ startsAt: at(17), endsAt: at(18) }, stretch), undefined);
});

test('a time near an offered start snaps to it, any other to the step of the clock', () => {
  assert.equal(snap(at(10) + 7 * 60_000, [at(10)], 5), at(10));
  assert.equal(snap(at(10) + 22 * 60_000, [at(10)], 5), at(10) + 20 * 60_000);
});
