import { SqlFailure } from '../../../src/persistence/database/database.ts';
import type { Random } from '../random.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { Locks } from './locks.ts';
import type { Tables } from './tables.ts';
import type { Transaction, Wait } from './transactions.ts';

/** How long a step of a statement takes, milliseconds. */
const STEP_MS = { least: 0.1, most: 1.5 };

export type Ending<Reply> = { readonly reply: Reply } | { readonly failure: SqlFailure };
type Statement = { readonly backend: Backend; readonly transaction: Transaction<unknown>; readonly end: (ending: Ending<unknown>) => void };

/** The server's half of a connection. */
export type Backend = {
  isEnded: boolean;
  /** The server has ended it, and the client sees its connection cut if anything can reach it. */
  readonly onEnd: () => void;
};

/** The database server: runs statements over the tables, step by step, so that they meet each other's locks. */
export class ModelServer {
  readonly tables: Tables;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #locks = new Locks();
  readonly #running = new Set<Statement>();
  readonly #backends = new Set<Backend>();
  #isUp = true;
  /** How many times longer everything takes. */
  slowness = 1;

  constructor(tables: Tables, world: { readonly time: VirtualTime; readonly random: Random }) {
    this.tables = tables;
    this.#time = world.time;
    this.#random = world.random.fork('database server');
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** `undefined`: nobody listens. */
  accept(onEnd: () => void): Backend | undefined {
    if (!this.#isUp) return undefined;
    const backend: Backend = { isEnded: false, onEnd };
    this.#backends.add(backend);
    return backend;
  }

  /**
   * `end` is called once, unless the backend ends before. That its client has gone does not end a backend: what has arrived is done,
   * and what arrives late is done late.
   */
  run<Reply>(backend: Backend, transaction: Transaction<Reply>, end: (ending: Ending<Reply>) => void): void {
    if (backend.isEnded) return;
    const statement: Statement = { backend, transaction, end: end as Statement['end'] };
    this.#running.add(statement);
    this.#wait(statement, { type: 'work' });
  }

  /** Ends one backend: what it does is undone. */
  terminate(backend: Backend): void {
    if (backend.isEnded) return;
    backend.isEnded = true;
    this.#backends.delete(backend);
    for (const statement of [...this.#running].filter((running) => running.backend === backend)) this.#stop(statement);
    backend.onEnd();
  }

  /** Everything that is committed stays; nothing else does. */
  crash(): void {
    this.#isUp = false;
    for (const backend of [...this.#backends]) this.terminate(backend);
  }

  restart(): void {
    this.#isUp = true;
  }

  #stop(statement: Statement): void {
    this.#running.delete(statement);
    this.#locks.release(statement);
    // What it had open is not open any more.
    statement.transaction.return(undefined);
  }

  #wait(statement: Statement, wait: Wait): void {
    const goOn = () => this.#step(statement);
    if (wait.type === 'work') this.#time.after(this.#random.between(STEP_MS.least, STEP_MS.most) * this.slowness, goOn);
    else if (this.#locks.take(statement, wait.name, wait.mode, () => this.#time.after(0, goOn))) goOn();
  }

  #step(statement: Statement): void {
    if (!this.#running.has(statement)) return;
    let step: IteratorResult<Wait, unknown>;
    try {
      step = statement.transaction.next();
    } catch (failure) {
      if (!(failure instanceof SqlFailure)) throw failure;
      this.#stop(statement);
      statement.end({ failure });
      return;
    }
    if (step.done !== true) return this.#wait(statement, step.value);
    this.#stop(statement);
    statement.end({ reply: step.value });
  }
}
