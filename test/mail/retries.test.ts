import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadlineOf, delayAfter } from '../../src/mail/retries.ts';
import { DAY, HOUR, instant, MINUTE, SECOND } from '../../src/model/instant.ts';

test('each attempt waits twice as long as the one before, up to half an hour', () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 10, 11, 2_000].map((attempts) => delayAfter(attempts)),
    [5 * SECOND, 10 * SECOND, 20 * SECOND, 640 * SECOND, 1_280 * SECOND, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE],
  );
});

test('an e-mail is given up when its link has expired, and after a day at the latest', () => {
  const createdAt = instant(1_000);
  assert.equal(deadlineOf({ createdAt, tokenExpiresAt: null }), createdAt + DAY);
  assert.equal(deadlineOf({ createdAt, tokenExpiresAt: instant(createdAt + HOUR) }), createdAt + HOUR);
  assert.equal(deadlineOf({ createdAt, tokenExpiresAt: instant(createdAt + 2 * DAY) }), createdAt + DAY);
});
