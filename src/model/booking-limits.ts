// How many appointments and holds may start on one calendar in a day, a week and a month: of one service by its terms, of all together by the hours. Counted by the
// local dates of the calendar's zone; weeks begin on Monday.

import type { ClaimTimes } from './claim-times.ts';
import { DAY, MINUTE } from './instant.ts';
import { dateOfDay } from './local-dates.ts';
import type { SlotTerms } from './slot-terms.ts';
import { localDayOf } from './zone-offsets.ts';

type Period = 'day' | 'week' | 'month';
/** The most that may start in each; what is left out or null has no limit. */
export type MostStarts = { readonly day?: number | null | undefined; readonly week?: number | null | undefined; readonly month?: number | null | undefined };
/** `serviceId` null: every service counts. */
export type BookingLimit = { readonly period: Period; readonly most: number; readonly serviceId: string | null };

const PERIODS = ['day', 'week', 'month'] as const satisfies readonly Period[];
const DAYS_OF_WEEK = 7;
/** 1970-01-01 was a Thursday: this many days after a Monday. */
const FIRST_WEEKDAY = 3;
/** Claims of one local date start within this much of its midnight in UTC, whatever the zone. */
const FARTHEST_FROM_UTC = 18 * 60 * MINUTE;

/** Those of the service first, the shortest period first: in this order they are reported. */
export function limitsOf({ serviceId, dailyLimit, weeklyLimit = null, monthlyLimit = null }: SlotTerms, most: MostStarts = {}): readonly BookingLimit[] {
  return [...limitsIn({ day: dailyLimit, week: weeklyLimit, month: monthlyLimit }, serviceId), ...limitsIn(most, null)];
}

function limitsIn(all: MostStarts, serviceId: string | null): readonly BookingLimit[] {
  return PERIODS.flatMap((period) => {
    const most = all[period] ?? null;
    return most === null ? [] : [{ period, most, serviceId }];
  });
}

/** The first and the last local date of the period that a date is in, as days since 1970-01-01. */
function datesIn(period: Period, day: number): { readonly first: number; readonly last: number } {
  if (period === 'day') return { first: day, last: day };
  if (period === 'week') {
    const first = day - ((((day + FIRST_WEEKDAY) % DAYS_OF_WEEK) + DAYS_OF_WEEK) % DAYS_OF_WEEK);
    return { first, last: first + DAYS_OF_WEEK - 1 };
  }
  const date = new Date(day * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { first: Date.UTC(year, month, 1) / DAY, last: Date.UTC(year, month + 1, 1) / DAY - 1 };
}

type Counted = { readonly claims: ClaimTimes; readonly zone: string /** Position of a claim that does not count, -1 for none. */; readonly ignored: number };
/** What was found for one question: by limit and by the first day of the period. A list asks for each of its days, and each period is counted once. */
export type FoundLimits = Map<BookingLimit, Map<number, boolean>>;

/** Whether one more that starts on the local date would be too many. */
export function isReached(limit: BookingLimit, day: number, found: FoundLimits, counted: Counted): boolean {
  const dates = datesIn(limit.period, day);
  let periods = found.get(limit);
  if (periods === undefined) {
    periods = new Map();
    found.set(limit, periods);
  }
  let reached = periods.get(dates.first);
  if (reached === undefined) {
    reached = isFull(limit, dates, counted);
    periods.set(dates.first, reached);
  }
  return reached;
}

function isFull({ most, serviceId }: BookingLimit, { first, last }: ReturnType<typeof datesIn>, { claims, zone, ignored }: Counted): boolean {
  const end = claims.indexStartingFrom((last + 1) * DAY + FARTHEST_FROM_UTC);
  let count = 0;
  for (let index = claims.indexStartingFrom(first * DAY - FARTHEST_FROM_UTC); index < end && count < most; index += 1) {
    const shape = claims.shapeAt(index);
    if (index === ignored || (shape.kind !== 'appointment' && shape.kind !== 'hold') || (serviceId !== null && shape.serviceId !== serviceId)) continue;
    const on = localDayOf(zone, claims.startAt(index));
    if (first <= on && on <= last) count += 1;
  }
  return count >= most;
}

/** As a sentence that names the limit, and no customer. */
export function limitWords({ period, most, serviceId }: BookingLimit, day: number): string {
  const { first } = datesIn(period, day);
  const date = dateOfDay(first);
  const when = period === 'day' ? `on ${date}` : period === 'week' ? `in the week of ${date}` : `in ${date.slice(0, 7)}`;
  if (serviceId !== null) return `No more than ${most} can be booked ${when}.`;
  return `No more than ${most === 1 ? '1 appointment' : `${most} appointments`} of all services can be booked here ${when}.`;
}
