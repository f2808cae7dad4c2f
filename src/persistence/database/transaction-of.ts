import { DriverException } from '@mikro-orm/core';
import { ReadFailure } from '../../actors/ports.ts';
import { type EntityManager, SqlFailure } from './database.ts';
import { isNotNow, isUndone } from './read-failure.ts';

type State = 'beginning' | 'working' | 'committing';

/**
 * Runs a transaction and tells what a failure of the database means for it, as `Database.sql` does for one statement. Before the commit is sent nothing
 * can have been done: a ReadFailure. Whatever is lost afterwards nobody knows of: a SqlFailure that is not definite. What the database has
 * said about the work itself, and what the work says, stays what it is.
 *
 * Not by `em.transactional`: that keeps its connection for ever where the rollback fails as well, as it does on a connection that was cut, and ten
 * of those are all there are.
 */
export async function transactionOf<T>(em: EntityManager, work: (em: EntityManager) => Promise<T>): Promise<T> {
  let state: State = 'beginning';
  let refusal: { readonly failure: unknown } | undefined;
  try {
    await em.getConnection().ensureConnection();
    return await em
      .getConnection()
      .getClient()
      .transaction()
      .execute(async (transaction) => {
        state = 'working';
        em.setTransactionContext(transaction);
        try {
          const result = await work(em);
          await em.flush();
          state = 'committing';
          return result;
        } catch (failure) {
          refusal = { failure }; // a rollback that fails would hide it
          throw failure;
        }
      });
  } catch (failure) {
    throw meaningOf(refusal === undefined ? failure : refusal.failure, state);
  }
}

function meaningOf(failure: unknown, state: State): unknown {
  if (state === 'beginning') return new ReadFailure(failure);
  if (state === 'working' && !(failure instanceof DriverException || failure instanceof SqlFailure)) return failure;
  const sqlState = sqlStateOf(failure);
  if (sqlState !== undefined && isUndone(sqlState)) return new ReadFailure(failure);
  if (sqlState !== undefined && !isNotNow(sqlState)) return failure;
  if (state === 'working') return new ReadFailure(failure);
  return new SqlFailure('the outcome of the commit is unknown', { definite: false, cause: failure });
}

/** Five characters of PostgreSQL manual appendix A; errors of sockets have codes of another form. */
function sqlStateOf(failure: unknown): string | undefined {
  const code = failure instanceof SqlFailure ? failure.sqlState : failure instanceof DriverException ? failure.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined;
}
