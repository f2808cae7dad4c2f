// What forgets requests and positions and cuts the log, over the model: the steps of `src/persistence/change-log/log-retention.ts` and `maintenance.ts` in the same
// words, by the limits of a world that lasts two minutes. Nothing but the base of a calendar keeps two nodes from cutting the same.
import { baseAfter } from '../../../src/actors/cluster/log-base.ts';
import type { StoredBase } from '../../../src/actors/ports.ts';
import { type Link, ModelConnection } from './connections.ts';
import { askOnce, isAfter, KEEP_THE_LOG } from './consumers.ts';
import { baseOf, changeOf } from './reads.ts';
import type { ChangeRow, Tables } from './tables.ts';
import { type Transaction, work } from './transactions.ts';

/** Milliseconds, but for `stepRows`. */
export type RetentionLimits = {
  /** The least that a change is kept. */
  readonly logMs: number;
  /** For so long a repeat of a key finds what became of it. */
  readonly keyMs: number;
  /** Then its row is forgotten: later, as a copy of it may be under way for long. */
  readonly requestMs: number;
  /** So much older than the oldest request, nothing is answered from a change. */
  readonly answerMarginMs: number;
  /** So long after its last run a consumer keeps nothing of the log any more. */
  readonly positionMs: number;
  /** Changes of a calendar that one transaction takes away. */
  readonly stepRows: number;
};

/** Where the database forgets keys early, it is by so much of their time. */
const EARLY = 0.1;

export class ModelRetention {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** One run. Rejects where the database does not answer: what is left waits for the next one. */
  async forget(limits: RetentionLimits): Promise<void> {
    await askOnce(this.#link, (tables) => forgetRequests(tables, limits));
    await askOnce(this.#link, (tables) => forgetConsumers(tables, limits));
    const [calendarIds, now] = await askOnce(this.#link, (tables) => [[...tables.calendars.keys()].sort(), tables.clock()] as const);
    for (const id of calendarIds) while ((await this.#cutStep(id, now - limits.logMs, limits)) === limits.stepRows);
  }

  async #cutStep(calendarId: string, olderThan: number, limits: RetentionLimits): Promise<number> {
    const rows = await askOnce(this.#link, (tables) => cuttable(tables, calendarId, olderThan, limits));
    if (rows.length === 0) return 0;
    const before = await askOnce(this.#link, (tables) => baseOf(tables, calendarId));
    const base = baseOver(before, rows);
    return base === undefined ? 0 : await new ModelConnection(this.#link).run((tables) => cut(tables, rows, { base, before }));
  }
}

function forgetRequests(tables: Tables, { keyMs, requestMs }: RetentionLimits): void {
  const before = tables.clock() - (tables.promises.keepsKeys ? requestMs : keyMs * EARLY);
  for (const row of [...tables.requests.values()]) if (row.createdAt < before) tables.forgetRequest(row);
}

function forgetConsumers(tables: Tables, { positionMs }: RetentionLimits): void {
  for (const [name, { leaseUntil }] of tables.consumers) if (leaseUntil < tables.clock() - positionMs) tables.consumers.delete(name);
}

/** The oldest changes of a calendar, as many of them in one piece as may be cut; never the newest. */
export function cuttable(tables: Tables, calendarId: string, olderThan: number, { answerMarginMs, stepRows }: RetentionLimits): readonly ChangeRow[] {
  const newest = tables.calendars.get(calendarId)?.revision ?? 0;
  const oldestRequest = Math.min(tables.clock(), ...[...tables.requests.values()].map(({ createdAt }) => createdAt));
  const before = tables.promises.keepsAnswers ? Math.min(olderThan, oldestRequest - answerMarginMs) : olderThan;
  const oldest = tables
    .logOf(calendarId)
    .filter(({ revision }) => revision < newest)
    .slice(0, stepRows);
  const kept = oldest.findIndex((row) => row.at >= before || isUnread(tables, row));
  return kept < 0 ? oldest : oldest.slice(0, kept);
}

function isUnread(tables: Tables, row: ChangeRow): boolean {
  return tables.promises.keepsUnread && [...tables.consumers.values()].some((place) => isAfter(row, place));
}

/** Undefined where the changes do not follow on the base: another node has cut meanwhile. */
export function baseOver(before: StoredBase | undefined, rows: readonly ChangeRow[]): StoredBase | undefined {
  const [first] = rows;
  if (first === undefined || first.revision - 1 !== (before?.revision ?? 0)) return undefined;
  return baseAfter(before, first.calendarId, rows.map(changeOf));
}

type Bases = { readonly base: StoredBase; readonly before: StoredBase | undefined };

/** One transaction: how many were cut. */
export function* cut(tables: Tables, rows: readonly ChangeRow[], { base, before }: Bases): Transaction<number> {
  yield { type: 'lock', name: KEEP_THE_LOG, mode: 'exclusive' };
  yield* work();
  if (rows.some((row) => isUnread(tables, row))) return 0;
  yield* work();
  const { calendarId, revision, at } = base;
  if ((tables.bases.get(calendarId)?.revision ?? 0) !== (before?.revision ?? 0)) return 0;
  const { hours, claims, holds, blockReasons } = tables.promises.foldsIntoBase ? base : (before ?? NOTHING);
  tables.bases.set(calendarId, { revision, at, state: JSON.stringify({ hours, claims, holds, blockReasons }) });
  tables.cutLog(calendarId, revision);
  if (tables.promises.marksTheCut)
    for (const { xid, position } of rows) if (isAfter({ xid, position }, tables.cut)) Object.assign(tables.cut, { xid, position });
  return rows.length;
}

const NOTHING: Pick<StoredBase, 'hours' | 'claims' | 'holds' | 'blockReasons'> = { hours: undefined, claims: [], holds: [], blockReasons: [] };
