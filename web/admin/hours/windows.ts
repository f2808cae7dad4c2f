// Weekly hours as stretches of minutes. Pure.
import { minutesOf } from '../../kit/zoned-dates.ts';

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Day = (typeof DAYS)[number];
export type Window = { readonly from: string; readonly to: string };
export type Week = Readonly<Record<Day, readonly Window[]>>;
export type Weekly = readonly (Window & { readonly day: Day })[];

const WHOLE_DAY = 24 * 60;

export function weekOf(weekly: Weekly): Week {
  const of = (day: Day) => weekly.filter((window) => window.day === day).map(({ from, to }) => ({ from, to }));
  return Object.fromEntries(DAYS.map((day) => [day, of(day)])) as Record<Day, Window[]>;
}

export function weeklyOf(week: Week): Weekly {
  return DAYS.flatMap((day) => week[day].map((window) => ({ day, ...window })));
}

/** `HH:MM`, up to `24:00`. */
export function wallClock(minutes: number): string {
  const bounded = Math.min(WHOLE_DAY, Math.max(0, minutes));
  return `${String(Math.floor(bounded / 60)).padStart(2, '0')}:${String(bounded % 60).padStart(2, '0')}`;
}

type Stretch = { readonly from: number; readonly to: number };

/** The windows with this stretch opened or closed; what touches becomes one. */
export function painted(windows: readonly Window[], { from, to }: Stretch, isOpen: boolean): readonly Window[] {
  const stretches = windows.map((window) => ({ from: minutesOf(window.from), to: minutesOf(window.to) }));
  const beside = stretches.flatMap((one) => [
    { from: one.from, to: Math.min(one.to, from) },
    { from: Math.max(one.from, to), to: one.to },
  ]);
  const inside = isOpen ? [{ from, to }] : [];
  const all = [...beside, ...inside].filter((one) => one.from < one.to).sort((one, other) => one.from - other.from);
  const joined: { from: number; to: number }[] = [];
  for (const one of all) {
    const last = joined.at(-1);
    if (last !== undefined && last.to >= one.from) last.to = Math.max(last.to, one.to);
    else joined.push({ ...one });
  }
  return joined.map((one) => ({ from: wallClock(one.from), to: wallClock(one.to) }));
}

export function isOpenAt(windows: readonly Window[], minute: number): boolean {
  return windows.some(({ from, to }) => minutesOf(from) <= minute && minute < minutesOf(to));
}

/** "09:00 – 12:00, 13:00 – 17:00" */
export function windowWords(windows: readonly Window[]): string {
  return windows.length === 0 ? 'closed' : windows.map(({ from, to }) => `${from} – ${to}`).join(', ');
}
