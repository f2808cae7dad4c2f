import { Worker } from 'node:worker_threads';
import type { Plan } from './plan.ts';
import type { RunResult } from './run-plan.ts';
import type { WorkerAnswer, WorkerStart } from './seed-worker.ts';

type Waiting = { readonly resolve: (result: RunResult) => void; readonly reject: (error: Error) => void };

/** One thread that runs plans, one after the other. */
export class PlanRunner implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(start: Partial<WorkerStart> = {}) {
    const workerData: WorkerStart = { bug: start.bug ?? null, promises: start.promises ?? null };
    this.#worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData });
    this.#worker.on('message', (answer: WorkerAnswer) => this.#onAnswer(answer));
    this.#worker.on('error', (error: unknown) => this.#onEnd(error instanceof Error ? error : new Error(String(error))));
  }

  run(plan: Plan): Promise<RunResult> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, plan });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #onAnswer(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('result' in answer) waiting?.resolve(answer.result);
    else waiting?.reject(new Error(answer.failure));
  }

  #onEnd(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
