import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { test } from 'node:test';
import { SHARD_COUNT, shardOf } from '../../../src/actors/cluster/shard-of.ts';

test('the shard of a calendar is the same for ever', () => {
  assert.equal(shardOf('00000000-0000-7000-8000-000000000000'), 158);
  assert.equal(shardOf('0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d'), 146);
});

test('calendars that are made one after the other are spread over all shards', () => {
  const counts = new Array<number>(SHARD_COUNT).fill(0);
  for (let index = 0; index < SHARD_COUNT * 100; index += 1) {
    const shard = shardOf(randomUUIDv7());
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  assert.ok(Math.min(...counts) > 50 && Math.max(...counts) < 160, `from ${Math.min(...counts)} to ${Math.max(...counts)} of 100`);
});
