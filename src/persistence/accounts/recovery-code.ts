import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { UserAccountRow } from './user-account.ts';

/** A code that stands in for an app which is lost, by its hash. Written by accounts with the user's row locked; goes when it is used, or with the second factor. */
export const RecoveryCodeRow = defineEntity({
  name: 'RecoveryCodeRow',
  tableName: 'recovery_code',
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id').updateRule('cascade').deleteRule('cascade'),
    codeHash: p.text().primary(),
  },
});
export type RecoveryCodeRow = InferEntity<typeof RecoveryCodeRow>;
