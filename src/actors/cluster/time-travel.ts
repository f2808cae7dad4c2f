import type { Instant } from '../../model/instant.ts';
import { type CalendarState, emptyState } from '../calendar/calendar-state.ts';
import { evolve } from '../calendar/evolve.ts';
import type { JournalDatabase } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';

const PAGE = 500;
/** A calendar with more changes than this is not read back from the beginning. */
const MOST_CHANGES = 200_000;

/** A calendar as it was at a moment: its change log, played from the beginning. `undefined` if the log does not reach back that far. */
export async function stateAt(database: JournalDatabase, now: Pick<CalendarState, 'id' | 'hours'>, at: Instant): Promise<CalendarState | undefined> {
  const range = await database.changeRange(now.id);
  if (range === undefined || (range.oldest !== null && range.oldest > 1)) return undefined;
  const past: CalendarChange[] = [];
  let hours = now.hours;
  let isFirstHours = true;
  for (let after = 0; past.length < MOST_CHANGES; ) {
    const page = await database.changes(now.id, after, PAGE);
    for (const change of page) {
      for (const event of change.events) {
        if (event.type !== 'hours.changed' || !isFirstHours) continue;
        hours = event.was;
        isFirstHours = false;
      }
      if (change.at <= at) past.push(change);
    }
    if (page.length < PAGE) return played(now.id, hours, past);
    after = page.at(-1)?.revision ?? after;
  }
  return undefined;
}

function played(id: string, hours: CalendarState['hours'], changes: readonly CalendarChange[]): CalendarState {
  const state = emptyState(id, hours);
  for (const change of changes) {
    for (const event of change.events) evolve(state, event);
    state.revision = change.revision;
  }
  return state;
}
