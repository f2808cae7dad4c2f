// PGlite as the rest of the process sees it: questions to its thread, and the two faces that the journal and the ORM ask through.
import { Worker } from 'node:worker_threads';
import { type LibrarySql, type SqlConnection, SqlFailure, type SqlRow } from '../database.ts';
import type { Parameter } from '../parameters.ts';
import { SerialConnection } from '../serial-connection.ts';
import { type EngineAnswer, type EngineQuestion, type EngineRefusal, type NumberedQuestion, READY, type StatementResult } from './messages.ts';
import { engineWords } from './unusable-directory.ts';

/** A clean end writes a checkpoint; an engine that takes longer is cut off, which loses nothing that was acknowledged. */
const CLOSE_TIMEOUT_MS = 10_000;

/** The server's error message, with the fields by which the ORM recognises it. */
class EngineRefusedError extends Error implements EngineRefusal {
  readonly code: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
  readonly severity: string | undefined;

  constructor(refusal: EngineRefusal) {
    super(refusal.message);
    this.code = refusal.code;
    this.constraint = refusal.constraint;
    this.detail = refusal.detail;
    this.severity = refusal.severity;
  }
}

type Waiting = { readonly resolve: (result: StatementResult) => void; readonly reject: (error: Error) => void };

export class PgliteEngine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<void>();
  #asked = READY;
  /** Why nothing more can be asked. */
  #end: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: EngineAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#stop(new Error(`The database engine failed: ${engineWords(error)}`, { cause: error })));
    worker.on('exit', () => this.#stop(new Error('The database engine has ended.')));
  }

  /** Opens the cluster in `directory`, which is made when it is not there. */
  static async start(directory: string): Promise<PgliteEngine> {
    const engine = new PgliteEngine(new Worker(new URL('./worker.ts', import.meta.url), { workerData: directory, name: 'pglite' }));
    await engine.#answerTo(READY);
    return engine;
  }

  /** Resolves when the thread has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** A connection is a name only: all share the one engine, and their statements queue in its thread. */
  connect(): SqlConnection {
    return new SerialConnection({
      send: (text, values) => this.rows(text, values),
      abandon: () => undefined,
    });
  }

  /** One statement by itself. Rejects with a SqlFailure. */
  async rows(text: string, values: readonly Parameter[]): Promise<readonly SqlRow[]> {
    try {
      return (await this.ask({ type: 'statement', text, parameters: values, rowMode: 'array', inTransaction: false })).rows as readonly SqlRow[];
    } catch (error) {
      if (error instanceof EngineRefusedError)
        throw new SqlFailure(error.message, { sqlState: error.code ?? null, constraint: error.constraint ?? null, definite: true, cause: error });
      throw new SqlFailure(error instanceof Error ? error.message : String(error), { definite: false, cause: error });
    }
  }

  librarySql(): LibrarySql {
    return {
      executeSql: async (text, values = []) => {
        const { rows } = await this.ask({ type: 'script', text, values: values.length === 0 ? null : values });
        return { rows: rows as object[] };
      },
      async [Symbol.asyncDispose]() {},
    };
  }

  /** Rejects with the server's error, or with another error when nobody can say whether it was done. */
  ask(question: EngineQuestion): Promise<StatementResult> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#asked += 1;
    const answer = this.#answerTo(this.#asked);
    this.#worker.postMessage({ number: this.#asked, question } satisfies NumberedQuestion);
    return answer;
  }

  async close(): Promise<void> {
    if (this.#end === undefined) {
      const timer = setTimeout(() => void this.kill(), CLOSE_TIMEOUT_MS);
      await this.ask({ type: 'close' }).catch(() => undefined);
      await this.#ended.promise;
      clearTimeout(timer);
    }
  }

  /** Ends the engine as a crash would. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #answerTo(number: number): Promise<StatementResult> {
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>();
    this.#waiting.set(number, { resolve, reject });
    return promise;
  }

  #settle(answer: EngineAnswer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if ('refusal' in answer) waiting?.reject(new EngineRefusedError(answer.refusal));
    else waiting?.resolve(answer.result);
  }

  #stop(cause: Error): void {
    this.#end ??= cause;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
    this.#ended.resolve();
  }
}
