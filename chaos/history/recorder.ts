import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Line } from './lines.ts';

/** The run's one clock, and the one place where things are written down, in the order in which they became known. */
export class Recorder implements Disposable {
  readonly startedAt = Date.now();
  readonly lines: Line[] = [];
  readonly #zero = performance.now();
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Milliseconds since the beginning. */
  now(): number {
    return Math.round((performance.now() - this.#zero) * 1_000) / 1_000;
  }

  write(line: Line): void {
    this.lines.push(line);
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  surprise(what: string): void {
    this.write({ line: 'surprise', at: this.now(), what });
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

/** Reads what a run has written. Our own words, so they are believed. */
export function readLines(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text): Line => JSON.parse(text));
}
