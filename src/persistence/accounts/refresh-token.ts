import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { UserAccountRow } from './user-account.ts';

/** One turn of a session; only a hash of the token is kept. Written by accounts. Using a token twice revokes its whole family. */
export const RefreshTokenRow = defineEntity({
  name: 'RefreshTokenRow',
  tableName: 'refresh_token',
  indexes: [
    { name: 'refresh_token_family', properties: ['family'] },
    { name: 'refresh_token_user', properties: ['userId'] },
    { name: 'refresh_token_expires_at', properties: ['expiresAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(UserAccountRow).mapToPk().fieldName('user_id').index(false),
    family: p.uuid(),
    tokenHash: p.text().unique('refresh_token_hash'),
    expiresAt: p.bigint('number'),
    usedAt: p.bigint('number').nullable(),
    revokedAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
  },
});
export type RefreshTokenRow = InferEntity<typeof RefreshTokenRow>;
