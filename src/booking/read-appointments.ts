// Reading appointments: one, many, and what happened to one.

import type { Caller } from '../access/caller.ts';
import { may, reachFor, refuseAction } from '../access/rights.ts';
import type { Instant } from '../model/instant.ts';
import { dateOfDay, dayOfDate, firstInstantOf } from '../model/local-dates.ts';
import type { AppointmentCountsAsked, AppointmentCountsReply, AppointmentsAsked, DayOrInstant } from '../protocol/appointment-lists.ts';
import type { AppointmentReply } from '../protocol/appointments.ts';
import type { ChangesReply } from '../protocol/calendars.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply, UNKNOWN_CURSOR } from '../protocol/reply.ts';
import { MOST_LISTED } from '../protocol/scalars.ts';
import { etagOf } from '../protocol/versions.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { AppointmentFilter, AppointmentRecord } from './appointment-reads-port.ts';
import { findAppointment, readerOfFound } from './find-appointment.ts';
import type { Catalogs, Reading } from './parts.ts';
import { wireAppointment } from './wire-appointments.ts';
import { wireChange } from './wire-events.ts';

const LISTED_BY_DEFAULT = 50;

export async function readAppointment(parts: Reading, caller: Caller, appointmentId: string): Promise<Reply<AppointmentReply>> {
  const found = await findAppointment(parts, caller, appointmentId, 'read-appointment');
  if (isFailed(found)) return found;
  const { appointment } = found;
  return done(
    {
      ...wireAppointment(parts, appointment, appointment.details, appointment.revision, readerOfFound(parts, caller, found)),
      ...sourceFor(caller, appointment),
    },
    { headers: { ETag: etagOf(appointment.revision) } },
  );
}

export async function readHistory(parts: Reading, caller: Caller, appointmentId: string): Promise<Reply<{ items: ChangesReply['changes'] }>> {
  const found = await findAppointment(parts, caller, appointmentId, 'read-appointment');
  if (isFailed(found)) return found;
  const changes = await parts.appointments.history(appointmentId);
  const { id, timeZone, details } = found.appointment;
  const telling = { timeZone, reader: readerOfFound(parts, caller, found), details: new Map(details === null ? [] : [[id, details]]) };
  return done({ items: changes.map((change) => wireChange(change, telling)) });
}

type Listed = { items: AppointmentReply[]; nextCursor: string | null };

/** Customers see their own, staff members their own calendar, the desk its location, everybody above it all. */
export async function listAppointments(parts: Reading, caller: Caller, asked: AppointmentsAsked): Promise<Reply<Listed>> {
  const filter = filterOf(parts, caller, asked);
  if (isFailed(filter)) return filter;
  const page = await parts.appointments.list(filter, Math.min(asked.limit ?? LISTED_BY_DEFAULT, MOST_LISTED), asked.cursor ?? null);
  if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
  const items = page.items.map((appointment) => ({
    ...wireAppointment(parts, appointment, appointment.details, appointment.revision, { principal: readerOf(caller, appointment), place: appointment }),
    updatedAt: wireTime(appointment.updatedAt, appointment.timeZone),
    ...sourceFor(caller, appointment),
  }));
  return done({ items, nextCursor: page.nextCursor });
}

/** By local date, of those the caller may list. */
export async function countAppointments(parts: Reading, caller: Caller, asked: AppointmentCountsAsked): Promise<Reply<AppointmentCountsReply>> {
  const scope = refuseAskingForSomebody(caller, asked.customerId) ?? scopeOf(caller, asked);
  if (isFailed(scope)) return scope;
  const timeZone = asked.timeZone ?? zoneToList(parts, asked);
  const [first, last] = [dayOfDate(asked.from) ?? 0, dayOfDate(asked.to) ?? 0];
  const dates = Array.from({ length: last - first }, (_, index) => dateOfDay(first + index));
  const moments = [...dates, asked.to].map((date) => firstInstantOf(date, timeZone));
  const counts = await parts.appointments.counts(scope, moments);
  return done({ timeZone, days: dates.map((date, index) => ({ date, appointments: counts[index] ?? 0 })) });
}

/** Customers list their own alone; a token of before their record was merged has another id for them. */
function readerOf({ principal }: Caller, { customerId }: AppointmentRecord): Caller['principal'] {
  return principal?.role === 'customer' ? { ...principal, customerId } : principal;
}

