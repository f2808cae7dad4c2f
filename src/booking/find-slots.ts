// What is free.

import { setImmediate as turn } from 'node:timers/promises';
import type { Caller } from '../access/caller.ts';
import type { Principal } from '../access/principal.ts';
import { may } from '../access/rights.ts';
import type { CalendarSlots, SlotsQuery } from '../actors/scheduler.ts';
import type { BookableService, Business, Catalog, StaffMember } from '../catalog/catalog.ts';
import { termsOf } from '../catalog/slot-terms-of.ts';
import { admitQuestion, calendarDaysOf } from '../limits/big-questions.ts';
import type { Instant } from '../model/instant.ts';
import { countByDay, dateOfDay, firstInstantOf } from '../model/local-dates.ts';
import { keepingBooked, type SlotTerms } from '../model/slot-terms.ts';
import { localDayOf } from '../model/zone-offsets.ts';
import { done, type Failed, failed, failedField, isFailed, type ReadyJson, type Reply } from '../protocol/reply.ts';
import type { ExplainAsked, ExplainReply, SlotsAsked, SlotsReply } from '../protocol/slots.ts';
import { type SlotRow, slotsText } from '../protocol/slots-text.ts';
import { chosenOf } from './add-ons.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import { calendarsOf, candidatesToList, listedBy, NONE_LEFT, serviceToBook, staffToBook, whoDoes } from './candidates.ts';
import { findAppointment } from './find-appointment.ts';
import type { Catalogs, Finding, Looking } from './parts.ts';
import { answerOnce } from './slot-answers.ts';
import { candidateOf } from './staff-directory.ts';

export async function findSlots(parts: Looking, caller: Caller, asked: SlotsAsked): Promise<Reply<SlotsReply | ReadyJson>> {
  const moving = await appointmentToMove(parts, caller, asked);
  if (moving !== null && isFailed(moving)) return moving;
  const catalog = parts.catalog.snapshot();
  const service = serviceToList(parts.catalog, asked, caller.principal, moving);
  if (isFailed(service)) return service;
  const staff = staffAsked(parts.catalog, asked, service, moving);
  if (isFailed(staff)) return staff;
  const wanted = termsToList(service, catalog.business, asked.seats, moving);
  if (isFailed(wanted)) return wanted;
  const candidates = candidatesToList(parts, service, staff, moving);
  const admitted = await admitQuestion(parts, caller, calendarDaysOf(asked, calendarsOf(candidates)));
  if (isFailed(admitted)) return admitted;
  const timeZone = asked.timeZone ?? zoneOfAsked(catalog, asked, staff);
  const { terms, seats } = wanted;
  const range = { from: firstInstantOf(asked.from, timeZone), to: firstInstantOf(asked.to, timeZone) };
  const queries = candidates.map((candidate) => listedBy(candidate, { terms, ...range, seats, movingAppointmentId: asked.movingAppointmentId ?? null }));
  const { era } = parts.scheduler;
  const calendars: NonNullable<SlotsReply['calendars']> = [];
  const found: CalendarSlots[] = [];
  /** For days that are counted: starts that several people offer count once. */
  const different = new Set<Instant>();
  for await (const step of slotsInSteps(parts, queries, calendarDaysOf(asked, 1))) {
    calendars.push(...step.map(({ calendarId, staffId, revision }) => ({ calendarId, staffId, revision, era })));
    if (asked.grain === 'slot') found.push(...step);
    else for (const { startsAt } of step) for (const at of startsAt) different.add(at);
  }
  if (asked.grain === 'day') return done({ timeZone, days: daysOf([...different], timeZone), calendars }, admitted);
  const minutesOf = new Map(queries.map((query) => [query.staffId, query.terms.minutes]));
  const answer = answerOnce(JSON.stringify(asked), { found, timeZone, era }, () => {
    const { end, nextFrom } = endOfAnswer(found, timeZone);
    const { listed, omitted } = asManyAsFit(startsUntil(end, found, minutesOf));
    return slotsText({ timeZone, rows: listed, omitted, nextFrom, calendars });
  });
  return done(answer, admitted);
}

/** Calendars are read in steps of so many calendar-days, with the rest of the event loop in between: a step takes some ten milliseconds. */
const CALENDAR_DAYS_A_STEP = 100;

async function* slotsInSteps(parts: Pick<Looking, 'scheduler'>, queries: readonly SlotsQuery[], daysOfEach: number): AsyncGenerator<readonly CalendarSlots[]> {
  const atOnce = Math.max(1, Math.floor(CALENDAR_DAYS_A_STEP / Math.max(1, daysOfEach)));
  for (let first = 0; first < queries.length; first += atOnce) {
    if (first > 0) await turn();
    yield await parts.scheduler.slots(queries.slice(first, first + atOnce));
  }
}

