// From "this service, this time, perhaps with her" to the calendars that could take it.

import type { Caller } from '../access/caller.ts';
import type { Principal } from '../access/principal.ts';
import { may, mayAtAll, type Place, refuseAt } from '../access/rights.ts';
import type { Appointment, Override, TakenResource } from '../actors/calendar/calendar.ts';
import { RecentMap } from '../actors/recent-map.ts';
import type { Candidate, ClaimAsk, Resources } from '../actors/scheduler.ts';
import type { BookableService, Catalog, Resource, StaffMember } from '../catalog/catalog.ts';
import { termsOf } from '../catalog/slot-terms-of.ts';
import type { AgreedAddOn } from '../model/add-ons.ts';
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import { keepingBooked, lasting, type SlotTerms } from '../model/slot-terms.ts';
import { doneBy } from '../model/staff-terms.ts';
import type { Reschedule } from '../protocol/appointments.ts';
import type { OverrideAsk } from '../protocol/override.ts';
import { type Failed, failed, failedField, isFailed } from '../protocol/reply.ts';
import { type Chosen, chosenOf, withAddOns } from './add-ons.ts';
import { otherwiseWith } from './agreed-terms.ts';
import type { Catalogs } from './parts.ts';
import { candidateOf, placedCandidateOf, staffMemberOf } from './staff-directory.ts';

export type Wanted = {
  readonly serviceId: string;
  readonly startsAt: Instant;
  readonly staffId?: string | undefined;
  readonly locationId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly seats: number;
  readonly addOnIds?: readonly string[] | undefined;
  /** In place of ids, as they were agreed. */
  readonly addOns?: readonly AgreedAddOn[] | undefined;
  readonly override?: OverrideAsk | undefined;
  /** A hold for it was placed by someone who could, and has expired. */
  readonly wasHeld?: true;
};
/** `service`: with what is chosen along. */
export type ResolvedClaim = Chosen & { readonly ask: ClaimAsk; readonly staff: readonly StaffMember[] };

/** Everybody who could take it. Refuses what the catalog alone can tell is wrong, with the field named. */
export function resolveClaim(parts: Catalogs, caller: Caller, wanted: Wanted): ResolvedClaim | Failed {
  const catalog = parts.catalog.snapshot();
  const offered = serviceToBook(catalog, wanted.serviceId, caller.principal, wanted.wasHeld);
  if (isFailed(offered)) return offered;
  const chosen = wanted.addOns === undefined ? chosenOf(offered, wanted.addOnIds ?? [], caller.principal) : withAddOns(offered, wanted.addOns);
  if (isFailed(chosen)) return chosen;
  const { service } = chosen;
  if (wanted.seats > service.capacity) return failedField('invalid-request', 'seats', `must be at most ${service.capacity} for this service`);
  const doers = staffToBook(catalog, service, wanted);
  if (isFailed(doers)) return doers;
  const allowed = doers.filter((member) => may(caller.principal, 'book', placeOf(member)));
  if (allowed.length === 0) return failed('forbidden', { detail: 'Those who do this work at another location.' });
  const needed = resourceToTake(parts, service, wanted.resourceId);
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
    candidates: staff.map((member) => {
      const { minutes, agreed } = otherwiseWith(chosen, member.id, wanted.seats);
      // What was held is booked for what was agreed then.
      const own = { ...(minutes !== undefined && { minutes }), ...(agreed !== undefined && wanted.wasHeld !== true && { agreed }) };
      return { ...withResources(placedCandidateOf(catalog, member), needed, member), ...own };
    }),
    peers: withLengths(service, peersOf(parts, service, staff)),
  };
  return { ask, ...chosen, staff };
}

