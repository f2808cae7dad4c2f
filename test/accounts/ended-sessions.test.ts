import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndedSessions } from '../../src/accounts/ended-sessions.ts';
import { instant } from '../../src/model/instant.ts';

const LIFE = 1_000;

function openEnded() {
  const clock = { now: 5_000 };
  const ended = new EndedSessions(() => instant(clock.now), LIFE);
  return { clock, ended, remembered: (...ids: string[]) => ids.filter((id) => ended.has(id)) };
}

test('a session that has ended is remembered for as long as its last access token may be good, and forgotten when another ends after that', () => {
  const { clock, ended, remembered } = openEnded();
  ended.end(['first']);
  clock.now += LIFE - 1;
  ended.end(['second']);
  assert.deepEqual(remembered('first', 'second', 'third'), ['first', 'second']);
  clock.now += 1;
  ended.heard('third');
  assert.deepEqual(remembered('first', 'second', 'third'), ['second', 'third']);
});

test('one that is told again is remembered from then on, and keeps none in memory that ended before', () => {
  const { clock, ended, remembered } = openEnded();
  ended.end(['first', 'second']);
  clock.now += LIFE / 2;
  ended.heard('first');
  clock.now += LIFE / 2;
  ended.heard('third');
  assert.deepEqual(remembered('first', 'second', 'third'), ['first', 'third']);
});
