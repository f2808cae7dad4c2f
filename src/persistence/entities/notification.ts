import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Something that has to be told to somebody, in the order of their ids. Written in the transaction of what it is about; a token goes when it has expired. */
export const NotificationRow = defineEntity({
  name: 'NotificationRow',
  tableName: 'notification',
  indexes: [
    { name: 'notification_created_at', properties: ['createdAt'] },
    { name: 'notification_token_expires_at', properties: ['tokenExpiresAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    topic: p.text(),
    email: p.text(),
    token: p.text().nullable(),
    tokenExpiresAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
  },
});
export type NotificationRow = InferEntity<typeof NotificationRow>;
