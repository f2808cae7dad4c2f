// Appointments as calendars that other programs read: the feed of a staff member, and the file of one appointment.
import { createHash } from 'node:crypto';
import { type Caller, sourceOf } from '../access/caller.ts';
import { refuseAt } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import type { AppointmentReads, AppointmentRecord } from '../booking/appointment-reads-port.ts';
import { findAppointment, readerOfFound } from '../booking/find-appointment.ts';
import type { Catalogs, Finding } from '../booking/parts.ts';
import type { StaffMember } from '../catalog/catalog.ts';
import { DAY, type Instant, instant } from '../model/instant.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import type { CalendarFeeds } from './calendar-feeds.ts';
import { type IcsCalendar, type IcsEvent, icsOf } from './ics-event.ts';

/** A feed has what lies within these days. */
const DAYS_BACK = 30;
const DAYS_AHEAD = 400;
/** The first of these, by start. */
const MOST_EVENTS = 1_000;
/** A cancelled appointment stays, as cancelled, for so long after it was cancelled: every program that follows the feed has asked by then. */
const CANCELLED_STAYS_DAYS = 14;
const REFRESH_HOURS = 1;
const ICALENDAR = 'text/calendar; charset=utf-8';

export type FileParts = Catalogs &
  Finding & {
    readonly appointments: AppointmentReads;
    readonly calendars: { readonly feeds: CalendarFeeds };
    readonly config: { /** Where people reach the server, without a slash at the end. */ readonly publicUrl: string };
  };

export async function replaceFeed(parts: FileParts, caller: Caller, staffId: string, asked: { readonly customerNames?: boolean | undefined }): Promise<Reply> {
  const staff = staffFor(parts, caller, staffId);
  if (isFailed(staff)) return staff;
  const { customerNames = true } = asked;
  const secret = await parts.calendars.feeds.replace(staff, customerNames, sourceOf(caller));
  return done({ url: `${parts.config.publicUrl}/v1/calendar-feeds/${secret}.ics`, customerNames }, { status: 201 });
}

export async function removeFeed(parts: FileParts, caller: Caller, staffId: string): Promise<Reply> {
  const staff = staffFor(parts, caller, staffId);
  if (isFailed(staff)) return staff;
  const wasThere = await parts.calendars.feeds.remove(staff, sourceOf(caller));
  return wasThere ? done({}, { status: 204 }) : failed('not-found', { detail: 'There is no feed.' });
}

/** A staff member who has left has no feed. */
export async function readFeed(parts: FileParts, secret: string): Promise<Reply> {
  const feed = await parts.calendars.feeds.open(secret);
  const { staff: everybody, business } = parts.catalog.snapshot();
  const staff = feed && everybody.get(feed.staffId);
  if (staff === undefined) return failed('not-found', { detail: 'This feed does not exist, or its address was replaced.' });
  const now = parts.scheduler.now();
  const filter = { staffIds: [staff.id], from: instant(now - DAYS_BACK * DAY), to: instant(now + DAYS_AHEAD * DAY) };
  const page = await parts.appointments.list(filter, MOST_EVENTS, null);
  const items = page === 'unknown-cursor' ? [] : page.items.filter((item) => !isForgotten(item, now));
  const nameIn = ({ details }: AppointmentRecord) => (feed?.customerNames === true ? (details?.name ?? null) : null);
  const events = items.map((item) => eventOf(parts, item, item.updatedAt, nameIn(item)));
  return fileOf({ name: `${staff.name} – ${business.name}`, method: 'publish', events, refreshHours: REFRESH_HOURS }, 'calendar.ics');
}

/** For those who may read the appointment: to put into a calendar. */
export async function readAppointmentFile(parts: FileParts, caller: Caller, appointmentId: string): Promise<Reply> {
  const found = await findAppointment(parts, caller, appointmentId, 'read-appointment');
  if (isFailed(found)) return found;
  const { appointment } = found;
  const { staffId, startsAt, createdAt } = appointment;
  // The list knows when it was changed last.
  const page = await parts.appointments.list({ staffIds: [staffId], from: startsAt, to: instant(startsAt + 1) }, MOST_EVENTS, null);
  const listed = page === 'unknown-cursor' ? undefined : page.items.find(({ id }) => id === appointment.id);
  const withWhom = parts.catalog.snapshotWithArchived().staff.get(staffId)?.name ?? null;
  const told = toldOf(readerOfFound(parts, caller, found), appointment, appointment.details);
  const event = { ...eventOf(parts, appointment, listed?.updatedAt ?? createdAt, withWhom), description: told?.reference ?? null };
  return fileOf({ name: parts.catalog.snapshot().business.name, method: 'publish', events: [event] }, 'appointment.ics');
}

function staffFor({ catalog }: FileParts, { principal }: Caller, staffId: string): StaffMember | Failed {
  const staff = catalog.snapshot().staff.get(staffId);
  const barred = refuseAt(principal, 'connect-calendars', { staffId, locationId: staff?.locationId ?? null });
  return barred ?? staff ?? failed('not-found', { detail: 'There is no such staff member.' });
}

function isForgotten({ status, updatedAt }: Pick<AppointmentRecord, 'status'> & { readonly updatedAt: Instant }, now: Instant): boolean {
  return (status === 'cancelled' || status === 'declined') && updatedAt < now - CANCELLED_STAYS_DAYS * DAY;
}

/** Times, what, where, and one name at most: no address, telephone number or note of a customer. */
function eventOf(parts: Catalogs, appointment: AppointmentRecord, changedAt: Instant, withWhom: string | null): IcsEvent {
  const { id, startsAt, endsAt, status, createdAt, serviceId, addOns = [], locationId, reference } = appointment;
  const { services, locations } = parts.catalog.snapshotWithArchived();
  const service = [appointment.serviceName ?? services.get(serviceId)?.name ?? 'Appointment', ...addOns.map(({ name }) => name)].join(' + ');
  const location = locations.get(locationId);
  const where = [appointment.locationName ?? location?.name, location?.address].filter((text) => text != null && text !== '');
  return {
    ...{ appointmentId: id, startsAt, endsAt, status, createdAt, changedAt },
    summary: withWhom === null ? service : `${service} – ${withWhom}`,
    description: reference,
    location: where.length === 0 ? null : where.join(', '),
  };
}

/** The tag is that of the content. */
function fileOf(calendar: IcsCalendar, fileName: string): Reply {
  const etag = `"${createHash('sha256').update(JSON.stringify(calendar)).digest('base64url')}"`;
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache', 'Content-Disposition': `attachment; filename="${fileName}"` };
  return done({}, { headers, document: { contentType: ICALENDAR, text: () => icsOf(calendar) } });
}
