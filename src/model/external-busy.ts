// Busy times that a staff member's calendars elsewhere tell of. They are times only, to the minute: what the events there are called never gets this far.
import type { BusyMinutes, CalendarHours } from './calendar-hours.ts';
import { lowerBound, valueAt } from './columns.ts';
import { MINUTE } from './instant.ts';
import { joined, type Runs } from './runs.ts';

type Span = { readonly startsAt: number; readonly endsAt: number };

/** Of runs in milliseconds; what begins or ends within a minute takes the whole of it. */
export function packBusy(runs: Runs): BusyMinutes {
  const packed: number[] = [];
  let last = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const from = Math.max(last, Math.floor(valueAt(runs, index) / MINUTE));
    const to = Math.ceil(valueAt(runs, index + 1) / MINUTE);
    if (to <= from) continue;
    packed.push(from - last, to - from);
    last = to;
  }
  return packed;
}

export function unpackBusy(packed: BusyMinutes): Runs {
  const runs: number[] = [];
  let at = 0;
  for (let index = 0; index < packed.length; index += 2) {
    const from = at + valueAt(packed, index);
    at = from + valueAt(packed, index + 1);
    runs.push(from * MINUTE, at * MINUTE);
  }
  return runs;
}

/** How many stretches there are. */
export function stretchesIn(packed: BusyMinutes): number {
  return packed.length / 2;
}

const unpacked = new WeakMap<CalendarHours, Runs>();

/** Of all calendars elsewhere together. Worked out once per object, which must not be changed in place. */
export function externalBusy(hours: CalendarHours): Runs {
  if (hours.external === undefined) return [];
  let runs = unpacked.get(hours);
  if (runs === undefined) {
    runs = Object.values(hours.external).reduce<Runs>((all, packed) => joined(all, unpackBusy(packed)), []);
    unpacked.set(hours, runs);
  }
  return runs;
}

/** Whether one of its busy stretches begins there. */
export function isBusyFrom(hours: CalendarHours, startsAt: number): boolean {
  return busyWithin(externalBusy(hours), startsAt, startsAt).some((busy) => busy.startsAt === startsAt);
}

/** Those that overlap [from, to) or touch it, in order; the cost does not grow with the others. */
export function busyWithin(runs: Runs, from: number, to: number): readonly Span[] {
  if (runs.length === 0) return [];
  const found: Span[] = [];
  // An even position is a start; of an odd one the stretch has begun before.
  for (let index = lowerBound(runs, runs.length, from) & ~1; index < runs.length && valueAt(runs, index) <= to; index += 2)
    found.push({ startsAt: valueAt(runs, index), endsAt: valueAt(runs, index + 1) });
  return found;
}
