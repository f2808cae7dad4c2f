// Processes that are held to one core: what is measured on the first, everything that loads it on the others.
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';

/** Of this core nothing runs but the server that is measured. */
const SERVER_CORE = 0;
const CORES = cpus().length;
export const HAS_TASKSET = hasTaskset();

/** A process of a benchmark, which answers one message at a time. */
export type Pinned = AsyncDisposable & { ask<Answer>(question: object): Promise<Answer> };

export async function startPinned(file: string, words: readonly string[], where: 'server-core' | 'other-cores', environment = {}): Promise<Pinned> {
  const cores = where === 'server-core' ? String(SERVER_CORE) : otherCores();
  const pinned = HAS_TASKSET && cores !== undefined ? { execPath: 'taskset', execArgv: ['-c', cores, process.execPath] } : {};
  const child = fork(file, words, { env: { ...process.env, ...environment }, ...pinned });
  await answerOf(child);
  return {
    ask(question) {
      child.send(question);
      return answerOf(child);
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** In such a process: says that it is there, and answers what it is asked until the process that started it lets go. */
export function answerQuestions<Question>(answer: (question: Question) => object | Promise<object>, close: () => Promise<void> | void = () => undefined): void {
  process.on('message', async (question: Question) => process.send?.(await answer(question)));
  process.once('disconnect', async () => {
    await close();
    process.exit();
  });
  process.send?.({});
}

/** Until this is disposed of, this process and what it starts, PostgreSQL for example, leave that core to the server. */
export function leaveServerCore(): Disposable {
  const all = `0-${CORES - 1}`;
  const stayOn = (cores: string) => HAS_TASKSET && execFileSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)], { stdio: 'ignore' });
  stayOn(otherCores() ?? all);
  return { [Symbol.dispose]: () => void stayOn(all) };
}

function otherCores(): string | undefined {
  return CORES < 2 ? undefined : `1-${CORES - 1}`;
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then((): never => {
    throw new Error(`${child.spawnargs.join(' ')} has ended`);
  });
  ended.catch(() => undefined); // no longer listened to once there is an answer
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    answered.abort();
  }
}
