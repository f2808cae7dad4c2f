// Positions on the day grid. Pure.
import { addDays, minuteOfDay, momentOf, startOfDate } from '../kit/zoned-dates.ts';
import type { BoardCalendar, BoardClaim, Span } from './board.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Shown on a day on which no one works. */
const PLAIN_OPENING_HOURS = { from: 9, to: 18 };

/** A local date, from its first moment to the first of the next. */
export type Day = Span & { readonly date: string };

export function dayOf(date: string, timeZone: string): Day {
  return { date, startsAt: startOfDate(date, timeZone), endsAt: startOfDate(addDays(date, 1), timeZone) };
}

type Drawable = Pick<BoardCalendar, 'hours' | 'claims'>;
export type Placed = {
  readonly claim: BoardClaim /** Which of how many side by side: customers of one session share its time. */;
  readonly place: number;
  readonly places: number;
};

/** The stretch of each day worth drawing: everything open or claimed on any of them, to whole hours, from the same to the same time of the clock. */
export function drawnStretches(calendars: readonly Drawable[], days: readonly Day[], timeZone: string): readonly Span[] {
  const used = days.flatMap((day) => usedStretch(calendars, day) ?? []);
  if (used.length === 0)
    return days.map(({ startsAt }) => ({ startsAt: startsAt + PLAIN_OPENING_HOURS.from * HOUR, endsAt: startsAt + PLAIN_OPENING_HOURS.to * HOUR }));
  const from = Math.min(...used.map(({ startsAt }) => minuteOfDay(startsAt, timeZone)));
  const to = Math.max(...used.map(({ endsAt }) => minuteOfDay(endsAt - 1, timeZone) + 1));
  return days.map(({ date }) => ({ startsAt: momentOf(date, from, timeZone), endsAt: momentOf(date, to, timeZone) }));
}

function usedStretch(calendars: readonly Drawable[], day: Span): Span | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { hours, claims } of calendars) {
    for (const { startsAt, endsAt } of [...hours.windows, ...claims.values()]) {
      if (startsAt >= day.endsAt || endsAt <= day.startsAt) continue;
      from = Math.min(from, Math.max(startsAt, day.startsAt));
      to = Math.max(to, Math.min(endsAt, day.endsAt));
    }
  }
  if (from > to) return undefined;
  const startsAt = day.startsAt + Math.floor((from - day.startsAt) / HOUR) * HOUR;
  return { startsAt, endsAt: day.startsAt + Math.ceil((to - day.startsAt) / HOUR) * HOUR };
}

/** The openings of a stretch that are left beside the time off. */
export function openings({ hours }: Pick<BoardCalendar, 'hours'>, { startsAt, endsAt }: Span): readonly Span[] {
  const within = hours.windows.filter((window) => window.startsAt < endsAt && window.endsAt > startsAt);
  return within.filter((window) => !hours.timeOff.some((off) => off.startsAt <= window.startsAt && off.endsAt >= window.endsAt));
}

/** The moments of the hour lines. */
export function hoursOf({ startsAt, endsAt }: Span): readonly number[] {
  return Array.from({ length: Math.round((endsAt - startsAt) / HOUR) }, (_, hour) => startsAt + hour * HOUR);
}

/** Claims in order of time; those that overlap share the width. */
export function layOut(claims: Iterable<BoardClaim>): readonly Placed[] {
  const inOrder = [...claims].sort((left, right) => left.startsAt - right.startsAt || left.lane - right.lane || left.id.localeCompare(right.id));
  const placed: Placed[] = [];
  let group: { claim: BoardClaim; place: number }[] = [];
  let groupEnd = Number.NEGATIVE_INFINITY;
  const finish = () => {
    const places = Math.max(1, ...group.map(({ place }) => place + 1));
    placed.push(...group.map(({ claim, place }) => ({ claim, place, places })));
    group = [];
  };
  for (const claim of inOrder) {
    if (claim.startsAt >= groupEnd) finish();
    const taken = new Set(group.filter((other) => other.claim.endsAt > claim.startsAt).map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) place += 1;
    group.push({ claim, place });
    groupEnd = Math.max(groupEnd, claim.endsAt);
  }
  finish();
  return placed;
}

/** Minutes from the top of the grid. */
export function minutesDown(at: number, stretch: Span): number {
  return (at - stretch.startsAt) / MINUTE;
}

/** The part of a span that is drawn, in minutes from the top; `undefined` if none is. */
export function drawnPart(span: Span, stretch: Span): { readonly top: number; readonly height: number } | undefined {
  const from = Math.max(span.startsAt, stretch.startsAt);
  const to = Math.min(span.endsAt, stretch.endsAt);
  return from < to ? { top: minutesDown(from, stretch), height: (to - from) / MINUTE } : undefined;
}

/** The nearest moment of `offered` if one is near enough, else the nearest step of the clock. */
export function snap(at: number, offered: readonly number[], stepMinutes: number): number {
  const near = nearest(at, offered);
  if (near !== undefined && Math.abs(near - at) <= stepMinutes * 2 * MINUTE) return near;
  return Math.round(at / (stepMinutes * MINUTE)) * stepMinutes * MINUTE;
}

export function nearest(at: number, moments: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const moment of moments) if (best === undefined || Math.abs(moment - at) < Math.abs(best - at)) best = moment;
  return best;
}
