// The calendar whose week everybody computes: a working week with a break, 500 claims over three months, and a change of the clocks.
import { randomUUID } from 'node:crypto';
import type { CalendarHours, DayWindow, Weekday } from '../../src/model/calendar-hours.ts';
import { type ClaimTime, ClaimTimes } from '../../src/model/claim-times.ts';
import { DAY, instant, MINUTE } from '../../src/model/instant.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';

export const ZONE = 'Europe/Berlin';
const CLAIMS = 500;
/** In pairs, so that something is left between them. */
const CLAIMED_AT = ['09:00', '09:40', '11:30', '12:10', '14:00', '14:40', '16:00', '16:40'];
export const WEEKS = 8;
/** A Monday; the clocks go back at the end of its week. */
const FIRST_DAY = Temporal.PlainDate.from('2026-10-19');
const WORKDAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const STAFF_WINDOWS: readonly DayWindow[] = [
  { from: '09:00', to: '13:00' },
  { from: '14:00', to: '18:30' },
];
const LOCATION_WINDOWS: readonly DayWindow[] = [{ from: '08:00', to: '18:00' }];

export const TERMS: SlotTerms = {
  serviceId: randomUUID(),
  minutes: 30,
  slotIntervalMinutes: 15,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 10,
  leadTimeMinutes: 60,
  horizonDays: 365,
  capacity: 1,
  grid: 'fixed',
  dailyLimit: null,
  bufferRule: 'max',
};
export const NOW = instant(startOf(FIRST_DAY) - DAY);

export const HOURS: CalendarHours = {
  timeZone: null,
  weekly: WORKDAYS.flatMap((day) => STAFF_WINDOWS.map((window) => ({ day, ...window }))),
  overrides: {},
  ownHours: false,
  timeOff: [],
  location: { timeZone: ZONE, weekly: WORKDAYS.flatMap((day) => LOCATION_WINDOWS.map((window) => ({ day, ...window }))), specialDates: {}, version: 1 },
};

export function startOf(date: Temporal.PlainDate): number {
  return date.toZonedDateTime(ZONE).epochMilliseconds;
}

/** The seven dates of one of the weeks that are asked about. */
export function datesOfWeek(week: number): readonly Temporal.PlainDate[] {
  return Array.from({ length: 7 }, (_, day) => FIRST_DAY.add({ days: week * 7 + day }));
}

/** The open windows of a date as an application would have them: staff hours within opening hours. */
export function windowsOf(date: Temporal.PlainDate): readonly DayWindow[] {
  if (date.dayOfWeek === 7) return [];
  return STAFF_WINDOWS.flatMap((staff) =>
    LOCATION_WINDOWS.map((location) => ({
      from: staff.from > location.from ? staff.from : location.from,
      to: staff.to < location.to ? staff.to : location.to,
    })),
  );
}

/** Half-hour claims, eight on a working day, at starts that differ from day to day. */
export function makeClaims(): readonly ClaimTime[] {
  const claims: ClaimTime[] = [];
  for (let day = 0; claims.length < CLAIMS; day += 1) {
    const date = FIRST_DAY.add({ days: day });
    if (date.dayOfWeek === 7) continue;
    for (const clock of CLAIMED_AT) {
      const plainTime = Temporal.PlainTime.from(clock).add({ minutes: (day % 3) * 15 });
      if (claims.length < CLAIMS) claims.push(appointmentAt(date.toZonedDateTime({ timeZone: ZONE, plainTime }).epochMilliseconds));
    }
  }
  return claims;
}

function appointmentAt(startsAt: number): ClaimTime {
  return {
    id: randomUUID(),
    kind: 'appointment',
    status: 'booked',
    startsAt: instant(startsAt),
    endsAt: instant(startsAt + TERMS.minutes * MINUTE),
    bufferBeforeMinutes: TERMS.bufferBeforeMinutes,
    bufferAfterMinutes: TERMS.bufferAfterMinutes,
    serviceId: TERMS.serviceId,
    capacity: 1,
    lane: 0,
    seats: 1,
  };
}

export function inMemory(claims: readonly ClaimTime[]): ClaimTimes {
  const times = new ClaimTimes();
  for (const claim of claims) times.add(claim);
  return times;
}
