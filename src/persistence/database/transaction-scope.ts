// Notices a mistake that would hang for ever on PGlite and deadlock now and then on PostgreSQL:
// asking the database from inside a transaction, but not through that transaction.
import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<{ open: boolean }>();

export async function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  const transaction = { open: true };
  try {
    return await scope.run(transaction, work);
  } finally {
    transaction.open = false;
  }
}

export function assertOutsideTransaction(): void {
  if (scope.getStore()?.open) throw new Error('Inside a transaction the database is asked through its EntityManager only.');
}
