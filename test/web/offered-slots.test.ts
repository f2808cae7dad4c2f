import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotsSnapshot } from '../../src/protocol/socket.ts';
import { afterChange, noticed, type OfferedSlots, offeredBy, partOfDay, type SlotsChange, startsOf } from '../../web/booking/offered-slots.ts';

const NINE = '2026-11-24T09:00:00Z';
const TEN = '2026-11-24T10:00:00Z';
const SNAPSHOT: SlotsSnapshot = {
  era: 'era-1',
  timeZone: 'UTC',
  unchanged: [],
  calendars: [
    { calendarId: 'ada', staffId: 'staff-ada', revision: 3, slots: [NINE, TEN] },
    { calendarId: 'bo', staffId: 'staff-bo', revision: 7, slots: [TEN] },
  ],
};
const change = (extras: Partial<SlotsChange>): SlotsChange => ({ era: 'era-1', calendarId: 'ada', base: 3, revision: 4, taken: [], freed: [], ...extras });
const known = (): OfferedSlots => offeredBy(SNAPSHOT, undefined);
const applied = (offered: OfferedSlots, ...changes: readonly SlotsChange[]): OfferedSlots =>
  changes.reduce((now, next) => {
    const after = afterChange(now, next);
    assert.notEqual(after, 'missed');
    return after === 'missed' ? now : after;
  }, offered);

test('a start that several people offer is listed once, with all of them', () => {
  assert.deepEqual(
    startsOf(known()).map(({ startsAt, staffIds }) => [startsAt, staffIds]),
    [
      [Date.parse(NINE), ['staff-ada']],
      [Date.parse(TEN), ['staff-ada', 'staff-bo']],
    ],
  );
});

test('a start that one of two people loses is still free', () => {
  const after = applied(known(), change({ taken: [TEN] }));
  assert.deepEqual(noticed(startsOf(known()), startsOf(after)), { gone: [], back: [] });
});

test('a start that the only person loses is gone, and comes back when it is freed', () => {
  const taken = applied(known(), change({ taken: [NINE] }));
  assert.deepEqual(noticed(startsOf(known()), startsOf(taken)), { gone: [Date.parse(NINE)], back: [] });
  const freed = applied(taken, change({ base: 4, revision: 5, freed: [NINE] }));
  assert.deepEqual(noticed(startsOf(taken), startsOf(freed)), { gone: [], back: [Date.parse(NINE)] });
});

test('a change that the snapshot already has changes nothing', () => {
  const offered = known();
  assert.equal(afterChange(offered, change({ base: 1, revision: 3, taken: [NINE] })), offered);
});

test('time passing changes the list at the same revision', () => {
  assert.equal(startsOf(applied(known(), change({ base: 3, revision: 3, taken: [NINE] }))).length, 1);
});

test('a change that does not build on what is there is missed, never applied', () => {
  assert.equal(afterChange(known(), change({ base: 4, revision: 5 })), 'missed');
  assert.equal(afterChange(known(), change({ era: 'era-2' })), 'missed');
  assert.equal(afterChange(known(), change({ calendarId: 'nobody' })), 'missed');
});

test('calendars that have not moved are kept from before', () => {
  const again = offeredBy({ ...SNAPSHOT, calendars: [], unchanged: ['ada', 'bo'] }, known());
  assert.deepEqual(startsOf(again), startsOf(known()));
});

test('the seats left are the most that one person has', () => {
  const seated: SlotsSnapshot = { ...SNAPSHOT, calendars: [{ calendarId: 'ada', staffId: 'staff-ada', revision: 3, slots: [NINE, TEN], remaining: [8, 2] }] };
  const after = applied(offeredBy(seated, undefined), change({ remaining: { [NINE]: 5 } }));
  assert.deepEqual(
    startsOf(after).map(({ seatsLeft }) => seatsLeft),
    [5, 2],
  );
});

test('noon begins the afternoon, five the evening', () => {
  assert.deepEqual([11 * 60 + 59, 12 * 60, 16 * 60 + 59, 17 * 60].map(partOfDay), ['morning', 'afternoon', 'afternoon', 'evening']);
});
