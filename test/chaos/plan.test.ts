import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawPlan } from '../../chaos/plan/draw.ts';
import { FAULT_KINDS, isOfOneNode, plan as planSchema } from '../../chaos/plan/faults.ts';

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);
const SECONDS = 180;

test('the same seed draws the same plan, which can be written down and read', () => {
  const plan = drawPlan({ seed: 7, nodes: 3, seconds: SECONDS });
  assert.deepEqual(drawPlan({ seed: 7, nodes: 3, seconds: SECONDS }), plan);
  assert.notDeepEqual(drawPlan({ seed: 8, nodes: 3, seconds: SECONDS }).faults, plan.faults);
  assert.deepEqual(planSchema.parse(JSON.parse(JSON.stringify(plan))), plan);
});

test('there are six faults a minute at least, and all end in time', () => {
  for (const nodes of [1, 3]) {
    for (const seed of SEEDS) {
      const { faults } = drawPlan({ seed, nodes, seconds: SECONDS });
      assert.ok(faults.length >= (SECONDS / 60) * 6, `seed ${seed}: ${faults.length} faults`);
      for (const { startsAtSeconds, lastsSeconds } of faults) assert.ok(startsAtSeconds + lastsSeconds <= SECONDS, `seed ${seed}`);
    }
  }
});

test('every kind comes before any comes twice, and one node alone has no Redis to lose', () => {
  const { faults } = drawPlan({ seed: 3, nodes: 3, seconds: 600 });
  assert.deepEqual(new Set(faults.slice(0, FAULT_KINDS.length).map(({ kind }) => kind)), new Set(FAULT_KINDS));
  assert.ok(drawPlan({ seed: 3, nodes: 1, seconds: 600 }).faults.every(({ kind }) => !kind.startsWith('redis-')));
});

test('faults come one after the other, unless they are planned to come together, and then to different nodes', () => {
  let together = 0;
  for (const seed of SEEDS) {
    const { faults } = drawPlan({ seed, nodes: 3, seconds: SECONDS });
    for (const [index, fault] of faults.entries()) {
      const before = faults[index - 1];
      if (before === undefined) continue;
      if (fault.together) {
        together += 1;
        assert.ok(isOfOneNode(fault.kind) && fault.node !== before.node, `seed ${seed}, fault ${fault.id}`);
      } else assert.ok(fault.startsAtSeconds >= before.startsAtSeconds + before.lastsSeconds, `seed ${seed}, fault ${fault.id}`);
    }
  }
  assert.ok(together > 0);
});
