// How the server is doing, for those who look after it.
import type { Jobs } from '../../../jobs/jobs.ts';
import { instant } from '../../../model/instant.ts';
import { done } from '../../../protocol/reply.ts';
import { system } from '../../../protocol/system.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { DatabaseHealth, GatewayConfig, SystemState } from '../../parts.ts';
import { durabilityOf } from '../health.ts';
import { route } from '../route.ts';

/** A node beats each second. */
const SILENT_AFTER_MS = 3_000;
/** It belongs to no location. */
const ZONE = 'UTC';

type Parts = {
  readonly system: () => Promise<SystemState>;
  readonly jobs: Pick<Jobs, 'gauges'>;
  readonly database: Pick<DatabaseHealth, 'kind'>;
  readonly config: Pick<GatewayConfig, 'version'>;
};

export const systemRoutes = [
  route({
    tag: 'System',
    action: 'manage-jobs',
    method: 'get',
    path: '/v1/system',
    summary: 'How the server is doing',
    replies: { 200: { description: 'Nodes, how far what follows the log is behind, jobs, and what an answer survives.', schema: system } },
    handle: async ({ system: read, jobs, database: { kind }, config: { version } }: Parts) => {
      const state = await read();
      const { queues, dead } = jobs.gauges();
      return done({
        version,
        now: timeOf(state.now),
        durability: { database: kind, sentence: durabilityOf(kind) },
        nodes: state.nodes.map((node) => nodeOf(node, state)),
        consumers: state.consumers.map((consumer) => consumerOf(consumer, state.now)),
        jobs: { queues: queues.map(({ kind: name, waiting, active }) => ({ kind: name, waiting, active })), dead },
      });
    },
  }),
];

function nodeOf({ id, isLeaving, startedAt, seenAt, shards }: SystemState['nodes'][number], { now, thisNode }: SystemState) {
  const state = isLeaving ? 'leaving' : now - seenAt > SILENT_AFTER_MS ? 'silent' : 'running';
  return { id, isThis: id === thisNode, state, startedAt: timeOf(startedAt), seenAt: timeOf(seenAt), shards };
}

function consumerOf({ name, isRun, changes, oldestAt, setAside }: SystemState['consumers'][number], now: number) {
  const secondsBehind = oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1_000;
  return { name, changesBehind: changes, secondsBehind, setAside, runs: isRun };
}

function timeOf(milliseconds: number): string {
  return wireTime(instant(milliseconds), ZONE);
}
