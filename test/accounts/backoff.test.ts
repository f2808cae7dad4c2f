import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT_BACKOFF, ADDRESS_BACKOFF, attempted, type Backoff, type Failures, scaled, succeeded, takenBack, waitOf } from '../../src/accounts/backoff.ts';
import { HOUR, type Instant, instant, MINUTE, SECOND } from '../../src/model/instant.ts';

const START = instant(Date.UTC(2026, 10, 24, 9));

/** The waits after so many failures, each tried as soon as it may be. */
function waits(backoff: Backoff, failures: number): readonly number[] {
  let known: Failures | undefined;
  let at: Instant = START;
  return Array.from({ length: failures }, () => {
    known = attempted(known, backoff, at);
    const wait = waitOf(known, at);
    at = instant(at + wait);
    return wait / SECOND;
  });
}

test('an account forgives five failures, then waits double up to a minute, and never grow beyond it', () => {
  assert.deepEqual(waits(ACCOUNT_BACKOFF, 14), [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('an address forgives twenty failures, and waits up to five minutes', () => {
  const all = waits(ADDRESS_BACKOFF, 40);
  assert.deepEqual(all.slice(0, 24), [...Array(20).fill(0), 1, 2, 4, 8]);
  assert.deepEqual([Math.max(...all), all.at(-1)], [300, 300]);
});

test('of several attempts at once the one that began first waits for none that was counted before it', () => {
  for (const backoff of [ACCOUNT_BACKOFF, ADDRESS_BACKOFF]) assert.equal(waitOf(attempted(undefined, backoff, instant(START + 20)), START), 0);
});

test('a guesser who never gives up gets one guess a minute into an account', () => {
  assert.ok(
    waits(ACCOUNT_BACKOFF, 1_000)
      .slice(20)
      .every((wait) => wait >= 32),
  );
});

test('failures are forgotten one by one while nobody tries', () => {
  let known: Failures | undefined;
  for (let count = 0; count < 8; count += 1) known = attempted(known, ACCOUNT_BACKOFF, START);
  assert.equal(known?.count, 8);
  assert.equal(attempted(known, ACCOUNT_BACKOFF, instant(START + 10 * MINUTE)).count, 8);
  assert.equal(attempted(known, ACCOUNT_BACKOFF, instant(START + 40 * MINUTE)).count, 5);
  assert.deepEqual([attempted(known, ACCOUNT_BACKOFF, instant(START + 24 * HOUR)).count, waitOf(known, instant(START + MINUTE))], [1, 0]);
});

test('a clock that goes back makes nobody wait longer than the longest wait', () => {
  const known = attempted({ count: 50, lastAt: START, blockedUntil: START }, ACCOUNT_BACKOFF, instant(START - HOUR));
  assert.equal(waitOf(known, instant(START - HOUR)), MINUTE);
});

test('an attempt that succeeds after all leaves things as they were', () => {
  const before = attempted(undefined, ACCOUNT_BACKOFF, START);
  assert.equal(succeeded(attempted(before, ACCOUNT_BACKOFF, START)).count, before.count);
  assert.equal(waitOf(succeeded(attempted(undefined, { ...ACCOUNT_BACKOFF, free: 0 }, START)), START), 0);
  assert.deepEqual([scaled(ACCOUNT_BACKOFF, 1_000).free, scaled(ACCOUNT_BACKOFF, 0.01).free], [5_000, 1]);
});

test('an attempt that is taken back leaves the wait of one that was made after it', () => {
  const later = instant(START + 20);
  const first = attempted(undefined, { ...ACCOUNT_BACKOFF, free: 0 }, START);
  assert.deepEqual([takenBack(first, START).count, waitOf(takenBack(first, START), START)], [0, 0]);
  const second = attempted(first, { ...ACCOUNT_BACKOFF, free: 0 }, later);
  assert.deepEqual([takenBack(second, START).count, waitOf(takenBack(second, START), later)], [1, 2 * SECOND]);
});
