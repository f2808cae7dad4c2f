import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * An e-mail about an account, in the order of their ids. The table has the name that nodes of earlier versions know. Written in the transaction of what it is about; the relay marks what
 * has become of it. A token goes when its e-mail has been sent or has failed, or when it has expired.
 */
export const AccountEmailRow = defineEntity({
  name: 'AccountEmailRow',
  tableName: 'notification',
  checks: [{ name: 'notification_delivery', expression: `delivery in ('kept', 'waiting', 'sent', 'failed')` }],
  indexes: [
    { name: 'notification_created_at', properties: ['createdAt'] },
    { name: 'notification_token_expires_at', properties: ['tokenExpiresAt'] },
    { name: 'notification_waiting', expression: `create index notification_waiting on notification (next_attempt_at) where delivery = 'waiting'` },
  ],
  properties: {
    id: p.uuid().primary(),
    topic: p.text(),
    email: p.text(),
    /** As the account has it, or as was asked for in the request; null: unknown. */
    locale: p.text().nullable(),
    token: p.text().nullable(),
    tokenExpiresAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    /** `kept` is for the owner to hand on and never leaves by itself, `waiting` is the relay's; `sent` and `failed` stay so. */
    delivery: p.text().default('kept'),
    /** How often a relay has taken it. */
    attempts: p.integer().default(0),
    /** When a relay may take it; while one has it, when another one may. */
    nextAttemptAt: p.bigint('number').nullable(),
    sentAt: p.bigint('number').nullable(),
    /** Why the last attempt came to nothing: our own words and numbers, nothing that a mail server has said. */
    failure: p.text().nullable(),
  },
});
export type AccountEmailRow = InferEntity<typeof AccountEmailRow>;
