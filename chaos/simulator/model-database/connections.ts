// The client's half of a connection to the model database, and the network in between. As with the real one, statements of a connection
// run one after the other, each has a limit, and after a failure that is not definite the connection is of no more use.
import { SqlFailure } from '../../../src/persistence/database/database.ts';
import type { Random } from '../random.ts';
import type { SimulatedProcess } from '../simulated-process.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { Backend, Ending, ModelServer } from './server.ts';
import type { Tables } from './tables.ts';
import type { Transaction } from './transactions.ts';

/**
 * What befalls one statement on its way:
 * `lost` never arrives; `late` arrives after its sender was cut off; `cut` arrives, and its sender is cut off while it runs;
 * `unanswered` runs, and its answer never arrives; `killed`: the server ends the connection while it runs.
 */
type Fate = 'lost' | 'late' | 'cut' | 'unanswered' | 'killed';
/** `isSilent`: the sender is not told, and waits until it gives up. */
export type StatementFault = { readonly fate: Fate; readonly lateMs: number; readonly isSilent: boolean };
/** Nothing gets through; afterwards what was sent meanwhile arrives, or never does. */
export type Hole = { readonly leftMs: number; readonly delivers: boolean };

/** The way from one process to the database. */
export type Link = {
  readonly server: ModelServer;
  readonly process: SimulatedProcess;
  readonly time: VirtualTime;
  readonly random: Random;
  faultOf(): StatementFault | undefined;
  hole(): Hole | undefined;
  /** How much longer than otherwise the way takes, milliseconds. */
  lag(): number;
};

const STEP_MS = { least: 0.05, most: 0.8 };
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

export type Statement<Reply> = (tables: Tables) => Transaction<Reply>;

export class ModelConnection {
  readonly #link: Link;
  readonly #backend: Backend | undefined;
  #previous: Promise<unknown> = Promise.resolve();
  #broken: SqlFailure | undefined;
  #interrupt: ((failure: SqlFailure) => void) | undefined;

  constructor(link: Link) {
    this.#link = link;
    this.#backend = link.server.accept(() => this.#cutOff('the server has ended the connection'));
  }

  /** Rejects with a SqlFailure when nobody answers. */
  static async open(link: Link): Promise<ModelConnection> {
    const hole = link.hole();
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = link.process.timers.after(CONNECT_TIMEOUT_MS, resolve);
    if (hole === undefined || hole.delivers) link.time.after((hole?.leftMs ?? 0) + stepOf(link), () => link.process.deliver(resolve));
    await promise;
    cancel();
    if (hole !== undefined && (!hole.delivers || hole.leftMs > CONNECT_TIMEOUT_MS)) throw indefinite('no answer to the wish for a connection');
    if (!link.server.isUp) throw indefinite('the connection was refused');
    return new ModelConnection(link);
  }

  async run<Reply>(statement: Statement<Reply>, timeoutMs = STATEMENT_TIMEOUT_MS): Promise<Reply> {
    const result = this.#previous.then(() => this.#runAlone(statement, timeoutMs));
    this.#previous = result.catch(() => undefined);
    return await result;
  }

  destroy(): void {
    this.#breakWith(indefinite('the connection was destroyed'));
  }

  async #runAlone<Reply>(statement: Statement<Reply>, timeoutMs: number): Promise<Reply> {
    if (this.#broken !== undefined) throw this.#broken;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#interrupt = reject;
    const cancel = this.#link.process.timers.after(timeoutMs, () => this.#breakWith(indefinite(`no answer within ${timeoutMs} ms`)));
    this.#send(statement, (ending) => ('reply' in ending ? resolve(ending.reply) : reject(ending.failure)));
    try {
      return await promise;
    } finally {
      cancel();
      this.#interrupt = undefined;
    }
  }

  #send<Reply>(statement: Statement<Reply>, settle: (ending: Ending<Reply>) => void): void {
    const { time } = this.#link;
    const hole = this.#link.hole();
    const fault = this.#link.faultOf();
    if (hole !== undefined && !hole.delivers) return;
    const arrive = () => this.#arrive(statement, fault, settle);
    if (fault?.fate === 'lost') return this.#cutOffUnless(fault.isSilent, 'cut off before it arrived');
    if (fault?.fate === 'late') this.#cutOffUnless(fault.isSilent, 'cut off, and it arrives later');
    time.after(hole?.leftMs ?? (fault?.fate === 'late' ? fault.lateMs : stepOf(this.#link)), arrive);
  }

  #arrive<Reply>(statement: Statement<Reply>, fault: StatementFault | undefined, settle: (ending: Ending<Reply>) => void): void {
    const { server, time, random } = this.#link;
    const backend = this.#backend;
    if (backend === undefined || backend.isEnded) return this.#cutOff('nobody listens at the other end');
    if (fault?.fate === 'killed') time.after(random.between(0, 4), () => server.terminate(backend));
    if (fault?.fate === 'cut') time.after(random.between(0, 4), () => this.#cutOffUnless(fault.isSilent, 'cut off while it ran'));
    server.run(backend, statement(server.tables), (ending) => {
      if (fault?.fate === 'unanswered') return this.#cutOffUnless(fault.isSilent, 'cut off before the answer');
      const hole = this.#link.hole();
      if (hole !== undefined && !hole.delivers) return;
      time.after((hole?.leftMs ?? 0) + stepOf(this.#link), () => this.#link.process.deliver(() => settle(ending)));
    });
  }

  #cutOffUnless(isSilent: boolean, why: string): void {
    if (!isSilent) this.#cutOff(why);
  }

  /** The client sees that its connection is gone, unless nothing reaches it. */
  #cutOff(why: string): void {
    if (this.#link.hole() !== undefined) return;
    this.#link.time.after(stepOf(this.#link), () => this.#link.process.deliver(() => this.#breakWith(indefinite(why))));
  }

  #breakWith(failure: SqlFailure): void {
    if (this.#broken !== undefined) return;
    this.#broken = failure;
    this.#interrupt?.(failure);
  }
}

function stepOf({ random, lag }: Link): number {
  return random.between(STEP_MS.least, STEP_MS.most) + lag();
}

function indefinite(message: string): SqlFailure {
  return new SqlFailure(message, { definite: false });
}
