// The effect of each fact, in steps for a calendar in memory (`evolve.ts`) and for the rows of a commit (`journal/batch.ts`): both read the table of facts
// through this file, so they cannot disagree. Pure.
import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import { FACTS } from '../../model/facts.ts';
import type { ClaimDetails } from '../ports.ts';
import type { Appointment, Block, CalendarEvent, Hold } from './calendar.ts';
import type { HoldEnd } from './calendar-state.ts';
import { calendarsOfClaim } from './calendars-of.ts';

/** The steps, for a target that facts are applied to. */
export type FactSteps<Into> = {
  addClaim(into: Into, claim: ClaimTime, details: ClaimDetails): void;
  /** The same time and lane, with another status or other details. */
  changeClaim(into: Into, claim: ClaimTime, details: ClaimDetails): void;
  /** Another time or lane. */
  moveClaim(into: Into, claim: ClaimTime, details: ClaimDetails): void;
  freeClaim(into: Into, id: string): void;
  /** Frees the claim of a hold. */
  endHold(into: Into, id: string, end: HoldEnd): void;
  /** The record of an appointment on its own calendar. */
  record(into: Into, appointment: Appointment, isNew: boolean): void;
  setHours(into: Into, hours: CalendarHours): void;
};

/** Takes the steps of one fact, as the calendar with this id has it. */
export function foldFact<Into>(steps: FactSteps<Into>, into: Into, calendarId: string, event: CalendarEvent): void {
  if ('hold' in event) return foldHold(steps, into, calendarId, event);
  if ('from' in event) return foldMove(steps, into, calendarId, event);
  if ('isNew' in event) return foldBooking(steps, into, calendarId, event);
  if ('appointment' in event) return foldAppointment(steps, into, calendarId, event);
  if ('block' in event) return foldBlock(steps, into, event);
  steps.setHours(into, event.hours);
}

type Carrying<Field extends string> = Extract<CalendarEvent, { readonly [Name in Field]: unknown }>;

function foldHold<Into>(steps: FactSteps<Into>, into: Into, calendarId: string, { type, hold }: Carrying<'hold'>): void {
  const entry = FACTS[type];
  switch (entry.claim) {
    case 'added':
      return steps.addClaim(into, holdTime(hold, calendarId), hold);
    case 'changed':
      return steps.changeClaim(into, holdTime(hold, calendarId), hold);
    case 'freed':
      return steps.endHold(into, hold.id, entry.holdEnd);
    default:
      entry satisfies never;
  }
}

function foldBooking<Into>(steps: FactSteps<Into>, into: Into, calendarId: string, { appointment, isNew, holdId }: Carrying<'isNew'>): void {
  if (holdId !== null) steps.endHold(into, holdId, 'booked');
  if (isNew) steps.addClaim(into, appointmentTime(appointment, calendarId), null);
  else steps.changeClaim(into, appointmentTime(appointment, calendarId), null);
  if (appointment.calendarId === calendarId) steps.record(into, appointment, isNew);
}

function foldAppointment<Into>(
  steps: FactSteps<Into>,
  into: Into,
  calendarId: string,
  { type, appointment }: Exclude<Carrying<'appointment'>, Carrying<'from'> | Carrying<'isNew'>>,
): void {
  const { claim } = FACTS[type];
  if (claim === 'freed') steps.freeClaim(into, appointment.id);
  else if (claim === 'changed') steps.changeClaim(into, appointmentTime(appointment, calendarId), null);
  else claim satisfies never;
  if (appointment.calendarId === calendarId) steps.record(into, appointment, false);
}

/** The fact is in the log of every calendar it concerns: some lose the claim, others gain it, and one has the record. */
function foldMove<Into>(steps: FactSteps<Into>, into: Into, calendarId: string, event: Carrying<'from'>): void {
  const { appointment, from } = event;
  if (!calendarsOfClaim(appointment).includes(calendarId)) return steps.freeClaim(into, appointment.id);
  if (isUnmoved(event)) steps.changeClaim(into, appointmentTime(appointment, calendarId), null);
  else if (calendarsOfClaim(from).includes(calendarId)) steps.moveClaim(into, appointmentTime(appointment, calendarId), null);
  else steps.addClaim(into, appointmentTime(appointment, calendarId), null);
  if (appointment.calendarId === calendarId) steps.record(into, appointment, false);
}

/** An edit of what is no matter of time. Its row stays as it is: what overlaps it on purpose is no reason to refuse it. */
function isUnmoved({ appointment, from, edited }: Carrying<'from'>): boolean {
  const isAsBefore = (field: 'calendarId' | 'startsAt' | 'endsAt' | 'lane' | 'overlaps') => appointment[field] === from[field];
  const isInPlace = isAsBefore('calendarId') && appointment.resource?.calendarId === from.resource?.calendarId && isAsBefore('lane') && isAsBefore('overlaps');
  return isInPlace && isAsBefore('startsAt') && isAsBefore('endsAt') && edited?.was.serviceId === appointment.serviceId;
}

function foldBlock<Into>(steps: FactSteps<Into>, into: Into, { type, block }: Carrying<'block'>): void {
  const { claim } = FACTS[type];
  if (claim === 'freed') steps.freeClaim(into, block.id);
  else if (claim === 'added') steps.addClaim(into, blockTime(block), { reason: block.reason });
  else claim satisfies never;
}

/** The hold that a fact has ended, and how. */
export function holdEndedBy(event: CalendarEvent): { readonly holdId: string; readonly end: HoldEnd } | undefined {
  if ('holdId' in event) return event.holdId === null ? undefined : { holdId: event.holdId, end: 'booked' };
  if (!('hold' in event)) return undefined;
  const entry = FACTS[event.type];
  return 'holdEnd' in entry ? { holdId: event.hold.id, end: entry.holdEnd } : undefined;
}

/** As it stands on that calendar. */
export function holdTime(hold: Hold, calendarId: string): ClaimTime {
  return { ...timesOf(hold, calendarId), kind: 'hold', status: hold.state };
}

export function appointmentTime(appointment: Appointment, calendarId: string): ClaimTime {
  const { status, overlaps } = appointment;
  return { ...timesOf(appointment, calendarId), kind: 'appointment', status, ...(overlaps && { overlaps }) };
}

function timesOf(record: Hold | Appointment, calendarId: string): Omit<ClaimTime, 'kind' | 'status'> {
  const { id, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats } = record;
  const along = calendarsOfClaim(record).find((other) => other !== calendarId);
  return { id, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats, ...(along && { along }) };
}

function blockTime(block: Block): ClaimTime {
  const { id, startsAt, endsAt } = block;
  return { id, kind: 'block', status: null, startsAt, endsAt, bufferBeforeMinutes: 0, bufferAfterMinutes: 0, serviceId: null, capacity: 1, lane: 0, seats: 1 };
}
