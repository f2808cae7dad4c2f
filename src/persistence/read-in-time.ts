import { READ_WITHIN_MS } from '../actors/calendar/waiting-readers.ts';
import { ReadFailure } from '../actors/ports.ts';
import { asReadFailure } from './read-failure.ts';

/**
 * What was asked of the database, if it comes within the time that any reader waits. A connection into a black hole is noticed only much later; the statement
 * then goes on by itself. Rejects with ReadFailure where the database does not answer, or not in time.
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
