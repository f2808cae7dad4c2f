// Second factors, and what stands in for them, as rows.
import type { AccountTransaction } from '../../accounts/account-store-port.ts';
import type { SecondFactor } from '../../accounts/stored-accounts.ts';
import { instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { RecoveryCodeRow, SecondFactorRow, SecondFactorSetupRow } from './account-entities.ts';

export async function factorOf(em: EntityManager, userId: string): Promise<SecondFactor | undefined> {
  const row = await em.findOne(SecondFactorRow, { userId });
  return row === null ? undefined : { id: row.id, secret: { keyId: row.keyId, sealed: row.sealedSecret } };
}

export async function hasSecondFactor(em: EntityManager, userId: string): Promise<boolean> {
  return (await em.count(SecondFactorRow, { userId })) > 0;
}

export async function recoveryCodesLeft(em: EntityManager, userId: string): Promise<number | null> {
  return (await hasSecondFactor(em, userId)) ? em.count(RecoveryCodeRow, { userId }) : null;
}

export function secondFactorTables(em: EntityManager) {
  return {
    hasSecondFactor: (userId) => hasSecondFactor(em, userId),
    async keepSetup({ userId, id, secret, expiresAt }) {
      await em.upsert(SecondFactorSetupRow, { userId, id, keyId: secret.keyId, sealedSecret: secret.sealed, expiresAt });
    },
    async setup(userId) {
      const row = await em.findOne(SecondFactorSetupRow, { userId });
      return row === null ? undefined : { id: row.id, userId, secret: { keyId: row.keyId, sealed: row.sealedSecret }, expiresAt: instant(row.expiresAt) };
    },
    async dropSetup(userId) {
      await em.nativeDelete(SecondFactorSetupRow, { userId });
    },
    async addSecondFactor({ userId, id, secret: { keyId, sealed: sealedSecret } }, lastStep, turnedOnAt) {
      await em.insert(SecondFactorRow, { userId, id, keyId, sealedSecret, lastStep, turnedOnAt });
    },
    async dropSecondFactor(userId) {
      await em.nativeDelete(RecoveryCodeRow, { userId });
      return (await em.nativeDelete(SecondFactorRow, { userId })) > 0;
    },
    async keepRecoveryCodes(userId, codeHashes) {
      await em.nativeDelete(RecoveryCodeRow, { userId });
      await em.insertMany(
        RecoveryCodeRow,
        codeHashes.map((codeHash) => ({ userId, codeHash })),
      );
    },
    async spend(userId, proof) {
      // Where the factor has gone, or others were made, this code has gone as well.
      if (proof.kind === 'recovery-code') return (await em.nativeDelete(RecoveryCodeRow, { userId, codeHash: proof.codeHash })) > 0;
      const factor = { userId, id: proof.factorId };
      const resealed = proof.resealed && { keyId: proof.resealed.keyId, sealedSecret: proof.resealed.sealed };
      return (await em.nativeUpdate(SecondFactorRow, { ...factor, lastStep: { $lt: proof.step } }, { lastStep: proof.step, ...resealed })) > 0;
    },
  } satisfies Partial<AccountTransaction>;
}
