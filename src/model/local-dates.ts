// Dates and times as a wall clock in a zone shows them. Days are counted from 1970-01-01; text is ISO 8601.
import { DAY, HOUR, type Instant } from './instant.ts';
import { firstInstantOfDay, instantsShowing, localDayOf, offsetAt } from './zone-offsets.ts';

/** A query for slots covers at most this many local dates. */
const MOST_DAYS_IN_RANGE = 62;

export type DayCount = {
  readonly date: string;
  readonly count: number /** Starts before noon on the wall. */;
  readonly morning: number;
  readonly afternoon: number;
};
export type RangeProblem = { readonly path: 'from' | 'to'; readonly message: string };

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2}))?$/;
/** A name, not an offset such as +02:00: an offset knows no summer time, and people who mean a place lose an hour with it. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** True for the name of a zone in the IANA database, in any case of letters. */
export function isTimeZone(text: string): boolean {
  return timeZoneNamed(text) !== undefined;
}

/** The name as the IANA database spells it: `Europe/Berlin` for `europe/berlin`. `undefined`: there is no such zone. */
export function timeZoneNamed(text: string): string | undefined {
  if (!ZONE_NAME.test(text)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
  } catch {
    return undefined; // RangeError: no such zone
  }
}

/** True for `YYYY-MM-DD` of a date that exists in the calendar, from the year 100 on. */
export function isLocalDate(text: string): boolean {
  return dayOfDate(text) !== undefined;
}

/** Days since 1970-01-01; undefined for a date that does not exist. */
export function dayOfDate(text: string): number | undefined {
  const [, year, month, date] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const day = Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY;
  // Date.UTC rolls the 31st of June over into July; only a date that comes back unchanged is one.
  return dateOfDay(day) === text ? day : undefined;
}

/** `YYYY-MM-DD` of a number of days since 1970-01-01. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The date that a clock in the zone shows at a moment. */
export function localDateOf(at: Instant, zone: string): string {
  return dateOfDay(localDayOf(zone, at));
}

/** The first moment of a local date, which is not always 00:00; of a date that a zone left out, the first moment after it. Throws RangeError for anything but a date and a zone. */
export function firstInstantOf(date: string, zone: string): Instant {
  const day = dayOfDate(date);
  if (day === undefined) throw new RangeError(`${date} is not a date`);
  return firstInstantOfDay(zone, day);
}

/** The local dates that a stretch of time touches, half-open: from the first moment of the first to the first moment after the last. What ends at midnight does not touch the next date. */
export function daysOf(
  { startsAt, endsAt }: { readonly startsAt: Instant; readonly endsAt: Instant },
  zone: string,
): { readonly from: Instant; readonly until: Instant } {
  const lastDay = localDayOf(zone, Math.max(startsAt, endsAt - 1));
  return { from: firstInstantOfDay(zone, localDayOf(zone, startsAt)), until: firstInstantOfDay(zone, lastDay + 1) };
}

/**
 * The moment at which a clock in the zone shows a local date-time without offset (`2027-03-14T09:30`, seconds are optional).
 * A time that is shown twice is the first of the two; one that is never shown is refused, not moved.
 */
export function parseLocalDateTime(text: string, zone: string): Instant | 'nonexistent-local-time' | 'invalid' {
  const [, date, hours, minutes, seconds = '00'] = DATE_TIME.exec(text) ?? [];
  if (date === undefined || hours === undefined || minutes === undefined) return 'invalid';
  const day = dayOfDate(date);
  if (day === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59 || !isTimeZone(zone)) return 'invalid';
  const timeOfDay = Number(hours) * HOUR + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return instantsShowing(zone, day * DAY + timeOfDay)[0] ?? 'nonexistent-local-time';
}

/** How many starts each local date has, dates in order; dates without any are left out. */
export function countByDay(starts: readonly Instant[], zone: string): DayCount[] {
  const counts = new Map<number, { morning: number; afternoon: number }>();
  for (const at of starts) {
    const local = at + offsetAt(zone, at);
    const day = Math.floor(local / DAY);
    const count = counts.get(day) ?? { morning: 0, afternoon: 0 };
    count[local - day * DAY < 12 * HOUR ? 'morning' : 'afternoon'] += 1;
    counts.set(day, count);
  }
  return [...counts]
    .sort(([one], [other]) => one - other)
    .map(([day, { morning, afternoon }]) => ({ date: dateOfDay(day), count: morning + afternoon, morning, afternoon }));
}

/** What is wrong with a half-open range of local dates, if anything. */
export function checkRange(from: string, to: string): RangeProblem | undefined {
  const firstDay = dayOfDate(from);
  const endDay = dayOfDate(to);
  if (firstDay === undefined) return { path: 'from', message: 'must be a date that exists, as YYYY-MM-DD' };
  if (endDay === undefined) return { path: 'to', message: 'must be a date that exists, as YYYY-MM-DD' };
  if (endDay <= firstDay) return { path: 'to', message: 'must be later than from; the end day is not included' };
  if (endDay - firstDay > MOST_DAYS_IN_RANGE) return { path: 'to', message: `must be at most ${MOST_DAYS_IN_RANGE} days after from` };
  return undefined;
}
