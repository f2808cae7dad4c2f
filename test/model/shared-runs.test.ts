import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SharedRuns } from '../../src/model/shared-runs.ts';

/** Work whose end the test decides about. */
function openWork() {
  const begun: PromiseWithResolvers<void>[] = [];
  const runs = new SharedRuns(() => {
    const run = Promise.withResolvers<void>();
    begun.push(run);
    return run.promise;
  });
  return { runs, begun };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('shared runs', () => {
  test('never overlap, and everybody who asks meanwhile shares the one after', async () => {
    const { runs, begun } = openWork();
    const first = runs.run();
    const [second, third] = [runs.run(), runs.run()];
    assert.equal(begun.length, 1);
    begun[0]?.resolve();
    await first;
    await settle();
    assert.equal(begun.length, 2);
    begun[1]?.resolve();
    await Promise.all([second, third]);
    assert.equal(begun.length, 2);
  });

  test('a run that fails does so for those who share it, and the next is another try', async () => {
    const { runs, begun } = openWork();
    const first = runs.run();
    const second = runs.run();
    begun[0]?.reject(new Error('the first'));
    await assert.rejects(first, /the first/);
    await settle();
    begun[1]?.resolve();
    await second;
  });

  test('have ended when the one that runs has, however it did', async () => {
    const { runs, begun } = openWork();
    await runs.ended();
    const first = runs.run();
    const ended = runs.ended();
    begun[0]?.reject(new Error('it failed'));
    await assert.rejects(first);
    await ended;
  });
});
