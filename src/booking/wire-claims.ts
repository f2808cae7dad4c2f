// Claims as boards and calendars show them.

import { type Reader, reasonTold, seesTimesOnly, toldOf } from '../access/sight.ts';
import type { CalendarView, ClaimView } from '../actors/scheduler.ts';
import type { ClaimReply } from '../protocol/calendars.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import type { Catalogs, Reading } from './parts.ts';
import { placeOfCalendar, zoneOfCalendar } from './staff-directory.ts';
import { alongFields, personTold, type Telling } from './wire-events.ts';

/**
 * The claims of some calendars, by calendar id, with names, references and reasons where the reader may know them. One read of the database for all of them.
 * Times are told in `timeZone`, or each calendar's in its location's.
 */
export async function wireClaims(
  parts: Catalogs & Pick<Reading, 'appointments'>,
  readerOf: (calendarId: string) => Reader,
  views: readonly CalendarView[],
  timeZone?: string,
): Promise<ReadonlyMap<string, readonly ClaimReply[]>> {
  const seen = views.filter(({ calendarId }) => !seesTimesOnly(readerOf(calendarId)));
  const ids = seen.flatMap(({ claims }) => claims.filter((claim) => claim.kind === 'appointment').map((claim) => claim.id));
  const records: ReadonlyMap<string, AppointmentRecord> = ids.length === 0 ? new Map() : await parts.appointments.byIds(ids);
  const { services } = parts.catalog.snapshotWithArchived();
  const nameOf = ({ serviceId }: ClaimView, record: AppointmentRecord | undefined) => {
    const name = record?.serviceName ?? (serviceId === null ? undefined : services.get(serviceId)?.name);
    return name === undefined ? {} : { serviceName: name };
  };
  return new Map(
    views.map(({ calendarId, claims }) => {
      const telling = { timeZone: timeZone ?? zoneOfCalendar(parts, calendarId), reader: readerOf(calendarId) };
      return [
        calendarId,
        claims.map((claim) => ({ ...wireClaim(claim, telling, records.get(claim.id)), ...nameOf(claim, records.get(claim.id)), ...alongOf(parts, claim) })),
      ];
    }),
  );
}

/** The other calendar on which it stands: on a resource's, the staff member's, and the other way round. */
function alongOf(parts: Catalogs, { along }: ClaimView): Pick<ClaimReply, 'staffId' | 'resourceId'> {
  const { staffId = null, resourceId = null } = (along !== null && placeOfCalendar(parts, along)) || {};
  return { ...(staffId !== null && { staffId }), ...(resourceId !== null && { resourceId }) };
}

function wireClaim(claim: ClaimView, { timeZone, reader }: Pick<Telling, 'timeZone' | 'reader'>, record: AppointmentRecord | undefined): ClaimReply {
  const told = record && toldOf(reader, record, record.details);
  return {
    kind: claim.kind,
    id: claim.id,
    startsAt: wireTime(claim.startsAt, timeZone),
    endsAt: wireTime(claim.endsAt, timeZone),
    lane: claim.lane,
    seats: claim.seats,
    serviceId: claim.serviceId,
    status: claim.status,
    ...(claim.expiresAt !== null && { expiresAt: wireTime(claim.expiresAt, timeZone) }),
    ...alongFields(record),
    ...(claim.kind === 'block' && { reason: reasonTold(reader, claim.reason) }),
    ...(told && personTold(told)),
    ...(told?.overlaps && { overlaps: true }),
  };
}
