// A real PostgreSQL of the tests' own: made in a temporary directory, on a free port of the loopback, gone with the process that started it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { clockAheadMs } from './clock.ts';
import { freePort } from './free-port.ts';

const OLDEST_SUPPORTED_VERSION = 15;
const START_TIMEOUT_MS = 30_000;
/** Another process may take the free port before PostgreSQL does. */
const START_ATTEMPTS = 3;
const USER = 'slotkeeper';
const FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/opt/homebrew/bin',
  '/usr/local/pgsql/bin',
];

export type TestPostgres = AsyncDisposable & {
  /** Of the database that every server has; make one of your own for anything that writes. */
  readonly url: string;
  /** The URL of a fresh, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
};
export type PostgresOptions = {
  /** Default true, as in life. */ readonly fsync?: boolean /** In which it makes a folder of its own. */;
  readonly directory?: string;
};

/** The folder with `postgres` and `initdb`, or why there is none. */
export const installed = findInstalled();

/** For the `skip` option of a suite that needs PostgreSQL. With CI=true nothing is skipped: the suite then fails in `startPostgres`. */
export const POSTGRES_MISSING: string | false = 'folder' in installed || process.env.CI === 'true' ? false : installed.missing;
if (POSTGRES_MISSING !== false) console.error(`\n*** Tests against PostgreSQL are SKIPPED: ${POSTGRES_MISSING}\n`);

/** One is enough for a test process; make a database for each test file or test. */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const directory = mkdtempSync(join(options.directory ?? tmpdir(), 'slotkeeper-postgres-'));
    let guard: ChildProcess | undefined;
    try {
      guard = startServer(directory, port, options.fsync ?? true);
      await untilReady(guard, port);
      return testPostgres(guard, directory, port);
    } catch (error) {
      const logFile = join(directory, 'log');
      const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
      if (guard !== undefined) await stopGuard(guard);
      rmSync(directory, { recursive: true, force: true });
      if (attempt === START_ATTEMPTS || !log.includes('could not bind')) throw new Error(`PostgreSQL did not start.\n${log}`, { cause: error });
    }
  }
}

function startServer(directory: string, port: number, fsync: boolean): ChildProcess {
  if (!('folder' in installed)) throw new Error(installed.missing);
  const owner = unprivilegedOwner();
  const socket = join(directory, 'socket');
  mkdirSync(socket);
  if (owner !== undefined) for (const path of [directory, socket]) chownSync(path, owner.uid, owner.gid);
  const initdb = ['-D', join(directory, 'data'), '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  execFileSync(join(installed.folder, 'initdb'), initdb, { ...owner, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socket,
    fsync: fsync ? 'on' : 'off',
    max_connections: 300,
    shared_buffers: '64MB',
  };
  const server = [
    join(installed.folder, 'postgres'),
    '-D',
    join(directory, 'data'),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  return spawn('/bin/sh', ['-c', GUARD, 'guard', directory, ...server], { ...owner, cwd: directory, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

function testPostgres(guard: ChildProcess, directory: string, port: number): TestPostgres {
  const urlOf = (database: string) => `postgres://${USER}@127.0.0.1:${port}/${database}`;
  const stop = async () => {
    await stopGuard(guard);
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    url: urlOf('postgres'),
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      const client = new pg.Client(urlOf('postgres'));
      await client.connect();
      try {
        await client.query(`create database ${name}`);
      } finally {
        await client.end();
      }
      if (clockAheadMs !== 0) await moveClock(urlOf(name), name);
      return urlOf(name);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Puts a clock of the tests before PostgreSQL's own, for connections that are made from now on: a name that stands without its schema is looked up along this path. */
export async function moveClock(url: string, database: string, aheadMs = clockAheadMs): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`
      create schema if not exists moved;
      create or replace function moved.clock_timestamp() returns timestamptz language sql volatile
        as $$ select pg_catalog.clock_timestamp() + make_interval(secs => ${aheadMs / 1_000}) $$;
      alter database ${database} set search_path = public, moved, pg_catalog`);
  } finally {
    await client.end();
  }
}

/**
 * A shell beside PostgreSQL holds the reading end of a pipe. When this process ends, whatever the reason, the pipe closes; the shell
 * then stops the server at once and removes the directory. In a process group of its own, so that Ctrl-C reaches it only in this way.
 */
const GUARD = `
exec 3<&0
directory=$1; shift
"$@" </dev/null >"$directory/log" 2>&1 &
server=$!
(cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null; while kill -0 $server 2>/dev/null; do sleep 0.05; done; rm -rf "$directory") &
wait $server
`;

async function stopGuard(guard: ChildProcess): Promise<void> {
  guard.stdin?.destroy();
  if (guard.exitCode === null && guard.signalCode === null) await once(guard, 'exit');
}

async function untilReady(guard: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: USER, database: 'postgres', connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (guard.exitCode !== null || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

/** PostgreSQL refuses to run as root. */
export function unprivilegedOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function findInstalled(): { readonly folder: string } | { readonly missing: string } {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...FOLDERS.flatMap((pattern) => globSync(pattern))
      .sort()
      .reverse(),
  ];
  for (const folder of folders) {
    if (!existsSync(join(folder, 'postgres')) || !existsSync(join(folder, 'initdb'))) continue;
    const version = Number(/(\d+)/.exec(execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[1]);
    if (version >= OLDEST_SUPPORTED_VERSION) return { folder };
  }
  return {
    missing: `no PostgreSQL ${OLDEST_SUPPORTED_VERSION} or newer was found in PATH, /usr/lib/postgresql or Homebrew. Install it (Debian: apt-get install postgresql; macOS: brew install postgresql).`,
  };
}
