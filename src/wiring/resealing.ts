import { z } from 'zod';
import { secretBox, textSeal } from '../accounts/sealed-secrets.ts';
import type { JobKind } from '../jobs/job.ts';
import { resealAddresses } from '../persistence/calendars-in-and-out/reseal-addresses.ts';
import type { Database } from '../persistence/database/database.ts';
import { resealWebhooks } from '../persistence/webhooks/reseal-webhooks.ts';
import { ADDRESSES_PURPOSE } from './open-calendars.ts';
import { SECRETS_PURPOSE } from './open-webhooks.ts';

/**
 * After a change of JWT_SECRET: seals the secrets of webhooks and the addresses of external calendars under the new one, so that the old one can be forgotten. Nodes that still have
 * the old one as their first may undo it meanwhile; the next run settles it.
 */
export function resealingJob(database: Database, secrets: readonly string[]): JobKind<object> {
  const [box, seal] = [secretBox(secrets, SECRETS_PURPOSE), textSeal(secrets, ADDRESSES_PURPOSE)];
  return {
    name: 'reseal',
    payload: z.object({}),
    atOnce: 1,
    expireSeconds: 600,
    retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 },
    schedule: '17 * * * *',
    async work(_, { signal }) {
      await resealWebhooks(database, box.reseal);
      await resealAddresses(database, seal.reseal, signal);
    },
  };
}
