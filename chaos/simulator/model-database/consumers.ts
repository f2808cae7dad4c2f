// Consumers and the change log as one order, over the model: the same connections and failures as everything else, and the statements of
// `src/persistence/change-log/consumer-store.ts` and `change-log-reads.ts` in the same words.
import type { ChangeLog, LogFilter, LoggedChange, LogPage, LogPosition } from '../../../src/actors/change-log-port.ts';
import { ReadFailure } from '../../../src/actors/ports.ts';
import { type Behind, type Consumer, type ConsumerStore, type SetAside, type Step, type StepEnd, writeEffects } from '../../../src/consumers/consumer.ts';
import { instant } from '../../../src/model/instant.ts';
import { SqlFailure } from '../../../src/persistence/database/database.ts';
import { asReadFailure } from '../../../src/persistence/database/read-failure.ts';
import { type Link, ModelConnection } from './connections.ts';
import { once } from './model-journal.ts';
import { changeOf } from './reads.ts';
import type { ChangeRow, ConsumerTableRow, Tables } from './tables.ts';
import { type Transaction, work } from './transactions.ts';

/** What a consumer writes: words that the checker reads. `isRefused`: the database refuses to write it. */
type ModelEffect = { readonly words: string; readonly isRefused?: boolean };
/** The lock of what begins to read the log, and of what cuts it. */
export const KEEP_THE_LOG = 'the log';
/** A transaction takes down what is to be written. */
export type ModelWrites = ModelEffect[];

/** Below it every transaction has ended. */
function horizonOf(tables: Tables): number {
  return tables.promises.readersStop ? Math.min(tables.lastXid + 1, ...tables.openXids) : Number.POSITIVE_INFINITY;
}

/** Whether it stands behind a position in the order of the business. */
export function isAfter(
  row: { readonly xid: number; readonly position: number },
  { xid, position }: { readonly xid: number; readonly position: number },
): boolean {
  return row.xid > xid || (row.xid === xid && row.position > position);
}

export function numbersOf({ xid, position }: LogPosition): { readonly xid: number; readonly position: number } {
  return { xid: Number(xid), position: Number(position) };
}

function textsOf({ xid, position }: { readonly xid: number; readonly position: number }): LogPosition {
  return { xid: String(xid), position: String(position) };
}

function loggedOf(row: ChangeRow): LoggedChange {
  return { ...changeOf(row), ...textsOf(row), by: JSON.parse(row.by) as LoggedChange['by'], requestId: row.requestId, entryId: row.entryId };
}

export class ModelChangeLog implements Pick<ChangeLog, 'newest' | 'head' | 'page'> {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  newest(): Promise<LogPosition | null> {
    return askOnce(this.#link, (tables) => {
      const row = tables.log.findLast(({ xid }) => xid < horizonOf(tables));
      return row === undefined ? null : textsOf(row);
    });
  }

  head(): Promise<LogPosition | null> {
    return askOnce(this.#link, (tables) => {
      const row = tables.log.at(-1);
      return row === undefined ? null : textsOf(row);
    });
  }

  page(after: LogPosition | null, { types }: LogFilter, limit: number): Promise<LogPage> {
    return askOnce(this.#link, (tables) => {
      const place = after === null ? tables.cut : numbersOf(after);
      const horizon = horizonOf(tables);
      const found = tables.log.filter((row) => row.xid < horizon && isAfter(row, place)).slice(0, limit);
      const last = found.at(-1);
      const changes = found.map(loggedOf).filter(({ events }) => types === null || events.some(({ type }) => types.includes(type)));
      return { changes, last: last === undefined ? null : textsOf(last), isMore: found.length === limit, hasGap: after !== null && isAfter(tables.cut, place) };
    });
  }
}

export class ModelConsumers implements ConsumerStore<ModelWrites> {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  register(name: string, from: Consumer<ModelWrites>['from']): Promise<void> {
    return new ModelConnection(this.#link).run((tables) => register(tables, name, from)).catch(asReadFailure);
  }

  take(name: string, owner: string, leaseMs: number): Promise<{ readonly position: LogPosition; readonly isOurs: boolean }> {
    return askOnce(this.#link, (tables) => {
      const row = rowOf(tables, name);
      const now = tables.clock();
      if (row.owner === null || row.owner === owner || row.leaseUntil < now) Object.assign(row, { owner, leaseUntil: now + leaseMs });
      return { position: textsOf(row), isOurs: row.owner === owner };
    });
  }

