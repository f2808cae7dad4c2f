// What is wrong with hours that somebody wrote down. Several windows a day are fine, in any order; those that touch or overlap are one window.
import type { DayWindow, Weekday, WeeklyWindow } from './calendar-hours.ts';
import { timeOfDay, WEEKDAYS } from './day-plan.ts';

/** `path` leads from the list to the value: `[2, 'to']`. */
export type WindowProblem = { readonly path: readonly (string | number)[]; readonly message: string };
/** Hours as they arrive: any text may stand in for a weekday. */
export type UncheckedWeeklyWindow = DayWindow & { readonly day: string };

/** Every problem of a week's windows; none means that it is a list of `WeeklyWindow`. */
export function checkWeekly(windows: readonly UncheckedWeeklyWindow[]): WindowProblem[] {
  return windows.flatMap((window, index) => {
    const wrongDay: WindowProblem[] = isWeekday(window.day) ? [] : [{ path: [index, 'day'], message: `must be one of ${WEEKDAYS.join(', ')}` }];
    return [...wrongDay, ...problemsOf(window, index)];
  });
}

/** Every problem of one date's windows. */
export function checkDayWindows(windows: readonly DayWindow[]): WindowProblem[] {
  return windows.flatMap(problemsOf);
}

/** True if nothing is wrong with the windows of a week. */
export function isWeekly(windows: readonly UncheckedWeeklyWindow[]): windows is readonly WeeklyWindow[] {
  return checkWeekly(windows).length === 0;
}

function isWeekday(text: string): text is Weekday {
  return WEEKDAYS.some((weekday) => weekday === text);
}

function problemsOf(window: DayWindow, index: number): WindowProblem[] {
  const from = timeOfDay(window.from);
  const to = timeOfDay(window.to);
  const problems: WindowProblem[] = [];
  if (from === undefined || window.from === '24:00') problems.push({ path: [index, 'from'], message: 'must be a time of day, HH:MM from 00:00 to 23:59' });
  if (to === undefined) problems.push({ path: [index, 'to'], message: 'must be a time of day, HH:MM up to 24:00' });
  // A night shift is written as two windows, to 24:00 and from 00:00, because each belongs to its own date.
  if (problems.length === 0 && from !== undefined && to !== undefined && from >= to) {
    problems.push({ path: [index, 'to'], message: 'must be later than from; hours past midnight are a window of the next day' });
  }
  return problems;
}
