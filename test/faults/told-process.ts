// The server as a process of its own, and everything that it says.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { clockSettings } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const START_MS = 60_000;

export type ToldProcess = {
  readonly url: string;
  /** On both streams, since the start. */
  said(): string;
  /** SIGTERM; waits until it is gone. */
  end(): Promise<void>;
};

/** Starts it with nothing in its environment but these settings, and waits until it listens. */
export async function startTold(settings: Readonly<Record<string, string>>): Promise<ToldProcess> {
  const { said, child, gone } = run(settings);
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const urlIn = () => /listening on (\S+)/.exec(said())?.[1];
  await eventually(() => urlIn() !== undefined || child.exitCode !== null, START_MS);
  const url = urlIn();
  if (url === undefined) throw new Error(`it did not start: ${said()}`);
  return {
    url,
    said,
    async end() {
      child.kill('SIGTERM');
      await gone;
      process.off('exit', stop);
    },
  };
}

/** What it says when it cannot start. */
export async function lastWordsOf(settings: Readonly<Record<string, string>>): Promise<string> {
  return (await endOf(settings)).said;
}

/** How it ends by itself, and what it has said. `user`: as whom it runs. */
export async function endOf(settings: Readonly<Record<string, string>>, user?: { readonly uid: number; readonly gid: number }) {
  const { said, gone, child } = run(settings, user);
  const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
  await gone;
  clearTimeout(late);
  return { code: child.exitCode, said: said() };
}

function run(settings: Readonly<Record<string, string>>, user: { readonly uid: number; readonly gid: number } | undefined = undefined) {
  let text = '';
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, PORT: '0', ...clockSettings(), ...settings };
  const child = spawn(process.execPath, [MAIN], { env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      text += part.toString();
    });
  return { child, gone, said: () => text };
}
