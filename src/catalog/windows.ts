import type { DayWindow, Weekday, WeeklyWindow } from '../model/calendar-hours.ts';
import type { FieldError } from './catalog-answer.ts';

const WEEK: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

export type ReadWindows<Window> = { readonly windows: readonly Window[] } | { readonly errors: readonly FieldError[] };

/** Weekly windows in the order of the week. A window that ends where another begins is one window with it; one that overlaps another is an error. */
export function readWeekly(weekly: readonly WeeklyWindow[]): ReadWindows<WeeklyWindow> {
  const days = WEEK.map((day) => joined(weekly.flatMap((window, index) => (window.day === day ? [{ window, path: `weekly.${index}` }] : []))));
  const errors = days.flatMap((day) => ('errors' in day ? day.errors : []));
  return errors.length > 0 ? { errors } : { windows: days.flatMap((day) => ('windows' in day ? day.windows : [])) };
}

/** The same for the windows of one date. */
export function readDay(windows: readonly DayWindow[]): ReadWindows<DayWindow> {
  return joined(windows.map((window, index) => ({ window, path: `windows.${index}` })));
}

/** `HH:MM` sorts and compares as text. */
function joined<Window extends DayWindow>(given: readonly { readonly window: Window; readonly path: string }[]): ReadWindows<Window> {
  const windows: Window[] = [];
  const errors: FieldError[] = [];
  for (const { window, path } of given.toSorted((a, b) => (a.window.from < b.window.from ? -1 : 1))) {
    const last = windows.at(-1);
    if (last === undefined || window.from > last.to) windows.push(window);
    else if (window.from === last.to) windows[windows.length - 1] = { ...last, to: window.to };
    else errors.push({ path, message: `overlaps ${last.from} to ${last.to}` });
  }
  return errors.length > 0 ? { errors } : { windows };
}