/** What tells a flood from customers is for those who may end it. */
function sourceFor({ principal }: Caller, appointment: AppointmentRecord): Pick<AppointmentReply, 'sourceGroup'> {
  const { sourceGroup } = appointment;
  return sourceGroup !== undefined && may(principal, 'cancel-by-source', appointment) ? { sourceGroup } : {};
}

function filterOf(parts: Reading, caller: Caller, asked: AppointmentsAsked): AppointmentFilter | Failed {
  const { from, to, updatedSince, order, customerId, serviceId, resourceId, status, sourceGroup } = asked;
  if (updatedSince !== undefined && order !== undefined && order !== 'updatedAt')
    return failedField('invalid-request', 'order', 'must be updatedAt or absent when updatedSince is given');
  const zone = asked.timeZone ?? zoneToList(parts, asked);
  const scope = scopeOf(caller, asked);
  if (isFailed(scope)) return scope;
  const blind = refuseAskingForSomebody(caller, customerId) ?? (sourceGroup === undefined ? undefined : refuseAction(caller.principal, 'cancel-by-source'));
  if (blind !== undefined) return blind;
  return {
    ...(from && { from: momentOf(from, zone) }),
    ...(to && { to: momentOf(to, zone) }),
    ...(updatedSince !== undefined && { updatedSince }),
    order: updatedSince === undefined ? (order ?? 'startsAt') : 'updatedAt',
    ...(serviceId !== undefined && { serviceId }),
    ...(resourceId && { resourceIds: resourceId }),
    ...(status && { statuses: status }),
    ...(sourceGroup !== undefined && { sourceGroup }),
    ...scope,
  };
}

type Whose = Pick<AppointmentsAsked, 'staffId' | 'locationId' | 'customerId'>;

/** What the reach of the right narrows the list to. Asking for more than that is refused, not silently cut. */
function scopeOf({ principal }: Caller, asked: Whose): Pick<AppointmentFilter, 'staffIds' | 'locationIds' | 'customerId' | 'ownerEmail'> | Failed {
  const forbidden = (what: string) => failed('forbidden', { detail: `Only your own ${what} can be listed.` });
  const given = {
    ...(asked.customerId !== undefined && { customerId: asked.customerId }),
    ...(asked.staffId && { staffIds: asked.staffId }),
    ...(asked.locationId && { locationIds: asked.locationId }),
  };
  const reach = reachFor(principal, 'list-appointments');
  if (principal === null || reach === null) return failed(principal === null ? 'unauthenticated' : 'forbidden');
  switch (reach) {
    case 'own':
      if (principal.customerId === null || (asked.customerId !== undefined && asked.customerId !== principal.customerId)) return forbidden('appointments');
      return { ...given, customerId: principal.customerId, ownerEmail: principal.email };
    case 'calendar':
      if (principal.staffId === null || asked.staffId?.some((id) => id !== principal.staffId) === true) return forbidden('calendar');
      return { ...given, staffIds: [principal.staffId] };
    case 'location':
      if (principal.locationId === null) return given;
      if (asked.locationId?.some((id) => id !== principal.locationId) === true) return forbidden('location');
      return { ...given, locationIds: [principal.locationId] };
    case 'all':
      return given;
    default:
      return reach satisfies never;
  }
}

/** A list of the appointments of one customer tells whose they are. */
function refuseAskingForSomebody({ principal }: Caller, customerId: string | undefined): Failed | undefined {
  return customerId === undefined || principal?.role === 'customer' ? undefined : refuseAction(principal, 'see-customers');
}

/** Dates without a zone are those of the location that is asked for, or of the first there is. */
function zoneToList(parts: Catalogs, asked: Whose): string {
  const { locations, staff } = parts.catalog.snapshotWithArchived();
  const ofStaff = asked.staffId?.[0] === undefined ? undefined : staff.get(asked.staffId[0])?.locationId;
  const locationId = asked.locationId?.[0] ?? ofStaff;
  const [first] = locations.values();
  return (locationId === undefined ? first : locations.get(locationId))?.timeZone ?? first?.timeZone ?? 'UTC';
}

function momentOf(asked: DayOrInstant, zone: string): Instant {
  return 'at' in asked ? asked.at : firstInstantOf(asked.date, zone);
}
