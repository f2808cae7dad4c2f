// Sessions and their refresh tokens as rows.
import type { Session } from '../../accounts/account.ts';
import type { AccountTransaction } from '../../accounts/account-store-port.ts';
import type { RefreshToken } from '../../accounts/stored-accounts.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { LoginSessionRow, RefreshTokenRow, UserAccountRow } from './account-entities.ts';
import { lockUser } from './user-rows.ts';

/** No one has more devices in use; what is older is a place they have left. */
const MOST_USUAL_SESSIONS = 50;

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

export function sessionTables(em: EntityManager) {
  return {
    async refreshToken(tokenHash) {
      const found = await em.findOne(RefreshTokenRow, { tokenHash });
      if (found === null) return undefined;
      await lockUser(em, found.userId);
      return refreshTokenOf(await em.findOneOrFail(RefreshTokenRow, { tokenHash }, { refresh: true }));
    },
    async addRefreshToken(token) {
      await em.insert(RefreshTokenRow, { ...token, usedAt: null, revokedAt: null });
    },
    async useRefreshToken(id, usedAt) {
      await em.nativeUpdate(RefreshTokenRow, { id }, { usedAt });
    },
    async beginSession({ userId, sessionId: id, at, from: { device, address, locale } }) {
      // A user who logs in has a password, even if a node of the previous version set it.
      await em.nativeUpdate(UserAccountRow, { id: userId }, { lastSeenAt: at, invitedAt: null, ...(locale != null && { locale }) });
      await em.insert(LoginSessionRow, { id, userId, device, address, createdAt: at, lastUsedAt: at, endedAt: null });
    },
    async continueSession({ userId, sessionId: id, at: lastUsedAt, from: { device, address } }, createdAt) {
      await em.nativeUpdate(UserAccountRow, { id: userId }, { lastSeenAt: lastUsedAt });
      const known = await em.nativeUpdate(LoginSessionRow, { id }, { device, address, lastUsedAt });
      if (known === 0) await em.insert(LoginSessionRow, { id, userId, device, address, createdAt, lastUsedAt, endedAt: null });
    },
    isSessionOpen: async (userId, family) => (await em.count(RefreshTokenRow, { userId, family, revokedAt: null })) > 0,
    async openSessions(userId, at) {
      const tokens = await em.find(RefreshTokenRow, { userId, revokedAt: null, expiresAt: { $gt: at } }, { fields: ['family'] });
      return [...new Set(tokens.map(({ family }) => family))];
    },
    async endedSessions(userId, since) {
      const rows = await em.find(LoginSessionRow, { userId, endedAt: { $gte: since } }, { fields: ['id'] });
      return rows.map(({ id }) => id);
    },
    async endSessions(ids, at) {
      const ended = await em.nativeUpdate(RefreshTokenRow, { family: { $in: [...ids] }, revokedAt: null }, { revokedAt: at });
      await em.nativeUpdate(LoginSessionRow, { id: { $in: [...ids] }, endedAt: null }, { endedAt: at });
      return ended > 0;
    },
  } satisfies Partial<AccountTransaction>;
}

function refreshTokenOf({ id, userId, family, tokenHash, createdAt, expiresAt, usedAt, revokedAt }: RefreshTokenRow): RefreshToken {
  const at = (moment: number | null | undefined) => (moment == null ? null : instant(moment));
  return { id, userId, family, tokenHash, createdAt: instant(createdAt), expiresAt: instant(expiresAt), usedAt: at(usedAt), revokedAt: at(revokedAt) };
}
