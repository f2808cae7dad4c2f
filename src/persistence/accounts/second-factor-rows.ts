// Second factors and what stands in for them. All of it happens inside a transaction of the account store.

import type { Account, Visit } from '../../accounts/account.ts';
import type { Beginning, Login, NewRefreshToken } from '../../accounts/account-store-port.ts';
import type { Proof, Proving, SecondFactor, SecondFactorSetup, TurningOn } from '../../accounts/second-factor-store-port.ts';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { EntityManager } from '../database/database.ts';
import { keepEmail, type NewEmail } from '../mail/account-email-rows.ts';
import { RecoveryCodeRow, RefreshTokenRow, SecondFactorRow, SecondFactorSetupRow, UserAccountRow } from './account-entities.ts';
import { addSession, endOtherSessions, isStill, lockUser } from './account-sessions.ts';
import { accountOf } from './user-rows.ts';

export async function factorOf(em: EntityManager, userId: string): Promise<SecondFactor | undefined> {
  const row = await em.findOne(SecondFactorRow, { userId });
  return row === null ? undefined : { id: row.id, secret: { keyId: row.keyId, sealed: row.sealedSecret } };
}

/** No session begins without a code where there is a second factor, whatever was true when the login began. */
export async function beginSession(em: EntityManager, token: NewRefreshToken, from: Visit, { looked, proof, entry }: Login): Promise<Beginning> {
  if (!(await isStill(em, looked))) return 'changed';
  const mayBegin = proof === null ? (await em.count(SecondFactorRow, { userId: token.userId })) === 0 : await spend(em, token.userId, proof);
  if (!mayBegin) return 'not-proven';
  await addSession(em, token, from);
  await addAuditEntry(em, entry);
  return 'begun';
}

export async function proveSession(em: EntityManager, { userId, sessionId, proof, entry }: Proving): Promise<Account | 'not-proven' | 'session-over'> {
  await lockUser(em, userId);
  if ((await em.count(RefreshTokenRow, { userId, family: sessionId, revokedAt: null })) === 0) return 'session-over';
  const isProven = proof === null ? (await em.count(SecondFactorRow, { userId })) === 0 : await spend(em, userId, proof);
  if (!isProven) return 'not-proven';
  await addAuditEntry(em, entry);
  return accountOf(em, await em.findOneOrFail(UserAccountRow, { id: userId }));
}

export async function keepSetup(em: EntityManager, { userId, id, secret, expiresAt }: SecondFactorSetup): Promise<boolean> {
  await lockUser(em, userId);
  if ((await em.count(SecondFactorRow, { userId })) > 0) return false;
  await em.upsert(SecondFactorSetupRow, { userId, id, keyId: secret.keyId, sealedSecret: secret.sealed, expiresAt });
  return true;
}

export async function setupOf(em: EntityManager, userId: string, at: Instant): Promise<SecondFactorSetup | undefined> {
  const row = await em.findOne(SecondFactorSetupRow, { userId, expiresAt: { $gt: at } });
  return row === null ? undefined : { id: row.id, userId, secret: { keyId: row.keyId, sealed: row.sealedSecret }, expiresAt: instant(row.expiresAt) };
}

export async function turnOn(
  em: EntityManager,
  { userId, setupId, step, codeHashes, keptSession, told, entry }: TurningOn & { readonly told: NewEmail },
): Promise<readonly string[] | undefined> {
  await lockUser(em, userId);
  const setup = await em.findOne(SecondFactorSetupRow, { userId, id: setupId });
  if (setup === null) return undefined;
  const { keyId, sealedSecret } = setup;
  await dropSetup(em, userId);
  await em.insert(SecondFactorRow, { userId, id: setupId, keyId, sealedSecret, lastStep: step, turnedOnAt: told.createdAt });
  await keepCodes(em, userId, codeHashes);
  await keepEmail(em, told);
  const ended = await endOtherSessions(em, userId, keptSession, told.createdAt);
  await addAuditEntry(em, entry(ended.length));
  return ended;
}

export async function recoveryCodesLeft(em: EntityManager, userId: string): Promise<number | null> {
  const isOn = (await em.count(SecondFactorRow, { userId })) > 0;
  return isOn ? em.count(RecoveryCodeRow, { userId }) : null;
}

export async function replaceRecoveryCodes(
  em: EntityManager,
  userId: string,
  proof: Proof,
  codeHashes: readonly string[],
  entry: AuditEntry,
): Promise<boolean> {
  if (!(await spend(em, userId, proof))) return false;
  await keepCodes(em, userId, codeHashes);
  await addAuditEntry(em, entry);
  return true;
}

export async function removeSecondFactor(em: EntityManager, userId: string, told: NewEmail, entry: AuditEntry, proof: Proof): Promise<boolean> {
  if (!(await spend(em, userId, proof)) || !(await dropSecondFactor(em, userId))) return false;
  await keepEmail(em, told);
  await addAuditEntry(em, entry);
  return true;
}

/** Also where nobody has shown a code of it yet. */
export async function dropSetup(em: EntityManager, userId: string): Promise<void> {
  await em.nativeDelete(SecondFactorSetupRow, { userId });
}

/** Whether there was one. */
export async function dropSecondFactor(em: EntityManager, userId: string): Promise<boolean> {
  await em.nativeDelete(RecoveryCodeRow, { userId });
  return (await em.nativeDelete(SecondFactorRow, { userId })) > 0;
}

async function keepCodes(em: EntityManager, userId: string, codeHashes: readonly string[]): Promise<void> {
  await em.nativeDelete(RecoveryCodeRow, { userId });
  await em.insertMany(
    RecoveryCodeRow,
    codeHashes.map((codeHash) => ({ userId, codeHash })),
  );
}

/** Of two who show one code at once, the lock lets one look after the other has used it up. */
async function spend(em: EntityManager, userId: string, proof: Proof): Promise<boolean> {
  await lockUser(em, userId);
  // Where the factor has gone, or others were made, this code has gone as well.
  if (proof.kind === 'recovery-code') return (await em.nativeDelete(RecoveryCodeRow, { userId, codeHash: proof.codeHash })) > 0;
  const factor = { userId, id: proof.factorId };
  const resealed = proof.resealed && { keyId: proof.resealed.keyId, sealedSecret: proof.resealed.sealed };
  return (await em.nativeUpdate(SecondFactorRow, { ...factor, lastStep: { $lt: proof.step } }, { lastStep: proof.step, ...resealed })) > 0;
}
