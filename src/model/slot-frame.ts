// One question to the engine, made ready: everything about the calendar and the service that does not depend on the single start.
import { type BookingLimit, type FoundLimits, isReached, limitsOf } from './booking-limits.ts';
import { type CalendarHours, zoneOf } from './calendar-hours.ts';
import type { ClaimTimes } from './claim-times.ts';
import { valueAt } from './columns.ts';
import { busyWithin, externalBusy } from './external-busy.ts';
import { firstInstantOfDateBefore, type Grid, gridStretches } from './grid.ts';
import { type Instant, MINUTE } from './instant.ts';
import { openWindows, type Windows } from './open-windows.ts';
import type { SlotTerms } from './slot-terms.ts';
import type { SlotRule } from './slots.ts';
import { type ForbiddenStarts, forbiddenStarts, type Spacing, spacingOf } from './spacing.ts';
import { localDayOf } from './zone-offsets.ts';

/** All that decides about a slot. Time off and busy times elsewhere come with the hours. */
export type SlotWorld = {
  readonly hours: CalendarHours;
  /** The own calendar first, then those of the resources that are taken along. */
  readonly claims: readonly ClaimTimes[];
  /** For each of these calendars, the other calendar of the claims of one sitting; absent if it makes no difference. */
  readonly along?: readonly (string | undefined)[];
  /** Hours of the resources. Nothing can start while one is closed or has time off, and a packed grid restarts there; the grid is that of the own calendar. */
  readonly resourceHours?: readonly CalendarHours[];
};
export type SlotQuestion = {
  /** Starts in the half-open [from, to). */
  readonly from: Instant;
  readonly to: Instant;
  readonly now: Instant;
  readonly seats: number;
  /** An appointment that is to be moved: neither busy nor counted. */
  readonly ignoreClaimId: string | null;
  readonly waived: readonly SlotRule[];
};

export type SlotFrame = {
  readonly world: SlotWorld;
  readonly terms: SlotTerms;
  readonly question: SlotQuestion;
  /** The calendar's zone: its dates are those of limits, horizon and grid. */
  readonly zone: string;
  readonly spacing: Spacing;
  readonly windows: Windows;
  /** When each of the resources is open. */
  readonly resourceWindows: readonly Windows[];
  readonly grid: Grid;
  readonly forbidden: ForbiddenStarts;
  /** Position of the ignored claim on each calendar, -1 for none. */
  readonly ignored: readonly number[];
  readonly earliestAt: number;
  /** The last local date, in days, that may be booked. */
  readonly lastDay: number;
  /** How many may start in a day, a week and a month. */
  readonly limits: readonly BookingLimit[];
  readonly foundLimits: FoundLimits;
};

/**
 * Lays everything out for the question. A waived rule changes the frame and never the predicate: without hours the asked moment is a window of its own,
 * without a grid every moment is on it.
 */
export function slotFrame(world: SlotWorld, terms: SlotTerms, question: SlotQuestion): SlotFrame {
  const { from, to, waived } = question;
  const zone = zoneOf(world.hours);
  const spacing = spacingOf(terms);
  // A window that was already open then has been open for the whole date before the first start that is asked for, so its true beginning does not matter.
  const lookBackTo = firstInstantOfDateBefore(zone, localDayOf(zone, from));
  const openFor = (hours: CalendarHours): Windows => {
    const windows = openWindows(hours, lookBackTo, to + spacing.lengthMs);
    return waived.includes('outside-hours') && !fits(windows, from, spacing.lengthMs) ? [from, from + spacing.lengthMs] : windows;
  };
  const windows = openFor(world.hours);
  const { resourceHours = [] } = world;
  const resourceWindows = resourceHours.map(openFor);
  // A packed grid begins where the free run begins, which may be long before the first start that is asked for.
  const forbiddenFrom = terms.grid === 'pack' ? lookBackTo : from;
  const allHours = [world.hours, ...resourceHours];
  const busyElsewhere = allHours.flatMap((hours) => busyWithin(externalBusy(hours), forbiddenFrom - spacing.beforeMs, to + spacing.lengthMs + spacing.afterMs));
  const isOffGridWaived = waived.includes('off-grid');
  const ignored = world.claims.map((claims) => (question.ignoreClaimId === null ? -1 : claims.indexOf(question.ignoreClaimId)));
  return {
    world,
    terms,
    question,
    zone,
    spacing,
    windows,
    resourceWindows,
    grid: {
      stretches: gridStretches(windows, zone),
      kind: terms.grid,
      intervalMs: isOffGridWaived ? 1 : Math.max(1, terms.slotIntervalMinutes) * MINUTE,
      roundToMs: isOffGridWaived ? 1 : MINUTE,
      lengthMs: spacing.lengthMs,
    },
    forbidden: forbiddenStarts(
      world.claims,
      ignored,
      { off: [...allHours.flatMap((hours) => hours.timeOff), ...busyElsewhere], open: resourceWindows },
      { spacing, from: forbiddenFrom, to },
    ),
    ignored,
    earliestAt: Math.max(waived.includes('slot-in-past') ? -Infinity : question.now, waived.includes('too-soon') ? -Infinity : soonestAt(terms, question.now)),
    lastDay: waived.includes('too-far') ? Infinity : lastDayOf(terms, zone, question.now),
    limits: limitsOf(terms, world.hours.mostStarts),
    foundLimits: new Map(),
  };
}

/** The threshold of the lead time; a start exactly on it is offered. */
export function soonestAt(terms: SlotTerms, now: Instant): number {
  return now + terms.leadTimeMinutes * MINUTE;
}

export function lastDayOf(terms: SlotTerms, zone: string, now: Instant): number {
  return terms.horizonDays === null ? Infinity : localDayOf(zone, now) + terms.horizonDays;
}

/** True if an appointment that starts then lies in one window. */
export function fits(windows: Windows, startsAt: number, lengthMs: number): boolean {
  for (let index = 0; index < windows.length; index += 2) {
    if (valueAt(windows, index) <= startsAt && startsAt + lengthMs <= valueAt(windows, index + 1)) return true;
  }
  return false;
}

/** True if it lies within the hours of everything that it needs. */
export function isOpenFor({ windows, resourceWindows, spacing }: SlotFrame, startsAt: number): boolean {
  return fits(windows, startsAt, spacing.lengthMs) && resourceWindows.every((open) => fits(open, startsAt, spacing.lengthMs));
}

/** The first limit by which nothing more may start on the local date; undefined if there is none. */
export function limitReachedOn({ world, zone, ignored, limits, foundLimits }: SlotFrame, day: number): BookingLimit | undefined {
  const [claims] = world.claims;
  if (claims === undefined) return undefined;
  return limits.find((limit) => isReached(limit, day, foundLimits, { claims, zone, ignored: ignored[0] ?? -1 }));
}
