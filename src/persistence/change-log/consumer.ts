import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** How far each consumer of the change log has come, and which node runs it. The position moves in the transaction of the effects, by compare-and-set. */
export const ConsumerRow = defineEntity({
  name: 'ConsumerRow',
  tableName: 'consumer',
  properties: {
    name: p.text().primary(),
    /** The change that was consumed last. */
    xid: p.string().columnType('xid8'),
    position: p.bigint('number'),
    /** The node that has the lease, or had it last. */
    owner: p.uuid().nullable(),
    /** By the database's clock. Also says when it was last run by anyone. */
    leaseUntil: p.datetime(),
    startedAt: p.datetime(),
  },
});
export type ConsumerRow = InferEntity<typeof ConsumerRow>;
