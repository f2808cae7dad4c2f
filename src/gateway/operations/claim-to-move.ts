import type { Caller } from '../../access/caller.ts';
import { refuseAt } from '../../access/rights.ts';
import type { Appointment } from '../../actors/calendar/calendar.ts';
import type { ClaimAsk } from '../../actors/scheduler.ts';
import { termsOf } from '../../catalog/slot-terms-of.ts';
import { keepingBooked } from '../../model/slot-terms.ts';
import type { Reschedule } from '../../protocol/appointments.ts';
import { type Failed, failedField, isFailed } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { peersOf, placeOf, resolveOverride } from './claim-ask.ts';
import { resourceToKeep, takenBy, withoutResources, withResources } from './resources-to-take.ts';
import { placedCandidateOf, staffMemberOf } from './staff-directory.ts';

/**
 * Where an appointment is to go: to the person who is named, else to whoever has it now. It stays what it is: the service may have been
 * taken off the list since, and the person who has it may keep it whatever else they do by now.
 */
export function claimToMove(
  context: GatewayContext,
  caller: Caller,
  appointment: Appointment,
  { startsAt, staffId, resourceId, override }: Reschedule,
): ClaimAsk | Failed {
  const catalog = context.catalog.snapshot();
  const service = context.catalog.snapshotWithArchived().services.get(appointment.serviceId);
  const member = staffMemberOf(context, staffId ?? appointment.staffId);
  if (service === undefined || member === undefined) return failedField('not-found', staffId === undefined ? 'serviceId' : 'staffId', 'no longer exists');
  const isNew = member.id !== appointment.staffId;
  if (isNew && !catalog.staff.has(member.id)) return failedField('not-found', 'staffId', 'is not a staff member');
  if (isNew && !member.bookable) return failedField('invalid-request', 'staffId', 'cannot be booked');
  if (isNew && !member.serviceIds.includes(service.id)) return failedField('invalid-request', 'staffId', 'does not offer this service');
  // It comes to where the calendar is; where it stays at its place, that takes nothing from anybody.
  const there = placeOf(member);
  const barred = isNew || there.locationId !== appointment.locationId ? refuseAt(caller.principal, 'book', there) : undefined;
  if (barred !== undefined) return barred;
  const needed = resourceToKeep(context, { appointment, service, member, named: resourceId });
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
    candidates: [withResources(placedCandidateOf(context.catalog.snapshotWithArchived(), member), needed, member)],
    peers: peersOf(context, service, [member]),
  };
}
