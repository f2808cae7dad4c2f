// Which days a report is about. Dates are local and half-open: `to` is the day after the last one.
import { longDay, monthOf, shortDay } from '../../kit/money-and-time.ts';
import { addDays, weekdayOf } from '../../kit/zoned-dates.ts';

export const PERIODS = [
  { id: 'this-week', name: 'This week' },
  { id: 'last-week', name: 'Last week' },
  { id: 'this-month', name: 'This month' },
  { id: 'last-month', name: 'Last month' },
  { id: 'last-three-months', name: 'The last three months' },
  { id: 'this-year', name: 'This year' },
  { id: 'last-year', name: 'Last year' },
  { id: 'custom', name: 'Other days…' },
] as const;
export type PeriodId = (typeof PERIODS)[number]['id'];
export type By = 'day' | 'week' | 'month';
export type Days = { readonly from: string; readonly to: string };

/** `today` is the date at the place. `custom`: the days that are typed. */
export function daysOf(period: PeriodId, today: string, custom: Days): Days {
  const monday = addDays(today, -weekdayOf(today));
  switch (period) {
    case 'this-week':
      return { from: monday, to: addDays(monday, 7) };
    case 'last-week':
      return { from: addDays(monday, -7), to: monday };
    case 'this-month':
      return { from: monthFrom(today, 0), to: monthFrom(today, 1) };
    case 'last-month':
      return { from: monthFrom(today, -1), to: monthFrom(today, 0) };
    case 'last-three-months':
      return { from: monthFrom(today, -3), to: monthFrom(today, 0) };
    case 'this-year':
      return { from: yearFrom(today, 0), to: yearFrom(today, 1) };
    case 'last-year':
      return { from: yearFrom(today, -1), to: yearFrom(today, 0) };
    case 'custom':
      return custom;
    default:
      return period satisfies never;
  }
}

/** How finely so many days can be looked at. */
export function byFor({ from, to }: Days): By {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days <= 31) return 'day';
  return days <= 186 ? 'week' : 'month';
}

/** "Tue, 24 Nov", "Week of 23 Nov" or "November 2026". */
export function periodWords(period: string, by: By): string {
  if (by === 'month') return monthOf(period);
  return by === 'week' ? `Week of ${shortWords(period)}` : shortDay(noonOf(period), 'UTC');
}

/** "24 Nov", under a bar of a chart. */
export function shortWords(date: string): string {
  return withoutWeekday(shortDay(noonOf(date), 'UTC'));
}

/** "1 November to 30 November 2026" */
export function daysWords({ from, to }: Days): string {
  const last = addDays(to, -1);
  const day = (date: string) => withoutWeekday(longDay(noonOf(date), 'UTC'));
  const year = (date: string) => date.slice(0, 4);
  if (from === last) return `${day(from)} ${year(from)}`;
  return `${day(from)}${year(from) === year(last) ? '' : ` ${year(from)}`} to ${day(last)} ${year(last)}`;
}

const noonOf = (date: string) => Date.parse(`${date}T12:00:00Z`);
const withoutWeekday = (words: string) => words.replace(/^\p{L}+\.?,? /u, '');

function monthFrom(date: string, months: number): string {
  const [year = 1970, month = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

function yearFrom(date: string, years: number): string {
  return `${Number(date.slice(0, 4)) + years}-01-01`;
}
