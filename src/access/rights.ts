// Whether somebody may do something to this or that. The table is in `permissions.ts`; here is what it means for one row.

import type { Appointment } from '../actors/calendar/calendar.ts';
import type { StandingDetails } from '../actors/calendar/typed.ts';
import { type Failed, failed } from '../protocol/reply.ts';
import { type Action, type Reach, reachOf, scopeFor } from './permissions.ts';
import type { Principal } from './principal.ts';

/** Where something belongs: to a calendar, a location, or with null to the business as a whole. */
export type Place = { readonly staffId: string | null; readonly locationId: string | null };
/** What belongs to no location: users bound to a location do not reach it. */
export const WHOLE_BUSINESS: Place = { staffId: null, locationId: null };

/** False for guests, and for customers, whose accounts anybody can make. */
export function worksForBusiness(principal: Principal | null): principal is Principal {
  return principal !== null && principal.role !== 'customer';
}

/** How far the right of this person or key reaches; null: they may not at all. */
export function reachFor(principal: Principal | null, action: Action): Reach | null {
  if (principal === null) return reachOf(action, 'guest');
  const scope = scopeFor(action);
  if (principal.scopes !== undefined && scope !== null && !principal.scopes.includes(scope)) return null;
  return reachOf(action, principal.role);
}

/** Whether they may do it to anything at all. */
export function mayAtAll(principal: Principal | null, action: Action): boolean {
  return reachFor(principal, action) !== null;
}

/** Whether they may do it there. What somebody may do because it is their own is not judged by the place: see `isOwnAppointment`. */
export function may(principal: Principal | null, action: Action, place: Place): boolean {
  const reach = reachFor(principal, action);
  switch (reach) {
    case 'all':
      return true;
    case 'location':
      return principal !== null && (principal.locationId === null || principal.locationId === place.locationId);
    case 'calendar':
      return principal !== null && principal.staffId !== null && principal.staffId === place.staffId;
    case 'own':
    case null:
      return false;
    default:
      return reach satisfies never;
  }
}

/**
 * The customer it is for, or the customer who made it for another person. Once its address was corrected, it is neither's who booked or registered with the one before:
 * the account must have the address that stands there now. `details` null: the text was erased, and there is nothing of anyone to see.
 */
export function isOwnAppointment(
  principal: Principal | null,
  appointment: Pick<Appointment, 'customerId' | 'createdBy'>,
  details: Pick<StandingDetails, 'email' | 'isCorrected'> | null,
): boolean {
  if (principal?.role !== 'customer') return false;
  if (details?.isCorrected === true && details.email !== principal.email) return false;
  return appointment.customerId === principal.customerId || appointment.createdBy === principal.userId;
}

/** Before anything is looked at: `undefined` if there is something to which they may do it. */
export function refuseAction(principal: Principal | null, action: Action): Failed | undefined {
  if (reachFor(principal, action) !== null) return undefined;
  if (principal === null) return failed('unauthenticated');
  const scope = scopeFor(action);
  const isMissingScope = principal.scopes !== undefined && scope !== null && reachOf(action, principal.role) !== null;
  return failed('forbidden', { detail: isMissingScope ? `The API key needs the scope ${scope} for this.` : `This is not allowed for ${nameOf(principal)}.` });
}

/** `undefined` if they may do it there. */
export function refuseAt(principal: Principal | null, action: Action, place: Place): Failed | undefined {
  const refusal = refuseAction(principal, action);
  if (refusal !== undefined || may(principal, action, place)) return refusal;
  return failed('forbidden', {
    detail: place.staffId === null ? 'This belongs to another location, or to all of them.' : 'This calendar belongs to someone else.',
  });
}

function nameOf({ role }: Principal): string {
  return role === 'integration' ? 'an API key' : `the role ${role}`;
}
