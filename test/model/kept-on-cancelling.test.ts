import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppointmentPolicy } from '../../src/actors/calendar/calendar.ts';
import { HOUR, instant, MINUTE } from '../../src/model/instant.ts';
import { keptByTime } from '../../src/model/kept-on-cancelling.ts';
import { keptOf, refundShare } from '../../src/payments/refund-rules.ts';

const START = Date.UTC(2026, 5, 10, 12);
const PRICE = { amount: 10_201, currency: 'EUR' };
const RULES = [
  { untilMinutes: 2_880, percent: 100 },
  { untilMinutes: 1_440, percent: 50 },
];
const before = (hours: number) => START - hours * HOUR;
const told = (refundRules: typeof RULES, cancelUntilMinutes: number | null, now = before(100), reserved = PRICE) =>
  keptByTime(reserved, { startsAt: START, refundRules, cancelUntilMinutes }, now).map(({ until, kept }) => [
    until === null ? null : (START - until) / HOUR,
    kept,
  ]);

test('what is kept of who cancels is told by moments, up to the last at which it can be cancelled', () => {
  assert.deepEqual(told(RULES, null), [
    [48, 0],
    [24, 5_100],
    [null, 10_201],
  ]);
  assert.deepEqual(told(RULES, 6 * 60), [
    [48, 0],
    [24, 5_100],
    [6, 10_201],
  ]);
  assert.deepEqual(told(RULES, 24 * 60), [
    [48, 0],
    [24, 5_100],
  ]);
  assert.deepEqual(told(RULES, 36 * 60), [
    [48, 0],
    [36, 5_100],
  ]);
  assert.deepEqual(told([], null), [], 'without rules nothing is kept');
});

test('what is over is left out, and of what cannot be cancelled any more nothing is told', () => {
  assert.deepEqual(told(RULES, null, before(30)), [
    [24, 5_100],
    [null, 10_201],
  ]);
  assert.deepEqual(told(RULES, null, before(2)), [[0, 10_201]]);
  assert.deepEqual(told(RULES, 24 * 60, before(23)), []);
});

test('rules that change nothing make no part, and less than a card can be charged with is nothing', () => {
  const same = [...RULES, { untilMinutes: 1_000, percent: 50 }, { untilMinutes: 2_000, percent: 10 }];
  assert.deepEqual(told(same, 12 * 60), [
    [48, 0],
    [1_000 / 60, 5_100],
    [12, 10_201],
  ]);
  assert.deepEqual(told([{ untilMinutes: 60, percent: 51 }], null, before(100), { amount: 100, currency: 'EUR' }), [
    [1, 0],
    [null, 100],
  ]);
});

test('at every moment it is what is taken then', () => {
  for (const refundRules of [
    RULES,
    [{ untilMinutes: 90, percent: 33 }],
    [
      { untilMinutes: 0, percent: 20 },
      { untilMinutes: 600, percent: 90 },
    ],
  ]) {
    const policy: Pick<AppointmentPolicy, 'refundRules'> = { refundRules };
    for (let at = before(60); at < START; at += 45 * MINUTE) {
      const [now] = keptByTime(PRICE, { startsAt: START, refundRules, cancelUntilMinutes: null }, at);
      assert.equal(now?.kept, keptOf(PRICE, PRICE.amount, refundShare(policy, instant(START), instant(at))), `${(START - at) / HOUR} hours before`);
    }
  }
});
