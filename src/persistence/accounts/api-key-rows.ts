// API keys as rows. All of it happens inside a transaction of the account store.
import type { ApiKey, StoredKey } from '../../accounts/api-keys.ts';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { KEY_SCOPES, type KeyScope } from '../../model/roles.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { EntityManager } from '../database/database.ts';
import { ApiKeyRow } from './account-entities.ts';

/** Those who add keys wait for each other, or two at once would both be the last one that still fits. */
const LOCK_SQL = 'select pg_advisory_xact_lock(7002, 1)';

export async function apiKeys(em: EntityManager): Promise<readonly ApiKey[]> {
  const rows = await em.find(ApiKeyRow, {}, { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  return rows.map(apiKeyOf);
}

export async function apiKey(em: EntityManager, id: string): Promise<ApiKey | undefined> {
  const row = await em.findOne(ApiKeyRow, { id });
  return row === null ? undefined : apiKeyOf(row);
}

export async function addApiKey(em: EntityManager, key: StoredKey, most: number, audited: AuditEntry): Promise<'added' | 'id-in-use' | 'too-many'> {
  await em.execute(LOCK_SQL);
  if ((await em.count(ApiKeyRow, { id: key.id })) > 0) return 'id-in-use';
  if ((await em.count(ApiKeyRow, {})) >= most) return 'too-many';
  await em.insert(ApiKeyRow, { ...key, scopes: [...key.scopes] });
  await addAuditEntry(em, audited);
  return 'added';
}

export async function removeApiKey(em: EntityManager, id: string, audited: (key: ApiKey) => AuditEntry): Promise<boolean> {
  const row = await em.findOne(ApiKeyRow, { id });
  const removed = row === null ? 0 : await em.nativeDelete(ApiKeyRow, { id });
  if (row === null || removed === 0) return false;
  await addAuditEntry(em, audited(apiKeyOf(row)));
  return true;
}

export async function useApiKeys(em: EntityManager, keyHashes: readonly string[], at: Instant, since: Instant): Promise<ReadonlyMap<string, ApiKey>> {
  // In one order, on all nodes: then none waits for another that waits for it.
  const rows = await em.find(ApiKeyRow, { keyHash: { $in: [...keyHashes] } }, { orderBy: { id: 'asc' } });
  for (const { id, lastUsedAt } of rows) if ((lastUsedAt ?? 0) < since) await em.nativeUpdate(ApiKeyRow, { id }, { lastUsedAt: at });
  return new Map(rows.map((row) => [row.keyHash, apiKeyOf(row)]));
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
