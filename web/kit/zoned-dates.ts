// Local dates and wall clocks in a zone, with Intl only: not every browser has Temporal yet.
const DAY = 86_400_000;
const MINUTE = 60_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  clocks.set(timeZone, made);
  return made;
}

/** The local time in the zone, as if it were UTC: the difference to the moment is the offset. */
function shownAt(at: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(at)) part[type] = Number(value);
  return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
}

/** `YYYY-MM-DD` in the zone. */
export function localDate(at: number, timeZone: string): string {
  return new Date(shownAt(at, timeZone)).toISOString().slice(0, 10);
}

/** Minutes since local midnight that a wall clock in the zone shows. */
export function minuteOfDay(at: number, timeZone: string): number {
  return Math.floor((shownAt(at, timeZone) % DAY) / MINUTE);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The same day of the month after or before, or the last there is. */
export function addMonths(day: string, months: number): string {
  const [year = 0, nth = 1, dayOfMonth = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, nth + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, nth - 1 + months, Math.min(dayOfMonth, last))).toISOString().slice(0, 10);
}

/** 0 is Monday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/**
 * The moments at which a clock in the zone shows `date` and `minutes` after midnight: none in a gap, two in an overlap.
 * Every offset a place has within a day of then is tried, because only those can be the right one.
 */
function momentsOf(date: string, minutes: number, timeZone: string): readonly number[] {
  const shown = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE;
  const offsets = new Set([-DAY, 0, DAY].map((away) => shownAt(shown + away, timeZone) - (shown + away)));
  const moments = [...offsets].map((offset) => shown - offset).filter((at) => shownAt(at, timeZone) === shown);
  return moments.sort((left, right) => left - right);
}

/** The first moment of a wall-clock time; in a gap, the moment at which the clock jumps over it. `minutes` may be 1440 or more. */
export function momentOf(date: string, minutes: number, timeZone: string): number {
  const day = addDays(date, Math.floor(minutes / 1440));
  const minute = ((minutes % 1440) + 1440) % 1440;
  for (let later = minute; later < minute + 180; later += 1) {
    const first = momentsOf(addDays(day, Math.floor(later / 1440)), later % 1440, timeZone)[0];
    if (first !== undefined) return first;
  }
  return momentsOf(addDays(day, 1), 0, timeZone)[0] ?? Date.parse(`${addDays(day, 1)}T00:00:00Z`);
}

/** The first instant of a local date; not always 00:00. */
export function startOfDate(date: string, timeZone: string): number {
  return momentOf(date, 0, timeZone);
}

/** Minutes after midnight of `HH:MM`; `24:00` is 1440. */
export function minutesOf(wallClock: string): number {
  const [hours, minutes] = wallClock.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** The time zone of the viewer. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// The first use of Intl reads its tables, for which a phone needs 50 milliseconds. Now it has them: the page's own script is still on its way.
viewerZone();
