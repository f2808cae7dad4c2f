// A real Redis of the tests' own: on a free port of the loopback, with nothing on disk, gone with the process that started it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const START_TIMEOUT_MS = 10_000;
/** Another process may take the free port before Redis does, or between two starts on the same one. */
const START_ATTEMPTS = 3;
const ANSWER_TIMEOUT_MS = 500;
const FOLDERS = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];

export type TestRedis = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  /** SIGKILL. Connections break, and new ones are refused until `restart`. */
  kill(): Promise<void>;
  /** A new one on the same port, which knows nothing of what the old one knew. */
  restart(): Promise<void>;
  /** It keeps its connections and takes new ones, and answers nobody until `thaw`. */
  freeze(): void;
  thaw(): void;
};

/** Where `redis-server` is, or why it is not. */
const installed = findInstalled();

/** For the `skip` option of a suite that needs Redis. With CI=true nothing is skipped: the suite then fails in `startRedis`. */
export const REDIS_MISSING: string | false = 'program' in installed || process.env.CI === 'true' ? false : installed.missing;
if (REDIS_MISSING !== false) console.error(`\n*** Tests against Redis are SKIPPED: ${REDIS_MISSING}\n`);

export async function startRedis(): Promise<TestRedis> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return testRedis(await startServer(port), port);
    } catch (error) {
      if (attempt === START_ATTEMPTS || !isPortTaken(error)) throw error;
    }
  }
}

type RunningServer = { readonly guard: ChildProcess; readonly processId: number; readonly directory: string };

function testRedis(first: RunningServer, port: number): TestRedis {
  let running = first;
  const signal = (name: NodeJS.Signals) => {
    if (running.guard.exitCode === null && running.guard.signalCode === null) process.kill(running.processId, name);
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => endServer(running),
    async restart() {
      await endServer(running);
      running = await startAgain(port);
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    [Symbol.asyncDispose]: () => endServer(running),
  };
}

async function startAgain(port: number): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServer(port);
    } catch (error) {
      if (attempt === START_ATTEMPTS || !isPortTaken(error)) throw error;
      await wait(ANSWER_TIMEOUT_MS);
    }
  }
}

/**
 * A shell beside Redis holds the reading end of a pipe. When this process ends, whatever the reason, the pipe closes; the shell then
 * kills the server, which may be frozen, and removes the directory. In a process group of its own, so that Ctrl-C reaches it only in this way.
 */
const GUARD = `
exec 3<&0
directory=$1; shift
"$@" </dev/null >"$directory/log" 2>&1 &
server=$!
echo $server
(cat <&3 >/dev/null; kill -KILL $server 2>/dev/null; while kill -0 $server 2>/dev/null; do sleep 0.05; done; rm -rf "$directory") >/dev/null &
wait $server
`;

async function startServer(port: number): Promise<RunningServer> {
  if (!('program' in installed)) throw new Error(installed.missing);
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-redis-'));
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', daemonize: 'no', dir: directory };
  const server = [installed.program, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])];
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', directory, ...server], { cwd: directory, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const [processId] = await once(createInterface({ input: guard.stdout }), 'line');
  const running = { guard, processId: Number(processId), directory };
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answersPing(port)) || guard.exitCode !== null) {
    if (guard.exitCode === null && performance.now() < deadline) {
      await wait(10);
      continue;
    }
    const log = existsSync(join(directory, 'log')) ? readFileSync(join(directory, 'log'), 'utf8') : '';
    await endServer(running);
    throw new Error(`Redis did not start.\n${log}`);
  }
  return running;
}

async function endServer({ guard, directory }: RunningServer): Promise<void> {
  guard.stdin?.destroy();
  if (guard.exitCode === null && guard.signalCode === null) await once(guard, 'exit');
  rmSync(directory, { recursive: true, force: true });
}

/** Whether a Redis answers on this port of the loopback. */
export function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (reply) => end(String(reply) === '+PONG\r\n'));
  });
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /Address already in use/i.test(error.message);
}

function findInstalled(): { readonly program: string } | { readonly missing: string } {
  const program = [...(process.env.PATH ?? '').split(delimiter), ...FOLDERS].map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file));
  if (program !== undefined) return { program };
  return { missing: 'no redis-server was found in PATH. Install it (Debian: apt-get install redis-server; macOS: brew install redis).' };
}
