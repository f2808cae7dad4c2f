import { setTimeout as wait } from 'node:timers/promises';
import type { Recorder } from '../history/recorder.ts';
import type { Crew } from '../people/crew.ts';
import type { Fault } from '../plan/faults.ts';
import { within } from '../world/gone.ts';
import type { World } from '../world/world.ts';

/** What was counted while a fault lasted: 0 says that nothing happened, whatever was planned. */
export type Firing = { readonly fired: number; readonly proof: string };
export type Ground = {
  readonly world: World;
  readonly slowWires: Crew['slowWires'];
  readonly recorder: Recorder;
  /** Watches while a fault lasts, for those who measure. */
  readonly witness?: (fault: Fault, beganAt: number) => Promise<void>;
};
export type Inflict = (ground: Ground, fault: Fault) => Promise<Firing>;

/** A quiet connection says something sooner or later; a fault waits this much longer for it before it counts as one that did not fire. */
const PROOF_WITHIN_MS = 8_000;

export async function lasts({ lastsSeconds }: Fault): Promise<void> {
  await wait(lastsSeconds * 1_000);
}

/** As long as planned, and a little longer if nothing has met the fault yet. */
export async function lastsUntilMet(fault: Fault, met: () => number): Promise<void> {
  await lasts(fault);
  await within(PROOF_WITHIN_MS, () => met() > 0, 20);
}

/** How much a count has grown since now. */
export function growthOf(count: () => number): () => number {
  const before = count();
  return () => count() - before;
}
