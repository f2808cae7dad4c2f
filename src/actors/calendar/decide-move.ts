// Another time for an appointment, on the same calendar or on another, and what else the business changes of it. Pure.
import { type AppointmentStatus, LIVE_STATUSES, STATUSES_WITH_TIME } from '../../model/appointment-status.ts';
import { type Instant, MINUTE } from '../../model/instant.ts';
import type { Appointment, CalendarCommand, CalendarEvent, Decision, Edit, OverridableRule } from './calendar.ts';
import type { CalendarState, CalendarStates } from './calendar-state.ts';
import { isCurrent, isOneOf, notCurrent, wrongStatus } from './decide-steps.ts';
import { judge, timesOf } from './judge.ts';
import { placedAt, slotFor, slotForEdit } from './kept-terms.ts';

type Of<Type extends CalendarCommand['type']> = Extract<CalendarCommand, { type: Type }>;

/** The old time is freed only if the new one is won, and an appointment never blocks its own move. */
export function decideReschedule(calendar: CalendarState, command: Of<'reschedule'>, at: Instant, states: CalendarStates): Decision {
  const { appointment, waivePolicy, place } = command;
  const barred = movingBarred(calendar, appointment, waivePolicy, at);
  if (barred !== undefined) return barred;
  const slot = slotFor(appointment, command.slot);
  const found = judge(calendar, slot, { at, ignoreClaimId: appointment.id, states });
  if ('refusal' in found) return found;
  const { resource: _, overlaps: _o, ...rest } = placedAt(appointment, place);
  return accept(moved('appointment.rescheduled', appointment, { ...rest, ...timesOf(slot), ...found, override: slot.override ?? appointment.override }));
}

export function decideMoveOut(calendar: CalendarState, { appointment, waivePolicy, edit }: Of<'move-out'>, at: Instant): Decision {
  const barred = edit === undefined ? movingBarred(calendar, appointment, waivePolicy, at) : editingBarred(calendar, appointment, LIVE_STATUSES, at);
  return barred ?? { events: [] };
}

/** The start was agreed with the other customer, so these are not asked again. It may have passed since. */
const RULES_OF_SWAPS = ['too-soon', 'too-far', 'off-grid'] as const satisfies readonly OverridableRule[];

export function decideMoveIn(calendar: CalendarState, command: Of<'move-in'>, at: Instant, states: CalendarStates): Decision {
  const { appointment, staffId, place, edit, isSwapped } = command;
  if (edit !== undefined) return placedByEdit(calendar, { ...command, edit }, at, states, { calendarId: calendar.id, staffId });
  const slot = slotFor(appointment, command.slot);
  // It is already on a resource that it keeps.
  const found = judge(calendar, slot, { at, ignoreClaimId: appointment.id, states, unasked: isSwapped ? RULES_OF_SWAPS : [] });
  if ('refusal' in found) return found;
  const { resource: _, overlaps: _o, ...rest } = placedAt(appointment, place);
  const there = { ...rest, ...timesOf(slot), calendarId: calendar.id, staffId, ...found, override: slot.override ?? appointment.override };
  return accept(moved('appointment.rescheduled', appointment, there));
}

/** Text, price and the like can be put right afterwards as well; the time of what is over stays what it was. */
export function decideEdit(calendar: CalendarState, command: Of<'edit'>, at: Instant, states: CalendarStates): Decision {
  const { appointment, edit, slot } = command;
  const barred = editingBarred(calendar, appointment, slot === null ? STATUSES_WITH_TIME : LIVE_STATUSES, at);
  if (barred !== undefined) return barred;
  if (slot === null) return accept(moved('appointment.edited', appointment, { ...appointment, ...edit.terms }, edit));
  return placedByEdit(calendar, { ...command, slot }, at, states, { calendarId: calendar.id, staffId: appointment.staffId });
}

/** Its start was agreed, so the rules about when a start may be are not asked again. */
const RULES_OF_STARTS = ['slot-in-past', 'too-soon', 'too-far', 'off-grid'] as const satisfies readonly OverridableRule[];

type Placing = Pick<Of<'move-in'>, 'appointment' | 'slot' | 'place'> & { readonly edit: Edit };

function placedByEdit(
  calendar: CalendarState,
  { appointment, slot: asked, place, edit }: Placing,
  at: Instant,
  states: CalendarStates,
  whose: Pick<Appointment, 'calendarId' | 'staffId'>,
): Decision {
  const slot = slotForEdit(appointment, asked, edit);
  const isSameDay = whose.calendarId === appointment.calendarId && edit.terms.serviceId === undefined;
  const unasked = isSameDay ? ([...RULES_OF_STARTS, 'limit-reached'] as const) : RULES_OF_STARTS;
  const found = judge(calendar, slot, { at, ignoreClaimId: appointment.id, states, unasked });
  if ('refusal' in found) return found;
  const { resource: _, overlaps: _o, ...rest } = placedAt({ ...appointment, ...edit.terms }, place);
  const there = { ...rest, ...timesOf(slot), ...whose, ...found, override: slot.override ?? appointment.override };
  return accept(moved('appointment.edited', appointment, there, edit));
}

function editingBarred(calendar: CalendarState, appointment: Appointment, statuses: readonly AppointmentStatus[], at: Instant): Decision | undefined {
  if (!isOneOf(appointment, statuses)) return wrongStatus(appointment);
  return isCurrent(calendar, appointment, at) ? undefined : notCurrent(calendar, appointment, at);
}

function movingBarred(calendar: CalendarState, appointment: Appointment, waivePolicy: boolean, at: Instant): Decision | undefined {
  if (!isOneOf(appointment, ['pending', 'booked'])) return wrongStatus(appointment);
  if (!isCurrent(calendar, appointment, at)) return notCurrent(calendar, appointment, at);
  const latest = appointment.startsAt - (appointment.policy.rescheduleUntilMinutes ?? 0) * MINUTE;
  if (!waivePolicy && at > latest) return { refusal: { code: 'reschedule-too-late' } };
  return undefined;
}

function moved(type: 'appointment.rescheduled' | 'appointment.edited', before: Appointment, appointment: Appointment, edit?: Edit): CalendarEvent {
  const { calendarId, staffId, startsAt, endsAt, lane, resource, override, overlaps, serviceId, serviceName, price } = before;
  const was = { ...(resource && { resource }), ...(overlaps && { overlaps }), ...(override && { overriddenRules: override.rules }) };
  const from = { calendarId, staffId, startsAt, endsAt, lane, ...was };
  if (edit === undefined) return { type, appointment, from };
  return { type, appointment, from, edited: { fields: edit.fields, was: { serviceId, ...(serviceName !== undefined && { serviceName }), price } } };
}

const accept = (event: CalendarEvent): Decision => ({ events: [event] });
