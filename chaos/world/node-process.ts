// One server process, with somebody beside it who starts it again when it ends.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ProcessLine } from '../history/lines.ts';
import { gone, isGone, within } from './gone.ts';
import type { Watchdog } from './watchdog.ts';

const PROJECT = path.join(import.meta.dirname, '..', '..');
const MAIN = path.join(PROJECT, 'src', 'main.ts');
/** As a supervisor would: not at once, so that a process that cannot start does not eat the machine. */
const RESTART_PAUSE_MS = 300;
const READY_EVERY_MS = 150;
const READY_ANSWER_MS = 1_000;
/** docs/operations.md gives it 40 s from SIGTERM to SIGKILL. */
const STOP_WITHIN_MS = 40_000;
const run = promisify(execFile);

/** The process has ended because others have taken its place, or because what it needs is not there yet: nothing is wrong with it. */
export const EXIT_LOST = 75;
export const EXIT_UNAVAILABLE = 69;

export type NodeSettings = {
  readonly index: number;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly watchdog: Watchdog;
  readonly tell: (event: Omit<ProcessLine, 'line' | 'at' | 'node'>) => void;
};

export class NodeProcess implements AsyncDisposable {
  readonly index: number;
  readonly port: number;
  readonly #settings: NodeSettings;
  readonly #over = new AbortController();
  readonly #watching: Promise<void>;
  #child: ChildProcess | undefined;
  #isReady = false;
  #startedAt = 0;
  /** Somebody ends it on purpose, and starts it again. */
  #isEndedOnPurpose = false;

  constructor(settings: NodeSettings) {
    this.#settings = settings;
    this.index = settings.index;
    this.port = settings.port;
    this.#watching = this.#watchReadiness();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Milliseconds since 1970: of the process that runs now, or ran last. */
  get startedAt(): number {
    return this.#startedAt;
  }

  get pid(): number | undefined {
    return this.#child === undefined || isGone(this.#child) ? undefined : this.#child.pid;
  }

  start(): void {
    const { environment, port, logFile, watchdog, tell } = this.#settings;
    this.#isEndedOnPurpose = false;
    const log = openSync(logFile, 'a');
    const { PATH = '', HOME = '', TMPDIR, NODE_COMPILE_CACHE } = process.env;
    this.#startedAt = Date.now();
    const child = spawn(process.execPath, [MAIN], {
      cwd: PROJECT,
      env: { PATH, HOME, NODE_COMPILE_CACHE, ...(TMPDIR !== undefined && { TMPDIR }), ...environment, PORT: `${port}` },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    watchdog.watch(child);
    this.#child = child;
    tell({ what: 'started' });
    child.once('exit', (code, signal) => void this.#exited(code, signal));
  }

  /** Resolves when it is gone; it stays away until `start`. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    this.#isEndedOnPurpose = true;
    child.kill(signal);
    const patience = AbortSignal.timeout(STOP_WITHIN_MS);
    patience.addEventListener('abort', () => child.kill('SIGKILL'));
    await gone(child);
    return child.exitCode;
  }

  /** Resolves to true when the kernel says that it stands still. */
  async freeze(): Promise<boolean> {
    this.#child?.kill('SIGSTOP');
    return await within(1_000, async () => (await this.#state()).startsWith('T'), 20);
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  becomesReady(withinMilliseconds: number): Promise<boolean> {
    return within(withinMilliseconds, () => this.#isReady);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.thaw();
    await this.end('SIGKILL');
    await this.#watching;
  }

  async #exited(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    const isWanted = this.#isEndedOnPurpose;
    this.#settings.tell({ what: 'exited', code, signal, isWanted });
    this.#setReady(false);
    if (isWanted || this.#over.signal.aborted) return;
    await wait(RESTART_PAUSE_MS);
    if (!this.#over.signal.aborted && this.pid === undefined && !this.#isEndedOnPurpose) this.start();
  }

  async #watchReadiness(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const child = this.#child;
      const isReady = this.pid !== undefined && (await this.#saysReady());
      // What an earlier process said, or one that has gone meanwhile, counts for nothing.
      this.#setReady(isReady && child === this.#child && this.pid !== undefined);
      await wait(READY_EVERY_MS);
    }
  }

  async #saysReady(): Promise<boolean> {
    try {
      const reply = await fetch(`${this.url}/readyz`, { signal: AbortSignal.any([this.#over.signal, AbortSignal.timeout(READY_ANSWER_MS)]) });
      await reply.body?.cancel();
      return reply.status === 200;
    } catch {
      return false; // it does not answer: then it is not ready
    }
  }

  #setReady(isReady: boolean): void {
    if (this.#isReady === isReady) return;
    this.#isReady = isReady;
    this.#settings.tell({ what: isReady ? 'ready' : 'not-ready' });
  }

  async #state(): Promise<string> {
    const { pid } = this;
    if (pid === undefined) return '';
    return await run('ps', ['-o', 'stat=', '-p', `${pid}`]).then(
      ({ stdout }) => stdout.trim(),
      () => '', // no such process
    );
  }
}
