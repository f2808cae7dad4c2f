import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { UserAccountRow } from './user-account.ts';

/** A second factor of which no code has been shown yet, so that it means nothing. Written by accounts; goes when it is finished or has expired. */
export const SecondFactorSetupRow = defineEntity({
  name: 'SecondFactorSetupRow',
  tableName: 'second_factor_setup',
  indexes: [{ name: 'second_factor_setup_expires_at', properties: ['expiresAt'] }],
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id'),
    id: p.uuid(),
    keyId: p.text(),
    sealedSecret: p.text(),
    expiresAt: p.bigint('number'),
  },
});
export type SecondFactorSetupRow = InferEntity<typeof SecondFactorSetupRow>;
