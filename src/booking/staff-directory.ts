// Whose calendar is which, and in which zone its times are told.

import type { Principal } from '../access/principal.ts';
import { WHOLE_BUSINESS } from '../access/rights.ts';
import type { Reader } from '../access/sight.ts';
import type { Candidate } from '../actors/scheduler.ts';
import { type Catalog, countryOfLocation, type Resource, type StaffMember } from '../catalog/catalog.ts';
import type { Catalogs } from './parts.ts';

/** What rights are judged by, and how times are told. */
export type CalendarPlace = {
  readonly calendarId: string;
  /** null: it is a resource's. */
  readonly staffId: string | null;
  readonly resourceId: string | null;
  readonly locationId: string;
  readonly timeZone: string;
};

const placesOfCatalogs = new WeakMap<Catalog, ReadonlyMap<string, CalendarPlace>>();

/** Of somebody who has left, too: their appointments are still there. */
export function staffMemberOf(parts: Catalogs, staffId: string): StaffMember | undefined {
  return parts.catalog.snapshotWithArchived().staff.get(staffId);
}

/** Whose calendar it is and where; `undefined` for a calendar that the catalog does not know. */
export function placeOfCalendar(parts: Catalogs, calendarId: string): CalendarPlace | undefined {
  const catalog = parts.catalog.snapshotWithArchived();
  let places = placesOfCatalogs.get(catalog);
  if (places === undefined) {
    const staff = [...catalog.staff.values()].map((member) => placeIn(catalog, member, { staffId: member.id, resourceId: null }));
    const resources = [...catalog.resources.values()].map((resource) => placeIn(catalog, resource, { staffId: null, resourceId: resource.id }));
    places = new Map([...staff, ...resources].map((place) => [place.calendarId, place]));
    placesOfCatalogs.set(catalog, places);
  }
  return places.get(calendarId);
}

export function placeOfStaff(parts: Catalogs, staffId: string): CalendarPlace | undefined {
  const member = staffMemberOf(parts, staffId);
  return member && placeOfCalendar(parts, member.calendarId);
}

/** As `placeOfStaff`. */
export function placeOfResource(parts: Catalogs, resourceId: string): CalendarPlace | undefined {
  const resource = parts.catalog.snapshotWithArchived().resources.get(resourceId);
  return resource && placeOfCalendar(parts, resource.calendarId);
}

/** The country of a location; null where it is not known. */
export function countryAt(parts: Catalogs, locationId: string): string | null {
  const location = parts.catalog.snapshotWithArchived().locations.get(locationId);
  return location === undefined ? null : countryOfLocation(location);
}

/** The country of all of them; null where they work in several, or where it is not known. */
export function countryOfStaff(parts: Catalogs, staff: readonly StaffMember[]): string | null {
  const places = new Set(staff.map(({ locationId }) => countryAt(parts, locationId)));
  const [country = null] = places;
  return places.size === 1 ? country : null;
}

/** Who reads a calendar: what belongs to it is judged by its location. */
export function readerOfCalendar(parts: Catalogs, principal: Principal | null, calendarId: string): Reader {
  return { principal, place: placeOfCalendar(parts, calendarId) ?? WHOLE_BUSINESS };
}

/** The zone of the location of a calendar; UTC where there is none any more. */
export function zoneOfCalendar(parts: Catalogs, calendarId: string): string {
  return placeOfCalendar(parts, calendarId)?.timeZone ?? 'UTC';
}

export function zoneOfStaff(parts: Catalogs, staffId: string): string {
  return placeOfStaff(parts, staffId)?.timeZone ?? 'UTC';
}

export function candidateOf({ calendarId, id }: StaffMember): Candidate {
  return { calendarId, staffId: id };
}

/** As `candidateOf`, for what is to be booked: with the place it then has. `catalog` may have archived things in it. */
export function placedCandidateOf(catalog: Catalog, member: StaffMember): Candidate {
  const location = catalog.locations.get(member.locationId);
  return { ...candidateOf(member), ...(location && { place: { locationId: location.id, timeZone: location.timeZone, locationName: location.name } }) };
}

function placeIn(catalog: Catalog, { calendarId, locationId }: StaffMember | Resource, whose: Pick<CalendarPlace, 'staffId' | 'resourceId'>): CalendarPlace {
  return { calendarId, ...whose, locationId, timeZone: catalog.locations.get(locationId)?.timeZone ?? 'UTC' };
}
