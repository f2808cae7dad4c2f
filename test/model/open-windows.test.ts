import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CalendarHours } from '../../src/model/calendar-hours.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { DAY, instant, MINUTE } from '../../src/model/instant.ts';
import { openWindows } from '../../src/model/open-windows.ts';
import { someHours } from './arbitrary-worlds.ts';
import { holds } from './random.ts';
import { isOpen } from './slow-oracle.ts';

const NINE_TO_FIVE = WEEKDAYS.map((day) => ({ day, from: '09:00', to: '17:00' }));

function hoursOf(more: Partial<CalendarHours>): CalendarHours {
  const location = { timeZone: 'UTC', weekly: NINE_TO_FIVE, specialDates: {}, version: 1 };
  return { timeZone: null, weekly: null, overrides: {}, ownHours: false, timeOff: [], location, ...more };
}

function windowsOn(date: string, hours: CalendarHours): string[] {
  const from = Date.parse(date);
  return openWindows(hours, from, from + DAY).map((at) => new Date(at).toISOString().slice(11, 16));
}

test('a moment is in a window exactly if the wall clock shows a time inside the hours of its date', () => {
  holds(
    fc.property(someHours, fc.integer({ min: 0, max: DAY }), fc.integer({ min: 1, max: 40 * 60 }), ({ hours, from }, later, minutes) => {
      const begin = Math.floor((from + later) / MINUTE) * MINUTE;
      const windows = openWindows(hours, begin, begin + minutes * MINUTE);
      const seen: number[] = [];
      for (let at = begin; at < begin + minutes * MINUTE; at += MINUTE) {
        if (!isOpen(hours, at)) continue;
        if (seen.at(-1) === at) seen[seen.length - 1] = at + MINUTE;
        else seen.push(at, at + MINUTE);
      }
      assert.deepEqual(windows, seen);
    }),
    150,
  );
});

test('a member without hours has those of the location, special dates included', () => {
  const location = { timeZone: 'UTC', weekly: NINE_TO_FIVE, specialDates: { '2027-06-22': [{ from: '10:00', to: '11:00' }] }, version: 1 };
  assert.deepEqual(windowsOn('2027-06-21', hoursOf({ location })), ['09:00', '17:00']);
  assert.deepEqual(windowsOn('2027-06-22', hoursOf({ location })), ['10:00', '11:00']);
});

test('a date override of a member without hours replaces its own date only, within the hours of the location', () => {
  const hours = hoursOf({ overrides: { '2027-06-22': [{ from: '07:00', to: '12:00' }] } });
  assert.deepEqual(windowsOn('2027-06-21', hours), ['09:00', '17:00']);
  assert.deepEqual(windowsOn('2027-06-22', hours), ['09:00', '12:00']);
  assert.deepEqual(windowsOn('2027-06-22', { ...hours, ownHours: true }), ['07:00', '12:00']);
  assert.deepEqual(windowsOn('2027-06-21', { ...hours, ownHours: true }), ['09:00', '17:00']);
});

test('hours of nothing are closed, unlike no hours', () => {
  assert.deepEqual(windowsOn('2027-06-21', hoursOf({ weekly: [] })), []);
});

test('a window that does not end after it begins, or is not a time, opens nothing', () => {
  const weekly = WEEKDAYS.flatMap((day) => [
    { day, from: '17:00', to: '09:00' },
    { day, from: '10:00', to: '10:00' },
    { day, from: '9', to: '12:00' },
  ]);
  assert.deepEqual(windowsOn('2027-06-21', hoursOf({ weekly })), []);
});

test('a date that a zone left out is never open, and the dates around it are one window', () => {
  const weekly = WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' }));
  const hours = hoursOf({ timeZone: 'Pacific/Apia', weekly, ownHours: true, overrides: { '2011-12-30': [], '2011-12-28': [] } });
  const skipped = Date.parse('2011-12-30T10:00Z');
  assert.deepEqual(openWindows(hours, instant(skipped - 12 * 60 * MINUTE), instant(skipped + DAY)), [skipped - 12 * 60 * MINUTE, skipped + DAY]);
});
