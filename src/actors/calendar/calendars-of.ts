// Which calendars a claim stands on, and so a fact concerns. Pure.
import type { Appointment, CalendarEvent, Hold } from './calendar.ts';

/** The calendar that tells of a fact; on the others that it concerns it stands as well, and is not told again. `on`: the one in whose log it was found, or that has decided it. */
export function homeOf(event: CalendarEvent, on: string): string {
  if ('hold' in event) return event.hold.calendarId;
  return 'appointment' in event ? event.appointment.calendarId : on;
}

/** The calendars on which the claim stands. */
export function calendarsOfClaim({ calendarId, resource }: Pick<Appointment | Hold, 'calendarId' | 'resource'>): readonly string[] {
  return resource === undefined ? [calendarId] : [calendarId, resource.calendarId];
}

/** `decidedBy`: the calendar whose decision it is; a fact about nothing but a calendar concerns that one. */
export function calendarsOf(event: CalendarEvent, decidedBy: string): readonly string[] {
  if ('hold' in event) return calendarsOfClaim(event.hold);
  if (event.type === 'appointment.rescheduled') return [...new Set([...calendarsOfClaim(event.from), ...calendarsOfClaim(event.appointment)])];
  return 'appointment' in event ? calendarsOfClaim(event.appointment) : [decidedBy];
}
