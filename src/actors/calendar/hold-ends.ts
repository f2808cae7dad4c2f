import { RecentMap } from '../recent-map.ts';
import type { CalendarEvent } from './calendar.ts';
import { type CalendarState, ENDED_HOLDS, type HoldEnd } from './calendar-state.ts';
import { holdEndedBy } from './fold-fact.ts';

/** How the last holds of a calendar ended, from durable decisions only. */
export class HoldEnds {
  readonly #ends = new RecentMap<string, HoldEnd>(ENDED_HOLDS);

  note(events: readonly CalendarEvent[]): void {
    for (const event of events) {
      const ended = holdEndedBy(event);
      if (ended !== undefined) this.#ends.set(ended.holdId, ended.end);
    }
  }

  /** For a calendar that has been loaded, since the database does not keep how holds ended, or has taken back what it had decided. */
  putInto(state: CalendarState): void {
    state.endedHolds.clear();
    for (const [holdId, end] of this.#ends.entries()) if (!state.holds.has(holdId)) state.endedHolds.set(holdId, end);
  }
}
