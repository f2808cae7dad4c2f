import {
  type CommitBatch,
  CommitFailure,
  type CommitResult,
  type HoldHome,
  type JournalDatabase,
  type ShardOwner,
  type StoredCalendar,
  type StoredRequest,
} from '../../../src/actors/ports.ts';
import type { CalendarChange } from '../../../src/actors/scheduler.ts';
import type { Instant } from '../../../src/model/instant.ts';
import { SqlFailure } from '../../../src/persistence/database/database.ts';
import { asReadFailure } from '../../../src/persistence/database/read-failure.ts';
import { refence } from './cluster.ts';
import { commit, lateRequests } from './commit.ts';
import { type Link, ModelConnection, type Statement } from './connections.ts';
import * as reads from './reads.ts';
import type { Tables } from './tables.ts';
import { type Transaction, work } from './transactions.ts';

const COMMIT_TIMEOUT_MS = 5_000;
const REFENCE_TIMEOUT_MS = 10_000;
/** How long keys come after their transaction, where a promise is broken. */
const LATE_STEPS = 4;

/** As SqlJournal, statement for statement, over the model: the same connections, limits and failures. */
export class ModelJournal implements JournalDatabase {
  readonly #link: Link;
  readonly #lanes = new Map<number, Promise<ModelConnection>>();

  constructor(link: Link) {
    this.#link = link;
  }

  async commit(lane: number, batch: CommitBatch): Promise<CommitResult> {
    const connection = await this.#connectionFor(lane);
    const { tables: counted } = this.#link.server;
    counted.commits += 1;
    const number = counted.commits;
    try {
      return await connection.run((tables) => witnessedCommit(tables, batch, number), COMMIT_TIMEOUT_MS);
    } catch (error) {
      const failure = error instanceof SqlFailure ? error : undefined;
      const definite = failure?.definite ?? false;
      if (!definite) await this.#drop(lane);
      const facts = { definite, sqlState: failure?.sqlState ?? null, constraint: failure?.constraint ?? null };
      throw new CommitFailure('the commit did not come back', { ...facts, cause: error });
    }
  }

  async #connectionFor(lane: number): Promise<ModelConnection> {
    try {
      return await this.#connection(lane);
    } catch (error) {
      throw new CommitFailure('no connection to the database', { definite: true, sqlState: '08001', constraint: null, cause: error });
    }
  }

  async #connection(lane: number): Promise<ModelConnection> {
    const known = this.#lanes.get(lane) ?? ModelConnection.open(this.#link);
    this.#lanes.set(lane, known);
    try {
      return await known;
    } catch (error) {
      this.#lanes.delete(lane);
      throw error;
    }
  }

  async #drop(lane: number): Promise<void> {
    const known = this.#lanes.get(lane);
    this.#lanes.delete(lane);
    const connection = await known?.catch(() => undefined);
    connection?.destroy();
  }

  async #askOnLane<Reply>(lane: number, statement: Statement<Reply>): Promise<Reply> {
    const connection = await this.#connection(lane);
    try {
      return await connection.run(statement, REFENCE_TIMEOUT_MS);
    } catch (error) {
      await this.#drop(lane);
      throw error;
    }
  }

  async refence(lane: number, shards: readonly number[]): Promise<readonly ShardOwner[]> {
    await this.#drop(lane);
    return this.#askOnLane(lane, (tables) => refence(tables, shards));
  }

  written(lane: number, entryIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { commits } = this.#link.server.tables;
    const look = (tables: Tables) => {
      const found = reads.written(tables, entryIds);
      tables.witness?.onDenied(
        entryIds.filter((id) => !found.has(id)),
        commits,
      );
      return found;
    };
    return this.#askOnLane(lane, once(look));
  }

  load(calendarIds: readonly string[], from: Instant): Promise<readonly StoredCalendar[]> {
    return this.#read((tables) => reads.load(tables, calendarIds, from));
  }

  calendarsWithHolds(shards: readonly number[]): Promise<readonly string[]> {
    return this.#read((tables) => reads.calendarsWithHolds(tables, shards));
  }

  revisions(calendarIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#read((tables) => reads.revisions(tables, calendarIds));
  }

  homeOfHold(holdId: string): Promise<HoldHome | undefined> {
    return this.#read((tables) => reads.homeOfHold(tables, holdId));
  }

  changes(calendarId: string, after: number, limit: number): Promise<readonly CalendarChange[]> {
    return this.#read((tables) => reads.changes(tables, calendarId, after, limit));
  }

  missed(calendarId: string, after: number, most: number): ReturnType<JournalDatabase['missed']> {
    return this.#read((tables) => reads.missed(tables, calendarId, after, most));
  }

  changeRange(calendarId: string): ReturnType<JournalDatabase['changeRange']> {
    return this.#read((tables) => reads.changeRange(tables, calendarId));
  }

  baseOf(calendarId: string): ReturnType<JournalDatabase['baseOf']> {
    return this.#read((tables) => reads.baseOf(tables, calendarId));
  }

  appointment(appointmentId: string): ReturnType<JournalDatabase['appointment']> {
    return this.#read((tables) => reads.appointment(tables, appointmentId));
  }

  customerOf(email: string): Promise<string | undefined> {
    return this.#read((tables) => reads.customerOf(tables, email));
  }

  request(caller: string, key: string): Promise<StoredRequest | undefined> {
    return this.#read((tables) => reads.request(tables, caller, key));
  }

  /** On any connection of the pool, which is one that nobody else uses at the moment. */
  #read<Reply>(look: (tables: Tables) => Reply): Promise<Reply> {
    return new ModelConnection(this.#link).run(once(look)).catch(asReadFailure);
  }
}

/** A statement that looks once. */
export function once<Reply>(look: (tables: Tables) => Reply): Statement<Reply> {
  return function* lookOnce(tables: Tables): Transaction<Reply> {
    yield* work();
    return look(tables);
  };
}

/** A commit, and what the witness hears of it. Where keys are not kept in the transaction, they come some time after it. */
function* witnessedCommit(tables: Tables, batch: CommitBatch, number: number): Transaction<CommitResult> {
  const result = yield* commit(tables, batch, (entryIds) => tables.witness?.onWritten(number, entryIds));
  const late = lateRequests(tables, batch, result);
  if (late.length > 0) for (let step = 0; step < LATE_STEPS; step += 1) yield* work();
  for (const row of late) tables.addRequest(row);
  return result;
}
