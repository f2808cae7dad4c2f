// Who could take the appointments that a change of hours strands, and when.
import type { Caller } from '../access/caller.ts';
import { may } from '../access/rights.ts';
import type { Candidate } from '../actors/scheduler.ts';
import type { StaffMember } from '../catalog/catalog.ts';
import { termsOf } from '../catalog/slot-terms-of.ts';
import type { CalendarHours } from '../model/calendar-hours.ts';
import { DAY, type Instant, instant, MINUTE } from '../model/instant.ts';
import { openWindows } from '../model/open-windows.ts';
import { fits } from '../model/slot-frame.ts';
import { keepingBooked } from '../model/slot-terms.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import { candidatesToList, whoDoes } from './candidates.ts';
import type { Booking } from './parts.ts';

/** For each appointment. */
const MOST_OPTIONS = 8;
/** Who is looked at for one appointment, and how far ahead: who is called today wants to come soon. */
const MOST_CANDIDATES = 20;
const OPTIONS_WITHIN = 3 * DAY;

/** The rules for customers about how early they book do not bind the business. */
export const AT_ONCE = { leadTimeMinutes: 0, horizonDays: null } as const;

/** The hours of the calendars that change, as they will be; `undefined` is one that takes nothing any more. Others stay as they are and are not in it. */
export type HoursNext = ReadonlyMap<string, CalendarHours | undefined>;
type Span = { readonly startsAt: Instant; readonly endsAt: Instant };

/** The candidate with those rooms that are open then; none, if they are away then or no room is left. */
export function openThen(next: HoursNext, { resources, ...candidate }: Candidate, span: Span): readonly Candidate[] {
  if (!isOpenIn(next, candidate.calendarId, span)) return [];
  if (resources === undefined) return [candidate];
  const [first, ...more] = resources.filter(({ calendarId }) => isOpenIn(next, calendarId, span));
  return first === undefined ? [] : [{ ...candidate, resources: [first, ...more] }];
}

function isOpenIn(next: HoursNext, calendarId: string, { startsAt, endsAt }: Span): boolean {
  if (!next.has(calendarId)) return true;
  const hours = next.get(calendarId);
  if (hours === undefined || hours.timeOff.some((off) => off.startsAt < endsAt && startsAt < off.endsAt)) return false;
  return fits(openWindows(hours, startsAt, endsAt), startsAt, endsAt - startsAt);
}

/** `resourceId`: the room that would be taken along. */
type Option = { readonly staffId: string; readonly calendarId: string; readonly startsAt: Instant; readonly resourceId?: string | undefined };

/** `where`: at the location of the appointment, or at others, as far as the caller may book there. */
type Search = { readonly next: HoursNext; readonly where: 'here' | 'elsewhere' };

/** At its time with another first, then the nearest. What is best for one is not proposed for those after it. */
export async function optionsFor(
  parts: Booking,
  caller: Caller,
  search: Search,
  records: readonly AppointmentRecord[],
): Promise<ReadonlyMap<string, readonly Option[]>> {
  const proposed: (Pick<Option, 'calendarId' | 'resourceId'> & Reach)[] = [];
  const options = new Map<string, readonly Option[]>();
  for (const record of records) {
    const isFree = (option: Option) => !proposed.some((other) => sharesCalendar(other, option) && touches(other, reachAt(record, option.startsAt)));
    const distance = ({ startsAt }: Option) => Math.abs(startsAt - record.startsAt);
    const found = (await freeFor(parts, caller, search, record)).filter(isFree).sort((one, other) => distance(one) - distance(other));
    const [best] = found;
    if (best !== undefined) proposed.push({ ...best, ...reachAt(record, best.startsAt) });
    options.set(record.id, found.slice(0, MOST_OPTIONS));
  }
  return options;
}

type Reach = { readonly from: number; readonly to: number };

/** With its buffers. Next to another one it may be allowed closer, and is then not proposed. */
function reachAt({ startsAt: was, endsAt, bufferBeforeMinutes, bufferAfterMinutes }: AppointmentRecord, startsAt: Instant): Reach {
  return { from: startsAt - bufferBeforeMinutes * MINUTE, to: startsAt + endsAt - was + bufferAfterMinutes * MINUTE };
}

type Taken = Pick<Option, 'calendarId' | 'resourceId'>;

function sharesCalendar(one: Taken, other: Taken): boolean {
  return one.calendarId === other.calendarId || (one.resourceId !== undefined && one.resourceId === other.resourceId);
}

function touches(one: Reach, other: Reach): boolean {
  return one.from < other.to && other.from < one.to;
}

async function freeFor(parts: Booking, { principal }: Caller, { next, where }: Search, record: AppointmentRecord): Promise<Option[]> {
  const catalog = parts.catalog.snapshot();
  const service = parts.catalog.snapshotWithArchived().services.get(record.serviceId);
  if (service === undefined || (record.status !== 'pending' && record.status !== 'booked')) return [];
  const isThere = ({ id, locationId }: StaffMember) =>
    where === 'here' ? locationId === record.locationId : locationId !== record.locationId && may(principal, 'book', { staffId: id, locationId });
  const staff = whoDoes(catalog, service).filter(isThere);
  const candidates = candidatesToList(parts, service, staff, record).slice(0, MOST_CANDIDATES);
  const now = parts.scheduler.now();
  const question = {
    terms: { ...keepingBooked(termsOf(service, catalog.business), record), ...AT_ONCE },
    from: instant(Math.max(now, record.startsAt - OPTIONS_WITHIN)),
    to: instant(record.startsAt + OPTIONS_WITHIN),
    seats: record.seats,
    movingAppointmentId: record.id,
  };
  const slots = await parts.scheduler.slots(candidates.map((candidate) => ({ ...candidate, ...question })));
  const lengthMs = record.endsAt - record.startsAt;
  return slots.flatMap(({ startsAt, resourceIds, ...candidate }) => {
    const { staffId, calendarId } = candidate;
    const options = startsAt.map((start, index) => ({ staffId, calendarId, startsAt: start, resourceId: resourceIds?.[index] }));
    return options.filter((option) => openThen(next, candidate, { startsAt: option.startsAt, endsAt: instant(option.startsAt + lengthMs) }).length > 0);
  });
}
