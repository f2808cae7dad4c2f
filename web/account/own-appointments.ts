// The upcoming and past appointments of a customer. Pure.
import type { AppointmentReply } from '../../src/protocol/appointments.ts';

export type OwnAppointments = { readonly ahead: readonly AppointmentReply[]; readonly over: readonly AppointmentReply[] };

/** Upcoming appointments first, the next one at the top; then past and cancelled ones, the latest at the top. */
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
