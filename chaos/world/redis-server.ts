// A Redis of the run's own that keeps nothing: when it has been killed, it comes back empty on the same port.
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../test/support/postgres.ts';
import { gone, isGone, within } from './gone.ts';
import type { Watchdog } from './watchdog.ts';

const START_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 1_000;

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  readonly #watchdog: Watchdog;
  #server: ChildProcess | undefined;

  constructor(directory: string, port: number, watchdog: Watchdog) {
    this.#directory = directory;
    this.port = port;
    this.#watchdog = watchdog;
  }

  static async start(directory: string, watchdog: Watchdog): Promise<RedisServer> {
    const server = new RedisServer(directory, await freePort(), watchdog);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#server === undefined || isGone(this.#server) ? undefined : this.#server.pid;
  }

  async kill(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.kill('SIGKILL');
    await gone(server);
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const isUp = await within(START_WITHIN_MS, async () => {
      if (this.pid === undefined) this.#spawn();
      return await answersPing(this.port);
    });
    if (!isUp) throw new Error('Redis did not start. Is redis-server installed (Debian: apt-get install redis-server; macOS: brew install redis)?');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #spawn(): void {
    const log = openSync(join(this.#directory, 'redis.log'), 'a');
    const words = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.#directory];
    this.#server = spawn('redis-server', words, { detached: true, stdio: ['ignore', log, log] });
    this.#server.on('error', () => undefined); // shows as never answering
    this.#watchdog.watch(this.#server);
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => end(false));
    socket.on('data', (chunk) => end(chunk.toString().startsWith('+PONG')));
    socket.on('error', () => end(false));
  });
}