export function serviceToBook(catalog: Catalog, serviceId: string, principal: Principal | null, wasHeld = false): BookableService | Failed {
  const service = catalog.services.get(serviceId);
  if (service?.active !== true) return failedField('not-found', 'serviceId', 'is not a bookable service');
  if (service.online || wasHeld || mayAtAll(principal, 'see-unlisted')) return service;
  return failedField('not-found', 'serviceId', 'cannot be booked online');
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

const doersOfCatalogs = new WeakMap<Catalog, Map<string, readonly StaffMember[]>>();

/** In the order of the catalog; found out once for each service of each catalog. */
export function whoDoes(catalog: Catalog, service: BookableService): readonly StaffMember[] {
  const doers = doersOfCatalogs.get(catalog) ?? new Map<string, readonly StaffMember[]>();
  doersOfCatalogs.set(catalog, doers);
  const known = doers.get(service.id);
  if (known !== undefined) return known;
  const able = [...catalog.staff.values()].filter((member) => member.bookable && member.serviceIds.includes(service.id));
  doers.set(service.id, able);
  return able;
}

/** Of each catalog; of more than these the oldest are looked for again. */
const REMEMBERED_PEERS = 500;
const peersOfCatalogs = new WeakMap<Catalog, RecentMap<string, readonly Candidate[]>>();

/** Those whose free times may be offered instead: colleagues at the same locations. Remembered for one that is named, as every claim asks. */
function peersOf({ catalog: catalogs }: Catalogs, service: BookableService, staff: readonly StaffMember[]): readonly Candidate[] {
  const catalog = catalogs.snapshot();
  const [named, ...more] = staff;
  if (named === undefined || more.length > 0) return colleaguesOf(catalog, service, staff);
  const remembered = peersOfCatalogs.get(catalog) ?? new RecentMap(REMEMBERED_PEERS);
  peersOfCatalogs.set(catalog, remembered);
  const name = `${service.id} ${named.id}`;
  const peers = remembered.get(name) ?? colleaguesOf(catalog, service, staff);
  remembered.set(name, peers);
  return peers;
}

/** For what is new: what is moved stays as long as it was booked. */
function withLengths(service: BookableService, candidates: readonly Candidate[]): readonly Candidate[] {
  if (service.staffTerms.length === 0) return candidates;
  return candidates.map((candidate) => ({ ...candidate, minutes: doneBy(service, candidate.staffId).minutes }));
}

function colleaguesOf(catalog: Catalog, service: BookableService, staff: readonly StaffMember[]): readonly Candidate[] {
  const needed = resourcesOf(catalog, service);
  const locations = new Set(staff.map((member) => member.locationId));
  const asked = new Set(staff.map((member) => member.id));
  return whoDoes(catalog, service)
    .filter((member) => locations.has(member.locationId) && !asked.has(member.id) && takenBy(needed, member) !== 'none-left')
    .map((member) => withResources(candidateOf(member), needed, member));
}

/** The time that is asked for, without buffers: where several could take it, as long as the slowest of them needs. */
export function spanOf({ startsAt, terms, candidates }: ClaimAsk): { readonly startsAt: Instant; readonly endsAt: Instant } {
  const minutes = Math.max(...candidates.map((candidate) => candidate.minutes ?? terms.minutes));
  return { startsAt, endsAt: instant(startsAt + minutes * MINUTE) };
}

/** What rights are judged by. */
function placeOf({ id, locationId }: StaffMember): Place {
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

type EditWanted = { readonly service: BookableService; readonly staffId: string | undefined; readonly override: OverrideAsk | undefined };

/** For an appointment that takes another time at its start: with whom it is to be, and for the service it is to be. What it has along is kept if that still fits. */
export function claimToEdit(parts: Catalogs, caller: Caller, appointment: Appointment, wanted: EditWanted): ClaimAsk | Failed {
  const { service, staffId, override } = wanted;
  const { startsAt } = appointment;
  if (service.id === appointment.serviceId) return claimToMove(parts, caller, appointment, { startsAt, staffId, resourceId: undefined, override });
  const catalog = parts.catalog.snapshot();
  const doers = staffToBook(catalog, service, { staffId: staffId ?? appointment.staffId });
  if (isFailed(doers)) return doers;
  const [member] = doers;
  if (member === undefined) return failedField('not-found', 'staffId', 'is not a staff member');
  const barred = refuseAt(caller.principal, 'book', placeOf(member));
  if (barred !== undefined) return barred;
  const needed = resourcesOf(catalog, service);
  if (takenBy(needed, member) === 'none-left') return withoutResources();
  const waived = resolveOverride(caller, override, [placeOf(member)]);
  if (waived !== null && isFailed(waived)) return waived;
  return {
    terms: termsOf(service, catalog.business),
    startsAt,
    seats: appointment.seats,
    override: waived,
    candidates: withLengths(service, [withResources(placedCandidateOf(catalog, member), needed, member)]),
    peers: [],
  };
}

/**
 * Where an appointment is to go: to the named person, else to the one who has it now. It stays what it is: the service may have been
 * taken off the list since, and the person who has it may keep it whatever else they do by now.
 */
export function claimToMove(
  parts: Catalogs,
  caller: Caller,
  appointment: Appointment,
  { startsAt, staffId, resourceId, override }: Reschedule,
): ClaimAsk | Failed {
  const catalog = parts.catalog.snapshot();
  const service = parts.catalog.snapshotWithArchived().services.get(appointment.serviceId);
  const member = staffMemberOf(parts, staffId ?? appointment.staffId);
  if (service === undefined || member === undefined) return failedField('not-found', staffId === undefined ? 'serviceId' : 'staffId', 'no longer exists');
  const isNew = member.id !== appointment.staffId;
  if (isNew && !catalog.staff.has(member.id)) return failedField('not-found', 'staffId', 'is not a staff member');
  if (isNew && !member.bookable) return failedField('invalid-request', 'staffId', 'cannot be booked');
  if (isNew && !member.serviceIds.includes(service.id)) return failedField('invalid-request', 'staffId', 'does not offer this service');
  // It comes to where the calendar is; where it stays at its place, that takes nothing from anybody.
  const there = placeOf(member);
  const barred = isNew || there.locationId !== appointment.locationId ? refuseAt(caller.principal, 'book', there) : undefined;
  if (barred !== undefined) return barred;
  const needed = resourceToKeep(parts, { appointment, service, member, named: resourceId });
  if (needed !== null && isFailed(needed)) return needed;
  if (takenBy(needed, member) === 'none-left')
    return resourceId === undefined ? withoutResources() : failedField('invalid-request', 'resourceId', 'is not where this staff member works');
  const waived = resolveOverride(caller, override, [there]);
  if (waived !== null && isFailed(waived)) return waived;
  return {
    terms: keepingBooked(termsOf(service, catalog.business), appointment),
    startsAt,
    seats: appointment.seats,
    override: waived,
    candidates: [withResources(placedCandidateOf(parts.catalog.snapshotWithArchived(), member), needed, member)],
    peers: peersOf(parts, service, [member]),
  };
}

// Which rooms and equipment a service takes along: any one of those that it names and that are at the location of the staff member.
/** In the order in which they are tried; null: the service needs none. */
type Needed = readonly Resource[] | null;

/** Those that are still there. */
function resourcesOf(catalog: Catalog, { resourceIds }: BookableService): Needed {
  return resourceIds.length === 0 ? null : resourceIds.flatMap((id) => catalog.resources.get(id) ?? []);
}

/** The one that is named, else all that would do. */
function resourceToTake({ catalog }: Catalogs, service: BookableService, named: string | undefined): Needed | Failed {
  const needed = resourcesOf(catalog.snapshot(), service);
  if (named === undefined) return needed;
  const resource = catalog.snapshot().resources.get(named);
  if (resource === undefined) return failedField('not-found', 'resourceId', 'is not a resource');
  return needed?.includes(resource) === true ? [resource] : failedField('invalid-request', 'resourceId', 'is not a resource of this service');
}

type Keeping = { readonly appointment: Appointment; readonly service: BookableService; readonly member: StaffMember; readonly named: string | undefined };

/** For a move. What was booked comes first, and may be kept whatever the service needs by now; where nothing was taken along, nothing is. */
function resourceToKeep(parts: Catalogs, { appointment, service, member, named }: Keeping): Needed | Failed {
  const { resource } = appointment;
  if (named !== undefined && named !== resource?.resourceId) return resourceToTake(parts, service, named);
  if (resource === undefined) return null;
  const catalog = parts.catalog.snapshot();
  const now = resourcesOf(catalog, service);
  const had = catalog.resources.get(resource.resourceId);
  if (had === undefined || had.locationId !== member.locationId) return now;
  return named === undefined ? [had, ...(now ?? []).filter((other) => other !== had)] : [had];
}

/** Who could take the service, with what they could take along; those for whom nothing is left are left out. */
export function candidatesToList(parts: Catalogs, service: BookableService, staff: readonly StaffMember[], moving: Appointment | null): readonly Candidate[] {
  const usual = resourcesOf(parts.catalog.snapshot(), service);
  const all = staff.flatMap((member) => {
    const needed = moving === null ? usual : resourceToKeep(parts, { appointment: moving, service, member, named: undefined });
    if (needed !== null && isFailed(needed)) return [];
    return takenBy(needed, member) === 'none-left' ? [] : [withResources(candidateOf(member), needed, member)];
  });
  return moving === null ? withLengths(service, all) : all;
}

/** What one of them is asked for the free times of. */
export function listedBy<Shared extends { readonly terms: SlotTerms }>({ minutes, agreed: _, ...candidate }: Candidate, shared: Shared) {
  return { ...candidate, ...shared, terms: lasting(shared.terms, minutes) };
}

/** How many calendars a question about them has to look at. */
export function calendarsOf(candidates: readonly Candidate[]): number {
  return new Set(candidates.flatMap(({ calendarId, resources = [] }) => [calendarId, ...resources.map((resource) => resource.calendarId)])).size;
}

/** What a staff member could take along. */
function takenBy(needed: Needed, { locationId }: Pick<StaffMember, 'locationId'>): Resources | 'none-needed' | 'none-left' {
  if (needed === null) return 'none-needed';
  const [first, ...more] = needed.filter((resource) => resource.locationId === locationId).map(takenOf);
  return first === undefined ? 'none-left' : [first, ...more];
}

/** Of those for whom there is one, or who need none. */
function withResources(candidate: Candidate, needed: Needed, member: StaffMember): Candidate {
  const taken = takenBy(needed, member);
  return typeof taken === 'string' ? candidate : { ...candidate, resources: taken };
}

function withoutResources(): Failed {
  return failed('outside-hours', { detail: NONE_LEFT });
}

export const NONE_LEFT = 'This service needs a room or piece of equipment, and this location no longer has one.';

function takenOf({ id, calendarId }: Resource): TakenResource {
  return { resourceId: id, calendarId };
}
