import { type Log, ReadFailure, type Timers } from '../ports.ts';

/** A deadlock, or a change of connection, is over sooner; a balancer must not send everybody away for it. */
const A_MOMENT_MS = 1_000;

/**
 * What this node has lately met of a database that does not answer, or does not write. Regular writers report how each write went: a lane that cannot
 * write goes on trying until it can, and the beat writes once a second, so neither can be forgotten as failing. The log hears of an outage once for each kind of
 * trouble, without a stack, and of its end.
 */
export class Outage {
  readonly #log: Log;
  readonly #timers: Timers;
  /** Who cannot write, and since when. */
  readonly #failing = new Map<string, number>();
  readonly #told = new Set<string>();
  #met = 0;

  constructor(log: Log, timers: Timers) {
    this.#log = log;
    this.#timers = timers;
  }

  /** False once some writer has failed for longer than a moment, until it succeeds. */
  get canWrite(): boolean {
    const now = this.#timers.monotonic();
    return [...this.#failing.values()].every((since) => now - since < A_MOMENT_MS);
  }

  /** This writer could not write, and will try again by itself. */
  failed(writer: string): void {
    if (!this.#failing.has(writer)) this.#failing.set(writer, this.#timers.monotonic());
  }

  /** This writer has written, or has nothing to write any more. */
  succeeded(writer: string): void {
    this.#failing.delete(writer);
    if (this.#failing.size > 0 || this.#met === 0) return;
    this.#log.info({ failures: this.#met }, 'the database answers again');
    this.#told.clear();
    this.#met = 0;
  }

  /** Something did not work since the database does not answer, and is tried again or told to the caller. */
  meet(error: unknown, message: string, facts: object = {}): void {
    this.#met += 1;
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#log.warn({ reason: reasonOf(error), ...facts }, message);
  }

  /** As `meet`, for whatever may go wrong: what is not the database is a mistake of ours, and is told with its stack. */
  meetOrTell(error: unknown, message: string, facts: object = {}): void {
    if (error instanceof ReadFailure) this.meet(error, message, facts);
    else this.#log.error({ error, ...facts }, message);
  }
}

/** What the database or the system said, and not who was told of it on the way. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
