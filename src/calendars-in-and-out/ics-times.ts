// What the times of a calendar mean. Zones that have a name of the IANA are ours, which are kept up to date; others are as the calendar describes them.
import ICAL from 'ical.js';

/** A time as it was written. */
export type Wall = {
  readonly time: ICAL.Time;
  readonly isUtc: boolean /** null: it names no zone, and is read in that of the staff member. */;
  readonly zone: string | null;
};

/** What zones a calendar describes itself, and in which zone times without one are read. */
export type Zones = { readonly own: string; readonly described: ReadonlyMap<string, ICAL.Timezone>; readonly known: Map<string, boolean> };

/** Neither the IANA nor the calendar knows it. */
export class UnknownZone extends Error {}

export function zonesOf(calendar: ICAL.Component, own: string): Zones {
  const described = calendar.getAllSubcomponents('vtimezone').map((part) => [String(part.getFirstPropertyValue('tzid')), new ICAL.Timezone(part)] as const);
  return { own, described: new Map(described), known: new Map() };
}

export function wallOf(time: ICAL.Time, property: ICAL.Property): Wall {
  const zone = property.getFirstParameter('tzid');
  return { time, isUtc: time.zone === ICAL.Timezone.utcTimezone, zone: zone ? String(zone) : null };
}

/** In milliseconds since 1970. A date is its first instant in the zone of the staff member; a time that a change of the clocks has left out is as much later. */
export function instantOf({ time, isUtc, zone }: Wall, zones: Zones): number {
  const { year, month, day, hour, minute, second } = time;
  if (time.isDate) return Temporal.PlainDate.from({ year, month, day }).toZonedDateTime(zones.own).epochMilliseconds;
  // A leap second is the next one.
  const fields = { year, month, day, hour, minute, second: Math.min(59, second) };
  if (isUtc) return Date.UTC(year, month - 1, day, hour, minute, second);
  const name = zone ?? zones.own;
  if (isKnown(name, zones)) return Temporal.PlainDateTime.from(fields).toZonedDateTime(name).epochMilliseconds;
  const described = zones.described.get(name);
  if (described === undefined) throw new UnknownZone(name);
  const there = time.clone();
  there.zone = described;
  return there.toUnixTime() * 1_000;
}

/** By DTEND it lasts as long as the first occurrence did, in elapsed time, or so many days; by DURATION its days are days of the calendar (RFC 5545, 3.8.5.3 and 3.3.6). */
export function endOf(event: ICAL.Component, start: Wall, at: number, zones: Zones): number {
  const first = event.getFirstProperty('dtstart');
  const end = event.getFirstProperty('dtend');
  const duration = event.getFirstPropertyValue('duration');
  if (end !== null && first !== null) {
    const from = wallOf(first.getFirstValue() as ICAL.Time, first);
    const to = wallOf(end.getFirstValue() as ICAL.Time, end);
    if (!start.time.isDate) return at + instantOf(to, zones) - instantOf(from, zones);
    return dayAfter(at, daysBetween(from.time, to.time), zones);
  }
  if (duration instanceof ICAL.Duration) {
    const days = (duration.isNegative ? -1 : 1) * (duration.weeks * 7 + duration.days);
    const rest = (duration.isNegative ? -1 : 1) * (duration.hours * 3_600 + duration.minutes * 60 + duration.seconds) * 1_000;
    return (start.time.isDate || days !== 0 ? dayAfter(at, days, zones, start) : at) + rest;
  }
  return start.time.isDate ? dayAfter(at, 1, zones) : at;
}

/** The same time on the wall so many days later. */
function dayAfter(at: number, days: number, zones: Zones, start?: Wall): number {
  const name = start === undefined || start.time.isDate ? zones.own : start.isUtc ? 'UTC' : (start.zone ?? zones.own);
  const zone = isKnown(name, zones) ? name : 'UTC';
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).add({ days }).epochMilliseconds;
}

function daysBetween(from: ICAL.Time, to: ICAL.Time): number {
  return Math.round((Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / 86_400_000);
}

function isKnown(name: string, { known }: Zones): boolean {
  let is = known.get(name);
  if (is === undefined) {
    is = isZone(name);
    known.set(name, is);
  }
  return is;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // RangeError: it is none
  }
}
