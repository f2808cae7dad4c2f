// Another time for an appointment, on the same calendar or on another. Pure.
import { type Instant, MINUTE } from '../../model/instant.ts';
import type { Appointment, CalendarCommand, CalendarEvent, Decision } from './calendar.ts';
import type { CalendarState, CalendarStates } from './calendar-state.ts';
import { isCurrent, isOneOf, notCurrent, wrongStatus } from './decide-steps.ts';
import { judge, timesOf } from './judge.ts';
import { placedAt, slotFor } from './kept-terms.ts';

type Of<Type extends CalendarCommand['type']> = Extract<CalendarCommand, { type: Type }>;

/** The old time is freed only if the new one is won, and an appointment never blocks its own move. */
export function decideReschedule(calendar: CalendarState, command: Of<'reschedule'>, at: Instant, states: CalendarStates): Decision {
  const { appointment, waivePolicy, place } = command;
  const barred = movingBarred(calendar, appointment, waivePolicy, at);
  if (barred !== undefined) return barred;
  const slot = slotFor(appointment, command.slot);
  const found = judge(calendar, slot, { at, ignoreClaimId: appointment.id, states });
  if ('refusal' in found) return found;
  const { resource: _, ...rest } = placedAt(appointment, place);
  return accept(rescheduled(appointment, { ...rest, ...timesOf(slot), lane: found.lane, override: slot.override ?? appointment.override }));
}

export function decideMoveOut(calendar: CalendarState, { appointment, waivePolicy }: Of<'move-out'>, at: Instant): Decision {
  return movingBarred(calendar, appointment, waivePolicy, at) ?? { events: [] };
}

export function decideMoveIn(calendar: CalendarState, command: Of<'move-in'>, at: Instant, states: CalendarStates): Decision {
  const { appointment, staffId, place } = command;
  const slot = slotFor(appointment, command.slot);
  // It is already on a resource that it keeps.
  const found = judge(calendar, slot, { at, ignoreClaimId: appointment.id, states });
  if ('refusal' in found) return found;
  const { resource: _, ...rest } = placedAt(appointment, place);
  const { lane } = found;
  const moved = { ...rest, ...timesOf(slot), calendarId: calendar.id, staffId, lane, override: slot.override ?? appointment.override };
  return accept(rescheduled(appointment, moved));
}

function movingBarred(calendar: CalendarState, appointment: Appointment, waivePolicy: boolean, at: Instant): Decision | undefined {
  if (!isOneOf(appointment, ['pending', 'booked'])) return wrongStatus(appointment);
  if (!isCurrent(calendar, appointment, at)) return notCurrent(calendar, appointment, at);
  const latest = appointment.startsAt - (appointment.policy.rescheduleUntilMinutes ?? 0) * MINUTE;
  if (!waivePolicy && at > latest) return { refusal: { code: 'reschedule-too-late' } };
  return undefined;
}

function rescheduled(before: Appointment, appointment: Appointment): CalendarEvent {
  const { calendarId, staffId, startsAt, endsAt, lane, resource, override } = before;
  const from = { calendarId, staffId, startsAt, endsAt, lane, ...(resource && { resource }), ...(override && { overriddenRules: override.rules }) };
  return { type: 'appointment.rescheduled', appointment, from };
}

const accept = (event: CalendarEvent): Decision => ({ events: [event] });
