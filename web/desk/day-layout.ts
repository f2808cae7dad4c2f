// Positions on the day grid. Pure.
import type { BoardCalendar, BoardClaim, Span } from './board.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Shown on a day on which no one works. */
const PLAIN_OPENING_HOURS = { from: 9, to: 18 };

export type Placed = {
  readonly claim: BoardClaim /** Which of how many side by side: customers of one session share its time. */;
  readonly place: number;
  readonly places: number;
};

/** The stretch of the day worth drawing: everything open or claimed, to whole hours. */
export function drawnStretch(calendars: Iterable<Pick<BoardCalendar, 'hours' | 'claims'>>, day: Span): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { hours, claims } of calendars) {
    for (const { startsAt, endsAt } of [...hours.windows, ...claims.values()]) {
      if (startsAt >= day.endsAt || endsAt <= day.startsAt) continue;
      from = Math.min(from, Math.max(startsAt, day.startsAt));
      to = Math.max(to, Math.min(endsAt, day.endsAt));
    }
  }
  if (from > to) return { startsAt: day.startsAt + PLAIN_OPENING_HOURS.from * HOUR, endsAt: day.startsAt + PLAIN_OPENING_HOURS.to * HOUR };
  const startsAt = day.startsAt + Math.floor((from - day.startsAt) / HOUR) * HOUR;
  return { startsAt, endsAt: day.startsAt + Math.ceil((to - day.startsAt) / HOUR) * HOUR };
}

/** Whether any opening of the day is left beside the time off. */
export function isWorking({ hours }: Pick<BoardCalendar, 'hours'>): boolean {
  return hours.windows.some((window) => !hours.timeOff.some((off) => off.startsAt <= window.startsAt && off.endsAt >= window.endsAt));
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
