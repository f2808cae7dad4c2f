// `npm run simulate -- --seeds N [--seed S]`: simulated worlds, from the seed S on. What goes wrong in one of them is shortened and printed.
// `--plan FILE` runs one plan with its trace, `--trace` prints the trace of a seed, `--planted` looks for every planted bug.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { drawPlan } from './simulator/draw-plan.ts';
import type { Violation } from './simulator/history.ts';
import { huntPlantedBugs } from './simulator/hunt.ts';
import type { Plan } from './simulator/plan.ts';
import { runPlan } from './simulator/run-plan.ts';
import { shortenPlan } from './simulator/shorten-plan.ts';
import { PlanRunner } from './simulator/workers.ts';

/** Seeds when nobody says how many. */
const SEEDS = 100;
const PLANTED_SEEDS = 500;
/** Violations that are printed of one world; the first is the one to look at. */
const MOST_PRINTED = 6;
/** More threads than this only make the machine useless for anything else. */
const MOST_WORKERS = 4;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    plan: { type: 'string' },
    workers: { type: 'string' },
    planted: { type: 'boolean', default: false },
    only: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const USAGE = `npm run simulate -- [--seeds N] [--seed S]   worlds from a seed on
  --seed S --trace   everything that happens in one of them
  --plan FILE        one plan that was printed, with everything that happens
  --planted          looks for every planted bug [--only NAME]
  --workers N        threads that share the work`;
const first = Number(values.seed ?? 1);
const workers = Number(values.workers ?? Math.min(MOST_WORKERS, availableParallelism()));

if (values.help) console.log(USAGE);
else if (values.planted) {
  const isComplete = await huntPlantedBugs({ seeds: Number(values.seeds ?? PLANTED_SEEDS), first, workers, only: values.only, say: console.log });
  if (!isComplete) process.exitCode = 1;
} else if (values.plan !== undefined) await replay(JSON.parse(readFileSync(values.plan, 'utf8')) as Plan);
else if (values.trace) await replay(drawPlan(first));
else await simulate(Number(values.seeds ?? (values.seed === undefined ? SEEDS : 1)));

async function replay(plan: Plan): Promise<void> {
  const { violations, traceHash } = await runPlan(plan, { onTrace: (line) => console.log(line) });
  console.log(`trace ${traceHash}`);
  report(violations);
}

async function simulate(seeds: number): Promise<void> {
  const startedAt = performance.now();
  await using stack = new AsyncDisposableStack();
  const runners = Array.from({ length: Math.min(workers, seeds) }, () => stack.use(new PlanRunner()));
  const failed: number[] = [];
  const total = { events: 0, asked: 0, changes: 0 };
  let next = first;
  const work = async (runner: PlanRunner) => {
    while (next < first + seeds) {
      const seed = next;
      next += 1;
      const { violations, events, asked, changes } = await runner.run(drawPlan(seed));
      total.events += events;
      total.asked += asked;
      total.changes += changes;
      if (violations.length > 0) failed.push(seed);
    }
  };
  await Promise.all(runners.map(work));
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${seeds} worlds from seed ${first} on in ${seconds.toFixed(1)} s: ${total.asked} requests, ${total.changes} changes, ${total.events} events`);
  for (const seed of failed.sort((one, other) => one - other)) await explain(seed);
  console.log(failed.length === 0 ? 'nothing went wrong' : `${failed.length} of them went wrong: seeds ${failed.join(', ')}`);
}

/** The shortest plan in which the same thing goes wrong, and how to see it again. */
async function explain(seed: number): Promise<void> {
  const plan = drawPlan(seed);
  const { violations } = await runPlan(plan);
  console.log(`\nseed ${seed}:`);
  report(violations);
  const worst = violations[0]?.invariant;
  const shortest = await shortenPlan(plan, async (shorter) => (await runPlan(shorter)).violations.some(({ invariant }) => invariant === worst));
  const file = path.join(tmpdir(), `simulated-${seed}.json`);
  writeFileSync(file, JSON.stringify(shortest, null, 1));
  console.log(`the shortest plan: ${JSON.stringify({ faults: shortest.faults, people: shortest.people })}`);
  console.log(`to see it: npm run simulate -- --plan ${file}, or all of it: npm run simulate -- --seed ${seed} --trace`);
}

function report(violations: readonly Violation[]): void {
  if (violations.length > 0) process.exitCode = 1;
  for (const { invariant, detail } of violations.slice(0, MOST_PRINTED)) console.log(`  ${invariant}: ${detail}`);
  if (violations.length > MOST_PRINTED) console.log(`  and ${violations.length - MOST_PRINTED} more`);
}
