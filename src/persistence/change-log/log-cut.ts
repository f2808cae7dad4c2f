import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The last of all changes that were cut from the log: a reader who is there has missed nothing. One row. */
export const LogCutRow = defineEntity({
  name: 'LogCutRow',
  tableName: 'log_cut',
  checks: [{ name: 'log_cut_only_one', expression: 'id = 1' }],
  properties: {
    id: p.smallint().primary().autoincrement(false),
    xid: p.string().columnType('xid8'),
    position: p.bigint('number'),
  },
});
export type LogCutRow = InferEntity<typeof LogCutRow>;
