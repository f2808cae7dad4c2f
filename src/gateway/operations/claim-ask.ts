// From "this service, this time, perhaps with her" to the calendars that could take it.

import type { Caller } from '../../access/caller.ts';
import { may, type Place } from '../../access/rights.ts';
import type { Override } from '../../actors/calendar/calendar.ts';
import type { Candidate, ClaimAsk } from '../../actors/scheduler.ts';
import type { BookableService, Catalog, StaffMember } from '../../catalog/catalog.ts';
import { termsOf } from '../../catalog/slot-terms-of.ts';
import { type Instant, instant, MINUTE } from '../../model/instant.ts';
import type { OverrideAsk } from '../../protocol/override.ts';
import { type Failed, failed, failedField, isFailed } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { resourcesOf, resourceToTake, takenBy, withoutResources, withResources } from './resources-to-take.ts';
import { candidateOf, placedCandidateOf } from './staff-directory.ts';

export type Wanted = {
  readonly serviceId: string;
  readonly startsAt: Instant;
  readonly staffId?: string | undefined;
  readonly locationId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly seats: number;
  readonly override?: OverrideAsk | undefined;
};
export type ResolvedClaim = { readonly ask: ClaimAsk; readonly service: BookableService; readonly staff: readonly StaffMember[] };

/** Everybody who could take it. Refuses what the catalog alone can tell is wrong, with the field named. */
export function resolveClaim(context: GatewayContext, caller: Caller, wanted: Wanted): ResolvedClaim | Failed {
  const catalog = context.catalog.snapshot();
  const service = serviceToBook(catalog, wanted.serviceId);
  if (isFailed(service)) return service;
  if (wanted.seats > service.capacity) return failedField('invalid-request', 'seats', `must be at most ${service.capacity} for this service`);
  const doers = staffToBook(catalog, service, wanted);
  if (isFailed(doers)) return doers;
  const allowed = doers.filter((member) => may(caller.principal, 'book', placeOf(member)));
  if (allowed.length === 0) return failed('forbidden', { detail: 'Those who do this work at another location.' });
  const needed = resourceToTake(context, service, wanted.resourceId);
  if (needed !== null && isFailed(needed)) return needed;
  const staff = allowed.filter((member) => takenBy(needed, member) !== 'none-left');
  if (staff.length === 0)
    return wanted.resourceId === undefined ? withoutResources() : failedField('invalid-request', 'resourceId', 'is not where this staff member works');
  const override = resolveOverride(caller, wanted.override, staff.map(placeOf));
  if (override !== null && isFailed(override)) return override;
  const ask = {
    terms: termsOf(service, catalog.business),
    startsAt: wanted.startsAt,
    seats: wanted.seats,
    override,
    candidates: staff.map((member) => withResources(placedCandidateOf(catalog, member), needed, member)),
    peers: peersOf(context, service, staff),
  };
  return { ask, service, staff };
}

export function serviceToBook(catalog: Catalog, serviceId: string): BookableService | Failed {
  const service = catalog.services.get(serviceId);
  return service?.active === true ? service : failedField('not-found', 'serviceId', 'is not a bookable service');
}

/** Who does it: the one who is named, or everybody, at the location if one is named. */
export function staffToBook(catalog: Catalog, service: BookableService, wanted: Pick<Wanted, 'staffId' | 'locationId'>): readonly StaffMember[] | Failed {
  const { staffId, locationId } = wanted;
  if (locationId !== undefined && !catalog.locations.has(locationId)) return failedField('not-found', 'locationId', 'is not a location');
  const isThere = (member: StaffMember) => locationId === undefined || member.locationId === locationId;
  if (staffId === undefined) {
    const staff = whoDoes(catalog, service).filter(isThere);
    return staff.length > 0
      ? staff
      : failedField('invalid-request', locationId === undefined ? 'serviceId' : 'locationId', 'has no one who offers this service');
  }
  const member = catalog.staff.get(staffId);
  if (member === undefined) return failedField('not-found', 'staffId', 'is not a staff member');
  if (!member.bookable) return failedField('invalid-request', 'staffId', 'cannot be booked');
  if (!member.serviceIds.includes(service.id)) return failedField('invalid-request', 'staffId', 'does not offer this service');
  if (!isThere(member)) return failedField('invalid-request', 'staffId', 'does not work at this location');
  return [member];
}

export function whoDoes(catalog: Catalog, service: BookableService): StaffMember[] {
  return [...catalog.staff.values()].filter((member) => member.bookable && member.serviceIds.includes(service.id));
}

/** Those whose free times may be offered instead: colleagues at the same locations. */
export function peersOf({ catalog: catalogs }: Pick<GatewayContext, 'catalog'>, service: BookableService, staff: readonly StaffMember[]): Candidate[] {
  const catalog = catalogs.snapshot();
  const needed = resourcesOf(catalog, service);
  const locations = new Set(staff.map((member) => member.locationId));
  const asked = new Set(staff.map((member) => member.id));
  return whoDoes(catalog, service)
    .filter((member) => locations.has(member.locationId) && !asked.has(member.id) && takenBy(needed, member) !== 'none-left')
    .map((member) => withResources(candidateOf(member), needed, member));
}

/** The time that is asked for, without buffers. */
export function spanOf({ startsAt, terms }: ClaimAsk): { readonly startsAt: Instant; readonly endsAt: Instant } {
  return { startsAt, endsAt: instant(startsAt + terms.minutes * MINUTE) };
}

/** What rights are judged by. */
export function placeOf({ id, locationId }: StaffMember): Place {
  return { staffId: id, locationId };
}

/** Only the desk and above, at their own location, may wave a rule through. Why they do is written beside the appointment. */
export function resolveOverride(caller: Caller, override: OverrideAsk | undefined, places: readonly Place[]): Override | null | Failed {
  if (override === undefined) return null;
  if (caller.principal === null) return failed('unauthenticated', { detail: 'Only the front desk and above can override rules.' });
  const { userId } = caller.principal;
  if (!places.every((place) => may(caller.principal, 'override-rules', place)))
    return failed('forbidden', { detail: 'Rules can be overridden by the front desk of the location and above.' });
  return { rules: [...new Set(override.rules)], by: userId };
}
