import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawPlan } from '../../chaos/simulator/draw-plan.ts';
import { huntBug } from '../../chaos/simulator/hunt.ts';
import type { PlantedBug } from '../../chaos/simulator/planted-bug.ts';
import { PLANTED_BUGS } from '../../chaos/simulator/planted-bugs.ts';
import { misfits } from '../../chaos/simulator/planting.ts';
import { runPlan } from '../../chaos/simulator/run-plan.ts';
import { shortenPlan } from '../../chaos/simulator/shorten-plan.ts';

const CLEAN_SEEDS = 30;
/** Of all, some that show soon; `npm run simulate -- --planted` looks for the others. */
const SOON = [
  'answer-before-commit',
  'refusal-not-gated',
  'copy-under-another-key',
  'asker-lost-between-nodes',
  'catching-up-in-silence',
  'missed-change-skipped',
  'provisional-effects-kept',
  'expiry-too-early',
  'key-outside-the-transaction',
  'half-a-group',
  'half-a-hold-outlives-it',
  'cut-past-a-consumer',
  'cut-without-a-base',
  'cut-under-an-answer',
  'cut-in-silence',
  'key-forgotten-early',
  'before-the-base',
  'length-of-everybody',
  'price-of-everybody',
];
const SOON_SEEDS = 12;

describe('simulated worlds', () => {
  test('the same seed is the same world, to the last event, and another seed another one', async () => {
    const [one, again, other] = [await runPlan(drawPlan(7)), await runPlan(drawPlan(7)), await runPlan(drawPlan(8))];
    assert.deepEqual(again, one);
    assert.notEqual(other.traceHash, one.traceHash);
  });

  test('nothing goes wrong in them, whatever happens', async () => {
    const total = { asked: 0, changes: 0 };
    for (let seed = 1; seed <= CLEAN_SEEDS; seed += 1) {
      const { violations, asked, changes } = await runPlan(drawPlan(seed));
      assert.deepEqual(violations, [], `npm run simulate -- --seed ${seed}`);
      total.asked += asked;
      total.changes += changes;
    }
    assert.ok(total.asked > 20 * CLEAN_SEEDS && total.changes > 10 * CLEAN_SEEDS, `hardly anything happened: ${JSON.stringify(total)}`);
  });
});

describe('planted bugs', () => {
  test('each of them fits into the sources as they are', () => assert.deepEqual(PLANTED_BUGS.flatMap(misfits), []));

  for (const name of SOON) {
    test(`${name} is found`, async () => {
      const { seed } = await huntBug(bugNamed(name), 1, SOON_SEEDS);
      assert.notEqual(seed, null, `${SOON_SEEDS} worlds show nothing of it`);
    });
  }

  test('a bug that does not fit is an error, not a bug that is not found', async () => {
    const bug = { ...bugNamed('answer-before-commit'), edits: [{ file: 'src/actors/calendar/actor.ts', find: 'no such text', replace: '' }] };
    assert.equal(misfits(bug).length, 1);
  });
});

test('a plan is shortened to what is needed for it to go wrong', async () => {
  const plan = drawPlan(3);
  const needed = plan.people[1]?.steps[2];
  assert.ok(needed);
  const shortest = await shortenPlan(plan, async ({ people }) => people.some(({ steps }) => steps.includes(needed)));
  assert.deepEqual([shortest.people.map(({ steps }) => steps), shortest.faults, shortest.watchers, shortest.readers], [[[needed]], [], [], []]);
});

function bugNamed(name: string): PlantedBug {
  return PLANTED_BUGS.find((bug) => bug.name === name) ?? assert.fail(`no bug is called ${name}`);
}
