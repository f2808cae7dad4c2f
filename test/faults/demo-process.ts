// The server as a process of its own, to be killed like one.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DatabaseConfig } from '../../src/persistence/database/open-database.ts';
import { TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const START_WITHIN_MS = 60_000;

export type ServerProcess = {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it with a signal and waits until it is gone. Returns its exit code, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

/** Starts the demo on this database and waits until it listens. */
export async function startServer(database: DatabaseConfig, settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const where = database.kind === 'postgres' ? { DATABASE_URL: database.url } : { DATA_DIR: database.directory };
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      PORT: '0',
      DEMO: 'on',
      DEMO_PASSWORD: TEST_PASSWORD,
      JWT_SECRET: TEST_SECRET,
      RATE_LIMIT_SCALE: '100000',
      LOG_LEVEL: 'error',
      ...where,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  void gone.then(() => process.off('exit', stop));
  const url = await listening(child, gone);
  return {
    url,
    child,
    end(signal) {
      child.kill(signal);
      return gone;
    },
  };
}

async function listening(child: ChildProcess, gone: Promise<number | null>): Promise<string> {
  let said = '';
  const found = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /listening on (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const late = AbortSignal.timeout(START_WITHIN_MS);
  const never = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(new Error(`the server did not listen in time; it said: ${said}`)), { once: true });
  });
  const failed = gone.then((code): never => {
    throw new Error(`the server ended with ${code} before it listened; it said: ${said}`);
  });
  failed.catch(() => undefined); // heard below, unless it ends later, which is no failure
  return Promise.race([found, never, failed]);
}
