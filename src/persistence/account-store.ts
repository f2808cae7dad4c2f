import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { AccountStore, NewRefreshToken, Rotation, StoredUser } from '../accounts/account-store-port.ts';
import type { User } from '../accounts/principal.ts';
import type { Instant } from '../model/instant.ts';
import type { Database, EntityManager } from './database.ts';
import { RefreshTokenRow } from './entities/refresh-token.ts';
import { UserAccountRow } from './entities/user-account.ts';

/** Keeps accounts and sessions in their tables. */
export function accountStore(database: Database): AccountStore {
  return {
    userByEmail: (email) =>
      database.transaction(async (em) => {
        const row = await em.findOne(UserAccountRow, { email });
        return row === null ? undefined : storedUserOf(row);
      }),
    userById: (id) =>
      database.transaction(async (em) => {
        const row = await em.findOne(UserAccountRow, { id });
        return row === null ? undefined : userOf(row);
      }),
    addUser: (user) => addUser(database, user),
    hasOwner: () => database.transaction(async (em) => (await em.count(UserAccountRow, { role: 'owner' })) > 0),
    addRefreshToken: (token) =>
      database.transaction(async (em) => {
        await em.insert(RefreshTokenRow, { ...token, usedAt: null, revokedAt: null });
      }),
    rotate: (tokenHash, successor) => database.transaction((em) => rotate(em, tokenHash, successor)),
    revokeFamilyOf: (tokenHash, at) => database.transaction((em) => revokeFamilyOf(em, tokenHash, at)),
    revokeFamily: (userId, family, at) =>
      database.transaction(async (em) => {
        await em.findOne(UserAccountRow, { id: userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
        await revoke(em, family, at);
      }),
  };
}

async function addUser(database: Database, user: StoredUser): Promise<boolean> {
  try {
    await database.transaction((em) => em.insert(UserAccountRow, { ...user, createdAt: Date.now() }));
    return true;
  } catch (failure) {
    if (failure instanceof UniqueConstraintViolationException) return false;
    throw failure;
  }
}

/**
 * What happens to the sessions of one user happens one after the other, by the lock on the user's row. Without it a family could be revoked
 * while its newest token is just being made, and that token would live on.
 */
async function tokenOf(em: EntityManager, tokenHash: string): Promise<{ readonly token: RefreshTokenRow; readonly user: User } | undefined> {
  const found = await em.findOne(RefreshTokenRow, { tokenHash });
  if (found === null) return undefined;
  const user = await em.findOneOrFail(UserAccountRow, { id: found.userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const token = await em.findOneOrFail(RefreshTokenRow, { tokenHash }, { refresh: true });
  return { token, user: userOf(user) };
}

async function rotate(em: EntityManager, tokenHash: string, successor: Omit<NewRefreshToken, 'userId' | 'family'>): Promise<Rotation> {
  const found = await tokenOf(em, tokenHash);
  if (found === undefined || found.token.expiresAt <= successor.createdAt) return { outcome: 'unknown' };
  const { token, user } = found;
  if (token.usedAt != null) {
    await revoke(em, token.family, successor.createdAt);
    return { outcome: 'reused', family: token.family };
  }
  if (token.revokedAt != null) return { outcome: 'ended', family: token.family };
  await em.nativeUpdate(RefreshTokenRow, { id: token.id }, { usedAt: successor.createdAt });
  await em.insert(RefreshTokenRow, { ...successor, userId: user.id, family: token.family, usedAt: null, revokedAt: null });
  return { outcome: 'rotated', user, family: token.family };
}

async function revokeFamilyOf(em: EntityManager, tokenHash: string, at: Instant): Promise<string | undefined> {
  const found = await tokenOf(em, tokenHash);
  if (found === undefined) return undefined;
  await revoke(em, found.token.family, at);
  return found.token.family;
}

async function revoke(em: EntityManager, family: string, at: Instant): Promise<void> {
  await em.nativeUpdate(RefreshTokenRow, { family, revokedAt: null }, { revokedAt: at });
}

function userOf(row: UserAccountRow): User {
  const { id, email, name, role } = row;
  return { id, email, name, role, staffId: row.staffId ?? null, customerId: row.customerId ?? null, locationId: row.locationId ?? null };
}

function storedUserOf(row: UserAccountRow): StoredUser {
  return { ...userOf(row), passwordHash: row.passwordHash };
}
