import { READ_WITHIN_MS } from '../../actors/calendar/waiting-readers.ts';
import { ReadFailure } from '../../actors/ports.ts';
import { SqlFailure } from './database.ts';

/** No connection, no answer, out of resources, shutting down, a standby that is not promoted yet, or rights that were taken: another time it may work. Anything else is a mistake of ours. */
const NOT_NOW = /^(08|53|57|25006|42501|55000)/;
/** Waited too long for a lock, two waited for each other, or the process was frozen inside its transaction: the database has undone all of it. */
const UNDONE = /^(55P03|40P01|25P03)$/;

export function isNotNow(sqlState: string): boolean {
  return NOT_NOW.test(sqlState);
}

/** What was sent has had no effect, and may work another time. */
export function isUndone(sqlState: string): boolean {
  return UNDONE.test(sqlState);
}

/** The database does not answer, or not now. Anything else is a mistake of ours. */
export function isOutage(failure: unknown): failure is Error {
  if (failure instanceof ReadFailure) return true;
  return failure instanceof SqlFailure && (!failure.definite || isNotNow(failure.sqlState ?? '') || isUndone(failure.sqlState ?? ''));
}

/** Rejects with what the actors call a database that does not answer; anything else stays what it is. */
export function asReadFailure(failure: unknown): never {
  throw isOutage(failure) && !(failure instanceof ReadFailure) ? new ReadFailure(failure) : failure;
}

/**
 * The result of a read, if it arrives within the time that any reader waits. A dead connection is noticed only much later; the statement then goes on by
 * itself. Rejects with ReadFailure where the database does not answer, or not in time.
 */
export async function readInTime<Rows>(read: Promise<Rows>): Promise<Rows> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new ReadFailure(new Error(`no answer within ${READ_WITHIN_MS} ms`))), READ_WITHIN_MS);
  try {
    return await Promise.race([read, late.promise]);
  } catch (failure) {
    return asReadFailure(failure);
  } finally {
    clearTimeout(timer);
  }
}
