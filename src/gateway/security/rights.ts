// Who may see and do what. Roles are in docs/security.md.

import type { Principal } from '../../accounts/principal.ts';
import type { Appointment } from '../../actors/calendar/calendar.ts';

type Place = { readonly staffId: string | null; readonly locationId: string | null };

/** Works for the business: everybody but customers and guests. */
export function isStaff(principal: Principal | null): principal is Principal {
  return principal !== null && principal.role !== 'customer';
}

export function isDesk(principal: Principal | null): principal is Principal & { readonly role: 'front-desk' | 'manager' | 'owner' } {
  return principal !== null && (principal.role === 'front-desk' || principal.role === 'manager' || principal.role === 'owner');
}

/** May act on what happens at a place: the desk of that location, and everybody on their own calendar. */
export function mayManage(principal: Principal | null, place: Place): principal is Principal {
  if (isDesk(principal)) return principal.role !== 'front-desk' || principal.locationId === null || principal.locationId === place.locationId;
  return principal?.role === 'staff' && principal.staffId !== null && principal.staffId === place.staffId;
}

/** As `mayManage`, without the staff member's own right: for what only the desk and above decide, such as overrides. */
export function mayOverride(principal: Principal | null, place: Place): principal is Principal {
  return isDesk(principal) && mayManage(principal, place);
}

/** The customer it is for, or the customer who made it for somebody else. */
export function isOwnAppointment(principal: Principal | null, appointment: Pick<Appointment, 'customer' | 'createdBy'>): boolean {
  if (principal?.role !== 'customer') return false;
  return appointment.customer.id === principal.customerId || appointment.createdBy === principal.userId;
}
