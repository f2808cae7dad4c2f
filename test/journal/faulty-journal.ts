// The real journal with a network that can fail at a chosen moment: before a commit reaches the database, or after it was written.
import { type CommitBatch, CommitFailure, type CommitResult, type JournalDatabase } from '../../src/actors/ports.ts';

/** `lost reply`: written, nobody is told. `lost request`: not written, nobody is told. */
export type Fault = 'lost reply' | 'lost request';

export class FaultyJournal implements JournalDatabase {
  readonly #journal: JournalDatabase;
  readonly #faults: Fault[] = [];
  #beforeRecord = async () => {};
  /** Every batch that was sent, in order. */
  readonly sent: CommitBatch[] = [];
  /** How many faults have happened. */
  fired = 0;

  constructor(journal: JournalDatabase) {
    this.#journal = journal;
  }

  /** The next commits, one fault each. */
  failNext(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  async commit(lane: number, batch: CommitBatch): Promise<CommitResult> {
    this.sent.push(batch);
    const fault = this.#faults.shift();
    if (fault !== 'lost request') {
      const result = await this.#journal.commit(lane, batch);
      if (fault === undefined) return result;
    }
    this.fired += 1;
    throw new CommitFailure(fault, { definite: false, sqlState: null, constraint: null });
  }

  /** The next question for an appointment's record stops on its way, until `go`. */
  stopAtNextRecord(): { readonly reached: Promise<void>; readonly go: () => void } {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    this.#beforeRecord = async () => {
      this.#beforeRecord = async () => {};
      reached.resolve();
      await go.promise;
    };
    return { reached: reached.promise, go: () => go.resolve() };
  }

  async appointment(appointmentId: string): ReturnType<JournalDatabase['appointment']> {
    await this.#beforeRecord();
    return this.#journal.appointment(appointmentId);
  }

  refence: JournalDatabase['refence'] = (lane, shards) => this.#journal.refence(lane, shards);
  written: JournalDatabase['written'] = (lane, entryIds) => this.#journal.written(lane, entryIds);
  load: JournalDatabase['load'] = (calendarIds, from) => this.#journal.load(calendarIds, from);
  calendarsWithHolds: JournalDatabase['calendarsWithHolds'] = (shards) => this.#journal.calendarsWithHolds(shards);
  revisions: JournalDatabase['revisions'] = (calendarIds) => this.#journal.revisions(calendarIds);
  homeOfHold: JournalDatabase['homeOfHold'] = (holdId) => this.#journal.homeOfHold(holdId);
  changes: JournalDatabase['changes'] = (calendarId, after, limit) => this.#journal.changes(calendarId, after, limit);
  missed: JournalDatabase['missed'] = (calendarId, after, most) => this.#journal.missed(calendarId, after, most);
  changeRange: JournalDatabase['changeRange'] = (calendarId) => this.#journal.changeRange(calendarId);
  baseOf: JournalDatabase['baseOf'] = (calendarId) => this.#journal.baseOf(calendarId);
  customerOf: JournalDatabase['customerOf'] = (email) => this.#journal.customerOf(email);
  request: JournalDatabase['request'] = (caller, key) => this.#journal.request(caller, key);
}
