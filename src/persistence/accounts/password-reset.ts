import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A link that sets a password, one for an address, which need not have an account. Written by password resets; goes when it is used or has expired. */
export const PasswordResetRow = defineEntity({
  name: 'PasswordResetRow',
  tableName: 'password_reset',
  indexes: [{ name: 'password_reset_expires_at', properties: ['expiresAt'] }],
  properties: {
    email: p.text().primary(),
    tokenHash: p.text().unique('password_reset_token_hash'),
    expiresAt: p.bigint('number'),
  },
});
export type PasswordResetRow = InferEntity<typeof PasswordResetRow>;
