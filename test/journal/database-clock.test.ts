import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseClock } from '../../src/actors/journal/database-clock.ts';
import type { Timers } from '../../src/actors/ports.ts';
import { HOUR, instant } from '../../src/model/instant.ts';

/** A machine whose monotonic clock is set by hand. */
function machine(): { clock: DatabaseClock; at: (milliseconds: number) => void } {
  let now = 0;
  const timers: Timers = { monotonic: () => now, after: () => () => undefined, soon: () => undefined };
  return {
    clock: new DatabaseClock(timers),
    at: (milliseconds) => {
      now = milliseconds;
    },
  };
}

test('the reading with the shortest way is believed', () => {
  const { clock, at } = machine();
  clock.sample(instant(1_000_000), 0, 100);
  clock.sample(instant(1_000_200), 198, 202);
  clock.sample(instant(1_000_300), 300, 380);
  at(400);
  assert.equal(clock.now(), 1_000_400);
});

test('time never goes back, even when a better reading says that it was ahead', () => {
  const { clock, at } = machine();
  clock.sample(instant(1_000_100), 0, 100);
  at(100);
  const before = clock.now();
  clock.sample(instant(1_000_080), 99, 101);
  assert.equal(clock.now(), before);
});

test('after a machine has slept, older readings are worthless at once', () => {
  const { clock, at } = machine();
  for (let reading = 0; reading < 16; reading += 1) clock.sample(instant(1_000_000 + reading), reading, reading);
  clock.sample(instant(1_000_016 + HOUR), 16, 26);
  at(26);
  assert.equal(clock.now(), 1_000_021 + HOUR);
});

test('a slow answer is no reason to forget the quick ones', () => {
  const { clock, at } = machine();
  clock.sample(instant(1_000_000), 0, 2);
  clock.sample(instant(1_000_003), 3, 5_003);
  at(5_003);
  assert.equal(clock.now(), 1_005_002);
});
