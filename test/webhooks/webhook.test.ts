import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, instant, MINUTE, SECOND } from '../../src/model/instant.ts';
import { nextAttempt, pauseAfter } from '../../src/webhooks/webhook.ts';

const BEGAN = instant(1_800_000_000_000);

test('a fact is tried again later and later, for three days after the first attempt, and then given up', () => {
  const delays: number[] = [];
  for (let [attempts, now] = [0, BEGAN]; ; attempts += 1) {
    const outcome = nextAttempt({ attempts, firstAttemptAt: attempts === 0 ? null : BEGAN }, now, 0.5);
    if (outcome.type !== 'later') {
      assert.deepEqual([outcome, now - BEGAN], [{ type: 'failed', counts: true }, 3 * DAY]);
      break;
    }
    delays.push(outcome.delay);
    now = instant(now + outcome.delay);
  }
  assert.deepEqual(delays.slice(0, 4), [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE]);
  assert.ok(delays.slice(0, -1).every((delay, index) => index === 0 || delay >= (delays[index - 1] ?? 0)));
  assert.ok(delays.length > 10 && delays.length < 20);
});
test('what failed together does not come back together', () => {
  const delayAt = (chance: number) => {
    const outcome = nextAttempt({ attempts: 1, firstAttemptAt: BEGAN }, BEGAN, chance);
    return outcome.type === 'later' ? outcome.delay : undefined;
  };
  assert.deepEqual([delayAt(0), delayAt(0.5), delayAt(1)], [24 * SECOND, 30 * SECOND, 36 * SECOND]);
});
test('an endpoint that fails again and again is left alone, for a quarter of an hour at most', () => {
  assert.deepEqual([1, 9, 10, 11, 20, 1_000].map(pauseAfter), [0, 0, 10 * SECOND, 20 * SECOND, 15 * MINUTE, 15 * MINUTE]);
});
