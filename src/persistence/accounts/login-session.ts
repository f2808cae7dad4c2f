import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { UserAccountRow } from './user-account.ts';

/** Everything since one login: a family of refresh tokens, as its user is told about it. Written by accounts, in the transactions that write the tokens. */
export const LoginSessionRow = defineEntity({
  name: 'LoginSessionRow',
  tableName: 'login_session',
  indexes: [
    { name: 'login_session_user', properties: ['userId', 'lastUsedAt'] },
    { name: 'login_session_last_used_at', properties: ['lastUsedAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(UserAccountRow).mapToPk().fieldName('user_id').index(false),
    device: p.text(),
    address: p.text(),
    createdAt: p.bigint('number'),
    lastUsedAt: p.bigint('number'),
    endedAt: p.bigint('number').nullable(),
  },
});
export type LoginSessionRow = InferEntity<typeof LoginSessionRow>;
