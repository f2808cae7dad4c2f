// The appointments of a customer: what is ahead and what is over. Pure.
import type { AppointmentReply } from '../../src/protocol/appointments.ts';

export type OwnAppointments = { readonly ahead: readonly AppointmentReply[]; readonly over: readonly AppointmentReply[] };

/** What can still take place comes first, the next one above; below it what was, and what was called off, the latest above. */
export function inOrder(appointments: readonly AppointmentReply[], now: number): OwnAppointments {
  const byStart = appointments.toSorted((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt));
  return { ahead: byStart.filter((one) => isAhead(one, now)), over: byStart.filter((one) => !isAhead(one, now)).reverse() };
}

function isAhead({ status, endsAt }: AppointmentReply, now: number): boolean {
  return (status === 'booked' || status === 'pending' || status === 'checked-in') && Date.parse(endsAt) > now;
}

export function canBeCancelled({ cancellableUntil }: AppointmentReply, now: number): boolean {
  return cancellableUntil !== null && Date.parse(cancellableUntil) > now;
}

export const STATUS_WORDS = {
  pending: 'Requested',
  booked: 'Booked',
  declined: 'Declined',
  'checked-in': 'Arrived',
  completed: 'Completed',
  cancelled: 'Cancelled',
  'no-show': 'Missed',
} as const satisfies Record<AppointmentReply['status'], string>;
