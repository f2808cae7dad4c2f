// Offsets of time zones from UTC, as plain numbers. Temporal is asked once per zone and span of time; everything else is arithmetic.
import { lowerBound, valueAt } from './columns.ts';
import { DAY, type Instant, instant } from './instant.ts';

/** A stretch of time, half-open, in which the clocks of a zone keep one offset: local time = UTC + offset. All in milliseconds. */
export type Stretch = { readonly from: number; readonly to: number; readonly offset: number };
/** The stretches of one span: where each begins (the first at the beginning of the span) and its offset. */
type Span = { readonly starts: readonly number[]; readonly offsets: readonly number[] };

const SPAN = 366 * DAY;
/** About 200 bytes each. Callers who ask for many zones and years cause repeated work, never unlimited memory. */
const MOST_SPANS = 4_096;
/** No time zone is or has been further from UTC. */
const LARGEST_OFFSET = 18 * 3_600_000;

const spansOfZones = new Map<string, Map<number, Span>>();
let spanCount = 0;

/** The stretches of constant offset that make up [from, to), in order; the outer ones are cut to it. Throws RangeError for an unknown zone. */
export function stretchesOf(zone: string, from: number, to: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let number = Math.floor(from / SPAN); number * SPAN < to; number += 1) {
    const { starts, offsets } = spanOf(zone, number);
    for (let index = 0; index < starts.length; index += 1) {
      const next = index + 1 < starts.length ? valueAt(starts, index + 1) : (number + 1) * SPAN;
      const stretch = { from: Math.max(from, valueAt(starts, index)), to: Math.min(to, next), offset: valueAt(offsets, index) };
      if (stretch.from < stretch.to) stretches.push(stretch);
    }
  }
  return stretches;
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  const { starts, offsets } = spanOf(zone, Math.floor(at / SPAN));
  return starts.length === 1 ? valueAt(offsets, 0) : valueAt(offsets, lowerBound(starts, starts.length, at + 1) - 1);
}

/** The date on the wall, as days since 1970-01-01. */
export function localDayOf(zone: string, at: number): number {
  return Math.floor((at + offsetAt(zone, at)) / DAY);
}

/** The first moment whose local date is `day` or, where that date was left out, a later one. Not always 00:00. */
export function firstInstantOfDay(zone: string, day: number): Instant {
  const midnight = day * DAY;
  const [begin, end] = [midnight - LARGEST_OFFSET, midnight + DAY + LARGEST_OFFSET];
  const offsetAllDay = constantOffset(zone, begin, end);
  if (offsetAllDay !== undefined) return instant(midnight - offsetAllDay);
  for (const { from, to, offset } of stretchesOf(zone, begin, end)) {
    const at = Math.max(from, midnight - offset);
    if (at < to) return instant(at);
  }
  throw new RangeError(`day ${day} never begins in ${zone}`);
}

/** Nearly every day is like this. `undefined`: the clocks change in [from, to), or it is not all in one span. */
function constantOffset(zone: string, from: number, to: number): number | undefined {
  const number = Math.floor(from / SPAN);
  if (to > (number + 1) * SPAN) return undefined;
  const { starts, offsets } = spanOf(zone, number);
  const index = lowerBound(starts, starts.length, from + 1) - 1;
  return index + 1 === starts.length || valueAt(starts, index + 1) >= to ? valueAt(offsets, index) : undefined;
}

/** Every moment, earliest first, at which a clock in the zone shows a local time (milliseconds since 1970-01-01T00:00 on that clock): none, one or two. */
export function instantsShowing(zone: string, localMs: number): Instant[] {
  const shown: Instant[] = [];
  for (const { from, to, offset } of stretchesOf(zone, localMs - LARGEST_OFFSET, localMs + LARGEST_OFFSET)) {
    const at = localMs - offset;
    if (from <= at && at < to && shown.at(-1) !== at) shown.push(instant(at));
  }
  return shown;
}

function spanOf(zone: string, number: number): Span {
  let spans = spansOfZones.get(zone);
  const known = spans?.get(number);
  if (known !== undefined) return known;
  const span = askTemporal(zone, number);
  if (spanCount >= MOST_SPANS) {
    spansOfZones.clear();
    spans = undefined;
    spanCount = 0;
  }
  if (spans === undefined) {
    spans = new Map();
    spansOfZones.set(zone, spans);
  }
  spans.set(number, span);
  spanCount += 1;
  return span;
}

function askTemporal(zone: string, number: number): Span {
  let clock = Temporal.Instant.fromEpochMilliseconds(number * SPAN).toZonedDateTimeISO(zone);
  const starts = [number * SPAN];
  const offsets = [clock.offsetNanoseconds / 1e6];
  for (;;) {
    const next = clock.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds >= (number + 1) * SPAN) return { starts, offsets };
    starts.push(next.epochMilliseconds);
    offsets.push(next.offsetNanoseconds / 1e6);
    clock = next;
  }
}
