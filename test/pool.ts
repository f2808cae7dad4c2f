// Test files as jobs, several at a time: no core waits for the last file of a round while there is another round to run.
import { run } from 'node:test';

/** One file, run in a process of its own. */
export type Job = { readonly file: string; readonly env?: NodeJS.ProcessEnv; readonly without?: RegExp };
export type PoolOptions = { readonly cwd: string; readonly atATime: number; readonly timeout: number; readonly execArgv: readonly string[] };

/** What one job reports: its events can be read while it runs, and wait in memory until they are. */
class Report<Event> {
  readonly #events: Event[] = [];
  #ended = false;
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

/** Events of all jobs, in the order of the jobs and never mixed. Jobs start in that order too, so the longest ones belong at the beginning. */
export async function* runJobs<Event, One extends Job>(jobs: readonly One[], { atATime, ...options }: PoolOptions): AsyncGenerator<readonly [One, Event]> {
  const reports = jobs.map(() => new Report<Event>());
  let next = 0;
  const work = async () => {
    for (let index = next++; index < jobs.length; index = next++) {
      const { file, env, without } = jobs[index] as Job;
      try {
        const events = run({ ...options, execArgv: [...options.execArgv], files: [file], ...(env && { env }), ...(without && { testSkipPatterns: without }) });
        for await (const event of events as AsyncIterable<Event>) reports[index]?.add(event);
      } finally {
        reports[index]?.end();
      }
    }
  };
  const workers = Promise.all(Array.from({ length: atATime }, work));
  for (const [index, report] of reports.entries()) for await (const event of report.read()) yield [jobs[index] as One, event] as const;
  await workers;
}
