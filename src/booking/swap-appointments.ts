// Two appointments that take each other's time and person.
import type { Caller } from '../access/caller.ts';
import type { Appointment } from '../actors/calendar/calendar.ts';
import type { ClaimAsk, SchedulerCommand } from '../actors/scheduler.ts';
import type { AppointmentReply, Swap } from '../protocol/appointments.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import { claimToMove, spanOf } from './candidates.ts';
import { change } from './change-appointment.ts';
import { refuseOverlap } from './customers.ts';
import { findAppointment } from './find-appointment.ts';
import type { Booking } from './parts.ts';

/** One decision: both move, or neither. For those who may settle both. */
export function swapAppointments(parts: Booking, caller: Caller, appointmentId: string, body: Swap): Promise<Reply<AppointmentReply>> {
  return change(parts, caller, { name: 'swap', appointmentId, body, action: 'settle-appointment' }, async ({ appointment }) => {
    if (body.with === appointmentId) return failedField('invalid-request', 'with', 'is this appointment itself');
    const found = await findAppointment(parts, caller, body.with, 'settle-appointment');
    if (isFailed(found)) return found.problem.code === 'not-found' ? failedField('not-found', 'with', 'is not an appointment') : found;
    if (found.as !== 'manager') return failed('forbidden', { detail: 'This is for the business to do.' });
    return swapOf(parts, caller, { one: appointment, other: found.appointment, allowOverlap: body.allowOverlap });
  });
}

type Pair = { readonly one: AppointmentRecord; readonly other: AppointmentRecord; readonly allowOverlap: boolean | undefined };

async function swapOf(parts: Booking, caller: Caller, { one, other, allowOverlap }: Pair): Promise<Extract<SchedulerCommand, { type: 'swap' }> | Failed> {
  if (one.capacity > 1 || other.capacity > 1) return failedField('invalid-request', 'with', 'cannot be swapped where one of them is a class');
  const ask = placeOf(parts, caller, one, other);
  if (isFailed(ask)) return ask;
  const otherAsk = placeOf(parts, caller, other, one);
  if (isFailed(otherAsk)) return otherAsk;
  // One customer's two appointments only change places.
  const isOfTwo = one.customerId !== other.customerId;
  for (const { record, to } of isOfTwo
    ? [
        { record: one, to: ask },
        { record: other, to: otherAsk },
      ]
    : []) {
    const asked = { operation: 'reschedule', customerId: record.customerId, ...spanOf(to), appointmentId: record.id, allowOverlap } as const;
    const busy = await refuseOverlap(parts, caller, asked);
    if (busy !== undefined) return busy;
  }
  const { calendarId, revision } = other;
  return { type: 'swap', appointmentId: one.id, ask, other: { appointmentId: other.id, basedOn: { calendarId, revision }, ask: otherAsk } };
}

function placeOf(parts: Booking, caller: Caller, appointment: Appointment, { startsAt, staffId }: Appointment): ClaimAsk | Failed {
  const ask = claimToMove(parts, caller, appointment, { startsAt, staffId, resourceId: undefined });
  if (!isFailed(ask) || ask.problem.code !== 'invalid-request') return ask;
  return failedField('invalid-request', 'with', 'is with a person who does not offer the service of the other, or takes no bookings');
}
