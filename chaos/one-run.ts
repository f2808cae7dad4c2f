// One run from end to end: the world is opened, people come, things break, everything heals, and what was written down is the result.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BOUNDS, endRun } from './ending/ending.ts';
import type { Ground } from './faults/firing.ts';
import { injectAll } from './faults/inject.ts';
import type { Line } from './history/lines.ts';
import { Recorder } from './history/recorder.ts';
import { type Crew, startCrew } from './people/crew.ts';
import { DeskLogin } from './people/desk-login.ts';
import { Scene } from './people/scene.ts';
import { SocketWires } from './people/socket-wires.ts';
import type { Plan } from './plan/faults.ts';
import { openWorld } from './world/world.ts';

export type OneRun = {
  readonly plan: Plan;
  readonly customers: number;
  /** Left out: none. */
  readonly rooms?: number;
  readonly out: string;
  readonly say: (text: string) => void;
  /** Comes in when all is running, for those who measure more closely. */
  readonly join?: (scene: Scene, crew: Crew) => Promise<Pick<Ground, 'witness'>>;
};

const PROGRESS_MS = 10_000;

/** Returns the history, which is also in `history.jsonl`. */
export async function runOnce({ plan, customers, rooms = 0, out, say, join: joins }: OneRun): Promise<readonly Line[]> {
  using recorder = new Recorder(join(out, 'history.jsonl'));
  say('starting PostgreSQL, Redis and the nodes');
  await using world = await openWorld({ nodes: plan.nodes, rooms, out, recorder });
  const { shop } = world;
  recorder.write({ line: 'run', seed: plan.seed, nodes: plan.nodes, startedAt: recorder.startedAt, shop, bounds: BOUNDS });
  using login = await DeskLogin.open(() => world.nextReady().url);
  using wires = new SocketWires(
    world.nodes.map(({ url }) => url),
    () => login.token,
  );
  const scene = new Scene({ world, recorder, login, wires, seed: plan.seed });
  await using crew = await startCrew(scene, customers);
  const witnesses = (await joins?.(scene, crew)) ?? {};
  const beganAt = recorder.now();
  const progress = setInterval(() => say(progressOf(recorder.lines, (recorder.now() - beganAt) / 1_000)), PROGRESS_MS);
  try {
    await injectAll(shifted(plan, beganAt), { world, slowWires: crew.slowWires, recorder, ...witnesses });
    await wait(Math.max(0, beganAt + plan.seconds * 1_000 - recorder.now()));
  } finally {
    clearInterval(progress);
  }
  await endRun(scene, crew, say);
  return recorder.lines;
}

/** The plan counts from when people begin, the history from when the world does. */
function shifted(plan: Plan, beganAt: number): Plan {
  return { ...plan, faults: plan.faults.map((fault) => ({ ...fault, startsAtSeconds: fault.startsAtSeconds + beganAt / 1_000 })) };
}

function progressOf(lines: readonly Line[], seconds: number): string {
  const attempts = lines.filter((line) => line.line === 'attempt');
  const oks = attempts.filter(({ answer }) => answer.type === 'ok').length;
  const faults = lines.filter((line) => line.line === 'fault').length;
  return `${Math.round(seconds)} s: ${attempts.length} asked, ${oks} done, ${faults} faults over`;
}
