// When a calendar is open, in real time. The principle: a moment is open if a clock in the zone shows a time inside the hours of the date it shows.
// Where the offset is constant that is plain arithmetic, so hours are laid out stretch by stretch: a missing hour is never open, a repeated one twice.
import type { CalendarHours } from './calendar-hours.ts';
import { zoneOf } from './calendar-hours.ts';
import { valueAt } from './columns.ts';
import { type DayPlan, planOf, pushRun, windowsOn, withDatesClosed } from './day-plan.ts';
import { DAY } from './instant.ts';
import { stretchesOf } from './zone-offsets.ts';

/** Pairs of epoch milliseconds, half-open, in order, neither touching nor overlapping. */
export type Windows = readonly number[];

/** Hours ready for arithmetic: open is what all of `within` allow, and what `besides` adds. */
type HoursPlan = { readonly within: readonly DayPlan[]; readonly besides: DayPlan | null };

const plans = new WeakMap<CalendarHours, HoursPlan>();

/**
 * The windows that share a moment with [from, to), cut to it: unbroken runs, in real time, of moments open for both staff member and location.
 * Time off is busy time and not closing time, so it is not taken out here. Hours are compiled once per object and must not be changed in place.
 */
export function openWindows(hours: CalendarHours, from: number, to: number): Windows {
  let plan = plans.get(hours);
  if (plan === undefined) {
    plan = hoursPlanOf(hours);
    plans.set(hours, plan);
  }
  const [first, second] = plan.within.map((one) => runsOf(one, from, to));
  const within = first === undefined || second === undefined ? (first ?? []) : shared(first, second);
  return plan.besides === null ? within : joined(within, runsOf(plan.besides, from, to));
}

/**
 * Hours of one's own lie within the location's, unless the member has `ownHours`. Without any, the location's are theirs, special dates included,
 * and a date override replaces only its own date: within the location's hours, or with `ownHours` whatever they are.
 */
function hoursPlanOf(hours: CalendarHours): HoursPlan {
  const { weekly, overrides, ownHours } = hours;
  const zone = zoneOf(hours);
  const location = planOf(hours.location.timeZone, hours.location.weekly, hours.location.specialDates);
  if (weekly !== null) {
    const own = planOf(zone, weekly, overrides);
    return { within: ownHours ? [own] : [own, location], besides: null };
  }
  if (Object.keys(overrides).length === 0) return { within: [location], besides: null };
  const everyOtherDate = planOf(zone, 'always', overrides);
  if (!ownHours) return { within: [everyOtherDate, location], besides: null };
  return { within: [withDatesClosed(everyOtherDate), location], besides: planOf(zone, 'never', overrides) };
}

function runsOf(plan: DayPlan, from: number, to: number): Windows {
  const runs: number[] = [];
  for (const stretch of stretchesOf(plan.zone, from, to)) {
    const lastDay = Math.floor((stretch.to - 1 + stretch.offset) / DAY);
    for (let day = Math.floor((stretch.from + stretch.offset) / DAY); day <= lastDay; day += 1) {
      const midnight = day * DAY - stretch.offset;
      const windows = windowsOn(plan, day);
      for (let index = 0; index < windows.length; index += 2) {
        const opensAt = Math.max(stretch.from, midnight + valueAt(windows, index));
        const closesAt = Math.min(stretch.to, midnight + valueAt(windows, index + 1));
        if (opensAt < closesAt) pushRun(runs, opensAt, closesAt);
      }
    }
  }
  return runs;
}

/** Moments in both. Pieces cannot touch: where one ends, one of the two is closed. */
function shared(one: Windows, other: Windows): Windows {
  const both: number[] = [];
  for (let left = 0, right = 0; left < one.length && right < other.length; ) {
    const opensAt = Math.max(valueAt(one, left), valueAt(other, right));
    const closesAt = Math.min(valueAt(one, left + 1), valueAt(other, right + 1));
    if (opensAt < closesAt) both.push(opensAt, closesAt);
    if (closesAt === valueAt(one, left + 1)) left += 2;
    else right += 2;
  }
  return both;
}

/** Moments in either. */
function joined(one: Windows, other: Windows): Windows {
  const either: number[] = [];
  for (let left = 0, right = 0; left < one.length || right < other.length; ) {
    if (right >= other.length || (left < one.length && valueAt(one, left) <= valueAt(other, right))) {
      pushRun(either, valueAt(one, left), valueAt(one, left + 1));
      left += 2;
    } else {
      pushRun(either, valueAt(other, right), valueAt(other, right + 1));
      right += 2;
    }
  }
  return either;
}
