// Whose calendar is which, and in which zone its times are told.
import type { Principal } from '../../access/principal.ts';
import { WHOLE_BUSINESS } from '../../access/rights.ts';
import type { Reader } from '../../access/sight.ts';
import type { Candidate } from '../../actors/scheduler.ts';
import { type Catalog, countryOfLocation, type Resource, type StaffMember } from '../../catalog/catalog.ts';
import type { GatewayContext } from '../context.ts';

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
export function staffMemberOf(context: GatewayContext, staffId: string): StaffMember | undefined {
  return context.catalog.snapshotWithArchived().staff.get(staffId);
}

/** Whose calendar it is and where; `undefined` for a calendar that the catalog does not know. */
export function placeOfCalendar(context: GatewayContext, calendarId: string): CalendarPlace | undefined {
  const catalog = context.catalog.snapshotWithArchived();
  let places = placesOfCatalogs.get(catalog);
  if (places === undefined) {
    const staff = [...catalog.staff.values()].map((member) => placeIn(catalog, member, { staffId: member.id, resourceId: null }));
    const resources = [...catalog.resources.values()].map((resource) => placeIn(catalog, resource, { staffId: null, resourceId: resource.id }));
    places = new Map([...staff, ...resources].map((place) => [place.calendarId, place]));
    placesOfCatalogs.set(catalog, places);
  }
  return places.get(calendarId);
}

export function placeOfStaff(context: GatewayContext, staffId: string): CalendarPlace | undefined {
  const member = staffMemberOf(context, staffId);
  return member && placeOfCalendar(context, member.calendarId);
}

/** As `placeOfStaff`. */
export function placeOfResource(context: GatewayContext, resourceId: string): CalendarPlace | undefined {
  const resource = context.catalog.snapshotWithArchived().resources.get(resourceId);
  return resource && placeOfCalendar(context, resource.calendarId);
}

/** The country of a location; null where it is not known. */
export function countryAt(context: GatewayContext, locationId: string): string | null {
  const location = context.catalog.snapshotWithArchived().locations.get(locationId);
  return location === undefined ? null : countryOfLocation(location);
}

/** The country of all of them; null where they work in several, or where it is not known. */
export function countryOfStaff(context: GatewayContext, staff: readonly StaffMember[]): string | null {
  const places = new Set(staff.map(({ locationId }) => countryAt(context, locationId)));
  const [country = null] = places;
  return places.size === 1 ? country : null;
}

/** Whoever reads a calendar: what belongs to it is judged by where it is. */
export function readerOfCalendar(context: GatewayContext, principal: Principal | null, calendarId: string): Reader {
  return { principal, place: placeOfCalendar(context, calendarId) ?? WHOLE_BUSINESS };
}

/** The zone of the location of a calendar; UTC where there is none any more. */
export function zoneOfCalendar(context: GatewayContext, calendarId: string): string {
  return placeOfCalendar(context, calendarId)?.timeZone ?? 'UTC';
}

export function zoneOfStaff(context: GatewayContext, staffId: string): string {
  return placeOfStaff(context, staffId)?.timeZone ?? 'UTC';
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
