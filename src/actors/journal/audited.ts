// What a commit says to the audit trail, where somebody is named who asked: a row of the outbox, which a relay moves into the trail. Pure.
import type { CalendarHours } from '../../model/calendar-hours.ts';
import { type AuditedFact, FACTS, isAudited } from '../../model/facts.ts';
import type { Instant } from '../../model/instant.ts';
import type { Appointment, Block, CalendarEvent, HoursChange } from '../calendar/calendar.ts';
import type { CommitBatch } from '../ports.ts';
import type { RequestBy } from '../scheduler.ts';
import type { Entry } from './entry.ts';

export const AUDIT_TOPIC = 'audit';

type AuditedEvent = Extract<CalendarEvent, { readonly type: AuditedFact }>;

/** The relay reads this from the table, in `persistence/audit-outbox.ts`. Fields whose names end in `At` are milliseconds since 1970. */
export type AuditPayload = {
  readonly at: Instant;
  readonly by: RequestBy;
  readonly action: AuditedFact;
  readonly subjectKind: 'appointment' | 'block' | 'calendar';
  readonly subjectId: string;
  readonly before: object | null;
  readonly after: object | null;
};

/** At most one for an entry, about the fact that answers it, so the id of the entry can be the id of what the trail says of it. */
export function auditRow({ id, request, parts: [part], answer, was }: Entry): CommitBatch['outbox'][number] | undefined {
  const event = part?.events.at(-1);
  if (request?.by === undefined || part === undefined || event === undefined || answer.type !== 'fact' || !isAuditedEvent(event)) return undefined;
  const calendarId = part.actor.id;
  const payload: AuditPayload = { at: part.at, by: request.by, action: event.type, ...whatOf(event, calendarId, was) };
  return { entryId: id, calendarId, revision: part.revision, topic: AUDIT_TOPIC, payload };
}

function isAuditedEvent(event: CalendarEvent): event is AuditedEvent {
  return isAudited(event.type);
}

function whatOf(event: AuditedEvent, calendarId: string, was: Appointment | undefined): Pick<AuditPayload, 'subjectKind' | 'subjectId' | 'before' | 'after'> {
  if ('appointment' in event) {
    const { appointment } = event;
    return { subjectKind: 'appointment', subjectId: appointment.id, before: was === undefined ? null : ofAppointment(was), after: ofAppointment(appointment) };
  }
  if ('block' in event) {
    const [before, after] = FACTS[event.type].claim === 'freed' ? [ofBlock(event.block, calendarId), null] : [null, ofBlock(event.block, calendarId)];
    return { subjectKind: 'block', subjectId: event.block.id, before, after };
  }
  return { subjectKind: 'calendar', subjectId: calendarId, before: ofHours(event.was, event.change), after: ofHours(event.hours, event.change) };
}

/** Nothing of the customer but the id, and no free text: that is with the appointment, where it can be taken away. */
function ofAppointment({ status, startsAt, endsAt, staffId, calendarId, serviceId, customer, override }: Appointment): object {
  return { status, startsAt, endsAt, staffId, calendarId, serviceId, customerId: customer.id, ...(override && { overriddenRules: override.rules }) };
}

/** Why somebody is away may be nobody's business. */
function ofBlock({ startsAt, endsAt }: Block, calendarId: string): object {
  return { calendarId, startsAt, endsAt };
}

/** Only what the change is about. */
function ofHours(hours: CalendarHours, change: HoursChange): object | null {
  switch (change.type) {
    case 'set-weekly':
      return { weekly: hours.weekly };
    case 'set-date-override':
      return { dateOverrides: { [change.date]: hours.overrides[change.date] ?? null } };
    case 'add-time-off':
      return timeOffOf(hours, change.timeOff.id);
    case 'remove-time-off':
      return timeOffOf(hours, change.timeOffId);
    case 'set-zone':
      return { timeZone: hours.timeZone, ownHours: hours.ownHours };
    case 'set-location-hours':
      return { locationHoursVersion: hours.location.version };
    case 'retire':
    case 'reinstate':
      return { retired: hours.retired === true };
    default:
      return change satisfies never;
  }
}

function timeOffOf(hours: CalendarHours, id: string): object | null {
  const off = hours.timeOff.find((one) => one.id === id);
  return off === undefined ? null : { timeOff: { id, startsAt: off.startsAt, endsAt: off.endsAt } };
}
