import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What a write to the catalog answered, by its caller's key, kept for a day. Written in the transaction of that write, so that a repeat answers the same. */
export const HttpReplyRow = defineEntity({
  name: 'HttpReplyRow',
  tableName: 'http_reply',
  indexes: [{ name: 'http_reply_created_at', properties: ['createdAt'] }],
  properties: {
    caller: p.text().primary(),
    key: p.text().primary(),
    fingerprint: p.text(),
    status: p.integer(),
    body: p.json<object>(),
    createdAt: p.bigint('number'),
  },
});
export type HttpReplyRow = InferEntity<typeof HttpReplyRow>;
