import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ACCOUNT_PATIENCE,
  ADDRESS_PATIENCE,
  attempted,
  type Failures,
  type Patience,
  scaled,
  succeeded,
  takenBack,
  waitOf,
} from '../../src/accounts/patience.ts';
import { HOUR, type Instant, instant, MINUTE, SECOND } from '../../src/model/instant.ts';

const START = instant(Date.UTC(2026, 10, 24, 9));

/** The waits after so many failures, each tried as soon as it may be. */
function waits(patience: Patience, failures: number): readonly number[] {
  let known: Failures | undefined;
  let at: Instant = START;
  return Array.from({ length: failures }, () => {
    known = attempted(known, patience, at);
    const wait = waitOf(known, at);
    at = instant(at + wait);
    return wait / SECOND;
  });
}

test('an account forgives five failures, then waits double up to a minute, and never grow beyond it', () => {
  assert.deepEqual(waits(ACCOUNT_PATIENCE, 14), [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('an address forgives twenty failures, and waits up to five minutes', () => {
  const all = waits(ADDRESS_PATIENCE, 40);
  assert.deepEqual(all.slice(0, 24), [...Array(20).fill(0), 1, 2, 4, 8]);
  assert.deepEqual([Math.max(...all), all.at(-1)], [300, 300]);
});

test('of several attempts at once the one that began first waits for none that was counted before it', () => {
  for (const patience of [ACCOUNT_PATIENCE, ADDRESS_PATIENCE]) assert.equal(waitOf(attempted(undefined, patience, instant(START + 20)), START), 0);
});

test('a guesser who never gives up gets one guess a minute into an account', () => {
  assert.ok(
    waits(ACCOUNT_PATIENCE, 1_000)
      .slice(20)
      .every((wait) => wait >= 32),
  );
});

test('failures are forgotten one by one while nobody tries', () => {
  let known: Failures | undefined;
  for (let count = 0; count < 8; count += 1) known = attempted(known, ACCOUNT_PATIENCE, START);
  assert.equal(known?.count, 8);
  assert.equal(attempted(known, ACCOUNT_PATIENCE, instant(START + 10 * MINUTE)).count, 8);
  assert.equal(attempted(known, ACCOUNT_PATIENCE, instant(START + 40 * MINUTE)).count, 5);
  assert.deepEqual([attempted(known, ACCOUNT_PATIENCE, instant(START + 24 * HOUR)).count, waitOf(known, instant(START + MINUTE))], [1, 0]);
});

test('a clock that goes back makes nobody wait longer than the longest wait', () => {
  const known = attempted({ count: 50, lastAt: START, blockedUntil: START }, ACCOUNT_PATIENCE, instant(START - HOUR));
  assert.equal(waitOf(known, instant(START - HOUR)), MINUTE);
});

test('an attempt that succeeds after all leaves things as they were', () => {
  const before = attempted(undefined, ACCOUNT_PATIENCE, START);
  assert.equal(succeeded(attempted(before, ACCOUNT_PATIENCE, START)).count, before.count);
  assert.equal(waitOf(succeeded(attempted(undefined, { ...ACCOUNT_PATIENCE, free: 0 }, START)), START), 0);
  assert.deepEqual([scaled(ACCOUNT_PATIENCE, 1_000).free, scaled(ACCOUNT_PATIENCE, 0.01).free], [5_000, 1]);
});

test('an attempt that is taken back leaves the wait of one that was made after it', () => {
  const later = instant(START + 20);
  const first = attempted(undefined, { ...ACCOUNT_PATIENCE, free: 0 }, START);
  assert.deepEqual([takenBack(first, START).count, waitOf(takenBack(first, START), START)], [0, 0]);
  const second = attempted(first, { ...ACCOUNT_PATIENCE, free: 0 }, later);
  assert.deepEqual([takenBack(second, START).count, waitOf(takenBack(second, START), later)], [1, 2 * SECOND]);
});
