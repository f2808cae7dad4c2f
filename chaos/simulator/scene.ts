// Where the simulated people meet: calendars that never close, three services, with some people in another length and at another price, a few slots tomorrow.

import type { TakenResource } from '../../src/actors/calendar/calendar.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { Candidate } from '../../src/actors/scheduler.ts';
import type { CalendarHours } from '../../src/model/calendar-hours.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { HOUR, type Instant, instant, MINUTE } from '../../src/model/instant.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';
import type { StaffTerms } from '../../src/model/staff-terms.ts';
import type { Random } from './random.ts';
import { uuidFrom } from './simulated-process.ts';

/** The database's date at the beginning of the world, a noon. */
export const BEGINNING = instant(Date.UTC(2027, 0, 4, 12));
const SLOT_MINUTES = 30;
/** Calendars of one shard share their fence, so some do. */
const SHARDS_IN_USE = 4;

/** A calendar elsewhere, which every calendar here follows. */
export const ELSEWHERE = '00000000-0000-7000-8000-00000000e15e';

export const HOURS: CalendarHours = {
  timeZone: null,
  weekly: null,
  overrides: {},
  ownHours: false,
  timeOff: [],
  external: { [ELSEWHERE]: [] },
  location: { timeZone: 'UTC', weekly: WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' })), specialDates: {}, version: 1 },
};

/** Half an hour and an hour for one, and half an hour for two. */
export function servicesFrom(random: Random): readonly SlotTerms[] {
  return [
    { minutes: SLOT_MINUTES, capacity: 1 },
    { minutes: 2 * SLOT_MINUTES, capacity: 1 },
    { minutes: SLOT_MINUTES, capacity: 2 },
  ].map((service, number) => ({
    ...service,
    serviceId: uuidFrom(random, BEGINNING, number),
    slotIntervalMinutes: SLOT_MINUTES,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    leadTimeMinutes: 0,
    horizonDays: null,
    grid: 'fixed',
    dailyLimit: null,
    bufferRule: 'max',
  }));
}

export const PRICE = { amount: 4_000, currency: 'EUR' } as const;
export const POLICY = { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [] } as const;

/** One person takes longer for the first service and less for more money for the second; the last one has the third for longer and less. */
export function staffTermsWith(calendars: readonly Candidate[]): readonly (readonly StaffTerms[])[] {
  const [first, second = first, last = second] = [calendars[0], calendars[1], calendars.at(-1)];
  const priced = (amount: number) => ({ ...PRICE, amount });
  const terms = (who: Candidate | undefined, own: Omit<StaffTerms, 'staffId'>) => (who === undefined ? [] : [{ staffId: who.staffId, ...own }]);
  return [
    terms(first, { minutes: SLOT_MINUTES * 1.5 }),
    terms(second, { minutes: SLOT_MINUTES, price: priced(5_000) }),
    terms(last, { minutes: 2 * SLOT_MINUTES, price: priced(3_000) }),
  ];
}

export function calendarsFrom(random: Random, count: number): readonly Candidate[] {
  const calendars: Candidate[] = [];
  const shards = new Set<number>();
  while (calendars.length < count) {
    const calendarId = uuidFrom(random, BEGINNING, calendars.length);
    const shard = shardOf(calendarId);
    if (!shards.has(shard) && shards.size >= SHARDS_IN_USE) continue;
    shards.add(shard);
    calendars.push({ calendarId, staffId: uuidFrom(random, BEGINNING, calendars.length) });
  }
  return calendars;
}

export function roomsFrom(random: Random, count: number): readonly TakenResource[] {
  return calendarsFrom(random, count).map(({ calendarId, staffId }) => ({ calendarId, resourceId: staffId }));
}

/** Later than any world lasts, and on the same day, so that people can check in. */
export const FIRST_SLOT = instant(BEGINNING + HOUR);

export function slotAt(number: number): Instant {
  return instant(FIRST_SLOT + number * SLOT_MINUTES * MINUTE);
}