  release(owner: string): Promise<void> {
    return askOnce(this.#link, (tables) => {
      for (const row of tables.consumers.values()) if (row.owner === owner) row.owner = null;
    });
  }

  positionOf(name: string): Promise<LogPosition> {
    return askOnce(this.#link, (tables) => textsOf(rowOf(tables, name)));
  }

  async advance(name: string, step: Step<ModelWrites>): Promise<StepEnd> {
    const writes: ModelWrites = [];
    await writeEffects(step.effects, writes);
    try {
      if (this.#link.server.tables.promises.movesWithEffects) return await new ModelConnection(this.#link).run((tables) => advance(tables, name, step, writes));
      const end = await new ModelConnection(this.#link).run((tables) => advance(tables, name, { ...step, to: step.from }, writes));
      return end === 'done'
        ? await new ModelConnection(this.#link).run((tables) => advance(tables, name, { from: step.from, to: step.to, effects: null }, []))
        : end;
    } catch (failure) {
      if (failure instanceof SqlFailure && !failure.definite) return 'unknown';
      throw failure;
    }
  }

  behind(name: string, mostCounted: number): Promise<Behind> {
    return askOnce(this.#link, (tables) => {
      const row = rowOf(tables, name);
      const unread = tables.log.filter((one) => isAfter(one, row)).slice(0, mostCounted);
      const oldestAt = unread.length === 0 ? null : instant(Math.min(...unread.map(({ at }) => at)));
      return { changes: unread.length, oldestAt, now: instant(Math.floor(tables.clock())), setAside: 0 };
    });
  }

  listSetAside(): Promise<readonly SetAside[]> {
    return Promise.reject(new ReadFailure(new Error('not asked in a simulated world')));
  }

  settle(): Promise<boolean> {
    return Promise.reject(new ReadFailure(new Error('not asked in a simulated world')));
  }
}

/** Under the lock that cutting the log takes. Where it is known it counts as run. */
function* register(tables: Tables, name: string, from: Consumer<ModelWrites>['from']): Transaction<void> {
  yield { type: 'lock', name: KEEP_THE_LOG, mode: 'exclusive' };
  yield* work();
  const known = tables.consumers.get(name);
  const newest = from === 'now' ? tables.log.findLast(({ xid }) => xid < horizonOf(tables)) : undefined;
  const { xid, position } = newest ?? { xid: 0, position: 0 };
  if (known === undefined) tables.consumers.set(name, { xid, position, owner: null, leaseUntil: tables.clock() });
  else known.leaseUntil = Math.max(known.leaseUntil, tables.clock());
}

/** Several statements between `begin` and `commit`, so it takes a while; everything is written at its end. */
function* advance(tables: Tables, name: string, { from, to, setAside }: Step<ModelWrites>, writes: ModelWrites): Transaction<StepEnd> {
  yield* work();
  yield { type: 'lock', name: `consumer ${name}`, mode: 'exclusive' };
  const row = rowOf(tables, name);
  const place = numbersOf(from);
  if (tables.promises.comparesPosition && (row.xid !== place.xid || row.position !== place.position)) return 'elsewhere';
  for (const { isRefused } of writes) {
    yield* work();
    if (isRefused === true) throw new SqlFailure('the effect is refused', { definite: true, sqlState: '22023' });
  }
  yield* work();
  for (const { words } of writes) tables.addEffect(name, words);
  if (setAside !== undefined) tables.addEffect(name, asideOf(setAside.change));
  Object.assign(row, numbersOf(to));
  return 'done';
}

/** In the place of its effect. */
export function asideOf({ calendarId, revision }: Pick<LoggedChange, 'calendarId' | 'revision'>): string {
  return `aside ${calendarId}@${revision}`;
}

function rowOf(tables: Tables, name: string): ConsumerTableRow {
  const row = tables.consumers.get(name);
  if (row === undefined) throw new Error(`the database does not know the consumer ${name}`);
  return row;
}

/** One statement, on any connection. */
export function askOnce<Reply>(link: Link, look: (tables: Tables) => Reply): Promise<Reply> {
  return new ModelConnection(link).run(once(look)).catch(asReadFailure);
}
