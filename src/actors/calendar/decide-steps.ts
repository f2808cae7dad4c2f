// The steps of an appointment: which one is possible from where, and when.
import type { AppointmentStatus } from '../../model/appointment-status.ts';
import type { Instant } from '../../model/instant.ts';
import { daysOf } from '../../model/local-dates.ts';
import type { Appointment, AppointmentStep, CalendarEvent, Decision, StepTime } from './calendar.ts';
import { type CalendarState, CLAIMS_KEPT_DAYS, claimsKeptFrom } from './calendar-state.ts';

type StepCommand = { readonly type: AppointmentStep; readonly appointment: Appointment };

/**
 * When each step is possible. Completing and no-show: from the start of the appointment. Check-in: on the local days it touches.
 * Approval: until its start.
 */
export function decideStep(calendar: CalendarState, { type, appointment }: StepCommand, at: Instant): Decision {
  switch (type) {
    case 'approve':
      return decideApprove(calendar, appointment, at);
    case 'check-in':
      return decideCheckIn(calendar, appointment, at);
    case 'complete':
      return fromItsStart(appointment, at, decideComplete(calendar, appointment, at));
    case 'no-show':
      return fromItsStart(appointment, at, decideStatus(calendar, appointment, at, { from: ['booked'], to: 'no-show', fact: 'appointment.no-show' }));
    case 'reopen':
      return decideReopen(calendar, appointment, at);
    default:
      return type satisfies never;
  }
}

/** To the minute of the start, as a start can be booked until then. */
function decideApprove(calendar: CalendarState, appointment: Appointment, at: Instant): Decision {
  if (!isOneOf(appointment, ['pending'])) return wrongStatus(appointment);
  if (!isCurrent(calendar, appointment, at)) return notCurrent(calendar, appointment, at);
  const { startsAt: until, timeZone } = appointment;
  if (at > until) return outOfTime('too-late', 'it has started', { until, timeZone });
  return accept({ type: 'appointment.booked', appointment: { ...appointment, status: 'booked' }, isNew: false, holdId: null });
}

function decideCheckIn(calendar: CalendarState, appointment: Appointment, at: Instant): Decision {
  const decision = decideStatus(calendar, appointment, at, { from: ['booked'], to: 'checked-in', fact: 'appointment.checked-in' });
  if (!('events' in decision)) return decision;
  const { timeZone } = appointment;
  const { from, until } = daysOf(appointment, timeZone);
  if (at < from) return outOfTime('too-early', 'its day has not begun', { from, timeZone });
  if (at >= until) return outOfTime('too-late', 'its day is over', { until, timeZone });
  return decision;
}

function decideComplete(calendar: CalendarState, appointment: Appointment, at: Instant): Decision {
  if (!isOneOf(appointment, ['booked', 'checked-in'])) return wrongStatus(appointment);
  if (!isCurrent(calendar, appointment, at)) return notCurrent(calendar, appointment, at);
  const completedFrom = appointment.status === 'checked-in' ? 'checked-in' : 'booked';
  return accept({ type: 'appointment.completed', appointment: { ...appointment, status: 'completed', completedFrom }, was: statusOf(appointment) });
}

/** None of these steps freed the time, so it still belongs to the appointment. */
function decideReopen(calendar: CalendarState, appointment: Appointment, at: Instant): Decision {
  if (!isOneOf(appointment, ['checked-in', 'completed', 'no-show'])) return wrongStatus(appointment);
  if (!isCurrent(calendar, appointment, at)) return notCurrent(calendar, appointment, at);
  const { completedFrom, ...rest } = appointment;
  const status = appointment.status === 'completed' ? (completedFrom ?? 'booked') : 'booked';
  return accept({ type: 'appointment.reopened', appointment: { ...rest, status }, was: statusOf(appointment) });
}

function fromItsStart({ startsAt: from, timeZone }: Appointment, at: Instant, decision: Decision): Decision {
  if ('events' in decision && at < from) return outOfTime('too-early', 'it has not started', { from, timeZone });
  return decision;
}

type StatusChange = {
  readonly from: readonly AppointmentStatus[];
  readonly to: AppointmentStatus;
  readonly fact: 'appointment.cancelled' | 'appointment.declined' | 'appointment.checked-in' | 'appointment.no-show';
  readonly reasonBy?: NonNullable<Appointment['reasonBy']>;
};
export function decideStatus(calendar: CalendarState, appointment: Appointment, at: Instant, change: StatusChange): Decision {
  if (!isOneOf(appointment, change.from)) return wrongStatus(appointment);
  if (!isCurrent(calendar, appointment, at)) return notCurrent(calendar, appointment, at);
  const { reasonBy } = change;
  return accept({ type: change.fact, appointment: { ...appointment, status: change.to, ...(reasonBy && { reasonBy }) }, was: statusOf(appointment) });
}

export function isOneOf(appointment: Appointment, statuses: readonly AppointmentStatus[]): boolean {
  return statuses.includes(appointment.status);
}

export function wrongStatus(appointment: Appointment): Decision {
  return { refusal: { code: 'wrong-status', detail: `the appointment is ${appointment.status}` } };
}

/** Whether the record in the command is the one this calendar has now. */
export function isCurrent(calendar: CalendarState, appointment: Appointment, at: Instant): boolean {
  const claim = calendar.claims.get(appointment.id);
  return (
    claim !== undefined &&
    claim.endsAt > claimsKeptFrom(at) &&
    claim.status === appointment.status &&
    claim.startsAt === appointment.startsAt &&
    claim.endsAt === appointment.endsAt &&
    claim.lane === appointment.lane &&
    claim.along === appointment.resource?.calendarId
  );
}

/** A claim that ended long ago is no longer in memory and may be gone from the database; reading its record again does not help. */
export function notCurrent(calendar: CalendarState, appointment: Appointment, at: Instant): Decision {
  const { endsAt } = calendar.claims.get(appointment.id) ?? appointment;
  if (endsAt > claimsKeptFrom(at)) return { stale: true };
  return { refusal: { code: 'wrong-status', detail: `it ended more than ${CLAIMS_KEPT_DAYS} days ago` } };
}

const statusOf = ({ status }: Appointment) => ({ status });
const accept = (event: CalendarEvent): Decision => ({ events: [event] });
const outOfTime = (code: 'too-early' | 'too-late', detail: string, possible: StepTime): Decision => ({ refusal: { code, detail, possible } });
