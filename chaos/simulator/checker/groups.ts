// What several calendars have decided together: on all of them, or on none.
import type { CalendarEvent } from '../../../src/actors/calendar/calendar.ts';
import type { History } from '../history.ts';
import type { Ledger, Recorded } from './ledger.ts';

type Standing = { readonly calendarId: string; readonly resource?: { readonly calendarId: string } };

/** Where a claim stands: on the calendar of its record, and on that of its room. */
function standsOn({ calendarId, resource }: Standing): readonly string[] {
  return resource === undefined ? [calendarId] : [calendarId, resource.calendarId];
}

/** The calendars that have to have a fact, if this one has it. */
export function sharersOf(event: CalendarEvent, on: string): ReadonlySet<string> {
  // The time of a hold ends on each calendar by itself.
  if (event.type === 'hold.expired') return new Set([on]);
  if ('hold' in event) return new Set(standsOn(event.hold));
  if ('from' in event) return new Set([...standsOn(event.from), ...standsOn(event.appointment)]);
  return 'appointment' in event ? new Set(standsOn(event.appointment)) : new Set([on]);
}

export function checkGroups(history: History, ledger: Ledger): void {
  for (const { row, events } of ledger.all()) {
    for (const event of events) {
      const sharers = sharersOf(event, row.calendarId);
      const where = `${row.calendarId}@${row.revision}: ${event.type}`;
      if (!sharers.has(row.calendarId)) history.broken('half of a group happened', `${where} is no business of it`);
      for (const other of sharers) {
        const half = ledger.entries.get(row.entryId)?.find((record) => record.row.calendarId === other);
        const isThere = half?.events.some((one) => JSON.stringify(one) === JSON.stringify(event)) === true;
        if (!isThere) history.broken('half of a group happened', `${where}: ${other} knows nothing of it`);
      }
    }
  }
}

/** Both halves of a claim are there, or neither is; those of a hold ended in the same way. */
export function checkHalves(history: History, ledger: Ledger): void {
  const last = new Map<string, Recorded>(ledger.all().map((record) => [record.row.calendarId, record]));
  for (const [calendarId, { calendar }] of last) {
    for (const claim of calendar.claims.values()) {
      if (claim.partner === null) continue;
      const half = last.get(claim.partner)?.calendar.claims.get(claim.id);
      if (half?.partner !== calendarId || half.startsAt !== claim.startsAt || half.endsAt !== claim.endsAt || half.status !== claim.status)
        history.broken('half of a group happened', `${claim.kind} ${claim.id} stands on ${calendarId}, and not so on ${claim.partner}`);
    }
  }
  for (const { events } of ledger.all()) {
    for (const event of events) {
      if (event.type !== 'hold.placed') continue;
      const ends = standsOn(event.hold).map((id) => last.get(id)?.calendar.ended.get(event.hold.id) ?? 'not yet');
      if (new Set(ends).size > 1) history.broken('half of a group happened', `the halves of hold ${event.hold.id} ended in two ways: ${ends.join(', ')}`);
    }
  }
}
