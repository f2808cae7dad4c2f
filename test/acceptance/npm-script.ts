// A program of package.json as a process of its own, started as npm starts it.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import packageJson from '../../package.json' with { type: 'json' };
import { clockSettings } from '../support/clock.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** The pages are bundled at the first start, beside other tests. */
const START_WITHIN_MS = 60_000;
const END_WITHIN_MS = 30_000;
const IS_READY = /^listening on (\S+)\n/m;
const DEMO_IS_READY = /^listening on (\S+)\n(?:.*\n)*?Book: /m;

type Started = { readonly script?: 'start' | 'leave-demo' /** What follows `--` of `npm run`. */; readonly options?: readonly string[] };

/** Runs what package.json has for a script, as npm does: `npm start`, unless another one is named. Nothing of the tests' own environment gets through but where programs are and what is compiled. */
export class Start implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<number | null>;
  out = '';
  said = '';

  constructor(directory: string, settings: Readonly<Record<string, string>> = {}, { script = 'start', options = [] }: Started = {}) {
    const [node, ...words] = packageJson.scripts[script].split(' ');
    assert.equal(node, 'node');
    const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
    this.#child = spawn(process.execPath, [...words, ...options], {
      cwd: PROJECT,
      env: { PATH, HOME, NODE_COMPILE_CACHE, npm_lifecycle_event: script, PORT: '0', DATA_DIR: directory, ...clockSettings(), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.out += chunk;
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.said += chunk;
    });
    this.#ended = once(this.#child, 'close').then(([code]) => code);
  }

  /** Waits for the line that says it is ready; of the demo, for all that comes with it. */
  async url({ isDemo = true } = {}): Promise<string> {
    const late = AbortSignal.timeout(START_WITHIN_MS);
    const ended = this.#ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${this.said}`)));
    ended.catch(() => undefined); // heard below, unless it ends later, as it should
    for (;;) {
      const url = (isDemo ? DEMO_IS_READY : IS_READY).exec(this.out)?.[1];
      if (url !== undefined) return url;
      await Promise.race([once(this.#child.stdout, 'data', { signal: late }), ended]);
    }
  }

  async ends(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.#child.kill(signal);
    const late = AbortSignal.timeout(END_WITHIN_MS);
    const never = once(late, 'abort').then(() => Promise.reject(new Error(`does not end: ${this.said}`)));
    return Promise.race([this.#ended, never]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
