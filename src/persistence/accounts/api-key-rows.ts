// API keys as rows.
import type { AccountTransaction } from '../../accounts/account-store-port.ts';
import type { ApiKey } from '../../accounts/stored-accounts.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { KEY_SCOPES, type KeyScope } from '../../model/roles.ts';
import type { EntityManager } from '../database/database.ts';
import { ApiKeyRow } from './account-entities.ts';

const LOCK_SQL = 'select pg_advisory_xact_lock(7002, 1)';

export async function apiKeys(em: EntityManager): Promise<readonly ApiKey[]> {
  const rows = await em.find(ApiKeyRow, {}, { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  return rows.map(apiKeyOf);
}

export async function useApiKeys(em: EntityManager, keyHashes: readonly string[], at: Instant, since: Instant): Promise<ReadonlyMap<string, ApiKey>> {
  // In one order, on all nodes: then none waits for another that waits for it.
  const rows = await em.find(ApiKeyRow, { keyHash: { $in: [...keyHashes] } }, { orderBy: { id: 'asc' } });
  for (const { id, lastUsedAt } of rows) if ((lastUsedAt ?? 0) < since) await em.nativeUpdate(ApiKeyRow, { id }, { lastUsedAt: at });
  return new Map(rows.map((row) => [row.keyHash, apiKeyOf(row)]));
}

export function apiKeyTables(em: EntityManager) {
  return {
    async lockApiKeys() {
      await em.execute(LOCK_SQL);
    },
    async apiKey(id) {
      const row = await em.findOne(ApiKeyRow, { id });
      return row === null ? undefined : apiKeyOf(row);
    },
    countOfApiKeys: () => em.count(ApiKeyRow, {}),
    async addApiKey(key) {
      await em.insert(ApiKeyRow, { ...key, scopes: [...key.scopes] });
    },
    dropApiKey: async (id) => (await em.nativeDelete(ApiKeyRow, { id })) > 0,
  } satisfies Partial<AccountTransaction>;
}

/** A scope that a newer version has given and this one does not know opens nothing here. */
function apiKeyOf({ id, name, prefix, scopes, locationId = null, createdAt, expiresAt, lastUsedAt }: ApiKeyRow): ApiKey {
  const known = (scope: string): scope is KeyScope => KEY_SCOPES.some((each) => each === scope);
  const at = (moment: number | null | undefined) => (moment == null ? null : instant(moment));
  return {
    id,
    name,
    prefix,
    scopes: scopes.filter(known),
    locationId,
    createdAt: instant(createdAt),
    expiresAt: at(expiresAt),
    lastUsedAt: at(lastUsedAt),
  };
}
