import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { UserAccountRow } from './user-account.ts';

/** A link that sets somebody's first password, one for an account. Written by the management of users; goes when a password is set, or it has expired. */
export const InvitationRow = defineEntity({
  name: 'InvitationRow',
  tableName: 'invitation',
  indexes: [{ name: 'invitation_expires_at', properties: ['expiresAt'] }],
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id'),
    tokenHash: p.text().unique('invitation_token_hash'),
    expiresAt: p.bigint('number'),
  },
});
export type InvitationRow = InferEntity<typeof InvitationRow>;
