// The state of a calendar where its change log begins after a cut: the removed changes, folded, so that the rest can be replayed.
import { instant } from '../../model/instant.ts';
import { type CalendarState, claimsKeptFrom, stateOf } from '../calendar/calendar-state.ts';
import { evolve } from '../calendar/evolve.ts';
import type { StoredBase } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';

/** The base after further changes, which must follow it. Claims long past are dropped, as in memory. */
export function baseAfter(base: StoredBase | undefined, calendarId: string, changes: readonly CalendarChange[]): StoredBase | undefined {
  const last = changes.at(-1);
  if (last === undefined) return base;
  const state = stateOfBase(base, calendarId, base?.hours ?? hoursBefore(changes) ?? NO_HOURS);
  const isKnown = (base?.hours ?? hoursBefore(changes)) !== undefined;
  for (const { events } of changes) for (const event of events) evolve(state, event);
  const claims = state.claims
    .overlapping(claimsKeptFrom(last.at), instant(Number.MAX_SAFE_INTEGER))
    .flatMap((claim) => (claim.kind === 'time-off' || claim.kind === 'external' ? [] : [claim]));
  return {
    calendarId,
    revision: last.revision,
    at: last.at,
    hours: isKnown ? state.hours : undefined,
    claims,
    holds: [...state.holds.values()],
    blockReasons: claims.flatMap(({ id }) => (state.blockReasons.has(id) ? [[id, state.blockReasons.get(id) ?? ''] as const] : [])),
  };
}

/** The state that the rest of the log is replayed on. */
export function stateOfBase(base: StoredBase | undefined, id: string, hours: CalendarState['hours']): CalendarState {
  const { revision = 0, at = instant(0), claims = [], holds = [], blockReasons = [] } = base ?? {};
  return stateOf({ id, shard: 0, revision, changedAt: at, hours, claims, holds, blockReasons: new Map(blockReasons) });
}

/** Those that the first change of hours has replaced. */
function hoursBefore(changes: readonly CalendarChange[]): CalendarState['hours'] | undefined {
  for (const { events } of changes) for (const event of events) if ('hours' in event) return event.was;
  return undefined;
}

/** Stands for hours that no change has told yet. */
const NO_HOURS: CalendarState['hours'] = {
  timeZone: null,
  weekly: null,
  overrides: {},
  ownHours: false,
  timeOff: [],
  location: { timeZone: 'UTC', weekly: [], specialDates: {}, version: 0 },
};
