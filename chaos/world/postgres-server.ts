// A PostgreSQL of the run's own that can crash and come back on the same port and the same files.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';
import { installed, unprivilegedOwner } from '../../test/support/postgres.ts';
import { gone, isGone, within } from './gone.ts';
import type { Watchdog } from './watchdog.ts';

const USER = 'slotkeeper';
const START_WITHIN_MS = 30_000;
/** What a killed server leaves behind holds its shared memory for a moment, and the next one refuses to start until it is gone. */
const START_AGAIN_MS = 100;
const CONNECT_WITHIN_MS = 3_000;

/** immediate: told to end without saving anything. killed: all at once, as by the kernel. Its sessions die with it either way, and it recovers from its log. */
export type Crash = 'immediate' | 'killed';

export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  readonly #watchdog: Watchdog;
  #server: ChildProcess | undefined;

  constructor(directory: string, port: number, watchdog: Watchdog) {
    this.#directory = directory;
    this.port = port;
    this.#watchdog = watchdog;
  }

  /** The directory must exist and be empty. */
  static async start(directory: string, watchdog: Watchdog): Promise<PostgresServer> {
    const server = new PostgresServer(directory, await freePort(), watchdog);
    server.#prepare();
    await server.start();
    return server;
  }

  urlOf(database: string): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  async createDatabase(): Promise<string> {
    const name = `chaos_${randomBytes(4).toString('hex')}`;
    await queryOnce(this.urlOf('postgres'), `create database ${name}`);
    return this.urlOf(name);
  }

  /** The process that the others belong to; undefined while it is down. */
  get pid(): number | undefined {
    return this.#server === undefined || isGone(this.#server) ? undefined : this.#server.pid;
  }

  /** Resolves when the process is gone. */
  async crash(how: Crash): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.kill(how === 'immediate' ? 'SIGQUIT' : 'SIGKILL');
    await gone(server);
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const isUp = await within(START_WITHIN_MS, async () => {
      if (this.pid === undefined) this.#spawn();
      return (await this.#accepts()) && this.pid !== undefined;
    });
    if (!isUp) throw new Error(`PostgreSQL did not start; see ${join(this.#directory, 'log')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash('immediate');
  }

  #prepare(): void {
    if (!('folder' in installed)) throw new Error(installed.missing);
    const owner = unprivilegedOwner();
    const socket = join(this.#directory, 'socket');
    mkdirSync(socket);
    if (owner !== undefined) for (const path of [this.#directory, socket]) chownSync(path, owner.uid, owner.gid);
    const initdb = ['-D', join(this.#directory, 'data'), '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
    execFileSync(join(installed.folder, 'initdb'), initdb, { ...owner, cwd: this.#directory, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  #spawn(): void {
    if (!('folder' in installed)) throw new Error(installed.missing);
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: join(this.#directory, 'socket'),
      // Only processes die here, never the kernel, and what a process has written the kernel keeps.
      fsync: 'off',
      max_connections: 200,
      shared_buffers: '64MB',
    };
    const words = ['-D', join(this.#directory, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const log = openSync(join(this.#directory, 'log'), 'a');
    this.#server = spawn(join(installed.folder, 'postgres'), words, {
      ...unprivilegedOwner(),
      cwd: this.#directory,
      detached: true,
      stdio: ['ignore', log, log],
    });
    this.#watchdog.watch(this.#server);
  }

  async #accepts(): Promise<boolean> {
    try {
      await queryOnce(this.urlOf('postgres'), 'select 1');
      return true;
    } catch {
      await wait(START_AGAIN_MS);
      return false; // that is the question
    }
  }
}

/** Through a connection of its own, so that it works whatever has become of others. */
export async function queryOnce(url: string, text: string, parameters: readonly unknown[] = []): Promise<readonly unknown[][]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query({ text, values: [...parameters], rowMode: 'array' });
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
