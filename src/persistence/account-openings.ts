// Registrations and password resets, which letters open. All of it happens inside a transaction of the account store.
import { LockMode } from '@mikro-orm/core';
import type { PasswordReset } from '../accounts/password-resets.ts';
import type { User } from '../accounts/principal.ts';
import type { Registration } from '../accounts/registrations.ts';
import { type Instant, instant } from '../model/instant.ts';
import { endOtherSessions, lockUser } from './account-sessions.ts';
import type { EntityManager } from './database.ts';
import { PasswordResetRow } from './entities/password-reset.ts';
import { RegistrationRow } from './entities/registration.ts';
import { UserAccountRow } from './entities/user-account.ts';
import { keepLetter, type NewLetter, type NewLetterChoice } from './letter-rows.ts';
import { userOf } from './user-rows.ts';

export async function keepRegistration(em: EntityManager, registration: Registration, letters: NewLetterChoice): Promise<void> {
  await em.upsert(RegistrationRow, registration);
  await keepTrueLetter(em, registration.email, letters);
}

export async function keepReset(em: EntityManager, reset: PasswordReset, letters: NewLetterChoice): Promise<void> {
  await em.upsert(PasswordResetRow, reset);
  await keepTrueLetter(em, reset.email, letters);
}

async function keepTrueLetter(em: EntityManager, email: string, { ifAccount, ifNone }: NewLetterChoice): Promise<void> {
  const accounts = await em.count(UserAccountRow, { email });
  await keepLetter(em, accounts > 0 ? ifAccount : ifNone);
}

/** Fails on the unique address if an account is made in the same moment. */
export async function redeemRegistration(
  em: EntityManager,
  tokenHash: string,
  account: (registration: Registration) => User,
  at: Instant,
): Promise<User | undefined> {
  const row = await em.findOne(RegistrationRow, { tokenHash, expiresAt: { $gt: at } }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (row === null || (await em.count(UserAccountRow, { email: row.email })) > 0) return undefined;
  const { createdAt, expiresAt, passwordHash, ...rest } = row;
  const user = account({ ...rest, passwordHash, createdAt: instant(createdAt), expiresAt: instant(expiresAt) });
  await em.nativeDelete(RegistrationRow, { tokenHash });
  await em.insert(UserAccountRow, { ...user, passwordHash, createdAt: at });
  return user;
}

export async function userOfReset(em: EntityManager, tokenHash: string, at: Instant): Promise<User | undefined> {
  const row = await em.findOne(PasswordResetRow, { tokenHash, expiresAt: { $gt: at } });
  const user = row && (await em.findOne(UserAccountRow, { email: row.email }));
  return user === null ? undefined : userOf(user);
}

export async function redeemReset(em: EntityManager, tokenHash: string, passwordHash: string, told: NewLetter): Promise<readonly string[] | undefined> {
  const user = await userOfReset(em, tokenHash, told.createdAt);
  if (user === undefined) return undefined;
  await lockUser(em, user.id);
  const used = await em.nativeDelete(PasswordResetRow, { tokenHash });
  if (used === 0) return undefined;
  await em.nativeUpdate(UserAccountRow, { id: user.id }, { passwordHash });
  await keepLetter(em, told);
  return endOtherSessions(em, user.id, null, told.createdAt);
}
