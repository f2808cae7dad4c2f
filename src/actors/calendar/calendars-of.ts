// The calendars of a claim, and so of a fact. Pure.
import type { Appointment, CalendarEvent, Hold } from './calendar.ts';

/** The calendar whose feed tells a fact; the others that have it do not tell it again. `on`: the calendar whose log it was found in, or that decided it. */
export function homeOf(event: CalendarEvent, on: string): string {
  if ('hold' in event) return event.hold.calendarId;
  return 'appointment' in event ? event.appointment.calendarId : on;
}

/** The calendars that have the claim. */
export function calendarsOfClaim({ calendarId, resource }: Pick<Appointment | Hold, 'calendarId' | 'resource'>): readonly string[] {
  return resource === undefined ? [calendarId] : [calendarId, resource.calendarId];
}

/** `decidedBy`: the deciding calendar, which is the only one for facts about the calendar itself. */
export function calendarsOf(event: CalendarEvent, decidedBy: string): readonly string[] {
  if ('hold' in event) return calendarsOfClaim(event.hold);
  if ('from' in event) return [...new Set([...calendarsOfClaim(event.from), ...calendarsOfClaim(event.appointment)])];
  return 'appointment' in event ? calendarsOfClaim(event.appointment) : [decidedBy];
}
