import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { RateLimits, type Taken } from '../../src/limits/rate-limits.ts';
import { countingNodes } from '../booking/counting-nodes.ts';
import { REDIS_MISSING } from '../support/redis.ts';

/** Six claims a minute for an address. */
const SCALE = 0.05;
const LIMIT = 6;
/** The limit of a counter's answer is 150 ms; without one there would be none at all. The rest is for a busy machine. */
const ANSWERED_WITHIN_MS = 3_000;

describe('rate limits of several nodes', { skip: REDIS_MISSING }, () => {
  const nodes = countingNodes((shared) => {
    const limits = new RateLimits(SCALE, shared);
    return { take: (address = '10.0.0.1') => limits.take('claim', address, null) };
  });

  /** Takes until there is no more; how many there were. */
  async function takeAll(take: () => Promise<Taken>): Promise<number> {
    for (let count = 0; ; count += 1) {
      const startedAt = performance.now();
      const { isAllowed } = await take();
      assert.ok(performance.now() - startedAt < ANSWERED_WITHIN_MS, `answered after ${performance.now() - startedAt} ms`);
      if (!isAllowed) return count;
    }
  }

  test('all nodes have one allowance together', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    for (let left = LIMIT - 1; left >= 0; left -= 1) assert.equal((await (left % 2 === 0 ? one : other).take()).remaining, left);
    for (const node of [one, other]) {
      const refused = await node.take();
      assert.equal(refused.isAllowed, false);
      assert.ok(refused.resetSeconds >= 1 && refused.resetSeconds <= 60);
      assert.equal((await node.take('10.0.0.2')).isAllowed, true);
    }
  });

  test('installations that use the same Redis do not share', async () => {
    const [ours, theirs] = [await nodes.open(), await nodes.open(randomUUID())];
    assert.equal(await takeAll(ours.take), LIMIT);
    assert.equal(await takeAll(theirs.take), LIMIT);
  });

  test('without Redis each node counts for itself, at once, and together again when it is back', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    await one.take();
    await nodes.withoutRedis([one, other], async () => {
      assert.deepEqual([await takeAll(one.take), await takeAll(other.take)], [LIMIT, LIMIT]);
    });
    assert.equal((await one.take('10.0.0.3')).remaining, LIMIT - 1);
    assert.equal((await other.take('10.0.0.3')).remaining, LIMIT - 2);
  });

  test('a Redis that answers too late is left alone for a while: nobody waits for it any more', async () => {
    await nodes.whileSlow(200, async ({ take, counters }) => {
      for (let count = 0; count < 3; count += 1) await take();
      assert.equal(counters.isReady, false);
    });
  });

  test('a Redis that does not answer holds nobody up', async () => {
    await nodes.inEachSilence(async ({ take }, way) => assert.equal(await takeAll(() => take(`10.0.1.${way}`)), LIMIT));
  });
});
