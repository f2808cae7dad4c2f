// Registrations and password resets, which e-mails open, and what ends their links. All of it happens inside a transaction of the account store.
import { LockMode } from '@mikro-orm/core';
import type { User } from '../../accounts/account.ts';
import type { ResetEntry, UserEntry } from '../../accounts/account-entries.ts';
import type { PasswordChange } from '../../accounts/account-store-port.ts';
import type { PasswordReset } from '../../accounts/password-resets.ts';
import type { Registration } from '../../accounts/registrations.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { customerWith } from '../appointments/customer-rows.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { EntityManager } from '../database/database.ts';
import { keepEmail, type NewEmail, type NewEmailChoice } from '../mail/account-email-rows.ts';
import { InvitationRow, PasswordResetRow, RegistrationRow, UserAccountRow } from './account-entities.ts';
import { endOtherSessions, lockUser } from './account-sessions.ts';
import { NOBODY, userOf } from './user-rows.ts';

export async function keepRegistration(em: EntityManager, registration: Registration, mails: NewEmailChoice): Promise<void> {
  await em.upsert(RegistrationRow, registration);
  await keepTrueEmail(em, { email: registration.email }, mails);
}

export async function keepReset(em: EntityManager, reset: PasswordReset, mails: NewEmailChoice): Promise<void> {
  await em.upsert(PasswordResetRow, reset);
  await keepTrueEmail(em, { email: reset.email, disabledAt: null }, mails);
}

/** A disabled account keeps its address and lets no one in: for a password reset it does not exist. */
type SomeAccount = { readonly email: string; readonly disabledAt?: null };

async function keepTrueEmail(em: EntityManager, account: SomeAccount, { ifAccount, ifNone }: NewEmailChoice): Promise<void> {
  const accounts = await em.count(UserAccountRow, account);
  await keepEmail(em, accounts > 0 ? ifAccount : ifNone);
}

export async function passwordHashOfRegistration(em: EntityManager, tokenHash: string, at: Instant): Promise<string | undefined> {
  return (await em.findOne(RegistrationRow, { tokenHash, expiresAt: { $gt: at } }))?.passwordHash;
}

/** Fails on the unique address if it has an account by then. */
export async function redeemRegistration(
  em: EntityManager,
  tokenHash: string,
  account: (registration: Registration) => User,
  at: Instant,
  entry: UserEntry,
): Promise<User | undefined> {
  const row = await em.findOne(RegistrationRow, { tokenHash, expiresAt: { $gt: at } }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (row === null) return undefined;
  const { createdAt, expiresAt, passwordHash, locale: asked, ...rest } = row;
  const locale = (asked as Registration['locale']) ?? null;
  const made = account({ ...rest, locale, passwordHash, createdAt: instant(createdAt), expiresAt: instant(expiresAt) });
  const user = { ...made, customerId: await customerWith(em, made, at) };
  await em.nativeDelete(RegistrationRow, { tokenHash });
  await em.insert(UserAccountRow, { ...user, locale, passwordHash, createdAt: at });
  await addAuditEntry(em, entry(user));
  return user;
}

export async function userOfReset(em: EntityManager, tokenHash: string, at: Instant): Promise<User | undefined> {
  const good = { tokenHash, expiresAt: { $gt: at } };
  const [reset, invitation] = [await em.findOne(PasswordResetRow, good), await em.findOne(InvitationRow, good)];
  const whose = reset !== null ? { email: reset.email } : { id: invitation?.userId ?? NOBODY };
  const user = await em.findOne(UserAccountRow, { ...whose, disabledAt: null });
  return user === null ? undefined : userOf(user);
}

/** Of an account whose password has been set, or that is not to have one any more. */
export async function dropLinks(em: EntityManager, { id, email }: Pick<User, 'id' | 'email'>): Promise<void> {
  await em.nativeDelete(PasswordResetRow, { email });
  await em.nativeDelete(InvitationRow, { userId: id });
}

export async function redeemReset(
  em: EntityManager,
  tokenHash: string,
  passwordHash: string,
  told: NewEmail,
  entry: ResetEntry,
): Promise<readonly string[] | undefined> {
  const user = await userOfReset(em, tokenHash, told.createdAt);
  if (user === undefined) return undefined;
  await lockUser(em, user.id);
  const used = (await em.nativeDelete(PasswordResetRow, { tokenHash })) + (await em.nativeDelete(InvitationRow, { tokenHash }));
  if (used === 0) return undefined;
  await dropLinks(em, user);
  await em.nativeUpdate(UserAccountRow, { id: user.id }, { passwordHash, invitedAt: null });
  await keepEmail(em, told);
  const ended = await endOtherSessions(em, user.id, null, told.createdAt);
  await addAuditEntry(em, entry(user, ended.length));
  return ended;
}

export async function changePassword(em: EntityManager, change: PasswordChange & { readonly told: NewEmail }): Promise<readonly string[] | undefined> {
  const { userId: id, passwordHash, replaces, keptSession, told, entry } = change;
  await lockUser(em, id);
  const changed = await em.nativeUpdate(UserAccountRow, { id, passwordHash: replaces }, { passwordHash });
  if (changed === 0) return undefined;
  // Otherwise a link sent earlier could still set a password.
  await dropLinks(em, { id, email: told.email });
  await keepEmail(em, told);
  const ended = await endOtherSessions(em, id, keptSession, told.createdAt);
  await addAuditEntry(em, entry(ended.length));
  return ended;
}
