// What followed from the log: everything once, in its order. Knows the log as it was committed, and nothing of how consumers read it.
import type { History } from '../history.ts';
import { asideOf } from '../model-database/consumers.ts';
import type { Tables } from '../model-database/tables.ts';
import { isPoisoned, NOTES, noteOf } from '../scene-consumers.ts';
import type { Ledger, Recorded } from './ledger.ts';

export function checkConsumers(history: History, ledger: Ledger, tables: Tables): void {
  const logged = ledger.all().toSorted(({ row: one }, { row: other }) => one.xid - other.xid || one.position - other.position);
  const notes = logged.map(({ row }) => (isPoisoned(row.entryId) ? asideOf(row) : noteOf(row)));
  compare(history, NOTES, notes, tables.effectsOf(NOTES));
  compare(history, 'audit', auditedIn(history, ledger, logged), tables.effectsOf('audit'));
}

function compare(history: History, name: string, due: readonly string[], written: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const words of written) counts.set(words, (counts.get(words) ?? 0) + 1);
  for (const words of due) if (!counts.has(words)) history.broken('a consumer missed a change', `${name}: ${words}`);
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
    if (event === undefined || 'hold' in event) continue;
    const subjectId = 'appointment' in event ? event.appointment.id : 'block' in event ? event.block.id : row.calendarId;
    words.set(noteOf({ calendarId: row.calendarId, revision: row.revision ?? 0 }), `${row.entryId} ${event.type} ${subjectId} ${request.key}`);
  }
  return logged.flatMap(({ row }) => words.get(noteOf(row)) ?? []);
}
