// Notifications as their reader is told about them: details are joined when they are shown, by what the reader may see now.
import type { Principal } from '../access/principal.ts';
import { may } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import type { AppointmentReads, AppointmentRecord } from '../booking/appointment-reads-port.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { NotificationReply } from '../protocol/notifications.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { RIGHT_OF, type StoredNotification } from './notification.ts';

export type Telling = {
  readonly appointments: Pick<AppointmentReads, 'byIds'>;
  readonly catalog: { snapshotWithArchived(): Catalog };
};
type Reading = { readonly principal: Principal; readonly catalog: Catalog; readonly records: ReadonlyMap<string, AppointmentRecord> };

export async function tellNotifications(
  { appointments, catalog }: Telling,
  principal: Principal,
  stored: readonly StoredNotification[],
): Promise<readonly NotificationReply[]> {
  const ids = new Set(stored.flatMap(({ about }) => about.appointment?.id ?? []));
  const records = ids.size === 0 ? new Map<string, AppointmentRecord>() : await appointments.byIds([...ids]);
  const reading = { principal, records, catalog: catalog.snapshotWithArchived() };
  return stored.map((notification) => told(reading, notification));
}

function told(reading: Reading, { id, number, kind, place, about, createdAt, isRead }: StoredNotification): NotificationReply {
  const zone = about.appointment?.timeZone ?? reading.catalog.locations.get(place.locationId ?? '')?.timeZone ?? 'UTC';
  const basis = { id, number, kind, createdAt: wireTime(createdAt, zone), read: isRead };
  if (!may(reading.principal, RIGHT_OF[kind], place)) return basis;
  const { appointment, message, webhookId, externalCalendarId, budget, payment, timeOffRequest } = about;
  return {
    ...basis,
    ...(appointment && { appointment: appointmentTold(reading, appointment) }),
    ...(message && { message }),
    ...(webhookId && { webhookId }),
    ...(externalCalendarId && { externalCalendarId, ...(place.staffId && { staffId: place.staffId }) }),
    ...(budget && { budget }),
    ...(payment && { payment }),
    ...(timeOffRequest && place.staffId && { timeOffRequest: timeOffTold(reading, place.staffId, timeOffRequest) }),
  };
}

function appointmentTold(
  { principal, catalog, records }: Reading,
  about: NonNullable<StoredNotification['about']['appointment']>,
): NonNullable<NotificationReply['appointment']> {
  const { id, serviceId, serviceName, staffId, startsAt, endsAt, timeZone, from } = about;
  const nameOf = (staff: string) => catalog.staff.get(staff)?.name ?? null;
  const record = records.get(id);
  const seen = record && toldOf({ principal, place: record }, record, record.details);
  return {
    ...{ id, staffId, staffName: nameOf(staffId), serviceName: serviceName ?? catalog.services.get(serviceId ?? '')?.name ?? null },
    startsAt: wireTime(startsAt, timeZone),
    ...(endsAt !== undefined && { endsAt: wireTime(endsAt, timeZone) }),
    ...(from && { from: { startsAt: wireTime(from.startsAt, timeZone), staffId: from.staffId, staffName: nameOf(from.staffId) } }),
    ...(seen && { reference: seen.reference, status: record.status }),
    ...(seen?.customer && { customerName: seen.customer.name }),
  };
}

function timeOffTold(
  { catalog }: Reading,
  staffId: string,
  { id, startsAt, endsAt, status }: NonNullable<StoredNotification['about']['timeOffRequest']>,
): NonNullable<NotificationReply['timeOffRequest']> {
  const member = catalog.staff.get(staffId);
  const zone = catalog.locations.get(member?.locationId ?? '')?.timeZone ?? 'UTC';
  return { id, staffId, staffName: member?.name ?? null, startsAt: wireTime(startsAt, zone), endsAt: wireTime(endsAt, zone), status };
}
