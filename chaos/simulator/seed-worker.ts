// A thread that runs plans, with or without a bug planted into the sources it loads.
import { parentPort, workerData } from 'node:worker_threads';
import type { Promises } from './model-database/tables.ts';
import type { Plan } from './plan.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { plant } from './planting.ts';
import type { RunResult } from './run-plan.ts';

export type WorkerStart = { readonly bug: string | null; readonly promises: Promises | null };
export type WorkerAnswer = { readonly id: number; readonly result: RunResult } | { readonly id: number; readonly failure: string };

const { bug: name, promises } = workerData as WorkerStart;
const bug = PLANTED_BUGS.find((one) => one.name === name);
if (bug !== undefined) plant(bug);
// Not before the hooks are in place.
const { runPlan } = await import('./run-plan.ts');

/** One at a time: rejections that nobody handles belong to the plan that runs. */
let previous: Promise<void> = Promise.resolve();

parentPort?.on('message', ({ id, plan }: { readonly id: number; readonly plan: Plan }) => {
  previous = previous.then(() => run(id, plan));
});

async function run(id: number, plan: Plan): Promise<void> {
  const options = { promises: promises ?? bug?.promises };
  const answer: WorkerAnswer = await runPlan(plan, options).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  parentPort?.postMessage(answer);
}
