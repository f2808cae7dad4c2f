// Facts, flat, as the change feed and the boards tell them.
import type { Appointment, CalendarEvent, Hold } from '../../actors/calendar/calendar.ts';
import type { CalendarChange } from '../../actors/scheduler.ts';
import type { ChangeEventReply, ChangesReply } from '../../protocol/calendars.ts';
import { type Reader, reasonTold, toldOf } from '../security/sight.ts';
import { wireTime } from './wire-times.ts';

/** How a fact is told: in which zone, and to whom. */
export type Telling = { readonly timeZone: string; readonly reader: Reader };

export function wireEvent(event: CalendarEvent, telling: Telling): ChangeEventReply {
  switch (event.type) {
    case 'hold.placed':
    case 'hold.renewed':
    case 'hold.released':
    case 'hold.expired':
      return { type: event.type, ...holdFields(event.hold, telling) };
    case 'appointment.requested':
    case 'appointment.booked':
      return { type: event.type, ...(event.holdId !== null && { holdId: event.holdId }), ...appointmentFields(event.appointment, telling) };
    case 'appointment.cancelled':
    case 'appointment.declined':
    case 'appointment.checked-in':
    case 'appointment.completed':
    case 'appointment.no-show':
    case 'appointment.reopened':
      return { type: event.type, ...appointmentFields(event.appointment, telling) };
    case 'appointment.rescheduled':
      return {
        type: event.type,
        ...appointmentFields(event.appointment, telling),
        from: { ...event.from, startsAt: wireTime(event.from.startsAt, telling.timeZone), endsAt: wireTime(event.from.endsAt, telling.timeZone) },
      };
    case 'block.added':
    case 'block.removed':
      return {
        type: event.type,
        blockId: event.block.id,
        startsAt: wireTime(event.block.startsAt, telling.timeZone),
        endsAt: wireTime(event.block.endsAt, telling.timeZone),
        lane: 0,
        reason: reasonTold(telling.reader, event.block.reason),
      };
    case 'hours.changed':
      return { type: event.type, change: event.change.type };
    default:
      return event satisfies never;
  }
}

export function wireChange(change: CalendarChange, telling: Telling): ChangesReply['changes'][number] {
  return {
    revision: change.revision,
    epoch: change.epoch,
    at: wireTime(change.at, telling.timeZone),
    events: change.events.map((event) => wireEvent(event, telling)),
  };
}

function holdFields(hold: Hold, { timeZone }: Telling) {
  return {
    holdId: hold.id,
    calendarId: hold.calendarId,
    staffId: hold.staffId,
    serviceId: hold.serviceId,
    ...(hold.terms && { serviceName: hold.terms.serviceName }),
    startsAt: wireTime(hold.startsAt, timeZone),
    endsAt: wireTime(hold.endsAt, timeZone),
    lane: hold.lane,
    seats: hold.seats,
    status: hold.state,
    expiresAt: wireTime(hold.expiresAt, timeZone),
    renewalsLeft: hold.renewalsLeft,
  };
}

function appointmentFields(appointment: Appointment, { timeZone, reader }: Telling) {
  const told = toldOf(reader, appointment);
  return {
    appointmentId: appointment.id,
    calendarId: appointment.calendarId,
    staffId: appointment.staffId,
    serviceId: appointment.serviceId,
    ...(appointment.serviceName !== undefined && { serviceName: appointment.serviceName }),
    startsAt: wireTime(appointment.startsAt, timeZone),
    endsAt: wireTime(appointment.endsAt, timeZone),
    lane: appointment.lane,
    seats: appointment.seats,
    status: appointment.status,
    ...(told && { reference: told.reference, customer: told.customer, notes: told.notes, staffNotes: told.staffNotes, reason: told.reason }),
  };
}
