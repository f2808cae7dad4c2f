import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MILLISECONDS = 10_000;
const LOOK_EVERY_MILLISECONDS = 20;

/** Waits until something is so. */
export async function eventually(isSo: () => boolean | Promise<boolean>, patience = PATIENCE_MILLISECONDS): Promise<void> {
  const until = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`never came true: ${isSo.toString()}`);
    await wait(LOOK_EVERY_MILLISECONDS);
  }
}
