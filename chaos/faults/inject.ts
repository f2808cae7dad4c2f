import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, FaultKind, Plan } from '../plan/faults.ts';
import { within } from '../world/gone.ts';
import { ownersOf } from '../world/owners.ts';
import type { Firing, Ground, Inflict } from './firing.ts';
import { blackHoleLink, cutLink, deliverLate, swallowReplies } from './on-links.ts';
import { freezeNode, killNode, restartNode } from './on-nodes.ts';
import { crashPostgres, killRedis, slowReaders, terminateBackend } from './on-shared.ts';

/** A node has started, found its tables and taken its shards well within this, also on a busy machine. */
const RECOVER_WITHIN_MS = 30_000;

const INFLICT: Readonly<Record<FaultKind, Inflict>> = {
  'node-killed': killNode,
  'node-frozen-short': freezeNode,
  'node-frozen-long': freezeNode,
  'node-restarted': restartNode,
  'postgres-link-cut': cutLink,
  'postgres-link-black-hole': blackHoleLink,
  'postgres-link-replies-swallowed': swallowReplies,
  'postgres-link-late': deliverLate,
  'redis-link-cut': cutLink,
  'redis-link-black-hole': blackHoleLink,
  'redis-link-replies-swallowed': swallowReplies,
  'redis-link-late': deliverLate,
  'postgres-crashed': crashPostgres,
  'backend-terminated': terminateBackend,
  'redis-killed': killRedis,
  'readers-slow': slowReaders,
};

/**
 * Plays a plan, and writes down what became of each fault. A fault is late rather than early: unless it was planned to come together with
 * the one before, it waits until all nodes are ready again. Resolves when the last one is over.
 */
export async function injectAll(plan: Plan, ground: Ground): Promise<void> {
  const running: Promise<void>[] = [];
  for (const fault of plan.faults) {
    if (!fault.together) await Promise.all(running);
    await wait(Math.max(0, fault.startsAtSeconds * 1_000 - ground.recorder.now()));
    running.push(injectOne(fault, ground));
  }
  await Promise.all(running);
}

/** Inflicts one fault, and waits until the nodes are ready again, if they get so in time. */
async function injectOne(fault: Fault, ground: Ground): Promise<void> {
  const { recorder, world } = ground;
  const { id, kind, node } = fault;
  const owners = await ownersOf(world);
  const beganAt = recorder.now();
  const witnessed = ground.witness?.(fault, beganAt);
  const { fired, proof } = await INFLICT[kind](ground, fault).catch(failed);
  const endedAt = recorder.now();
  const isRecovered = await within(RECOVER_WITHIN_MS, () => world.nodes.every(({ isReady }) => isReady));
  const recoveredAt = isRecovered ? recorder.now() : null;
  recorder.write({ line: 'fault', id, kind, node, beganAt, endedAt, recoveredAt, fired, proof, ...(owners !== undefined && { owners }) });
  await witnessed;
}

/** It is the run that has to go on; a fault that failed is one that did not fire. */
function failed(failure: unknown): Firing {
  return { fired: 0, proof: failure instanceof Error ? failure.message : String(failure) };
}
