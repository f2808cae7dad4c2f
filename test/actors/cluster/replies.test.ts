import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER_WITHIN_MS, Replies } from '../../../src/actors/cluster/replies.ts';
import type { Timers } from '../../../src/actors/ports.ts';
import type { Answer } from '../../../src/actors/scheduler.ts';

const REFUSED: Answer = { outcome: 'no', refusal: { code: 'slot-taken' }, replayed: false };
const UNKNOWN: Answer = { outcome: 'unknown' };

/** Time goes on as the test says. */
class HandTimers implements Timers {
  now = 0;
  readonly waiting = new Set<{ readonly at: number; readonly run: () => void }>();

  monotonic(): number {
    return this.now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.now + milliseconds, run };
    this.waiting.add(timer);
    return () => void this.waiting.delete(timer);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  async goTo(at: number): Promise<void> {
    this.now = at;
    for (const timer of [...this.waiting].filter((each) => each.at <= at)) {
      this.waiting.delete(timer);
      timer.run();
    }
    await new Promise(setImmediate);
  }
}

function place() {
  const timers = new HandTimers();
  const replies = new Replies({ era: 'era', timers, writeKey: () => Promise.reject(new Error('nothing is written down here')) });
  const told = new Map<string, Answer | Error>();
  const ask = (key: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    replies
      .answer({ caller: 'test', key, fingerprint: '' }, () => promise)
      .then(
        (answer) => told.set(key, answer),
        (failure: Error) => told.set(key, failure),
      );
    return { resolve, reject };
  };
  return { timers, replies, told, ask };
}

describe('The time within which a caller is answered', () => {
  it('is the same for everyone, from when they asked', async () => {
    const { timers, told, ask } = place();
    ask('first');
    await timers.goTo(3_000);
    const second = ask('second');
    ask('third');
    await timers.goTo(ANSWER_WITHIN_MS - 1);
    assert.deepEqual([...told], []);
    second.resolve(REFUSED);
    await timers.goTo(ANSWER_WITHIN_MS);
    assert.deepEqual(Object.fromEntries(told), { second: REFUSED, first: UNKNOWN });
    await timers.goTo(3_000 + ANSWER_WITHIN_MS - 1);
    assert.equal(told.has('third'), false);
    await timers.goTo(3_000 + ANSWER_WITHIN_MS);
    assert.deepEqual(told.get('third'), UNKNOWN);
  });

  it('keeps one timer while anyone waits, and none otherwise', async () => {
    const { timers, told, ask } = place();
    const asked = ['one', 'other'].map(ask);
    assert.equal(timers.waiting.size, 1);
    for (const { resolve } of asked) resolve(REFUSED);
    await timers.goTo(1);
    assert.deepEqual([told.size, timers.waiting.size], [2, 0]);
    ask('later');
    await timers.goTo(1 + ANSWER_WITHIN_MS);
    assert.deepEqual([told.get('later'), timers.waiting.size], [UNKNOWN, 0]);
  });

  it('ends with a failure, where there is one in time, and one that comes later is told to no caller', async () => {
    const { timers, told, ask } = place();
    const [early, late] = [ask('early'), ask('late')];
    early.reject(new Error('it failed'));
    await timers.goTo(1);
    await timers.goTo(ANSWER_WITHIN_MS);
    late.reject(new Error('it failed as well'));
    await timers.goTo(ANSWER_WITHIN_MS + 1);
    assert.match(String(told.get('early')), /it failed/);
    assert.deepEqual(told.get('late'), UNKNOWN);
  });

  it('is over for all of them when the node gives up', async () => {
    const { timers, replies, told, ask } = place();
    ask('one');
    ask('other');
    replies.giveUp();
    await timers.goTo(1);
    assert.deepEqual([...told.values()], [UNKNOWN, UNKNOWN]);
    ask('after');
    await timers.goTo(2);
    assert.deepEqual(told.get('after'), { outcome: 'retry', reason: 'draining', retryAfterSeconds: 1 });
  });
});
