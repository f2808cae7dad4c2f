import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Failed logins of an account or from an address, under a hash. Written by accounts with the row locked; goes when it has been still for a day. */
export const FailedLoginRow = defineEntity({
  name: 'FailedLoginRow',
  tableName: 'failed_login',
  indexes: [{ name: 'failed_login_last_at', properties: ['lastAt'] }],
  properties: {
    subject: p.text().primary(),
    count: p.integer(),
    lastAt: p.bigint('number'),
    blockedUntil: p.bigint('number'),
  },
});
export type FailedLoginRow = InferEntity<typeof FailedLoginRow>;
