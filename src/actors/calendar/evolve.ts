import type { ClaimTime } from '../../model/claim-times.ts';
import type { Appointment, Block, CalendarEvent, Hold } from './calendar.ts';
import { type CalendarState, ENDED_HOLDS, firstExpiry, type HoldEnd } from './calendar-state.ts';

/** Takes a fact in. Never refuses: what has happened has happened. */
export function evolve(calendar: CalendarState, event: CalendarEvent): void {
  switch (event.type) {
    case 'hold.placed':
      keepHold(calendar, event.hold);
      calendar.claims.add(holdTime(event.hold));
      return;
    case 'hold.renewed':
      keepHold(calendar, event.hold);
      return;
    case 'hold.released':
      return endHold(calendar, event.hold.id, 'released');
    case 'hold.expired':
      return endHold(calendar, event.hold.id, 'expired');
    case 'appointment.requested':
    case 'appointment.booked':
      if (event.holdId !== null) endHold(calendar, event.holdId, 'booked');
      return replaceAppointment(calendar, event.appointment);
    case 'appointment.cancelled':
    case 'appointment.declined':
      calendar.claims.remove(event.appointment.id);
      return;
    case 'appointment.checked-in':
    case 'appointment.completed':
    case 'appointment.no-show':
    case 'appointment.reopened':
      return replaceAppointment(calendar, event.appointment);
    case 'appointment.rescheduled':
      calendar.claims.remove(event.appointment.id);
      if (event.appointment.calendarId === calendar.id) calendar.claims.add(appointmentTime(event.appointment));
      return;
    case 'block.added':
      calendar.claims.add(blockTime(event.block));
      if (event.block.reason !== null) calendar.blockReasons.set(event.block.id, event.block.reason);
      return;
    case 'block.removed':
      calendar.claims.remove(event.block.id);
      calendar.blockReasons.delete(event.block.id);
      return;
    case 'hours.changed':
      calendar.hours = event.hours;
      return;
    default:
      event satisfies never;
  }
}

function keepHold(calendar: CalendarState, hold: Hold): void {
  const before = calendar.holds.get(hold.id);
  calendar.holds.set(hold.id, hold);
  forgetExpiry(calendar, before);
  if (hold.state === 'held') calendar.nextExpiryAt = Math.min(calendar.nextExpiryAt, hold.expiresAt);
}

/** The next expiry is looked for again only if it was this hold's. */
function forgetExpiry(calendar: CalendarState, hold: Hold | undefined): void {
  if (hold !== undefined && hold.expiresAt <= calendar.nextExpiryAt) calendar.nextExpiryAt = firstExpiry(calendar.holds.values());
}

function endHold(calendar: CalendarState, holdId: string, end: HoldEnd): void {
  const hold = calendar.holds.get(holdId);
  calendar.claims.remove(holdId);
  calendar.holds.delete(holdId);
  forgetExpiry(calendar, hold);
  calendar.endedHolds.set(holdId, end);
  if (calendar.endedHolds.size > ENDED_HOLDS) {
    for (const oldest of calendar.endedHolds.keys()) {
      calendar.endedHolds.delete(oldest);
      break;
    }
  }
}

function replaceAppointment(calendar: CalendarState, appointment: Appointment): void {
  calendar.claims.remove(appointment.id);
  calendar.claims.add(appointmentTime(appointment));
}

export function holdTime(hold: Hold): ClaimTime {
  const { id, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats, state } = hold;
  return { id, kind: 'hold', status: state, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats };
}

export function appointmentTime(appointment: Appointment): ClaimTime {
  const { id, status, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats } = appointment;
  return { id, kind: 'appointment', status, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats };
}

export function blockTime(block: Block): ClaimTime {
  const { id, startsAt, endsAt } = block;
  return { id, kind: 'block', status: null, startsAt, endsAt, bufferBeforeMinutes: 0, bufferAfterMinutes: 0, serviceId: null, capacity: 1, lane: 0, seats: 1 };
}
