// The rules once more, as slowly and plainly as they can be written: one minute at a time, with Temporal asked for every single one.
// Shares no code with the engine. Works for hours, offsets and services in whole minutes; claims may lie anywhere.
import type { CalendarHours, DateWindows, DayWindow, WeeklyWindow } from '../../src/model/calendar-hours.ts';
import type { ClaimTime } from '../../src/model/claim-times.ts';
import { type Instant, instant } from '../../src/model/instant.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';

const MINUTE = 60_000;
const DAYS_BACK = 3;
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

type Wall = { date: string; time: string; weekday: string };

function wallClock(zone: string, at: number): Wall {
  const clock = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return { date: clock.toPlainDate().toString(), time: clock.toPlainTime().toString().slice(0, 5), weekday: WEEKDAYS[clock.dayOfWeek - 1] ?? '' };
}

/** A moment is open if a clock in the zone shows a time inside the hours of the date it shows. */
export function isOpen(hours: CalendarHours, at: number): boolean {
  const isOpenAtLocation = () => shows(wallClock(hours.location.timeZone, at), hours.location.weekly, hours.location.specialDates);
  const wall = wallClock(hours.timeZone ?? hours.location.timeZone, at);
  const override = hours.overrides[wall.date];
  if (override !== undefined) return isInside(wall.time, override) && (hours.ownHours || isOpenAtLocation());
  if (hours.weekly === null) return isOpenAtLocation();
  return shows(wall, hours.weekly, {}) && (hours.ownHours || isOpenAtLocation());
}

function shows(wall: Wall, weekly: readonly WeeklyWindow[], dates: DateWindows): boolean {
  const windows = dates[wall.date] ?? weekly.filter(({ day }) => day === wall.weekday);
  return isInside(wall.time, windows);
}

function isInside(time: string, windows: readonly DayWindow[]): boolean {
  return windows.some(({ from, to }) => from <= time && time < to);
}

type Busy = Pick<ClaimTime, 'startsAt' | 'endsAt' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'> & {
  kind: string;
  serviceId?: string | null;
  capacity?: number;
};
/** Minutes since the end of the one before, and how long it lasts. */
function busyElsewhere(numbers: readonly number[]): { startsAt: Instant; endsAt: Instant }[] {
  let at = 0;
  const found: { startsAt: Instant; endsAt: Instant }[] = [];
  for (const [index, minutes] of numbers.entries()) {
    if (index % 2 === 1) found.push({ startsAt: instant(at * MINUTE), endsAt: instant((at + minutes) * MINUTE) });
    at += minutes;
  }
  return found;
}

export type OracleQuery = { from: number; to: number; now: number; seats: number; ignoreClaimId: string | null };

