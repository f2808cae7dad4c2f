// Facts, flat, as the change feed and the boards tell them.

import { type Reader, reasonTold, seesTimesOnly, toldOf } from '../access/sight.ts';
import type { Appointment, Block, CalendarEvent, Hold, TakenResource } from '../actors/calendar/calendar.ts';
import type { StandingDetails } from '../actors/calendar/typed.ts';
import type { CalendarChange } from '../actors/scheduler.ts';
import type { ChangeEventReply, ChangesReply } from '../protocol/calendars.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Reading } from './parts.ts';

/** How a fact is told: in which zone, to whom, and with what was typed for the appointments in it, by id. */
export type Telling = { readonly timeZone: string; readonly reader: Reader; readonly details: ReadonlyMap<string, StandingDetails> };

const NO_DETAILS: ReadonlyMap<string, StandingDetails> = new Map();

/** Ids of the appointments that facts are about. */
export function appointmentsIn(events: readonly CalendarEvent[]): readonly string[] {
  return [...new Set(events.flatMap((event) => ('appointment' in event ? [event.appointment.id] : [])))];
}

/** What was typed for the appointments in these facts, in one read, or in none where this reader is told nothing of it. */
export async function detailsFor(
  { appointments }: { readonly appointments: Pick<Reading['appointments'], 'detailsOf'> },
  reader: Reader,
  events: readonly CalendarEvent[],
): Promise<Telling['details']> {
  const isNeeded = reader.as !== undefined || !seesTimesOnly(reader);
  const ids = isNeeded ? appointmentsIn(events) : [];
  return ids.length === 0 ? NO_DETAILS : await appointments.detailsOf(ids);
}

type Told = NonNullable<ReturnType<typeof toldOf>>;

/** As claims and facts have it: where the text was erased there is none. */
export function personTold({ reference, customer, notes, staffNotes }: Told) {
  return { reference, ...(customer && { customer }), notes, staffNotes };
}

export function wireEvent(event: CalendarEvent, telling: Telling): ChangeEventReply {
  if ('hold' in event) return { type: event.type, ...holdFields(event.hold, telling) };
  if ('from' in event)
    return {
      type: event.type,
      ...appointmentFields(event.appointment, telling),
      from: fromFields(event.from, telling),
      ...(event.edited && { edited: [...event.edited.fields] }),
    };
  if ('isNew' in event) return { type: event.type, ...(event.holdId !== null && { holdId: event.holdId }), ...appointmentFields(event.appointment, telling) };
  if ('appointment' in event) return { type: event.type, ...appointmentFields(event.appointment, telling) };
  if ('block' in event) return { type: event.type, ...blockFields(event.block, telling) };
  if ('externalCalendarId' in event) return { type: event.type, ...externalFields(event) };
  return { type: event.type, change: event.change.type };
}

export function wireChange(change: CalendarChange, telling: Telling): ChangesReply['changes'][number] {
  return {
    revision: change.revision,
    epoch: change.epoch,
    at: wireTime(change.at, telling.timeZone),
    events: change.events.map((event) => wireEvent(event, telling)),
  };
}

function fromFields(from: Extract<CalendarEvent, { readonly from: unknown }>['from'], { timeZone }: Telling) {
  const { calendarId, staffId, startsAt, endsAt, lane } = from;
  return { calendarId, staffId, ...resourceField(from), startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone), lane };
}

/** By their ids alone. */
export function alongFields(appointment: Pick<Appointment, 'addOns'> | undefined) {
  const { addOns = [] } = appointment ?? {};
  return addOns.length === 0 ? {} : { addOnIds: addOns.map(({ id }) => id) };
}

function resourceField({ resource }: { readonly lane: number; readonly resource?: TakenResource }) {
  return resource === undefined ? {} : { resourceId: resource.resourceId };
}

function blockFields({ id, startsAt, endsAt, reason }: Block, { timeZone, reader }: Telling) {
  return { blockId: id, startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone), lane: 0, reason: reasonTold(reader, reason) };
}

function externalFields({ externalCalendarId, change, conflicts = [] }: Extract<CalendarEvent, { readonly externalCalendarId: unknown }>) {
  return { externalCalendarId, change, ...(conflicts.length > 0 && { conflicts: conflicts.map(({ appointmentId }) => appointmentId) }) };
}

function holdFields(hold: Hold, { timeZone }: Telling) {
  return {
    holdId: hold.id,
    calendarId: hold.calendarId,
    staffId: hold.staffId,
    ...resourceField(hold),
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

function appointmentFields(appointment: Appointment, { timeZone, reader, details }: Telling) {
  const told = toldOf(reader, appointment, details.get(appointment.id) ?? null);
  return {
    appointmentId: appointment.id,
    calendarId: appointment.calendarId,
    staffId: appointment.staffId,
    ...resourceField(appointment),
    serviceId: appointment.serviceId,
    ...(appointment.serviceName !== undefined && { serviceName: appointment.serviceName }),
    ...alongFields(appointment),
    startsAt: wireTime(appointment.startsAt, timeZone),
    endsAt: wireTime(appointment.endsAt, timeZone),
    lane: appointment.lane,
    seats: appointment.seats,
    status: appointment.status,
    ...(told && { ...personTold(told), reason: told.reason, overlaps: told.overlaps }),
  };
}
