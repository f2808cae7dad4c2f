import type { Logger } from 'pino';
import { reasonOf } from '../actors/journal/outage.ts';
import { ReadFailure } from '../actors/ports.ts';
import { type ProblemDraft, problemOf } from '../protocol/problems.ts';

const RETRY_AFTER_SECONDS = 1;

/** A statement of the stores, which the gateway does not see. Not definite: it may or may not have been carried out. */
type Statement = Error & { readonly definite: boolean; readonly sqlState: string | null };
/** The database said that it did nothing, since it cannot now: no connection, no space or memory, shutting down, only to be read, rights that were taken. */
const NOT_NOW = /^(08|53|57|25006|42501)/;

/** What to tell somebody whose request met a database that does not answer; `undefined` for any other failure. Calendars settle their own writes. */
export function problemOfOutage(failure: unknown, isRead: boolean): ProblemDraft | undefined {
  const statement = isStatement(failure) ? failure : undefined;
  const isUndecided = statement?.definite === false;
  const isRefused = statement?.definite === true && NOT_NOW.test(statement.sqlState ?? '');
  const hasDoneNothing = failure instanceof ReadFailure || isRefused || (isRead && isUndecided);
  if (hasDoneNothing) return problemOf('overloaded', { detail: 'The database does not answer at the moment.', retryAfterSeconds: RETRY_AFTER_SECONDS });
  if (isUndecided) return problemOf('outcome-unknown', { detail: 'The database did not answer. Ask again with the same Idempotency-Key.' });
  return undefined;
}

function isStatement(failure: unknown): failure is Statement {
  return failure instanceof Error && failure.name === 'SqlFailure' && 'definite' in failure && 'sqlState' in failure;
}

/** While an outage lasts it is told of this often. */
const TELL_EVERY_MILLISECONDS = 10_000;

/** Tells of an outage in a line now and then, with how many requests and messages it has met. Those were answered, and thousands of stacks would say the same. */
export class OutageLog {
  readonly #logger: Logger;
  #met = 0;
  #reason = '';
  #isQuiet = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  note(failure: unknown): void {
    this.#met += 1;
    this.#reason = reasonOf(failure);
    if (!this.#isQuiet) this.#tell();
  }

  #tell(): void {
    this.#isQuiet = this.#met > 0;
    if (!this.#isQuiet) return;
    this.#logger.warn({ requests: this.#met, reason: this.#reason }, 'the database does not answer; requests are refused');
    this.#met = 0;
    setTimeout(() => this.#tell(), TELL_EVERY_MILLISECONDS).unref();
  }
}
