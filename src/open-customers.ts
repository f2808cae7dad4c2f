import type { Accounts } from './accounts/accounts.ts';
import type { Log } from './actors/ports.ts';
import { Customers } from './customers/customers.ts';
import type { Instant } from './model/instant.ts';
import { canFindSimilar } from './persistence/customers/customer-search.ts';
import { customerStore } from './persistence/customers/customer-store.ts';
import type { Database } from './persistence/database/database.ts';

/** Customers, for those who look after them. Says so if the database cannot find what is similar. */
export async function openCustomers(database: Database, accounts: Accounts, now: () => Instant, log: Log): Promise<Customers> {
  const findsSimilar = await canFindSimilar(database);
  if (!findsSimilar)
    log.warn(
      { code: 'no-pg-trgm' },
      'the database has no extension pg_trgm and its role may not create it: customers are found by what is typed, not by similar names, and slower; an administrator can run "create extension pg_trgm", and restart',
    );
  return new Customers({ store: customerStore(database, findsSimilar), now, onSessionsEnded: (ids) => accounts.sessionsEnded(ids) });
}
