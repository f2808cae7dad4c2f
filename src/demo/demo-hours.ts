// What is out of the ordinary in the demo: special dates, date overrides, time off. Relative to today, so that it is always near.
import type { DayWindow } from '../model/calendar-hours.ts';
import type { DemoLocation, DemoStaffMember } from './demo-business.ts';

type DemoSpecialDate = { readonly location: string; readonly date: Temporal.PlainDate; readonly windows: readonly DayWindow[] };
type DemoOverride = { readonly login: string; readonly date: Temporal.PlainDate; readonly windows: readonly DayWindow[] };
/** Whole days, half-open. */
type DemoTimeOff = { readonly login: string; readonly from: Temporal.PlainDate; readonly to: Temporal.PlainDate; readonly reason: string };
export type DemoExceptions = {
  readonly specialDates: readonly DemoSpecialDate[];
  readonly overrides: readonly DemoOverride[];
  readonly timeOff: readonly DemoTimeOff[];
};

export function exceptionsFrom(today: Temporal.PlainDate): DemoExceptions {
  const in16Days = weekdayFrom(today.add({ days: 16 }));
  const christmas = nextDate(today, 12, 25);
  return {
    specialDates: [
      { location: 'Berlin, Kreuzberg', date: in16Days, windows: [{ from: '10:00', to: '14:00' }] },
      { location: 'Lisbon, Chiado', date: christmas, windows: [] },
      { location: 'Berlin, Kreuzberg', date: christmas, windows: [] },
    ],
    overrides: [
      { login: 'lena', date: weekdayFrom(today.add({ days: 6 })), windows: [{ from: '10:00', to: '15:00' }] },
      { login: 'ines', date: saturdayFrom(today.add({ days: 3 })), windows: [{ from: '10:00', to: '14:00' }] },
    ],
    timeOff: [
      { login: 'marta', from: today.add({ days: 9 }), to: today.add({ days: 14 }), reason: 'Holiday' },
      { login: 'jonas', from: today.subtract({ days: 8 }), to: today.subtract({ days: 6 }), reason: 'Ill' },
    ],
  };
}

/** The windows in which a staff member is to be found on a date, by the same precedence as the slot engine's. */
export function windowsOn(member: DemoStaffMember, location: DemoLocation, date: Temporal.PlainDate, exceptions: DemoExceptions): readonly DayWindow[] {
  const isOff = exceptions.timeOff.some((off) => off.login === member.login && isIn(date, off.from, off.to));
  if (isOff) return [];
  const special = exceptions.specialDates.find((entry) => entry.location === location.name && entry.date.equals(date))?.windows;
  const open = special ?? windowsOfDay(location.weekly, date);
  const override = exceptions.overrides.find((entry) => entry.login === member.login && entry.date.equals(date))?.windows;
  const own = override ?? (member.weekly === null ? open : windowsOfDay(member.weekly, date));
  return member.ownHours ? own : intersection(own, open);
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

function windowsOfDay(weekly: DemoLocation['weekly'], date: Temporal.PlainDate): readonly DayWindow[] {
  const day = DAYS[date.dayOfWeek - 1];
  return weekly.filter((window) => window.day === day).map(({ from, to }) => ({ from, to }));
}

function intersection(some: readonly DayWindow[], others: readonly DayWindow[]): readonly DayWindow[] {
  return some.flatMap((one) =>
    others
      .map((other) => ({ from: one.from > other.from ? one.from : other.from, to: one.to < other.to ? one.to : other.to }))
      .filter((window) => window.from < window.to),
  );
}

function isIn(date: Temporal.PlainDate, from: Temporal.PlainDate, to: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(date, from) >= 0 && Temporal.PlainDate.compare(date, to) < 0;
}

function weekdayFrom(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.dayOfWeek > 5 ? date.add({ days: 8 - date.dayOfWeek }) : date;
}

function saturdayFrom(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.add({ days: (13 - date.dayOfWeek) % 7 });
}

/** The next time this day comes round, today included. */
function nextDate(today: Temporal.PlainDate, month: number, day: number): Temporal.PlainDate {
  const thisYear = today.with({ month, day });
  return Temporal.PlainDate.compare(thisYear, today) < 0 ? thisYear.add({ years: 1 }) : thisYear;
}
