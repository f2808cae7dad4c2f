// Reads a calendar in a thread of its own: whatever is in it takes a stated time and memory, and holds up nothing else.
import { Worker } from 'node:worker_threads';
import type { BusyAnswer, BusyQuestion } from './busy-times.ts';

/** A calendar of a megabyte takes a third of a second. */
const MOST_MS = 10_000;
const MOST_MEGABYTES = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/** One after the other: two calendars never take two cores. */
let last: Promise<unknown> = Promise.resolve();

/** Never rejects. */
export function readBusyTimes(question: BusyQuestion, mostMs = MOST_MS): Promise<BusyAnswer> {
  const answer = last.then(() => readInThread(question, mostMs));
  last = answer;
  return answer;
}

async function readInThread(question: BusyQuestion, mostMs: number): Promise<BusyAnswer> {
  const worker = new Worker(new URL('./busy-worker.ts', import.meta.url), { workerData: question, resourceLimits: MOST_MEGABYTES });
  const { promise, resolve } = Promise.withResolvers<BusyAnswer>();
  const tooMuch = () => resolve({ failure: 'too-much-work' });
  const timer = setTimeout(tooMuch, mostMs);
  worker.once('message', resolve);
  // It has run out of memory or of stack, or has ended without a word.
  worker.once('error', tooMuch);
  worker.once('exit', tooMuch);
  const answer = await promise;
  clearTimeout(timer);
  await worker.terminate();
  return answer;
}
