import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A change that a consumer could not consume, whole, as the log may be cut meanwhile. Written in the transaction that passes it, removed by the one that succeeds with it. */
export const SetAsideChangeRow = defineEntity({
  name: 'SetAsideChangeRow',
  tableName: 'set_aside_change',
  properties: {
    consumer: p.text().primary(),
    calendarId: p.uuid().primary(),
    revision: p.bigint('number').primary(),
    xid: p.string().columnType('xid8'),
    position: p.bigint('number'),
    /** `LoggedChange` without what has a column. */
    change: p.json<object>(),
    why: p.text(),
    at: p.bigint('number'),
  },
});
export type SetAsideChangeRow = InferEntity<typeof SetAsideChangeRow>;
