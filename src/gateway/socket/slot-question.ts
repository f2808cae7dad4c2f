import type { Principal } from '../../access/principal.ts';
import type { AppointmentRecord } from '../../booking/appointment-reads-port.ts';
import { candidatesToList, listedBy } from '../../booking/candidates.ts';
import { serviceToList, staffAsked, termsToList, zoneOfAsked } from '../../booking/find-slots.ts';
import type { Catalogs } from '../../booking/parts.ts';
import { firstInstantOf } from '../../model/local-dates.ts';
import { type Failed, failedField, isFailed } from '../../protocol/reply.ts';
import type { ScreenMessageRead } from '../../protocol/socket.ts';
import { MAX_CALENDARS_PER_WATCH } from './limits.ts';
import type { SlotViewQuery } from './slot-view.ts';

/** What a slot list shows: one query for each calendar. */
export type SlotQuestion = { readonly timeZone: string; readonly queries: readonly SlotViewQuery[] };
type Asked = Omit<ScreenMessageRead<'watch-slots'>, 'watchId' | 'since' | 'manageToken'>;

/** Nobody named: everybody who does the service, at the location if one is named. */
export function slotQuestion(parts: Catalogs, principal: Principal | null, asked: Asked, moving: AppointmentRecord | null): SlotQuestion | Failed {
  const catalog = parts.catalog.snapshot();
  const service = serviceToList(parts.catalog, asked, principal, moving);
  if (isFailed(service)) return service;
  const wanted = termsToList(service, catalog.business, asked.seats, moving);
  if (isFailed(wanted)) return wanted;
  const staff = staffAsked(parts.catalog, { staffId: asked.staffIds, locationId: asked.locationId }, service, moving);
  if (isFailed(staff)) return blaming(staff, 'staffId', 'staffIds');
  if (staff.length > MAX_CALENDARS_PER_WATCH)
    return failedField('invalid-request', 'staffIds', `would be ${staff.length} calendars; a slot list can have at most ${MAX_CALENDARS_PER_WATCH}`);
  const timeZone = asked.timeZone ?? zoneOfAsked(catalog, asked, staff);
  const shared = {
    ...wanted,
    from: firstInstantOf(asked.from, timeZone),
    to: firstInstantOf(asked.to, timeZone),
    movingAppointmentId: asked.movingAppointmentId ?? null,
    timeZone,
  };
  return { timeZone, queries: candidatesToList(parts, service, staff, moving).map((candidate) => listedBy(candidate, shared)) };
}

/** Whether two questions would be answered alike. */
export function isSameSlotQuestion(one: SlotQuestion, other: SlotQuestion): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The same refusal, told of the field as it is called in a message. */
function blaming({ problem, ...rest }: Failed, path: string, name: string): Failed {
  const [error] = problem.errors ?? [];
  return error?.path === path ? failedField(problem.code, name, error.message) : { problem, ...rest };
}
