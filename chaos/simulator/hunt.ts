import { drawPlan } from './draw-plan.ts';
import type { Invariant } from './history.ts';
import { KEPT, type Promises } from './model-database/tables.ts';
import type { PlantedBug } from './planted-bug.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { PlanRunner } from './workers.ts';

export type Hunt = {
  readonly seeds: number;
  readonly first: number;
  readonly workers: number;
  /** The name of one bug, if the others are not to be looked for. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
};
export type Catch = { readonly bug: string; readonly seed: number | null; readonly seeds: number; readonly invariants: readonly Invariant[] };

/** Looks for each planted bug, and for what the database still prevents when it keeps one promise less. True if everything was found that is there. */
export async function huntPlantedBugs({ seeds, first, workers, only, say }: Hunt): Promise<boolean> {
  const bugs = PLANTED_BUGS.filter(({ name }) => only === undefined || name === only);
  const queue = [...bugs];
  const catches: Catch[] = [];
  const width = Math.max(...PLANTED_BUGS.map(({ name }) => name.length));
  const work = async () => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      const caught = await huntBug(bug, first, seeds);
      catches.push(caught);
      say(`${bug.name.padEnd(width)}  ${caught.seed === null ? `NOT FOUND in ${seeds} seeds` : `seed ${caught.seed}: ${caught.invariants.join(', ')}`}`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  let isSafe = true;
  if (only === undefined) for (const [name, promises] of LESS) isSafe = (await keepsApart(name, promises, { first, seeds, say })) && isSafe;
  return isSafe && catches.every(({ seed }) => seed !== null);
}

/** The first seed in which the bug shows, and in which nothing is wrong without it. */
export async function huntBug(bug: PlantedBug, first: number, seeds: number): Promise<Catch> {
  await using planted = new PlanRunner({ bug: bug.name });
  for (let seed = first; seed < first + seeds; seed += 1) {
    const plan = drawPlan(seed);
    const { violations } = await planted.run(plan);
    if (violations.length === 0) continue;
    await using clean = new PlanRunner();
    if ((await clean.run(plan)).violations.length > 0) continue;
    return { bug: bug.name, seed, seeds: seed - first + 1, invariants: [...new Set(violations.map(({ invariant }) => invariant))] };
  }
  return { bug: bug.name, seed: null, seeds, invariants: [] };
}

/** The three that keep claims apart. Any two of them do. */
const LESS: readonly (readonly [string, Promises])[] = [
  ['without the epoch check', { ...KEPT, checksEpoch: false }],
  ['without compare-and-set', { ...KEPT, comparesRevision: false }],
  ['without EXCLUDE', { ...KEPT, excludesOverlap: false }],
];

async function keepsApart(name: string, promises: Promises, { first, seeds, say }: Pick<Hunt, 'first' | 'seeds' | 'say'>): Promise<boolean> {
  await using runner = new PlanRunner({ promises });
  const overlaps: number[] = [];
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { violations } = await runner.run(drawPlan(seed));
    if (violations.some(({ invariant }) => invariant === 'two claims overlap')) overlaps.push(seed);
  }
  say(`${name}: ${overlaps.length === 0 ? `no claims overlap in ${seeds} worlds` : `CLAIMS OVERLAP, seeds ${overlaps.join(', ')}`}`);
  return overlaps.length === 0;
}
