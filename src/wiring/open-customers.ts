import type { Accounts } from '../accounts/accounts.ts';
import type { Log } from '../actors/ports.ts';
import { Customers } from '../customers/customers.ts';
import { CustomerImports } from '../customers/import-customers.ts';
import type { Instant } from '../model/instant.ts';
import { canFindSimilar } from '../persistence/customers/customer-search.ts';
import { customerStore } from '../persistence/customers/customer-store.ts';
import type { Database } from '../persistence/database/database.ts';

type OpenCustomers = { readonly customers: Customers; readonly imports: CustomerImports };

/** Customers, for those who look after them. Says so if the database cannot find what is similar. */
export async function openCustomers(database: Database, accounts: Accounts, now: () => Instant, log: Log): Promise<OpenCustomers> {
  const findsSimilar = await canFindSimilar(database);
  if (!findsSimilar)
    log.warn(
      { code: 'no-pg-trgm' },
      'the database has no extension pg_trgm and its role may not create it: customers are found by what is typed, not by similar names, and slower; an administrator can run "create extension pg_trgm", and restart',
    );
  const store = customerStore(database, findsSimilar);
  return { customers: new Customers({ store, now, onSessionsEnded: (ids) => accounts.sessionsEnded(ids) }), imports: new CustomerImports({ store, now }) };
}
