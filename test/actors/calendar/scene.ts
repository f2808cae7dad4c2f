// Given, when, then: a calendar to which some things have happened, a command, and what it says.
import type { Appointment, Block, CalendarCommand, CalendarEvent, Decision, Hold, NewAppointment, SlotAsk } from '../../../src/actors/calendar/calendar.ts';
import { type CalendarState, emptyState } from '../../../src/actors/calendar/calendar-state.ts';
import { decide, dueExpiries } from '../../../src/actors/calendar/decide.ts';
import { evolve } from '../../../src/actors/calendar/evolve.ts';
import { type Instant, instant, MINUTE } from '../../../src/model/instant.ts';
import type { SlotTerms } from '../../../src/model/slot-terms.ts';
import { HOURS, newDraft, TERMS } from '../practice.ts';

/** A Monday at noon; the calendars of these tests are open at all times. */
export const NOW = instant(Date.UTC(2027, 2, 1, 12));
export const HOLD_SECONDS = 300;
export const USER = '00000000-0000-4000-8000-0000000000aa';

/** A UUID that is easy to read in a failure. */
export function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
export const CALENDAR = id(1);
export const STAFF = id(2);

/** Minutes after now. */
export function later(minutes: number): Instant {
  return instant(NOW + minutes * MINUTE);
}

export function given(...events: readonly CalendarEvent[]): CalendarState {
  const state = emptyState(CALENDAR, HOURS);
  for (const event of events) evolve(state, event);
  return state;
}

/** As an actor asks: what is due is expired first. */
export function when(calendar: CalendarState, command: CalendarCommand, at: Instant = NOW): Decision {
  for (const event of dueExpiries(calendar, at)) evolve(calendar, event);
  return decide(calendar, command, at);
}

/** A decision in one word. */
export function word(decision: Decision): string {
  if ('stale' in decision) return 'stale';
  if ('refusal' in decision) return decision.refusal.code;
  return decision.events.map(({ type }) => type).join(' ') || 'nothing';
}

export function slotAt(minutes: number, terms: SlotTerms = TERMS, seats = 1): SlotAsk {
  return { terms, startsAt: later(minutes), seats, override: null };
}

export function holdAt(minutes: number, changes: Partial<Hold> = {}): Hold {
  return {
    id: id(10),
    calendarId: CALENDAR,
    staffId: STAFF,
    serviceId: TERMS.serviceId,
    startsAt: later(minutes),
    endsAt: later(minutes + TERMS.minutes),
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    capacity: 1,
    seats: 1,
    lane: 0,
    holder: null,
    state: 'held',
    placedAt: NOW,
    expiresAt: instant(NOW + HOLD_SECONDS * 1_000),
    renewalsLeft: 2,
    ...changes,
  };
}

export function newAppointment(changes: Partial<NewAppointment> = {}): NewAppointment {
  return { ...newDraft(), id: id(20), staffId: STAFF, customerId: id(40), ...changes };
}

export function appointmentAt(minutes: number, changes: Partial<Appointment> = {}): Appointment {
  const { startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, capacity, seats, lane } = holdAt(minutes);
  const times = { startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, capacity, seats, lane };
  return { ...newAppointment(), ...times, calendarId: CALENDAR, status: 'booked', createdAt: NOW, ...changes };
}

export function blockAt(minutes: number, changes: Partial<Block> = {}): Block {
  return { id: id(30), startsAt: later(minutes), endsAt: later(minutes + 60), reason: null, ...changes };
}

export const held = (hold: Hold): CalendarEvent => ({ type: 'hold.placed', hold });
export const booked = (appointment: Appointment, holdId: string | null = null): CalendarEvent => ({
  type: 'appointment.booked',
  appointment,
  isNew: true,
  holdId,
});
export const requested = (appointment: Appointment): CalendarEvent => ({ type: 'appointment.requested', appointment, isNew: true, holdId: null });
export const blocked = (block: Block): CalendarEvent => ({ type: 'block.added', block });