/** Every start in the range that can be claimed, with the seats left. */
export function slowSlots(
  hours: CalendarHours,
  calendars: readonly ClaimTime[][],
  terms: SlotTerms,
  query: OracleQuery,
  resourceHours: readonly CalendarHours[] = [],
): Map<number, number> {
  const zone = hours.timeZone ?? hours.location.timeZone;
  const live = calendars.map((claims) => claims.filter(({ id }) => id !== query.ignoreClaimId));
  const timeOff = [hours, ...resourceHours].flatMap((one) => [...one.timeOff, ...Object.values(one.external ?? {}).flatMap(busyElsewhere)]);
  const busy: Busy[] = [...live.flat(), ...timeOff.map((away) => ({ ...away, kind: 'time-off', bufferBeforeMinutes: 0, bufferAfterMinutes: 0 }))];
  const length = terms.minutes * MINUTE;
  const dates = new Map<number, string>();
  const dateAt = (at: number) => dates.get(at) ?? wallClock(zone, at).date;

  const isSession = (claim: Busy, at: number) =>
    terms.capacity > 1 &&
    (claim.capacity ?? 1) > 1 &&
    claim.serviceId === terms.serviceId &&
    claim.startsAt === at &&
    ['hold', 'appointment'].includes(claim.kind);
  const gap = (earlier: number, later: number) => (terms.bufferRule === 'sum' ? earlier + later : Math.max(earlier, later)) * MINUTE;
  const isInTheWay = (claim: Busy, at: number) =>
    at + length + gap(terms.bufferAfterMinutes, claim.kind === 'block' ? 0 : claim.bufferBeforeMinutes) > claim.startsAt &&
    claim.endsAt + gap(claim.kind === 'block' ? 0 : claim.bufferAfterMinutes, terms.bufferBeforeMinutes) > at;
  const isClear = (at: number, joins: boolean) => !busy.some((claim) => !(joins && isSession(claim, at)) && isInTheWay(claim, at));

  // Open minutes, and the window each belongs to.
  const first = Math.floor(query.from / MINUTE) * MINUTE - DAYS_BACK * 1_440 * MINUTE;
  const windowOf = new Map<number, number>();
  for (let at = first; at < query.to + length; at += MINUTE) {
    if (isOpen(hours, at)) windowOf.set(at, windowOf.get(at - MINUTE) ?? at);
    dates.set(at, wallClock(zone, at).date);
  }
  const known = new Map<number, boolean>();
  const isOpenInAll = (at: number) => {
    if (!known.has(at))
      known.set(
        at,
        resourceHours.every((one) => isOpen(one, at)),
      );
    return known.get(at) === true;
  };
  const fits = (at: number) => {
    for (let minute = Math.floor(at / MINUTE) * MINUTE; minute < at + length; minute += MINUTE) if (!windowOf.has(minute) || !isOpenInAll(minute)) return false;
    return true;
  };

  // The grid: anchors are where a window begins, and where a date begins of which the whole date before was open.
  const onGrid = new Set<number>();
  let anchor = Number.NaN;
  let wasFree = false;
  let dateBegan = Number.POSITIVE_INFINITY;
  for (let at = first; at < query.to; at += MINUTE) {
    const opened = windowOf.get(at);
    const isNewDate =
      at > first &&
      dateAt(at) > (dates.get(at - MINUTE) ?? '') &&
      ![...dates].some(([other, date]) => other < at && other > at - 180 * MINUTE && date === dateAt(at));
    const restarts = opened !== undefined && isNewDate && opened <= dateBegan;
    if (isNewDate) dateBegan = at;
    if (terms.grid === 'fixed') {
      if (opened === at || restarts) anchor = at;
      if (opened !== undefined && (at - anchor) % (terms.slotIntervalMinutes * MINUTE) === 0) onGrid.add(at);
    } else {
      const isFree = fits(at) && isClear(at, false);
      if (isFree && (!wasFree || restarts)) anchor = at;
      if (isFree && (at - anchor) % (terms.slotIntervalMinutes * MINUTE) === 0) onGrid.add(at);
      wasFree = isFree;
    }
  }

  const lastDate = terms.horizonDays === null ? '9999' : Temporal.PlainDate.from(wallClock(zone, query.now).date).add({ days: terms.horizonDays }).toString();
  const counted = (live[0] ?? []).filter(({ kind }) => ['hold', 'appointment'].includes(kind));
  const limits = [
    { day: terms.dailyLimit, week: terms.weeklyLimit, month: terms.monthlyLimit, of: terms.serviceId },
    { ...hours.mostStarts, of: null },
  ];
  const isFull = (date: string) => {
    const day = Temporal.PlainDate.from(date);
    const monday = day.subtract({ days: day.dayOfWeek - 1 });
    const from = { day, week: monday, month: day.with({ day: 1 }) };
    const until = { day: day.add({ days: 1 }), week: monday.add({ days: 7 }), month: day.with({ day: 1 }).add({ months: 1 }) };
    return limits.some(({ of, ...most }) =>
      (['day', 'week', 'month'] as const).some((period) => {
        const [first, end] = [from[period].toString(), until[period].toString()];
        const starts = counted.filter(({ serviceId }) => of === null || serviceId === of).map(({ startsAt }) => wallClock(zone, startsAt).date);
        return starts.filter((on) => first <= on && on < end).length >= (most[period] ?? Number.POSITIVE_INFINITY);
      }),
    );
  };
  const offered = new Map<number, number>();
  const sessionStarts = (live[0] ?? []).filter((claim) => isSession(claim, claim.startsAt)).map(({ startsAt }) => startsAt as number);
  for (const at of [...new Set([...onGrid, ...sessionStarts])].sort((one, other) => one - other)) {
    if (at < query.from || at >= query.to || at < query.now || at < query.now + terms.leadTimeMinutes * MINUTE) continue;
    const joins = sessionStarts.includes(at);
    const seatsTaken = joins ? Math.max(...live.map((claims) => claims.filter((claim) => isSession(claim, at)).reduce((sum, { seats }) => sum + seats, 0))) : 0;
    const date = dateAt(at);
    if (!fits(at) || !isClear(at, joins) || terms.capacity - seatsTaken < query.seats || date > lastDate) continue;
    if (isFull(date)) continue;
    offered.set(at, terms.capacity - seatsTaken);
  }
  return offered;
}
