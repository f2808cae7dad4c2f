// Test files as jobs, several at a time: no core waits for the last file of a round while there is another round to run.
import { run } from 'node:test';

/** One file, run in a process of its own. One that `waits` leaves its core idle most of the time. */
export type Job = { readonly file: string; readonly env?: NodeJS.ProcessEnv; readonly without?: RegExp; readonly waits?: boolean };
export type PoolOptions = { readonly cwd: string; readonly atATime: number; readonly timeout: number; readonly execArgv: readonly string[] };

/** What one job reports: its events can be read while it runs, and wait in memory until they are. */
class Report<Event> {
  readonly #events: Event[] = [];
  #ended = false;
  /** How long it took, in milliseconds. */
  took = 0;
  #wake = () => {};

  add(event: Event): void {
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<Event> {
    for (let next = 0; ; next += 1) {
      while (next === this.#events.length) {
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      yield this.#events[next] as Event;
    }
  }
}

/**
 * Events of all jobs, in the order of the jobs and never mixed, and at last what took longest. Jobs start in that order too, so the longest ones belong at
 * the beginning. What waits runs beside the others, one at a time.
 */
export async function* runJobs<Event, One extends Job>(
  jobs: readonly One[],
  { atATime, ...options }: PoolOptions,
  slowest: (took: readonly (readonly [One, number])[]) => void = () => {},
): AsyncGenerator<readonly [One, Event]> {
  const reports = jobs.map(() => new Report<Event>());
  const all = jobs.map((_, index) => index);
  const busy = all.filter((index) => jobs[index]?.waits !== true);
  const waiting = all.filter((index) => jobs[index]?.waits === true);
  const runOne = async (index: number) => {
    const { file, env, without } = jobs[index] as Job;
    const report = reports[index] as Report<Event>;
    const startedAt = performance.now();
    try {
      const events = run({ ...options, execArgv: [...options.execArgv], files: [file], ...(env && { env }), ...(without && { testSkipPatterns: without }) });
      for await (const event of events as AsyncIterable<Event>) report.add(event);
    } finally {
      report.took = performance.now() - startedAt;
      report.end();
    }
  };
  const work = async (...queues: readonly number[][]) => {
    const next = () => queues.find((queue) => queue.length > 0)?.shift();
    for (let index = next(); index !== undefined; index = next()) await runOne(index);
  };
  const workers = Promise.all([work(waiting), ...Array.from({ length: atATime }, () => work(busy, waiting))]);
  for (const [index, report] of reports.entries()) for await (const event of report.read()) yield [jobs[index] as One, event] as const;
  await workers;
  slowest(all.map((index) => [jobs[index] as One, reports[index]?.took ?? 0] as const).sort(([, one], [, other]) => other - one));
}
