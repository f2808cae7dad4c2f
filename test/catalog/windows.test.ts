import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined, joinedWeekly } from '../../src/catalog/windows.ts';

test('weekly windows come in the order of the week, whatever order they are sent in', () => {
  const read = joinedWeekly([
    { day: 'tuesday', from: '14:00', to: '18:00' },
    { day: 'sunday', from: '10:00', to: '12:00' },
    { day: 'tuesday', from: '09:00', to: '13:00' },
  ]);
  assert.deepEqual(read, [
    { day: 'tuesday', from: '09:00', to: '13:00' },
    { day: 'tuesday', from: '14:00', to: '18:00' },
    { day: 'sunday', from: '10:00', to: '12:00' },
  ]);
});

test('a window that ends where another begins is one window with it', () => {
  const read = joined([
    { from: '12:00', to: '15:00' },
    { from: '09:00', to: '12:00' },
    { from: '15:00', to: '24:00' },
  ]);
  assert.deepEqual(read, [{ from: '09:00', to: '24:00' }]);
});

test('the same times on two days are two windows', () => {
  const windows = [
    { day: 'monday', from: '09:00', to: '17:00' },
    { day: 'tuesday', from: '09:00', to: '17:00' },
  ] as const;
  assert.deepEqual(joinedWeekly(windows), windows);
});

test('windows that overlap are one window', () => {
  const read = joinedWeekly([
    { day: 'monday', from: '11:00', to: '14:00' },
    { day: 'monday', from: '09:00', to: '12:00' },
    { day: 'monday', from: '10:00', to: '11:00' },
  ]);
  assert.deepEqual(read, [{ day: 'monday', from: '09:00', to: '14:00' }]);
});

test('no windows at all is a closed day', () => {
  assert.deepEqual(joined([]), []);
});
