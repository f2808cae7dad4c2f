// What can be done to the world. A plan is a list of these, drawn before anything is started, and can be read back and played again.
import { z } from 'zod';

/** Of one node, and of nobody else. */
const NODE_KINDS = ['node-killed', 'node-frozen-short', 'node-frozen-long', 'node-restarted'] as const;
const POSTGRES_LINK_KINDS = ['postgres-link-cut', 'postgres-link-black-hole', 'postgres-link-replies-swallowed', 'postgres-link-late'] as const;
const REDIS_LINK_KINDS = ['redis-link-cut', 'redis-link-black-hole', 'redis-link-replies-swallowed', 'redis-link-late'] as const;
/** Of what all nodes share, or of those who watch. */
const SHARED_KINDS = ['postgres-crashed', 'backend-terminated', 'redis-killed', 'readers-slow'] as const;
export const FAULT_KINDS = [...NODE_KINDS, ...POSTGRES_LINK_KINDS, ...REDIS_LINK_KINDS, ...SHARED_KINDS] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const fault = z.object({
  id: z.int(),
  kind: z.enum(FAULT_KINDS),
  /** null: not one node's. */
  node: z.int().min(0).nullable(),
  /** Since the beginning. A fault that is not `together` also waits until what was broken before it works again. */
  startsAtSeconds: z.number().min(0),
  lastsSeconds: z.number().min(0),
  /** Begins while another one is still there, so that more than one node may be away. */
  together: z.boolean(),
  /** Of `postgres-crashed`: whether it is told to end or killed. Of a late link: milliseconds between the cut and the late packets. */
  detail: z.union([z.enum(['immediate', 'killed']), z.int().min(0)]).nullable(),
});
export type Fault = z.output<typeof fault>;

export const plan = z.object({ seed: z.int().min(0), nodes: z.int().min(1).max(9), seconds: z.int().min(1), faults: z.array(fault) });
export type Plan = z.output<typeof plan>;

export function faultKinds(nodes: number): readonly FaultKind[] {
  return nodes > 1 ? FAULT_KINDS : FAULT_KINDS.filter((kind) => !kind.startsWith('redis-'));
}

/** The ones that take something away from a node or from all; the others only disturb. */
export function isOutage(kind: FaultKind): boolean {
  return kind !== 'readers-slow' && kind !== 'backend-terminated' && kind !== 'redis-killed';
}

export function isOfOneNode(kind: FaultKind): boolean {
  return !SHARED_KINDS.some((shared) => shared === kind);
}
