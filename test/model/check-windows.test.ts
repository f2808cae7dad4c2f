import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDayWindows, checkWeekly, isWeekly } from '../../src/model/check-windows.ts';

function paths(problems: readonly { path: readonly (string | number)[] }[]): string[] {
  return problems.map(({ path }) => path.join('.'));
}

test('several windows a day are fine, also when they touch, overlap or come in no order', () => {
  const weekly = [
    { day: 'monday', from: '14:00', to: '24:00' },
    { day: 'monday', from: '00:00', to: '12:00' },
    { day: 'monday', from: '11:00', to: '14:00' },
  ];
  assert.deepEqual(checkWeekly(weekly), []);
  assert.ok(isWeekly(weekly));
  assert.deepEqual(checkDayWindows([]), []);
});

test('every wrong value is named by its path', () => {
  const weekly = [
    { day: 'monday', from: '09:00', to: '17:00' },
    { day: 'Monday', from: '9:00', to: '25:00' },
    { day: 'friday', from: '24:00', to: '24:00' },
    { day: 'friday', from: '22:00', to: '06:00' },
    { day: 'friday', from: '09:00', to: '09:00' },
    { day: 'friday', from: '09:00', to: '24:01' },
  ];
  assert.deepEqual(paths(checkWeekly(weekly)), ['1.day', '1.from', '1.to', '2.from', '3.to', '4.to', '5.to']);
  assert.deepEqual(paths(checkDayWindows([{ from: '09:60', to: '10:00' }])), ['0.from']);
});
