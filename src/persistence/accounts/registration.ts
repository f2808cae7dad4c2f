import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** An account that waits for its address to be verified, one for an address, also where there is an account already: then nobody knows its token. Written by registrations; goes when its token is used or has expired. */
export const RegistrationRow = defineEntity({
  name: 'RegistrationRow',
  tableName: 'registration',
  indexes: [{ name: 'registration_expires_at', properties: ['expiresAt'] }],
  properties: {
    email: p.text().primary(),
    name: p.text(),
    passwordHash: p.text(),
    tokenHash: p.text().unique('registration_token_hash'),
    createdAt: p.bigint('number'),
    expiresAt: p.bigint('number'),
  },
});
export type RegistrationRow = InferEntity<typeof RegistrationRow>;
