import { ReadFailure } from '../actors/ports.ts';
import { type ProblemDraft, problemOf } from '../protocol/problems.ts';

const RETRY_AFTER_SECONDS = 1;

/** A statement of the stores, which the gateway does not see: nobody knows what became of it. */
type Undecided = { readonly name: 'SqlFailure'; readonly definite: false };

/** What to tell somebody whose request met a database that does not answer; `undefined` for any other failure. Calendars settle their own writes. */
export function problemOfOutage(failure: unknown, isRead: boolean): ProblemDraft | undefined {
  const hasDoneNothing = failure instanceof ReadFailure || (isRead && isUndecided(failure));
  if (hasDoneNothing) return problemOf('overloaded', { detail: 'The database does not answer at the moment.', retryAfterSeconds: RETRY_AFTER_SECONDS });
  if (isUndecided(failure)) return problemOf('outcome-unknown', { detail: 'The database did not answer. Ask again with the same Idempotency-Key.' });
  return undefined;
}

function isUndecided(failure: unknown): failure is Undecided {
  return failure instanceof Error && failure.name === 'SqlFailure' && 'definite' in failure && failure.definite === false;
}
