import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** One incarnation of a process. Written by that process; `gone` also by others, and it is terminal. Times are the database's. */
export const NodeRow = defineEntity({
  name: 'NodeRow',
  tableName: 'node',
  properties: {
    id: p.uuid().primary(),
    startedAt: p.datetime(),
    seenAt: p.datetime(),
    /** Since when it has been heard from without a long pause. */
    steadySince: p.datetime(),
    /** It hands its shards over, and takes no more. */
    leaving: p.boolean().default(false),
    gone: p.boolean().default(false),
  },
});
export type NodeRow = InferEntity<typeof NodeRow>;

/** Calendars are spread over 256 shards; the migration makes the rows. Changed only by taking over, handing over and raising the epoch, which never falls. */
export const ShardRow = defineEntity({
  name: 'ShardRow',
  tableName: 'shard',
  checks: [{ name: 'shard_range', expression: 'id >= 0 and id <= 255' }],
  properties: {
    id: p.integer().primary().autoincrement(false),
    /** The node that may commit; null is nobody. */
    owner: p.uuid().nullable(),
    /** The fencing token. */
    epoch: p.integer().default(0),
  },
});
export type ShardRow = InferEntity<typeof ShardRow>;
