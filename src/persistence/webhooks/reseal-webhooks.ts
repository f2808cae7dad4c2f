import type { SealedSecret } from '../../webhooks/webhook.ts';
import type { Database } from '../database/database.ts';

/** There are at most 50. */
const ALL = 'select id, key_id, sealed_secret, old_key_id, old_sealed_secret from webhook_endpoint order by id';
/** Not what was replaced meanwhile. */
const RESEAL = 'update webhook_endpoint set key_id = $3, sealed_secret = $4 where id = $1 and sealed_secret = $2';
const RESEAL_OLD = 'update webhook_endpoint set old_key_id = $3, old_sealed_secret = $4 where id = $1 and old_sealed_secret = $2';

/** `reseal`: null where nothing is to be done. */
export async function resealWebhooks(database: Database, reseal: (sealed: SealedSecret, endpointId: string) => SealedSecret | null): Promise<void> {
  for (const [id, keyId, sealed, oldKeyId, oldSealed] of await database.sql(ALL)) {
    await resealOne(RESEAL, String(id), { keyId: String(keyId), sealed: String(sealed) });
    if (oldKeyId !== null && oldSealed !== null) await resealOne(RESEAL_OLD, String(id), { keyId: String(oldKeyId), sealed: String(oldSealed) });
  }

  async function resealOne(statement: string, id: string, secret: SealedSecret): Promise<void> {
    const resealed = reseal(secret, id);
    if (resealed !== null) await database.sql(statement, [id, secret.sealed, resealed.keyId, resealed.sealed]);
  }
}
