import type { CalendarEvent } from '../../../src/actors/calendar/calendar.ts';
import type { History } from '../history.ts';
import { type ChangeRow, type RequestTableRow, requestName, type Witness } from '../model-database/tables.ts';
import { checkUnnamed } from './people.ts';
import { SmallCalendar } from './small-calendar.ts';

/** One change as it was committed, and the calendar after it. `at` is the moment of the world. */
export type Recorded = { readonly row: ChangeRow; readonly events: readonly CalendarEvent[]; readonly at: number; readonly calendar: SmallCalendar };

/** Sees everything become durable, keeps it with its moment, and complains at once about what must never be. */
export class Ledger implements Witness {
  readonly #history: History;
  readonly #now: () => number;
  readonly #keyMs: number;
  readonly #logs = new Map<string, Recorded[]>();
  readonly entries = new Map<string, Recorded[]>();
  /** By entry: how many commits had been sent when somebody was told that it is not written. */
  readonly #denied = new Map<string, number>();
  readonly #cuts = new Map<string, { readonly revision: number; readonly at: number }[]>();
  readonly requests = new Map<string, { readonly row: RequestTableRow; readonly at: number }>();

  /** `keyMs`: how long a key is known. */
  constructor(history: History, now: () => number, keyMs = Number.POSITIVE_INFINITY) {
    this.#history = history;
    this.#now = now;
    this.#keyMs = keyMs;
  }

  logOf(calendarId: string): readonly Recorded[] {
    return this.#logs.get(calendarId) ?? [];
  }

  all(): readonly Recorded[] {
    return [...this.#logs.values()].flat();
  }

  requestOf({ caller, key }: { readonly caller: string; readonly key: string }): RequestTableRow | undefined {
    return this.requests.get(requestName(caller, key))?.row;
  }

  recordOf(calendarId: string, revision: number): Recorded | undefined {
    const log = this.logOf(calendarId);
    // As long as the log is dense, the place is the revision.
    const guess = log[revision - 1];
    return guess?.row.revision === revision ? guess : log.find(({ row }) => row.revision === revision);
  }

  /** The states that the calendar had within these moments. */
  *statesWithin(calendarId: string, from: number, to: number): Generator<SmallCalendar> {
    let calendar = new SmallCalendar(calendarId);
    for (const record of this.logOf(calendarId)) {
      if (record.at > to) break;
      if (record.at >= from) yield calendar;
      calendar = record.calendar;
    }
    yield calendar;
  }

  onChange(row: ChangeRow): void {
    checkUnnamed(this.#history, 'fact', row.events + row.by);
    const log = this.#logs.get(row.calendarId) ?? [];
    this.#logs.set(row.calendarId, log);
    const before = log.at(-1);
    const events = JSON.parse(row.events) as CalendarEvent[];
    const calendar = (before?.calendar ?? new SmallCalendar(row.calendarId)).after(events);
    const record: Recorded = { row, events, at: this.#now(), calendar };
    log.push(record);
    const entry = this.entries.get(row.entryId) ?? [];
    this.entries.set(row.entryId, entry);
    entry.push(record);
    this.#complain(before, record);
  }

  onRequest(row: RequestTableRow): void {
    checkUnnamed(this.#history, 'request', JSON.stringify(row));
    const name = requestName(row.caller, row.key);
    if (this.requests.has(name)) this.#history.broken('something happened twice', `the key ${row.key} was written twice`);
    this.requests.set(name, { row, at: this.#now() });
  }

  onCut(calendarId: string, revision: number): void {
    const cuts = this.#cuts.get(calendarId) ?? [];
    this.#cuts.set(calendarId, cuts);
    cuts.push({ revision, at: this.#now() });
  }

  /** How far logs were cut, and when. */
  cutsOf(calendarId: string): readonly { readonly revision: number; readonly at: number }[] {
    return this.#cuts.get(calendarId) ?? [];
  }

  onForgotten(row: RequestTableRow): void {
    const writtenAt = this.requests.get(requestName(row.caller, row.key))?.at ?? 0;
    if (this.#now() < writtenAt + this.#keyMs)
      this.#history.broken('a key was forgotten within its time', `${row.key} was written at ${writtenAt} and forgotten at ${this.#now()}`);
  }

  onDenied(entryIds: readonly string[], commits: number): void {
    for (const id of entryIds) this.#denied.set(id, Math.max(commits, this.#denied.get(id) ?? 0));
  }

  onWritten(commit: number, entryIds: readonly string[]): void {
    for (const id of entryIds) {
      if ((this.#denied.get(id) ?? 0) >= commit) this.#history.broken('what was given up happened after all', `entry ${id}, by a commit from before`);
    }
  }

  #complain(before: Recorded | undefined, { row, calendar }: Recorded): void {
    const where = `${row.calendarId}@${row.revision}`;
    if (row.revision !== (before?.row.revision ?? 0) + 1) this.#history.broken('a change log has a gap', `${where} after ${before?.row.revision ?? 0}`);
    if (before !== undefined && row.epoch < before.row.epoch) this.#history.broken('an epoch fell', `${where}: ${before.row.epoch}, then ${row.epoch}`);
    if (before !== undefined && row.at < before.row.at) this.#history.broken('a date fell', `${where}: ${before.row.at}, then ${row.at}`);
    if (before !== undefined && isOutOfOrder(before.row, row)) {
      const places = [before.row, row].map(({ xid, position }) => `(${xid}, ${position})`);
      this.#history.broken('a change stands before the one before it', `${where}: ${places.join(', then ')}`);
    }
    for (const complaint of calendar.complaints) this.#history.broken('a change contradicts the one before', `${where}: ${complaint}`);
    const known = new Set(before?.calendar.overlaps());
    for (const overlap of calendar.overlaps()) if (!known.has(overlap)) this.#history.broken('two claims overlap', `${where}: ${overlap}`);
  }
}

/** Readers of the whole log go by transaction and number, and must hear of a calendar in the order of its revisions. */
function isOutOfOrder(before: ChangeRow, row: ChangeRow): boolean {
  return row.xid < before.xid || (row.xid === before.xid && row.position <= before.position);
}
