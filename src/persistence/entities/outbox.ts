import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Work that follows from a commit and must not be lost. Written in that commit, removed by the relay that takes it on. */
export const OutboxRow = defineEntity({
  name: 'OutboxRow',
  tableName: 'outbox',
  indexes: [{ name: 'outbox_audit', expression: `create index outbox_audit on outbox (id) where topic = 'audit'` }],
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    entryId: p.uuid(),
    calendarId: p.uuid(),
    revision: p.bigint('number'),
    topic: p.text(),
    payload: p.json<object>(),
    createdAt: p.bigint('number'),
  },
});
export type OutboxRow = InferEntity<typeof OutboxRow>;
