// Hours as somebody wrote them down (weekly windows, and dates that replace them), made ready for arithmetic.
import type { DateWindows, DayWindow, Weekday, WeeklyWindow } from './calendar-hours.ts';
import { DAY, HOUR, MINUTE } from './instant.ts';
import { dayOfDate } from './local-dates.ts';
import { pushRun, type Runs, shared } from './runs.ts';

/** Windows of one date, in milliseconds since 00:00 on the wall. */
export type DayWindows = Runs;
/** The windows of every local date. */
export type DayPlan = { readonly zone: string; readonly weekdays: readonly DayWindows[]; readonly dates: ReadonlyMap<number, DayWindows> };

/** Monday first. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const satisfies readonly Weekday[];

const CLOSED: DayWindows = [];
const ALL_DAY: DayWindows = [0, DAY];
const CLOCK_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Milliseconds since 00:00 of `HH:MM`, up to `24:00`; undefined for anything else. */
function timeOfDay(text: string): number | undefined {
  if (text === '24:00') return DAY;
  const [, hours, minutes] = CLOCK_TIME.exec(text) ?? [];
  return hours === undefined || minutes === undefined ? undefined : Number(hours) * HOUR + Number(minutes) * MINUTE;
}

/** `weekly` may be 'always' or 'never': then only `dates` say anything. */
export function planOf(zone: string, weekly: readonly WeeklyWindow[] | 'always' | 'never', dates: DateWindows): DayPlan {
  const weekdays = WEEKDAYS.map((weekday) => {
    if (weekly === 'always') return ALL_DAY;
    return weekly === 'never' ? CLOSED : mergedWindows(weekly.filter((window) => window.day === weekday));
  });
  return { zone, weekdays, dates: windowsByDay(dates) };
}

/** The same plan with every date of its own closed. */
export function withDatesClosed(plan: DayPlan): DayPlan {
  return { ...plan, dates: new Map(Array.from(plan.dates.keys(), (day) => [day, CLOSED])) };
}

/** What both plans allow; they must be read in the same zone. */
export function commonPlan(one: DayPlan, other: DayPlan): DayPlan {
  const weekdays = one.weekdays.map((windows, weekday) => shared(windows, other.weekdays[weekday] ?? CLOSED));
  const days = new Set([...one.dates.keys(), ...other.dates.keys()]);
  return { zone: one.zone, weekdays, dates: new Map(Array.from(days, (day) => [day, shared(windowsOn(one, day), windowsOn(other, day))])) };
}

export function windowsOn(plan: DayPlan, day: number): DayWindows {
  // 1970-01-01 was a Thursday, the fourth day of the week.
  const own = plan.dates.size === 0 ? undefined : plan.dates.get(day);
  return own ?? plan.weekdays[(((day + 3) % 7) + 7) % 7] ?? CLOSED;
}

function windowsByDay(dates: DateWindows): ReadonlyMap<number, DayWindows> {
  const byDay = new Map<number, DayWindows>();
  for (const [date, windows] of Object.entries(dates)) {
    const day = dayOfDate(date);
    if (day !== undefined) byDay.set(day, mergedWindows(windows));
  }
  return byDay;
}

/** Windows that touch or overlap are one, whatever order they are written in. A window that does not end after it begins is none. */
function mergedWindows(windows: readonly DayWindow[]): DayWindows {
  const spans: (readonly [number, number])[] = [];
  for (const window of windows) {
    const from = timeOfDay(window.from);
    const to = timeOfDay(window.to);
    if (from !== undefined && to !== undefined && from < to) spans.push([from, to]);
  }
  spans.sort(([one], [other]) => one - other);
  const merged: number[] = [];
  for (const [from, to] of spans) pushRun(merged, from, to);
  return merged;
}
