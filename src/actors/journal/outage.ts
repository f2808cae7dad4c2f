import { type Log, ReadFailure, type Timers } from '../ports.ts';

/** A deadlock or a change of connection is over sooner, and must not make a load balancer take the node out. */
const A_MOMENT_MS = 1_000;

/**
 * Outages of the database as this node sees them. Regular writers report how each write went: lanes retry until they can write, and the heartbeat
 * writes once a second, so the state is always current. The log gets one line for each kind of outage, without a stack, and one for its end.
 */
export class Outage {
  readonly #log: Log;
  readonly #timers: Timers;
  /** The writers that fail, and since when. */
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

  /** This writer could not write and will retry. */
  failed(writer: string): void {
    if (!this.#failing.has(writer)) this.#failing.set(writer, this.#timers.monotonic());
  }

  /** This writer has written, or has nothing left to write. */
  succeeded(writer: string): void {
    this.#failing.delete(writer);
    if (this.#failing.size > 0 || this.#met === 0) return;
    this.#log.info({ failures: this.#met }, 'the database answers again');
    this.#told.clear();
    this.#met = 0;
  }

  /** Something failed because the database does not answer; it is retried or reported to the caller. */
  meet(error: unknown, message: string, facts: object = {}): void {
    this.#met += 1;
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#log.warn({ reason: reasonOf(error), ...facts }, message);
  }

  /** As `meet`, for any failure: one that is not the database's is a bug and is logged with its stack. */
  meetOrTell(error: unknown, message: string, facts: object = {}): void {
    if (error instanceof ReadFailure) this.meet(error, message, facts);
    else this.#log.error({ error, ...facts }, message);
  }
}

/** The message of the database or the system, without the failures that wrap it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

/** What a log line says of a failure: of one of the database only the reason, of any other, which is a bug, all with its stack. */
export function failureFacts(error: unknown): { readonly reason: string } | { readonly error: unknown } {
  return error instanceof ReadFailure ? { reason: reasonOf(error) } : { error };
}
