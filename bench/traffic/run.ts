import { setTimeout as wait } from 'node:timers/promises';
import { Chance } from '../../src/demo/chance.ts';
import type { ClaimJournal } from './journal.ts';
import type { TrafficOptions } from './options.ts';
import type { Tally } from './tally.ts';

const PROBE_PATIENCE_MILLISECONDS = 2_000;
const PROBES = 3;

/** One run: how long it goes on, whether the server is still there, and what has been counted. */
export class Run {
  readonly options: TrafficOptions;
  readonly tally: Tally;
  readonly journal: ClaimJournal;
  readonly #over = new AbortController();
  readonly #gone = new AbortController();
  #probe: Promise<void> | undefined;

  constructor(options: TrafficOptions, tally: Tally, journal: ClaimJournal) {
    this.options = options;
    this.tally = tally;
    this.journal = journal;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** The server does not answer any more, not even to say how it is. */
  get isServerGone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** Fires when the server is gone: nobody waits for it any longer. */
  get serverGone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Nobody begins anything new. */
  end(): void {
    this.#over.abort();
  }

  /** A source of chance for one player, so that players do not disturb each other's choices. */
  chance(player: number): Chance {
    return new Chance((this.options.seed * 7_919 + player * 104_729) % 2 ** 32);
  }

  /** Waits, but never past the end of the run. */
  async pause(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }

  /** Waits for a server that asked for it; not longer than until it is gone. */
  async patience(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#gone.signal }).catch(() => undefined);
  }

  /** Somebody got no answer: asks the server how it is, and ends the run if it says nothing. */
  checkServer(): Promise<void> {
    this.#probe ??= this.#askServer().finally(() => {
      this.#probe = undefined;
    });
    return this.#probe;
  }

  async #askServer(): Promise<void> {
    for (let attempt = 1; attempt <= PROBES; attempt += 1) {
      if (await this.#isAlive()) return;
      await this.patience(300);
    }
    if (!this.options.toleratesCrash && !this.isServerGone) this.tally.surprise('the server went away');
    this.#gone.abort();
    this.end();
  }

  async #isAlive(): Promise<boolean> {
    try {
      const reply = await fetch(`${this.options.url}/healthz`, { signal: AbortSignal.timeout(PROBE_PATIENCE_MILLISECONDS) });
      await reply.body?.cancel();
      return true;
    } catch {
      return false; // no connection, or none that answers: that is the question
    }
  }
}
