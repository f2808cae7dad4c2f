// What can happen to a node's process.
import type { Fault } from '../plan/faults.ts';
import type { NodeProcess } from '../world/node-process.ts';
import { type Firing, type Ground, type Inflict, lasts } from './firing.ts';

const READY_WITHIN_MS = 30_000;
/** A node that was buried while it stood still finds that out with its next heartbeat, and until then believes to be ready. */
const AWAKENING_MS = 2_500;
const NOT_THERE: Firing = { fired: 0, proof: 'the process was not there' };

export const killNode: Inflict = async (ground, fault) => {
  const node = await nodeOf(ground, fault);
  const { pid } = node;
  if (pid === undefined) return NOT_THERE;
  const code = await node.end('SIGKILL');
  await lasts(fault);
  node.start();
  return code === null ? { fired: 1, proof: `process ${pid} was killed` } : { fired: 0, proof: `process ${pid} ended with ${code} before it was killed` };
};

export const freezeNode: Inflict = async (ground, fault) => {
  const node = await nodeOf(ground, fault);
  const { pid } = node;
  if (pid === undefined) return NOT_THERE;
  const isFrozen = await node.freeze();
  await lasts(fault);
  node.thaw();
  if (fault.kind === 'node-frozen-long') await new Promise((resolve) => setTimeout(resolve, AWAKENING_MS));
  return isFrozen ? { fired: 1, proof: `process ${pid} stood still` } : { fired: 0, proof: `process ${pid} did not stand still` };
};

export const restartNode: Inflict = async (ground, fault) => {
  const node = await nodeOf(ground, fault);
  const { pid } = node;
  if (pid === undefined) return NOT_THERE;
  const code = await node.end('SIGTERM');
  if (code !== 0) ground.recorder.surprise(`node ${node.index} ended with ${code ?? 'a signal'} after SIGTERM`);
  await lasts(fault);
  node.start();
  return { fired: 1, proof: `process ${pid} ended with ${code}` };
};

/** The node, once it is there to be hurt. */
async function nodeOf({ world }: Ground, fault: Fault): Promise<NodeProcess> {
  const node = fault.node === null ? undefined : world.nodes[fault.node];
  if (node === undefined) throw new RangeError(`fault ${fault.id} names no node`);
  await node.becomesReady(READY_WITHIN_MS);
  return node;
}
