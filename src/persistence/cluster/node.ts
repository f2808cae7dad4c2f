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
