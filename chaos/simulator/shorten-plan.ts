import type { Plan } from './plan.ts';

/** Runs for one shortening; each takes a small part of a second. */
const MOST_RUNS = 600;

type Lists = { [Key in 'faults' | 'people' | 'watchers' | 'readers' | 'cuts']: Plan[Key] };

/** Leaves out of a plan whatever is not needed for it to go wrong: first large parts, then smaller ones, then single steps. */
export async function shortenPlan(plan: Plan, goesWrong: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let runs = 0;
  const isWorthIt = async (shorter: Plan) => {
    runs += 1;
    return runs <= MOST_RUNS && (await goesWrong(shorter));
  };
  let best = plan;
  for (let before = ''; before !== JSON.stringify(best) && runs < MOST_RUNS; ) {
    before = JSON.stringify(best);
    for (const key of ['people', 'faults', 'watchers', 'readers', 'cuts'] as const) best = await withFewer(best, key, isWorthIt);
    for (let index = 0; index < best.people.length; index += 1) best = await withFewerSteps(best, index, isWorthIt);
  }
  return best;
}

async function withFewer<Key extends keyof Lists>(plan: Plan, key: Key, goesWrong: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  const items: readonly unknown[] = plan[key];
  return { ...plan, [key]: await fewer(items, (some) => goesWrong({ ...plan, [key]: some })) };
}

async function withFewerSteps(plan: Plan, index: number, goesWrong: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  const withSteps = (steps: Plan['people'][number]['steps']): Plan => ({
    ...plan,
    people: plan.people.map((person, number) => (number === index ? { ...person, steps } : person)),
  });
  return withSteps(await fewer(plan.people[index]?.steps ?? [], (steps) => goesWrong(withSteps(steps))));
}

/** Halves, quarters and so on of a list are left out as long as it still goes wrong. */
async function fewer<Item>(items: readonly Item[], goesWrong: (items: readonly Item[]) => Promise<boolean>): Promise<readonly Item[]> {
  let left = items;
  for (let size = Math.max(1, Math.ceil(items.length / 2)); ; size = Math.ceil(size / 2)) {
    for (let start = 0; start < left.length; ) {
      const without = [...left.slice(0, start), ...left.slice(start + size)];
      if (await goesWrong(without)) left = without;
      else start += size;
    }
    if (size <= 1) return left;
  }
}
