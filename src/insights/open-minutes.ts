// How long a staff member could have been booked: their hours, within those of the location, less time off.
//
// Hours have a history: a change counts from the local date on which it was made, and what was before it stays. Of changes that are older than the roll-ups nothing is known; the hours
// before the first known change count for all days before it. Blocks and busy times of calendars elsewhere are open: the business or the person has filled them otherwise.
import type { CalendarHours } from '../model/calendar-hours.ts';
import { zoneOf } from '../model/calendar-hours.ts';
import { valueAt } from '../model/columns.ts';
import { MINUTE } from '../model/instant.ts';
import { openWindows } from '../model/open-windows.ts';
import { firstInstantOfDay, localDayOf } from '../model/zone-offsets.ts';

/** `hours` in the order of their days; the first holds for every day before the second. `since`: the first day on which the person works here. */
export type StaffHours = {
  readonly staffId: string;
  readonly name: string;
  readonly locationId: string;
  readonly since: number;
  readonly hours: readonly { readonly day: number; readonly hours: CalendarHours }[];
};

/** Minutes of each local day from one to before another; days without any are left out. */
export function openMinutesOf({ hours, since }: StaffHours, fromDay: number, toDay: number): ReadonlyMap<number, number> {
  const minutes = new Map<number, number>();
  hours.forEach(({ day, hours: these }, index) => {
    const from = Math.max(fromDay, since, index === 0 ? fromDay : day);
    const to = Math.min(toDay, hours[index + 1]?.day ?? toDay);
    if (from < to) addOpen(minutes, these, from, to);
  });
  return minutes;
}

function addOpen(minutes: Map<number, number>, hours: CalendarHours, fromDay: number, toDay: number): void {
  const zone = zoneOf(hours);
  const [from, to] = [firstInstantOfDay(zone, fromDay), firstInstantOfDay(zone, toDay)];
  const windows = openWindows(hours, from, to);
  const off = hours.timeOff.filter(({ startsAt, endsAt }) => startsAt < to && from < endsAt);
  for (let index = 0; index < windows.length; index += 2)
    for (let [at, end] = [valueAt(windows, index), valueAt(windows, index + 1)]; at < end; ) {
      const day = localDayOf(zone, at);
      const until = Math.min(end, firstInstantOfDay(zone, day + 1));
      minutes.set(day, (minutes.get(day) ?? 0) + workedBetween(at, until, off));
      at = until;
    }
}

/** Time off may overlap itself. */
function workedBetween(from: number, to: number, off: CalendarHours['timeOff']): number {
  const away = off.filter(({ startsAt, endsAt }) => startsAt < to && from < endsAt).toSorted((one, other) => one.startsAt - other.startsAt);
  let [left, at] = [to - from, from];
  for (const { startsAt, endsAt } of away) {
    const [begin, end] = [Math.max(at, startsAt), Math.min(to, endsAt)];
    if (begin < end) left -= end - begin;
    at = Math.max(at, end);
  }
  return Math.round(left / MINUTE);
}
