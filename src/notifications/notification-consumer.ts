// Follows the change log and tells the people of the business what was decided about appointments.

import type { Place } from '../access/rights.ts';
import type { Appointment, CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { Consumer } from '../consumers/consumer.ts';
import { zoneOf } from '../model/calendar-hours.ts';
import type { NotificationKind } from '../protocol/notifications.ts';
import type { News } from './notification.ts';

const NOTIFICATION_CONSUMER = 'notifications';
/** Each is a row for each person whom it concerns. */
const BATCH_SIZE = 100;

const KINDS = {
  'appointment.requested': 'appointment-requested',
  'appointment.booked': 'appointment-booked',
  'appointment.rescheduled': 'appointment-changed',
  'appointment.edited': 'appointment-changed',
  'appointment.cancelled': 'appointment-cancelled',
  'appointment.declined': 'appointment-cancelled',
} as const satisfies Partial<Record<CalendarEvent['type'], NotificationKind>>;
type AppointmentFact = keyof typeof KINDS;
type AppointmentNews = Extract<CalendarEvent, { readonly appointment: Appointment; readonly type: AppointmentFact }>;
type ExternalNews = Extract<CalendarEvent, { readonly type: 'external.changed' }>;
const TOLD_FACTS = [...(Object.keys(KINDS) as readonly AppointmentFact[]), 'external.changed'] as const; // the keys of a literal are what its type says

/** Where a calendar is now; `undefined`: it is unknown. */
export type PlaceOf = (calendarId: string) => Place | undefined;

/** `write` tells everybody within the transaction. It begins with what happens from its first start on. */
export function notificationConsumer<Transaction>(
  write: (transaction: Transaction, news: readonly News[]) => Promise<void>,
  { placeOf, onWritten }: { readonly placeOf: PlaceOf; readonly onWritten: () => void },
): Consumer<Transaction> {
  return {
    ...{ name: NOTIFICATION_CONSUMER, from: 'now', batchSize: BATCH_SIZE, types: TOLD_FACTS, onWritten },
    async effectsOf(changes) {
      const news = newsAbout(changes, placeOf);
      return news.length === 0 ? null : (transaction) => write(transaction, news);
    },
  };
}

/** What was decided on several calendars together is told once; what was over by then is not told. */
export function newsAbout(changes: readonly LoggedChange[], placeOf: PlaceOf): readonly News[] {
  const all = new Map<string, News>();
  for (const change of changes)
    for (const event of change.events)
      for (const news of isAppointmentNews(event)
        ? ofAppointment(event, change, placeOf)
        : event.type === 'external.changed'
          ? ofConflicts(event, change, placeOf)
          : [])
        if (!all.has(news.key)) all.set(news.key, news);
  return [...all.values()];
}

function isAppointmentNews(event: CalendarEvent): event is AppointmentNews {
  return Object.hasOwn(KINDS, event.type);
}

function ofAppointment(event: AppointmentNews, { entryId, at, by }: LoggedChange, placeOf: PlaceOf): readonly News[] {
  if (event.appointment.endsAt <= at || by?.notify?.staff === false || !isForStaff(event)) return [];
  return [{ key: `${entryId}/${event.appointment.id}`, kind: KINDS[event.type], ...subjectOf(event, placeOf), by: by?.kind === 'user' ? by.id : null, at }];
}

/** What is written about an appointment stands with it; staff are told when their time or what they do in it is another. */
function isForStaff(event: AppointmentNews): boolean {
  const fields = 'edited' in event ? event.edited?.fields : undefined;
  return fields === undefined || fields.some((field) => field === 'service' || field === 'length' || field === 'staff');
}

/** The user who connected the calendar is told as well, since connecting it shows no conflicts. */
function ofConflicts(
  { externalCalendarId, conflicts = [], hours }: ExternalNews,
  { entryId, at, calendarId }: LoggedChange,
  placeOf: PlaceOf,
): readonly News[] {
  const place = placeOf(calendarId);
  if (place?.staffId == null) return [];
  const { staffId } = place;
  return conflicts.map(({ appointmentId: id, startsAt }) => ({
    ...({ key: `${entryId}/${id}`, kind: 'external-calendar-conflict', places: [place], by: null, at } as const),
    about: { externalCalendarId, appointment: { id, staffId, startsAt, timeZone: zoneOf(hours) } },
  }));
}

function subjectOf(event: AppointmentNews, placeOf: PlaceOf): Pick<News, 'places' | 'about'> {
  const { id, serviceId, serviceName, staffId, locationId, startsAt, endsAt, timeZone } = event.appointment;
  const from = 'from' in event ? { startsAt: event.from.startsAt, staffId: event.from.staffId, calendarId: event.from.calendarId } : undefined;
  const here = { staffId, locationId };
  const about = {
    appointment: {
      id,
      serviceId,
      ...(serviceName !== undefined && { serviceName }),
      staffId,
      startsAt,
      endsAt,
      timeZone,
      ...(from && { from: { startsAt: from.startsAt, staffId: from.staffId } }),
    },
  };
  if (from === undefined || from.staffId === staffId) return { about, places: [here] };
  // The fact does not say at which location it was: the people who look after the calendar it has left are told.
  return { about, places: [here, { staffId: from.staffId, locationId: placeOf(from.calendarId)?.locationId ?? null }] };
}
