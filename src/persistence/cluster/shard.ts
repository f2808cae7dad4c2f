import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

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
