// Where a service may start inside the windows: at every interval from the opening of the window, in the zone of the calendar, so that every
// viewer sees the same instants. For services that pack, the grid restarts at the end of each busy stretch.
import { valueAt } from './columns.ts';
import { type Instant, instant, MINUTE } from './instant.ts';
import type { Windows } from './open-windows.ts';
import type { SlotTerms } from './slot-terms.ts';
import type { ForbiddenStarts } from './spacing.ts';
import { firstInstantOfDay, localDayOf } from './zone-offsets.ts';

/**
 * Stretches of windows in which one grid holds, flat, three numbers each: the anchor, where the next grid begins, and where the window ends.
 * A start belongs to the stretch it lies in, but its appointment may last until the window ends.
 */
export type GridStretches = readonly number[];

export type Grid = {
  readonly stretches: GridStretches;
  /** fixed: starts count from the anchor. pack: from the first free start of each unbroken run of free starts, rounded up to a whole step. */
  readonly kind: SlotTerms['grid'];
  readonly intervalMs: number;
  readonly roundToMs: number;
  readonly lengthMs: number;
};

/** No local date has been this short, so a window up to this length cannot cover one. */
const SHORTER_THAN_A_DATE = 12 * 60 * MINUTE;

/**
 * Cuts windows where the grid restarts: at the first instant of a local date, if the window has been open for the whole date before.
 * Otherwise a calendar that is open around the clock had no anchor.
 */
export function gridStretches(windows: Windows, zone: string): GridStretches {
  const stretches: number[] = [];
  for (let index = 0; index < windows.length; index += 2) {
    let anchor = valueAt(windows, index);
    const closesAt = valueAt(windows, index + 1);
    if (closesAt - anchor > SHORTER_THAN_A_DATE) {
      for (const restart of restarts(zone, anchor, closesAt)) {
        stretches.push(anchor, restart, closesAt);
        anchor = restart;
      }
    }
    stretches.push(anchor, closesAt, closesAt);
  }
  return stretches;
}

/** The first instant of the date that came before `day` on the wall: where a zone left a date out, the one before that. */
export function firstInstantOfDateBefore(zone: string, day: number): number {
  const before = firstInstantOfDay(zone, day - 1);
  return before < firstInstantOfDay(zone, day) ? before : firstInstantOfDay(zone, day - 2);
}

function restarts(zone: string, opensAt: number, closesAt: number): number[] {
  const found: number[] = [];
  for (let day = localDayOf(zone, opensAt) + 1; ; day += 1) {
    const begins = firstInstantOfDay(zone, day);
    if (begins >= closesAt) return found;
    if (opensAt <= firstInstantOfDateBefore(zone, day) && found.at(-1) !== begins) found.push(begins);
  }
}

/** Every start on the grid, in [from, to), that fits into its window and is not forbidden; in order. */
export function startsOnGrid(grid: Grid, forbidden: ForbiddenStarts, from: number, to: number): Instant[] {
  const { stretches, kind, intervalMs, roundToMs, lengthMs } = grid;
  const starts: Instant[] = [];
  let next = 0;
  for (let index = 0; index < stretches.length; index += 3) {
    const anchor = valueAt(stretches, index);
    const last = Math.min(valueAt(stretches, index + 1) - 1, valueAt(stretches, index + 2) - lengthMs, to - 1);
    for (let free = anchor; free <= last; ) {
      while (next < forbidden.before.length && valueAt(forbidden.before, next) <= free) next += 1;
      const isLast = next >= forbidden.before.length;
      const blockedAfter = isLast ? Number.POSITIVE_INFINITY : valueAt(forbidden.after, next);
      const freeAgain = isLast ? Number.POSITIVE_INFINITY : valueAt(forbidden.before, next);
      if (free <= blockedAfter) {
        const first = kind === 'pack' ? Math.ceil(free / roundToMs) * roundToMs : anchor;
        const steps = Math.max(0, Math.ceil((Math.max(free, from) - first) / intervalMs));
        const end = Math.min(last, blockedAfter);
        for (let start = first + steps * intervalMs; start <= end; start += intervalMs) starts.push(instant(start));
      }
      free = freeAgain;
    }
  }
  return starts;
}
