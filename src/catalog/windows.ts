import type { DayWindow, WeeklyWindow } from '../model/calendar-hours.ts';
import { WEEKDAYS } from '../model/day-plan.ts';

/** Weekly windows in the order of the week. Windows that touch or overlap are one, as they are for the slots. */
export function joinedWeekly(weekly: readonly WeeklyWindow[]): readonly WeeklyWindow[] {
  return WEEKDAYS.flatMap((day) => joined(weekly.filter((window) => window.day === day)));
}

/** The same for the windows of one date. `HH:MM` sorts and compares as text. */
export function joined<Window extends DayWindow>(given: readonly Window[]): readonly Window[] {
  const windows: Window[] = [];
  for (const window of given.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = windows.at(-1);
    if (last === undefined || window.from > last.to) windows.push(window);
    else if (window.to > last.to) windows[windows.length - 1] = { ...last, to: window.to };
  }
  return windows;
}
