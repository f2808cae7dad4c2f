import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

export function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves when the process has ended. */
export async function gone(child: ChildProcess): Promise<void> {
  if (isGone(child)) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
}

/** Asks until it is so; false if it is not in time. */
export async function within(milliseconds: number, isSo: () => boolean | Promise<boolean>, everyMilliseconds = 50): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() > deadline) return false;
    await wait(everyMilliseconds);
  }
}
