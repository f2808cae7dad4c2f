import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * From which network address a decision was asked for that the audit trail will tell of. Written in its commit, and taken away by the transaction that adds it to the
 * trail: it is personal, and the change log is not.
 */
export const EntrySourceRow = defineEntity({
  name: 'EntrySourceRow',
  tableName: 'entry_source',
  properties: {
    entryId: p.uuid().primary(),
    address: p.text(),
    createdAt: p.bigint('number').index('entry_source_created_at'),
  },
});
export type EntrySourceRow = InferEntity<typeof EntrySourceRow>;
