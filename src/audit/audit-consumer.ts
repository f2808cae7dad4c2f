// The audit trail as a consumer of the change log: a decision requested by a user or an API key becomes an entry.
import type { Appointment, Block, CalendarEvent, HoursChange } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { ChangedBy } from '../actors/scheduler.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { CalendarHours } from '../model/calendar-hours.ts';
import { AUDITED_FACTS, type AuditedFact, FACTS, isAudited } from '../model/facts.ts';
import type { Instant } from '../model/instant.ts';

/** An entry as the log tells it; the storage adds the name and the address. Fields whose names end in `At` are milliseconds since 1970. */
export type LoggedDeed = {
  /** Of the decision, so that there is one entry of it at most. */
  readonly id: string;
  readonly at: Instant;
  readonly by: ChangedBy;
  readonly requestId: string | null;
  readonly action: AuditedFact;
  readonly subjectKind: 'appointment' | 'block' | 'calendar';
  readonly subjectId: string;
  readonly before: object | null;
  readonly after: object | null;
};

/** Never changed: where the trail is in the log stands under it. */
export const AUDIT_CONSUMER = 'audit';
/** One statement of some milliseconds. */
const BATCH_SIZE = 200;

/** `write` adds entries to the trail, within the transaction. What is there already stays. */
export function auditConsumer<Transaction>(write: (transaction: Transaction, deeds: readonly LoggedDeed[]) => Promise<void>): Consumer<Transaction> {
  return {
    ...{ name: AUDIT_CONSUMER, from: 'beginning', batchSize: BATCH_SIZE, types: AUDITED_FACTS },
    async effectsOf(changes) {
      const deeds = deedsIn(changes);
      return deeds.length === 0 ? null : (transaction) => write(transaction, deeds);
    },
  };
}

/** One for a decision at most, about its first calendar: the fact that answered the caller is the last one there. */
export function deedsIn(changes: readonly LoggedChange[]): readonly LoggedDeed[] {
  const deeds = new Map<string, LoggedDeed>();
  for (const { entryId: id, calendarId, at, by, requestId, events } of changes) {
    const event = events.at(-1);
    if (by === null || event === undefined || !isAuditedEvent(event) || deeds.has(id)) continue;
    deeds.set(id, { id, at, by, requestId, action: event.type, ...whatOf(event, calendarId, events) });
  }
  return [...deeds.values()];
}

type AuditedEvent = Extract<CalendarEvent, { readonly type: AuditedFact }>;

function isAuditedEvent(event: CalendarEvent): event is AuditedEvent {
  return isAudited(event.type);
}

/** `events`: all of the decision on that calendar. */
function whatOf(event: AuditedEvent, calendarId: string, events: readonly CalendarEvent[]): Pick<LoggedDeed, 'subjectKind' | 'subjectId' | 'before' | 'after'> {
  if ('appointment' in event) {
    const { appointment } = event;
    const other = 'from' in event ? events.find((one) => 'from' in one && one.appointment.id !== appointment.id) : undefined;
    const swapped = other !== undefined && 'from' in other && { swappedWith: other.appointment.id };
    return { subjectKind: 'appointment', subjectId: appointment.id, before: beforeOf(event), after: { ...afterOf(event), ...swapped } };
  }
  if ('block' in event) {
    const { block, movedFrom } = event;
    const isFreed = FACTS[event.type].claim === 'freed';
    const was = isFreed ? event : events.find((one) => one.type === 'block.removed' && one.block.id === block.id);
    const here = was !== undefined && 'block' in was ? ofBlock(was.block, calendarId) : null;
    const before = movedFrom === undefined ? here : ofBlock(movedFrom.block, movedFrom.calendarId);
    return { subjectKind: 'block', subjectId: block.id, before, after: isFreed ? null : ofBlock(block, calendarId) };
  }
  return { subjectKind: 'calendar', subjectId: calendarId, before: ofHours(event.was, event.change), after: ofHours(event.hours, event.change) };
}

/** The record before the fact; null where there was none, or where a fact of an earlier version does not say. */
function beforeOf(event: Extract<AuditedEvent, { readonly appointment: Appointment }>): object | null {
  const after = ofAppointment(event.appointment);
  if ('isNew' in event) return event.isNew ? null : { ...after, status: 'pending' };
  if (!('from' in event)) return event.was === undefined ? null : { ...after, status: event.was.status };
  const { overriddenRules: _, ...kept } = after;
  const edited = event.edited && { serviceId: event.edited.was.serviceId, price: event.edited.was.price };
  const { calendarId, staffId, startsAt, endsAt, overriddenRules } = event.from;
  return { ...kept, ...edited, calendarId, staffId, startsAt, endsAt, ...(overriddenRules && { overriddenRules }) };
}

/** Of an edit also the price, and which fields it touched: those with text about people are named, and nothing of what stands there. */
function afterOf(event: Extract<AuditedEvent, { readonly appointment: Appointment }>): object {
  const { price } = event.appointment;
  const edited = 'edited' in event && event.edited !== undefined && { price, editedFields: event.edited.fields };
  return { ...ofAppointment(event.appointment), ...edited };
}

type AuditedAppointment = { readonly overriddenRules?: readonly string[]; readonly [field: string]: unknown };
/** Nothing of the customer but the id, and no free text: that is with the appointment, where it can be taken away. */
function ofAppointment({ status, startsAt, endsAt, staffId, calendarId, serviceId, customerId, override }: Appointment): AuditedAppointment {
  return { status, startsAt, endsAt, staffId, calendarId, serviceId, customerId, ...(override && { overriddenRules: override.rules }) };
}

/** Why a staff member is away is not told. */
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
    case 'set-most-starts':
      return { mostStarts: hours.mostStarts ?? {} };
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
