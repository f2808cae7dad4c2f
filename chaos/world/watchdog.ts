import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A shell that holds the reading end of a pipe. When this process ends, whatever the reason, the pipe closes; the shell then kills
 * what this process has started, frozen or not, and removes the directory. In a process group of its own, so that Ctrl-C reaches it only in this way.
 */
const GUARD = `
directory=$1
cat >/dev/null
for pid in $(cat "$directory/pids" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
sleep 0.2
rm -rf "$directory"
`;

export class Watchdog implements AsyncDisposable {
  readonly #guard: ChildProcess;
  readonly #directory: string;
  readonly #pids = new Set<number>();

  /** Owns the directory from now on. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'guard', directory], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  }

  /** Until it is gone, and no longer: its number may then be somebody else's. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#pids.add(pid);
    this.#write();
    child.once('exit', () => {
      this.#pids.delete(pid);
      this.#write();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#guard, 'exit');
    this.#guard.stdin?.destroy();
    await gone;
  }

  /** By renaming, so that the shell never reads half a list. */
  #write(): void {
    const draft = join(this.#directory, 'pids.draft');
    writeFileSync(draft, [...this.#pids].join('\n'));
    renameSync(draft, join(this.#directory, 'pids'));
  }
}
