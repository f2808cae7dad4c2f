// Sessions and their refresh tokens. All of it happens inside a transaction of the account store.
import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/core';
import type { Session, User, Visit, Whereabouts } from '../../accounts/account.ts';
import type { SessionEntry } from '../../accounts/account-entries.ts';
import type { NewRefreshToken, Rotation, StoredUser } from '../../accounts/account-store-port.ts';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { EntityManager } from '../database/database.ts';
import { LoginSessionRow, RefreshTokenRow, UserAccountRow } from './account-entities.ts';
import { accountOf, storedUserOf, userOf } from './user-rows.ts';

/** Nobody has more devices in use; what is older is a place they have left. */
const MOST_USUAL_SESSIONS = 50;

type Successor = Omit<NewRefreshToken, 'userId' | 'family'>;

/** Whether a user can log in and is the one who was looked at; nothing about them changes until the transaction ends. */
export async function isStill(em: EntityManager, looked: StoredUser): Promise<boolean> {
  await lockUser(em, looked.id);
  const user = await em.findOneOrFail(UserAccountRow, { id: looked.id });
  return user.disabledAt == null && isDeepStrictEqual(storedUserOf(user), looked);
}

export async function addSession(em: EntityManager, token: NewRefreshToken, { device, address, locale }: Visit): Promise<void> {
  const { family: id, userId, createdAt } = token;
  // A user who logs in has a password, even if a node of the previous version set it.
  await em.nativeUpdate(UserAccountRow, { id: userId }, { lastSeenAt: createdAt, invitedAt: null, ...(locale != null && { locale }) });
  await em.insert(LoginSessionRow, { id, userId, device, address, createdAt, lastUsedAt: createdAt, endedAt: null });
  await em.insert(RefreshTokenRow, { ...token, usedAt: null, revokedAt: null });
}

export async function rotate(em: EntityManager, tokenHash: string, successor: Successor, from: Whereabouts, reused: SessionEntry): Promise<Rotation> {
  const token = await lockedToken(em, tokenHash);
  if (token === undefined || token.expiresAt <= successor.createdAt) return { outcome: 'unknown' };
  const { id, userId, family } = token;
  if (token.usedAt != null) {
    if (await end(em, [family], successor.createdAt)) await addAuditEntry(em, reused(await ownerOf(em, userId), family));
    return { outcome: 'reused', family };
  }
  if (token.revokedAt != null) return { outcome: 'ended', family };
  const user = await em.findOneOrFail(UserAccountRow, { id: userId });
  // A node of the version before this one lets them in.
  if (user.disabledAt != null) {
    await end(em, [family], successor.createdAt);
    return { outcome: 'ended', family };
  }
  await em.nativeUpdate(RefreshTokenRow, { id }, { usedAt: successor.createdAt });
  await em.insert(RefreshTokenRow, { ...successor, userId, family, usedAt: null, revokedAt: null });
  await use(em, token, successor.createdAt, from);
  return { outcome: 'rotated', user: await accountOf(em, user), family };
}

/** A session that a node of an older version has begun has no row until now. */
async function use(
  em: EntityManager,
  { family: id, userId, createdAt }: RefreshTokenRow,
  lastUsedAt: Instant,
  { device, address }: Whereabouts,
): Promise<void> {
  await em.nativeUpdate(UserAccountRow, { id: userId }, { lastSeenAt: lastUsedAt });
  const known = await em.nativeUpdate(LoginSessionRow, { id }, { device, address, lastUsedAt });
  if (known === 0) await em.insert(LoginSessionRow, { id, userId, device, address, createdAt, lastUsedAt, endedAt: null });
}

export async function sessionsOf(em: EntityManager, userId: string, since: Instant, limit: number): Promise<readonly Session[]> {
  const rows = await em.find(
    LoginSessionRow,
    { userId, endedAt: null, lastUsedAt: { $gt: since } },
    { orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }], limit },
  );
  return rows.map(({ id, device, address, createdAt, lastUsedAt }) => ({
    id,
    device,
    address,
    createdAt: instant(createdAt),
    lastUsedAt: instant(lastUsedAt),
  }));
}

/** Of sessions that have ended, too, as long as they are remembered. */
export async function addressesOf(em: EntityManager, userId: string): Promise<readonly string[]> {
  const rows = await em.find(LoginSessionRow, { userId }, { fields: ['address'], orderBy: { lastUsedAt: 'desc' }, limit: MOST_USUAL_SESSIONS });
  return [...new Set(rows.map(({ address }) => address))];
}

export async function endSessionOf(em: EntityManager, tokenHash: string, at: Instant, entry: SessionEntry): Promise<string | undefined> {
  const token = await lockedToken(em, tokenHash);
  if (token === undefined) return undefined;
  if (await end(em, [token.family], at)) await addAuditEntry(em, entry(await ownerOf(em, token.userId), token.family));
  return token.family;
}

export async function endSession(em: EntityManager, userId: string, family: string, at: Instant, entry: AuditEntry): Promise<boolean> {
  await lockUser(em, userId);
  const found = await em.count(RefreshTokenRow, { userId, family, revokedAt: null });
  if (found === 0) return false;
  await end(em, [family], at);
  await addAuditEntry(em, entry);
  return true;
}

/** `kept` null: all of them. */
export async function endOtherSessions(em: EntityManager, userId: string, kept: string | null, at: Instant): Promise<readonly string[]> {
  await lockUser(em, userId);
  const tokens = await em.find(RefreshTokenRow, { userId, revokedAt: null, expiresAt: { $gt: at } }, { fields: ['family'] });
  const ended = [...new Set(tokens.map(({ family }) => family))].filter((family) => family !== kept);
  await end(em, ended, at);
  return ended;
}

/**
 * What happens to the sessions of one user happens one after the other, by the lock on the user's row. Without it a family could be revoked
 * while its newest token is just being made, and that token would live on.
 */
export async function lockUser(em: EntityManager, id: string): Promise<void> {
  await em.findOne(UserAccountRow, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

async function lockedToken(em: EntityManager, tokenHash: string): Promise<RefreshTokenRow | undefined> {
  const found = await em.findOne(RefreshTokenRow, { tokenHash });
  if (found === null) return undefined;
  await lockUser(em, found.userId);
  return em.findOneOrFail(RefreshTokenRow, { tokenHash }, { refresh: true });
}

async function ownerOf(em: EntityManager, userId: string): Promise<User> {
  return userOf(await em.findOneOrFail(UserAccountRow, { id: userId }));
}

/** Whether any of them had not ended yet. */
async function end(em: EntityManager, families: readonly string[], at: Instant): Promise<boolean> {
  const ended = await em.nativeUpdate(RefreshTokenRow, { family: { $in: [...families] }, revokedAt: null }, { revokedAt: at });
  await em.nativeUpdate(LoginSessionRow, { id: { $in: [...families] }, endedAt: null }, { endedAt: at });
  return ended > 0;
}
