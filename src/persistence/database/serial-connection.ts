// What both engines' connections have in common: one statement at a time, a limit on each, and no use after a failure that is not definite.

import { DEFAULT_STATEMENT_TIMEOUT_MS, type RunOptions, type SqlConnection, SqlFailure, type SqlRow } from './database.ts';
import { type Parameter, parameterOf } from './parameters.ts';

export type SerialPort = {
  /** Sends one statement; called again only after the one before has settled. Rejects with a SqlFailure. */
  send(text: string, values: Parameter[]): Promise<readonly SqlRow[]>;
  /** Lets go of whatever carries the statements, at once. */
  abandon(): void;
};

export class SerialConnection implements SqlConnection {
  readonly #port: SerialPort;
  /** The end of the statement before; every statement waits for it. */
  #previous: Promise<unknown> = Promise.resolve();
  #broken: SqlFailure | undefined;
  /** Fails the statement under way. */
  #interrupt: ((failure: SqlFailure) => void) | undefined;

  constructor(port: SerialPort) {
    this.#port = port;
  }

  async run(sql: string, parameters: readonly unknown[], options: RunOptions = {}): Promise<readonly SqlRow[]> {
    const values = parameters.map(parameterOf);
    const result = this.#previous.then(() => this.#runAlone(sql, values, options.timeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS));
    this.#previous = result.catch(() => undefined);
    return await result;
  }

  destroy(): void {
    this.breakWith(new SqlFailure('The connection was destroyed.', { definite: false }));
  }

  /** From here on nothing is sent any more. */
  breakWith(failure: SqlFailure): void {
    if (this.#broken !== undefined) return;
    this.#broken = failure;
    this.#port.abandon();
    this.#interrupt?.(failure);
  }

  async #runAlone(text: string, values: Parameter[], timeoutMs: number): Promise<readonly SqlRow[]> {
    if (this.#broken !== undefined) throw this.#broken;
    const interrupted = Promise.withResolvers<never>();
    this.#interrupt = interrupted.reject;
    const timer = setTimeout(() => this.breakWith(new SqlFailure(`The database did not answer within ${timeoutMs} ms.`, { definite: false })), timeoutMs);
    try {
      return await Promise.race([this.#port.send(text, values), interrupted.promise]);
    } catch (error) {
      if (!(error instanceof SqlFailure && error.definite))
        this.breakWith(error instanceof SqlFailure ? error : new SqlFailure(String(error), { definite: false, cause: error }));
      throw error;
    } finally {
      clearTimeout(timer);
      this.#interrupt = undefined;
    }
  }
}
