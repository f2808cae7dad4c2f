import type { MostStarts } from './booking-limits.ts';
import type { Instant } from './instant.ts';

/** Flat, two numbers for each busy stretch, in order: minutes since the end of the one before it (the first: since 1970), and its length. Small numbers, since they are kept in the hours. */
export type BusyMinutes = readonly number[];

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
/** Wall-clock times of one local date, `HH:MM`, half-open; `to` may be `24:00`. */
export type DayWindow = { readonly from: string; readonly to: string };
export type WeeklyWindow = DayWindow & { readonly day: Weekday };
/** Windows that replace the weekly ones on a local date (`YYYY-MM-DD`); an empty list is a closed day. */
export type DateWindows = { readonly [date: string]: readonly DayWindow[] };
export type TimeOff = { readonly id: string; readonly startsAt: Instant; readonly endsAt: Instant; readonly reason: string | null };

/** A location's opening hours; `version` grows with every change, so that a calendar's copy can be checked. */
export type OpeningHours = {
  readonly timeZone: string;
  readonly weekly: readonly WeeklyWindow[];
  readonly specialDates: DateWindows;
  readonly version: number;
};

/**
 * When a calendar is open: the staff part, of which the calendar is the only owner, and a copy of its location's part.
 * Everything a decision needs to know about hours is in here, so a calendar never asks anyone else.
 */
export type CalendarHours = {
  /** The staff member's own zone, in which their hours are read; null is the location's. */
  readonly timeZone: string | null;
  /** null: the location's hours apply, including special dates. */
  readonly weekly: readonly WeeklyWindow[] | null;
  readonly overrides: DateWindows;
  /** True: the location's hours and special dates do not apply. */
  readonly ownHours: boolean;
  readonly timeOff: readonly TimeOff[];
  readonly location: OpeningHours;
  /** The number of changes of the staff part. Absent: none yet. */
  readonly version?: number;
  /** Busy times from calendars elsewhere, by the id under which each is followed: see `external-busy.ts`. Left out: none is followed. */
  readonly external?: { readonly [externalCalendarId: string]: BusyMinutes };
  /** The most appointments and holds that may start in a day, a week and a month, of all services together. Left out: no limit. */
  readonly mostStarts?: MostStarts;
  /** Its staff member has been removed, so it accepts no claims. Absent: it does. */
  readonly retired?: true;
  /**
   * The location, staff member or resource whose plan has made this change: the calendars decide first, and if the catalog does not have the change, because a
   * node crashed in between, it follows them. Left out: the catalog had it first.
   */
  readonly plannedFor?: string;
};

/** The zone in which a calendar's days begin and end. */
export function zoneOf(hours: CalendarHours): string {
  return hours.timeZone ?? hours.location.timeZone;
}
