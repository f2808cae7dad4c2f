// What followed from the log: everything once, in its order. Knows the log as it was committed, and nothing of how consumers read it.
import type { History } from '../history.ts';
import { asideOf } from '../model-database/consumers.ts';
import type { Tables } from '../model-database/tables.ts';
import { isPoisoned, NOTES, noteOf } from '../scene-consumers.ts';
import type { Ledger, Recorded } from './ledger.ts';

/** A hold may end just before the world does: what has happened by then has been consumed this long after it. Milliseconds. */
const CONSUMED_MS = 5_000;

/** `now`: the end of the world. */
export function checkConsumers(history: History, ledger: Ledger, tables: Tables, now: number): void {
  const logged = ledger.all().toSorted(({ row: one }, { row: other }) => one.xid - other.xid || one.position - other.position);
  const notes = logged.map(({ row }) => (isPoisoned(row.entryId) ? asideOf(row) : noteOf(row)));
  const fresh = new Set(notes.filter((_, place) => (logged[place]?.at ?? 0) > now - CONSUMED_MS));
  compare(history, NOTES, notes, { written: tables.effectsOf(NOTES), fresh });
  const audited = logged.filter(({ at }) => at <= now - CONSUMED_MS);
  const deeds = auditedIn(history, ledger, logged);
  const due = new Set(auditedIn(history, ledger, audited));
  compare(history, 'audit', deeds, { written: tables.effectsOf('audit'), fresh: new Set(deeds.filter((words) => !due.has(words))) });
}

/** `fresh`: of those that are due, the ones that need not be written yet. */
type Consumed = { readonly written: readonly string[]; readonly fresh: ReadonlySet<string> };

function compare(history: History, name: string, due: readonly string[], { written, fresh }: Consumed): void {
  const counts = new Map<string, number>();
  for (const words of written) counts.set(words, (counts.get(words) ?? 0) + 1);
  for (const words of due) if (!counts.has(words) && !fresh.has(words)) history.broken('a consumer missed a change', `${name}: ${words}`);
  for (const [words, count] of counts) if (count > 1) history.broken('a consumer had a change twice', `${name}: ${words}, ${count} times`);
  const places = new Map(due.map((words, place) => [words, place]));
  let before = -1;
  for (const words of written) {
    const place = places.get(words);
    if (place === undefined) {
      history.broken('a consumer had what is not in the log', `${name}: ${words}`);
      continue;
    }
    if (place < before) history.broken('a consumer went out of order', `${name}: ${words}`);
    before = place;
  }
}

/** Everything that was done for a user who is logged in, on the calendar that answered; but not holds. */
function auditedIn({ asked }: History, ledger: Ledger, logged: readonly Recorded[]): readonly string[] {
  const words = new Map<string, string>();
  for (const { request } of asked) {
    const row = request.by && ledger.requestOf(request);
    if (row?.outcome !== 'ok' || row.calendarId === null) continue;
    const event = ledger.recordOf(row.calendarId, row.revision ?? 0)?.events[row.eventIndex ?? 0];
    if (event === undefined || 'hold' in event || event.type === 'external.changed') continue;
    const subjectId = 'appointment' in event ? event.appointment.id : 'block' in event ? event.block.id : row.calendarId;
    words.set(noteOf({ calendarId: row.calendarId, revision: row.revision ?? 0 }), `${row.entryId} ${event.type} ${subjectId} ${request.key}`);
  }
  return logged.flatMap(({ row }) => words.get(noteOf(row)) ?? []);
}