/** About two megabytes. A week of a dozen people is less than a tenth of it. */
const MOST_SLOTS_ANSWERED = 10_000;

/** An answer has as many whole local days as fit into it, one at least: until when, and the date to ask for next; null where that is all. */
function endOfAnswer(found: readonly CalendarSlots[], timeZone: string): { readonly end: number; readonly nextFrom: string | null } {
  const all = Float64Array.from(found.flatMap(({ startsAt }) => startsAt)).sort();
  const [first, beyond, last] = [all[0], all[MOST_SLOTS_ANSWERED], all.at(-1)];
  if (first === undefined || beyond === undefined || last === undefined) return { end: Number.POSITIVE_INFINITY, nextFrom: null };
  const nextFrom = dateOfDay(Math.max(localDayOf(timeZone, first) + 1, localDayOf(timeZone, beyond)));
  const end = firstInstantOf(nextFrom, timeZone);
  return { end, nextFrom: last < end ? null : nextFrom };
}

/** The appointment that is to be moved; null: none. Free times without it in the way show when it is, so that is for those who may move it. */
export async function appointmentToMove(
  parts: Finding,
  caller: Caller,
  { serviceId, movingAppointmentId }: Pick<SlotsAsked, 'serviceId' | 'movingAppointmentId'>,
): Promise<AppointmentRecord | Failed | null> {
  if (movingAppointmentId === undefined) return null;
  const found = await findAppointment(parts, caller, movingAppointmentId, 'change-appointment');
  if (isFailed(found)) return found;
  return found.appointment.serviceId === serviceId ? found.appointment : failedField('invalid-request', 'serviceId', 'is not the service of the appointment');
}

/** What the free times are looked for by. An appointment that is to be moved stays as long as it was booked, for as many. */
export function termsToList(
  service: BookableService,
  business: Business,
  asked: number | undefined,
  moving: AppointmentRecord | null,
): { readonly terms: SlotTerms; readonly seats: number } | Failed {
  const now = termsOf(service, business);
  const terms = moving === null ? now : keepingBooked(now, moving);
  const seats = asked ?? moving?.seats ?? 1;
  return seats > terms.capacity ? failedField('invalid-request', 'seats', `must be at most ${terms.capacity} for this service`) : { terms, seats };
}

/** What is offered, as long as it is with what is done along; for an appointment that is to be moved its own service, whatever has become of that: it keeps what it has. */
export function serviceToList(
  catalogs: Catalogs['catalog'],
  { serviceId, addOnIds = [] }: { readonly serviceId: string; readonly addOnIds?: readonly string[] | undefined },
  principal: Principal | null,
  moving: AppointmentRecord | null,
): BookableService | Failed {
  const booked = moving === null ? undefined : catalogs.snapshotWithArchived().services.get(moving.serviceId);
  if (booked !== undefined) return addOnIds.length === 0 ? booked : failedField('invalid-request', 'addOnIds', 'stay as they are when an appointment is moved');
  const service = serviceToBook(catalogs.snapshot(), serviceId, principal);
  const chosen = isFailed(service) ? service : chosenOf(service, addOnIds, principal);
  return isFailed(chosen) ? chosen : chosen.service;
}

/**
 * The staff members who are named, else all who do the service. If there are none, nothing is free; that is no mistake. The one who has the appointment that is to be
 * moved may keep it, whatever else they do by now, as in `claimToMove`.
 */
export function staffAsked(
  catalogs: Catalogs['catalog'],
  { staffId: named, locationId }: Pick<SlotsAsked, 'staffId' | 'locationId'>,
  service: BookableService,
  moving: AppointmentRecord | null,
): readonly StaffMember[] | Failed {
  const catalog = catalogs.snapshot();
  if (locationId !== undefined && !catalog.locations.has(locationId)) return failedField('not-found', 'locationId', 'is not a location');
  // Who did a service that is not offered any more is known to the catalog of everything only.
  const doers = moving === null ? catalog : catalogs.snapshotWithArchived();
  const isThere = (member: StaffMember) => catalog.staff.has(member.id) && (locationId === undefined || member.locationId === locationId);
  if (named === undefined && moving === null) return whoDoes(catalog, service).filter(isThere);
  if (named === undefined) {
    const able = new Set(whoDoes(doers, service));
    return [...doers.staff.values()].filter((member) => (able.has(member) || member.id === moving?.staffId) && isThere(member));
  }
  const staff: StaffMember[] = [];
  for (const staffId of new Set(named)) {
    const has = staffId === moving?.staffId ? catalog.staff.get(staffId) : undefined;
    const found = has !== undefined && isThere(has) ? [has] : staffToBook(catalog.staff.has(staffId) ? doers : catalog, service, { staffId, locationId });
    if (isFailed(found)) return found;
    staff.push(...found);
  }
  return staff;
}

