import { setTimeout as wait } from 'node:timers/promises';

/** Long enough for a machine whose disk is busy; what is so ends the wait. */
const PATIENCE_MILLISECONDS = 20_000;
const LOOK_EVERY_MILLISECONDS = 20;

/** Waits until something is so. */
export async function eventually(isSo: () => boolean | Promise<boolean>, patience = PATIENCE_MILLISECONDS): Promise<void> {
  const until = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`never came true: ${isSo.toString()}`);
    await wait(LOOK_EVERY_MILLISECONDS);
  }
}
