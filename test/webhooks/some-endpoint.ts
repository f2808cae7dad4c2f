// An endpoint as a row, without a server that made it.
import { randomUUID } from 'node:crypto';
import { secretBox } from '../../src/accounts/sealed-secrets.ts';
import { FACT_NAMES } from '../../src/model/facts.ts';
import { instant } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { webhookStore } from '../../src/persistence/webhooks/webhook-store.ts';
import { realNow } from '../support/clock.ts';

export const SECRET = 's'.repeat(32);
export const ERA = 'era';
const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export async function addEndpoint(database: Database, url: string): Promise<string> {
  const id = randomUUID();
  const made = { id, url, types: FACT_NAMES, locationId: null, maker: { kind: 'user', id: randomUUID() }, createdAt: instant(realNow()) } as const;
  const secret = secretBox([SECRET], 'test').seal(KEY, id);
  await webhookStore(database).changing((transaction) => transaction.add({ ...made, secret }));
  return id;
}
