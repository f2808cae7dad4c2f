// The server as a process of its own that tells, when asked, how late its event loop was.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { openServer } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';

/** A delay shows as the time between two looks, so a millisecond of it is no delay. */
const RESOLUTION_MS = 1;
const NANOSECONDS = 1_000_000;

type LoopDelay = { readonly p50: number; readonly p99: number };
export type WatchedServer = AsyncDisposable & {
  readonly url: string;
  /** Milliseconds, since this was asked last. */
  loopDelay(): Promise<LoopDelay>;
};

export async function startWatchedServer(environment: Readonly<Record<string, string>>): Promise<WatchedServer> {
  const child = fork(import.meta.filename, [], { env: { ...process.env, ...environment } });
  const { url } = await answerOf<{ url: string }>(child);
  return {
    url,
    loopDelay() {
      child.send('loop-delay');
      return answerOf(child);
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then((): never => {
    throw new Error('the server has ended');
  });
  ended.catch(() => undefined); // no longer listened to once there is an answer
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    answered.abort();
  }
}

async function serve(): Promise<void> {
  const config = readConfig(process.env, '/');
  if (!('database' in config)) throw new Error(JSON.stringify(config));
  const server = await openServer(config, { logger: pino({ level: 'error' }), webDirectory: null });
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const percentile = (percent: number) => Math.max(0, delays.percentile(percent) / NANOSECONDS - RESOLUTION_MS);
  process.on('message', () => {
    process.send?.({ p50: percentile(50), p99: percentile(99) } satisfies LoopDelay);
    delays.reset();
  });
  process.once('disconnect', () => void server[Symbol.asyncDispose]().then(() => process.exit()));
  process.send?.({ url: server.url });
}

if (process.argv[1] === import.meta.filename) await serve();
