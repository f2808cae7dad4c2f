// An appointment as an entry of a calendar: the one place that writes iCalendar (RFC 5545), for feeds, for files that people save, and for mails.
import { ICalCalendar, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import type { AppointmentStatus } from '../model/appointment-status.ts';
import { HOUR, type Instant } from '../model/instant.ts';

export type IcsEvent = {
  readonly appointmentId: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly status: AppointmentStatus;
  readonly createdAt: Instant;
  /** When it became what it is: the later of two versions of an entry is the one that counts. */
  readonly changedAt: Instant;
  /** One line. */
  readonly summary: string;
  /** May have several lines. */
  readonly description: string | null;
  readonly location: string | null;
};

/** `publish`: to be read, as a file or a feed. `request` and `cancel` go with a mail, which puts the entry into a calendar or takes it out. */
type IcsMethod = 'publish' | 'request' | 'cancel';
const METHODS = {
  publish: ICalCalendarMethod.PUBLISH,
  request: ICalCalendarMethod.REQUEST,
  cancel: ICalCalendarMethod.CANCEL,
} as const satisfies Record<IcsMethod, ICalCalendarMethod>;

export type IcsCalendar = {
  readonly name: string;
  readonly method: IcsMethod;
  readonly events: readonly IcsEvent[];
  /** How often a client that follows a feed should ask again; left out: it is no feed. */
  readonly refreshHours?: number;
  /** Of `request` and `cancel`: who sends it. Mail clients take an invitation only from an organizer. */
  readonly organizer?: { readonly name: string; readonly email: string };
};

const UID_SUFFIX = '@slotkeeper';
/** The end of a UID is this, whatever the installation is called, so that an entry stays the same when its address changes. */
const OWN_UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@slotkeeper$/i;

/**
 * SEQUENCE says when it was changed, counted from when it was made: in milliseconds for the first hour, as programs change things at once, and then in tenths of a second.
 * So it rises with every change, needs no counter, and fits into 31 bits for six years.
 */
const FINE_MS = HOUR;
const SEQUENCE_STEP_MS = 100;
const MOST_SEQUENCE = 2 ** 31 - 1;

/** The same for every version of the entry, in feeds and mails alike. */
export function uidOf(appointmentId: string): string {
  return appointmentId + UID_SUFFIX;
}

/** Whether an entry is one of ours that has come back in somebody's calendar. */
export function isOwnUid(uid: string): boolean {
  return OWN_UID.test(uid);
}

export function sequenceOf({ createdAt, changedAt }: Pick<IcsEvent, 'createdAt' | 'changedAt'>): number {
  const age = Math.max(0, changedAt - createdAt);
  return Math.min(MOST_SEQUENCE, Math.floor(Math.min(age, FINE_MS) + Math.max(0, age - FINE_MS) / SEQUENCE_STEP_MS));
}

/** The text of a calendar. All times are in UTC: every client shows them in the zone of its reader, and none has to know ours. The same events make the same text. */
export function icsOf({ name, method, events, refreshHours, organizer }: IcsCalendar): string {
  const calendar = new ICalCalendar({
    prodId: '//Slotkeeper//Slotkeeper//EN',
    name: oneLine(name),
    method: METHODS[method],
    ...(refreshHours !== undefined && { ttl: (refreshHours * HOUR) / 1_000 }),
  });
  for (const event of events) {
    const at = (moment: Instant) => new Date(moment);
    calendar.createEvent({
      id: uidOf(event.appointmentId),
      sequence: sequenceOf(event),
      start: at(event.startsAt),
      end: at(event.endsAt),
      stamp: at(event.changedAt),
      created: at(event.createdAt),
      lastModified: at(event.changedAt),
      summary: oneLine(event.summary),
      description: event.description === null ? null : lines(event.description),
      location: event.location === null ? null : oneLine(event.location),
      status: statusOf(event.status),
      transparency: isCalledOff(event.status) ? ICalEventTransparency.TRANSPARENT : ICalEventTransparency.OPAQUE,
      ...(organizer && { organizer: { name: oneLine(organizer.name), email: oneLine(organizer.email) } }),
    });
  }
  return calendar.toString();
}

function statusOf(status: AppointmentStatus): ICalEventStatus {
  if (isCalledOff(status)) return ICalEventStatus.CANCELLED;
  return status === 'pending' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED;
}

function isCalledOff(status: AppointmentStatus): boolean {
  return status === 'cancelled' || status === 'declined';
}

/** The library writes the name of a calendar as it is, so a line break in a name would begin a property of its own; control characters are in no text at all (RFC 5545, 3.3.11). */
function oneLine(text: string): string {
  return withoutControls(text, false).replaceAll(/\s+/g, ' ').trim();
}

function lines(text: string): string {
  return withoutControls(text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n'), true);
}

function withoutControls(text: string, keepsLines: boolean): string {
  let kept = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
    kept += isControl && !(keepsLines && character === '\n') ? ' ' : character;
  }
  return kept;
}
