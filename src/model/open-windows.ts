// When a calendar is open, in real time. The principle: a moment is open if a clock in the zone shows a time inside the hours of the date it shows.
// Where the offset is constant that is plain arithmetic, so hours are laid out stretch by stretch: a missing hour is never open, a repeated one twice.
import type { CalendarHours } from './calendar-hours.ts';
import { zoneOf } from './calendar-hours.ts';
import { valueAt } from './columns.ts';
import { commonPlan, type DayPlan, planOf, windowsOn, withDatesClosed } from './day-plan.ts';
import { DAY } from './instant.ts';
import { joined, pushRun, type Runs, shared } from './runs.ts';
import { stretchesOf } from './zone-offsets.ts';

/** In epoch milliseconds. */
export type Windows = Runs;

/** Hours ready for arithmetic: open is what `base` and, if it is read in another zone, `within` allow, and what `besides` adds. */
type HoursPlan = { readonly base: DayPlan; readonly within: DayPlan | null; readonly besides: DayPlan | null };

const plans = new WeakMap<CalendarHours, HoursPlan>();

/**
 * The windows that share a moment with [from, to), cut to it: unbroken runs, in real time, of moments open for both staff member and location.
 * Time off is busy time and not closing time, so it is not taken out here. A retired calendar has none.
 * Hours are compiled once per object and must not be changed in place.
 */
export function openWindows(hours: CalendarHours, from: number, to: number): Windows {
  if (hours.retired === true) return [];
  let plan = plans.get(hours);
  if (plan === undefined) {
    plan = hoursPlanOf(hours);
    plans.set(hours, plan);
  }
  const base = runsOf(plan.base, from, to);
  const within = plan.within === null ? base : shared(base, runsOf(plan.within, from, to));
  return plan.besides === null ? within : joined(within, runsOf(plan.besides, from, to));
}

/**
 * A staff member's own hours are limited to the location's, unless they have `ownHours`. Without own hours the location's apply, including special dates.
 * A date override replaces its date only, within the location's hours unless `ownHours` is set.
 */
function hoursPlanOf(hours: CalendarHours): HoursPlan {
  const { weekly, overrides, ownHours } = hours;
  const zone = zoneOf(hours);
  const location = planOf(hours.location.timeZone, hours.location.weekly, hours.location.specialDates);
  if (weekly !== null) {
    const own = planOf(zone, weekly, overrides);
    return ownHours ? { base: own, within: null, besides: null } : bothOf(own, location);
  }
  if (Object.keys(overrides).length === 0) return { base: location, within: null, besides: null };
  const everyOtherDate = planOf(zone, 'always', overrides);
  if (!ownHours) return bothOf(everyOtherDate, location);
  return { ...bothOf(withDatesClosed(everyOtherDate), location), besides: planOf(zone, 'never', overrides) };
}

/** In one zone a moment has one date, so what both allow can be worked out beforehand. */
function bothOf(own: DayPlan, location: DayPlan): HoursPlan {
  if (own.zone === location.zone) return { base: commonPlan(own, location), within: null, besides: null };
  return { base: own, within: location, besides: null };
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
