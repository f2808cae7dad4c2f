import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { UserAccountRow } from './user-account.ts';

/** A second factor that is in force: where there is a row, no session begins without a code. Written by accounts with the user's row locked. */
export const SecondFactorRow = defineEntity({
  name: 'SecondFactorRow',
  tableName: 'second_factor',
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id'),
    id: p.uuid(),
    /** Which of the server's keys the secret is sealed under. */
    keyId: p.text(),
    sealedSecret: p.text(),
    /** Of the last code that was used; codes of it and of earlier ones are refused. */
    lastStep: p.bigint('number'),
    turnedOnAt: p.bigint('number'),
  },
});
export type SecondFactorRow = InferEntity<typeof SecondFactorRow>;
