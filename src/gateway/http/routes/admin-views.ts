// How managed things look on the wire.
import type { Principal } from '../../../access/principal.ts';
import { type Reader, reasonTold } from '../../../access/sight.ts';
import type { Telling } from '../../../booking/wire-events.ts';
import type { BookableService, Catalog, Location, Resource, StaffMember } from '../../../catalog/catalog.ts';
import { countryOfLocation } from '../../../catalog/catalog.ts';
import { type CalendarHours, type TimeOff, zoneOf } from '../../../model/calendar-hours.ts';
import { wireTime } from '../../../protocol/wire-times.ts';

export function managedLocationView(location: Location) {
  return { ...location, country: countryOfLocation(location) };
}

/** Who does a service is told by the staff members; `staffIds` are those of them that can be booked. */
export function serviceView(service: BookableService, catalog: Catalog) {
  const staffIds = [...catalog.staff.values()].filter((member) => member.bookable && member.serviceIds.includes(service.id)).map((member) => member.id);
  return { ...service, staffIds };
}

/** Of a staff member or resource together with the hours, which the calendar counts by itself: it is another one whenever anything of it is another. */
export function versionWithHours({ version }: { readonly version: number }, hours: CalendarHours): number {
  return version + (hours.version ?? 0);
}

/** `hours` is how the calendar has them now. */
export function managedStaffView(member: StaffMember, hours: CalendarHours, principal: Principal | null) {
  const reader = { principal, place: { staffId: member.id, locationId: member.locationId } };
  const { timeZone, mostStarts: { day = null, week = null, month = null } = {} } = hours;
  const limits = { dailyLimit: day, weeklyLimit: week, monthlyLimit: month };
  return { ...member, timeZone, ...limits, ...hoursView(hours, reader), version: versionWithHours(member, hours) };
}

export function managedResourceView(resource: Resource, hours: CalendarHours, principal: Principal | null) {
  const reader = { principal, place: { staffId: null, locationId: resource.locationId } };
  return { ...resource, ...hoursView(hours, reader), version: versionWithHours(resource, hours) };
}

function hoursView(hours: CalendarHours, reader: Reader) {
  return {
    ownHours: hours.ownHours,
    weekly: hours.weekly,
    dateOverrides: hours.overrides,
    timeOff: hours.timeOff.map((timeOff) => timeOffView(timeOff, { timeZone: zoneOf(hours), reader })),
  };
}

export function timeOffView({ id, startsAt, endsAt, reason }: TimeOff, { timeZone, reader }: Pick<Telling, 'timeZone' | 'reader'>) {
  return { id, startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone), reason: reasonTold(reader, reason) };
}
