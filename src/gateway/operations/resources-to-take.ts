// Which rooms and equipment a service takes along: any one of those that it names and that are at the location of the staff member.
import type { Appointment, TakenResource } from '../../actors/calendar/calendar.ts';
import type { Candidate, Resources } from '../../actors/scheduler.ts';
import type { BookableService, Catalog, Resource, StaffMember } from '../../catalog/catalog.ts';
import { type Failed, failed, failedField, isFailed } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { candidateOf } from './staff-directory.ts';

type Catalogs = { readonly catalog: Pick<GatewayContext['catalog'], 'snapshot'> };

/** In the order in which they are tried; null: the service needs none. */
export type Needed = readonly Resource[] | null;

/** Those that are still there. */
export function resourcesOf(catalog: Catalog, { resourceIds }: BookableService): Needed {
  return resourceIds.length === 0 ? null : resourceIds.flatMap((id) => catalog.resources.get(id) ?? []);
}

/** The one that is named, else all that would do. */
export function resourceToTake({ catalog }: Catalogs, service: BookableService, named: string | undefined): Needed | Failed {
  const needed = resourcesOf(catalog.snapshot(), service);
  if (named === undefined) return needed;
  const resource = catalog.snapshot().resources.get(named);
  if (resource === undefined) return failedField('not-found', 'resourceId', 'is not a resource');
  return needed?.includes(resource) === true ? [resource] : failedField('invalid-request', 'resourceId', 'is not a resource of this service');
}

type Keeping = { readonly appointment: Appointment; readonly service: BookableService; readonly member: StaffMember; readonly named: string | undefined };

/** For a move. What was booked comes first, and may be kept whatever the service needs by now; where nothing was taken along, nothing is. */
export function resourceToKeep(context: Catalogs, { appointment, service, member, named }: Keeping): Needed | Failed {
  const { resource } = appointment;
  if (named !== undefined && named !== resource?.resourceId) return resourceToTake(context, service, named);
  if (resource === undefined) return null;
  const catalog = context.catalog.snapshot();
  const now = resourcesOf(catalog, service);
  const had = catalog.resources.get(resource.resourceId);
  if (had === undefined || had.locationId !== member.locationId) return now;
  return named === undefined ? [had, ...(now ?? []).filter((other) => other !== had)] : [had];
}

/** Who could take the service, with what they could take along; those for whom nothing is left are left out. */
export function candidatesToList(context: Catalogs, service: BookableService, staff: readonly StaffMember[], moving: Appointment | null): readonly Candidate[] {
  const usual = resourcesOf(context.catalog.snapshot(), service);
  return staff.flatMap((member) => {
    const needed = moving === null ? usual : resourceToKeep(context, { appointment: moving, service, member, named: undefined });
    if (needed !== null && isFailed(needed)) return [];
    return takenBy(needed, member) === 'none-left' ? [] : [withResources(candidateOf(member), needed, member)];
  });
}

/** How many calendars a question about them has to look at. */
export function calendarsOf(candidates: readonly Candidate[]): number {
  return new Set(candidates.flatMap(({ calendarId, resources = [] }) => [calendarId, ...resources.map((resource) => resource.calendarId)])).size;
}

/** What a staff member could take along. */
export function takenBy(needed: Needed, { locationId }: Pick<StaffMember, 'locationId'>): Resources | 'none-needed' | 'none-left' {
  if (needed === null) return 'none-needed';
  const [first, ...more] = needed.filter((resource) => resource.locationId === locationId).map(takenOf);
  return first === undefined ? 'none-left' : [first, ...more];
}

/** Of those for whom there is one, or who need none. */
export function withResources(candidate: Candidate, needed: Needed, member: StaffMember): Candidate {
  const taken = takenBy(needed, member);
  return typeof taken === 'string' ? candidate : { ...candidate, resources: taken };
}

export function withoutResources(): Failed {
  return failed('outside-hours', { detail: NONE_LEFT });
}

export const NONE_LEFT = 'This service needs a room or piece of equipment, and this location no longer has one.';

function takenOf({ id, calendarId }: Resource): TakenResource {
  return { resourceId: id, calendarId };
}