/** The zone of the location that is asked for, of the first person, or of the first location there is. */
export function zoneOfAsked(catalog: Catalog, asked: Pick<SlotsAsked, 'locationId'>, staff: readonly StaffMember[]): string {
  const locationId = asked.locationId ?? staff[0]?.locationId;
  const [first] = catalog.locations.values();
  return (locationId === undefined ? first : catalog.locations.get(locationId))?.timeZone ?? 'UTC';
}

/** One day of hundreds of people may have more than fits. Every start is listed then, with as many of those who could take it as there is room for. */
function asManyAsFit(starts: readonly SlotRow[]): { readonly listed: readonly SlotRow[]; readonly omitted: number } {
  if (starts.length <= MOST_SLOTS_ANSWERED) return { listed: starts, omitted: 0 };
  const moments = new Set(starts.map(({ at }) => at)).size;
  const ofEach = Math.max(1, Math.floor(MOST_SLOTS_ANSWERED / moments));
  const named = new Map<Instant, number>();
  const listed = starts.filter(({ at }) => {
    const already = named.get(at) ?? 0;
    named.set(at, already + 1);
    return already < ofEach;
  });
  return { listed, omitted: starts.length - listed.length };
}

function startsUntil(end: number, found: readonly CalendarSlots[], minutesOf: ReadonlyMap<string, number>): readonly SlotRow[] {
  const starts = found.flatMap(({ staffId, startsAt, remaining, resourceIds }) =>
    startsAt.flatMap((at, index) =>
      at < end ? [{ at, minutes: minutesOf.get(staffId) ?? 0, staffId, resourceId: resourceIds?.[index], remaining: remaining[index] ?? 1 }] : [],
    ),
  );
  if (found.length > 1) starts.sort((one, other) => one.at - other.at);
  return starts;
}

function daysOf(starts: readonly Instant[], timeZone: string): NonNullable<SlotsReply['days']> {
  return countByDay(starts, timeZone).map(({ date, count, morning, afternoon }) => ({ date, slots: count, morning, afternoon }));
}

/** Every rule, and whether it is kept. What stands in the way of a slot is told to staff only. */
export async function explainSlot(parts: Pick<Looking, 'catalog' | 'scheduler'>, caller: Caller, asked: ExplainAsked): Promise<Reply<ExplainReply>> {
  const catalog = parts.catalog.snapshot();
  const service = serviceToList(parts.catalog, asked, caller.principal, null);
  if (isFailed(service)) return service;
  const staff = staffToBook(catalog, service, { staffId: asked.staffId, locationId: undefined });
  if (isFailed(staff)) return staff;
  const [member] = staff;
  const seats = asked.seats ?? 1;
  if (seats > service.capacity) return failedField('invalid-request', 'seats', `must be at most ${service.capacity} for this service`);
  if (member === undefined) return failed('not-found');
  const [candidate] = candidatesToList(parts, service, [member], null);
  // Without anything to take along it is not offered; the other rules are told all the same.
  const ask = listedBy(candidate ?? candidateOf(member), { terms: termsOf(service, catalog.business), startsAt: asked.startsAt, seats });
  const told = await parts.scheduler.explain(ask);
  if (told === undefined) return failed('not-found');
  const found = candidate === undefined ? withNoneLeft(told) : told;
  const mayKnow = may(caller.principal, 'see-busy-times', { staffId: member.id, locationId: member.locationId });
  const rules = found.rules.map(({ rule, ok, detail }) => ({
    rule,
    ok,
    ...(detail !== undefined && (rule !== 'slot-taken' || mayKnow) && { detail }),
  }));
  return done({ bookable: found.bookable, rules, revision: found.revision });
}

type Explained = NonNullable<Awaited<ReturnType<Looking['scheduler']['explain']>>>;

function withNoneLeft(told: Explained): Explained {
  const rules = told.rules.map((outcome) => (outcome.rule === 'outside-hours' ? { ...outcome, ok: false, detail: NONE_LEFT } : outcome));
  return { ...told, bookable: false, rules };
}
