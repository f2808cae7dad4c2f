// Who comes when in the demo: drawn before anything is asked of a calendar, from nothing but the date, so that one day has one demo.
import type { AppointmentStatus } from '../model/appointment-status.ts';
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import type { Chance } from './chance.ts';
import { DEMO_LOCATIONS, DEMO_SERVICES, DEMO_STAFF, type DemoLocation, type DemoService, type DemoStaffMember } from './demo-business.ts';
import { DEMO_CLARA, type DemoCustomer, drawCustomers } from './demo-customers.ts';
import { type DemoExceptions, windowsOn } from './demo-hours.ts';

export const DEMO_PAST_DAYS = 21;
export const DEMO_FUTURE_DAYS = 21;

export type DemoAppointment = {
  readonly login: string;
  readonly service: string;
  readonly startsAt: Instant;
  readonly customer: DemoCustomer;
  readonly source: 'online' | 'desk' | 'integration';
  readonly notes: string | null;
  /** In [0, 1): with the time, it says what becomes of it. */
  readonly luck: number;
};
export type DemoFate = Exclude<AppointmentStatus, 'declined'>;
type DemoBlock = { readonly login: string; readonly startsAt: Instant; readonly endsAt: Instant; readonly reason: string };
/** Both in the order of their starts. */
export type DemoPlan = { readonly appointments: readonly DemoAppointment[]; readonly blocks: readonly DemoBlock[] };

type Draw = { readonly chance: Chance; readonly customers: readonly DemoCustomer[]; readonly exceptions: DemoExceptions };
/** Days from today; negative is past. */
type DrawDay = Draw & { readonly day: number };
type Busy = { readonly endsAt: Instant; readonly bufferAfterMinutes: number };
type Span = { readonly from: Instant; readonly to: Instant };

const NOTES = [
  'First visit.',
  'Prefers the chair by the window.',
  'Sensitive skin.',
  'Running ten minutes late is fine.',
  'Wants the same as last time.',
  'Allergic to almond oil.',
];

export function drawPlan(chance: Chance, today: Temporal.PlainDate, exceptions: DemoExceptions): DemoPlan {
  const draw: Draw = { chance, customers: drawCustomers(chance), exceptions };
  const days: DemoAppointment[][] = [];
  const blocks: DemoBlock[] = [];
  for (let day = -DEMO_PAST_DAYS; day <= DEMO_FUTURE_DAYS; day += 1) {
    const date = today.add({ days: day });
    const appointments = DEMO_STAFF.flatMap((member) => drawDay({ ...draw, day }, member, date, blocks));
    days.push(appointments.toSorted((a, b) => a.startsAt - b.startsAt));
  }
  return { appointments: withClara(days), blocks };
}

/** What has become of it by now. */
export function fateOf({ service, startsAt, luck }: DemoAppointment, now: Instant): DemoFate {
  const { minutes, approval } = serviceNamed(service);
  if (startsAt + minutes * MINUTE <= now) return luck < 0.85 ? 'completed' : luck < 0.92 ? 'no-show' : 'cancelled';
  if (startsAt <= now) return 'checked-in';
  if (luck > 0.95) return 'cancelled';
  return approval === 'manual' && luck < 0.6 ? 'pending' : 'booked';
}

function drawDay(draw: DrawDay, member: DemoStaffMember, date: Temporal.PlainDate, blocks: DemoBlock[]): DemoAppointment[] {
  const location = locationOf(member);
  const done: DemoAppointment[] = [];
  for (const [index, window] of windowsOn(member, location, date, draw.exceptions).entries()) {
    const span = { from: instantOf(date, window.from, location), to: instantOf(date, window.to, location) };
    const meets = date.dayOfWeek === 3 && index === 0 && member.weekly !== null && !member.ownHours;
    const meetingEndsAt = instant(span.from + 30 * MINUTE);
    if (meets) blocks.push({ login: member.login, startsAt: span.from, endsAt: meetingEndsAt, reason: 'Team meeting' });
    drawWindow(draw, member, span, meets ? { endsAt: meetingEndsAt, bufferAfterMinutes: 0 } : null, done);
  }
  return done;
}

/** Fills one window from its beginning to its end, with gaps. */
function drawWindow(draw: DrawDay, member: DemoStaffMember, span: Span, before: Busy | null, done: DemoAppointment[]): void {
  let busy = before;
  let free = busy?.endsAt ?? span.from;
  while (free < span.to) {
    if (!draw.chance.happens(fullness(draw.day))) {
      free = instant(free + draw.chance.pick([30, 45, 60, 90]) * MINUTE);
      continue;
    }
    const service = serviceNamed(draw.chance.pick(member.services));
    const startsAt = firstStart(service, span, free, busy);
    const endsAt = instant(startsAt + service.minutes * MINUTE);
    const isPossible = endsAt <= span.to && isBookable(service, draw.day) && isUnderLimit(service, done);
    if (isPossible) {
      for (const customer of guests(draw, service)) done.push(drawAppointment(draw, member, service, startsAt, customer));
      busy = { endsAt, bufferAfterMinutes: service.bufferAfterMinutes };
    }
    free = isPossible ? endsAt : instant(free + 30 * MINUTE);
  }
}

/** The first start on the service's grid that keeps clear of what comes before; a grid of kind `pack` begins where that ends. */
function firstStart(service: DemoService, span: Span, free: Instant, busy: Busy | null): Instant {
  const gapMinutes = busy === null ? 0 : Math.max(busy.bufferAfterMinutes, service.bufferBeforeMinutes);
  const clear = busy === null ? span.from : busy.endsAt + gapMinutes * MINUTE;
  const anchor = service.grid === 'pack' ? clear : span.from;
  const interval = service.slotIntervalMinutes * MINUTE;
  return instant(anchor + Math.max(0, Math.ceil((Math.max(free, clear) - anchor) / interval)) * interval);
}

/** How much of the time is taken: most of the past and of today, less and less ahead. */
function fullness(day: number): number {
  return day < 1 ? 0.72 : Math.max(0.12, 0.66 - day * 0.028);
}

/** Far enough ahead for anybody to have booked it online; of the past nobody asks. */
function isBookable({ leadTimeMinutes, horizonDays }: DemoService, day: number): boolean {
  if (day < 0 || leadTimeMinutes === 0) return horizonDays === null || day < horizonDays;
  return day > Math.ceil(leadTimeMinutes / (24 * 60)) + 1 && (horizonDays === null || day < horizonDays);
}

function isUnderLimit(service: DemoService, done: readonly DemoAppointment[]): boolean {
  return service.dailyLimit === null || done.filter((appointment) => appointment.service === service.name).length < service.dailyLimit;
}

function guests({ chance, customers }: Draw, service: DemoService): ReadonlySet<DemoCustomer> {
  const count = service.capacity === 1 ? 1 : chance.integer(2, service.capacity);
  return new Set(Array.from({ length: count }, () => chance.pick(customers)));
}

function drawAppointment({ chance }: Draw, member: DemoStaffMember, service: DemoService, startsAt: Instant, customer: DemoCustomer): DemoAppointment {
  const source = chance.pick(['online', 'online', 'online', 'desk', 'desk', 'integration'] as const);
  const notes = chance.happens(0.15) ? chance.pick(NOTES) : null;
  return { login: member.login, service: service.name, startsAt, customer, source, notes, luck: chance.next() };
}

/**
 * The customer who can log in has been here before and comes again: the day of each visit, counted from today, and whom she goes to. Where
 * none of them has anything on that day, she comes on the next day away from today on which one has.
 */
const CLARAS_VISITS: readonly { readonly day: number; readonly logins: readonly string[] }[] = [
  { day: -12, logins: ['ines', 'tiago'] },
  { day: -5, logins: ['marta', 'ines', 'tiago'] },
  { day: 2, logins: ['ines', 'tiago', 'marta'] },
  { day: 7, logins: ['marta', 'ines', 'tiago'] },
];
const GOOD_LUCK = 0.5;

function withClara(days: readonly (readonly DemoAppointment[])[]): readonly DemoAppointment[] {
  const hers = new Set<DemoAppointment>();
  for (const { day, logins } of CLARAS_VISITS) {
    const onwards = day < 0 ? days.slice(0, day + DEMO_PAST_DAYS + 1).toReversed() : days.slice(day + DEMO_PAST_DAYS);
    const visit = onwards.flatMap((appointments) => firstWith(appointments, logins)).find((appointment) => !hers.has(appointment));
    if (visit !== undefined) hers.add(visit);
  }
  return days.flat().map((appointment) => (hers.has(appointment) ? { ...appointment, customer: DEMO_CLARA, luck: GOOD_LUCK } : appointment));
}

/** Of one day: the first appointment with each of them, in the order of the logins. */
function firstWith(appointments: readonly DemoAppointment[], logins: readonly string[]): readonly DemoAppointment[] {
  return logins.flatMap((login) => appointments.find((appointment) => appointment.login === login) ?? []);
}

function locationOf(member: DemoStaffMember): DemoLocation {
  const location = DEMO_LOCATIONS.find((entry) => entry.name === member.location);
  if (location === undefined) throw new Error(`the demo has no location ${member.location}`);
  return location;
}

function serviceNamed(name: string): DemoService {
  const service = DEMO_SERVICES.find((entry) => entry.name === name);
  if (service === undefined) throw new Error(`the demo has no service ${name}`);
  return service;
}

function instantOf(date: Temporal.PlainDate, time: string, location: DemoLocation): Instant {
  const day = time === '24:00' ? date.add({ days: 1 }) : date;
  const plainTime = Temporal.PlainTime.from(time === '24:00' ? '00:00' : time);
  return instant(day.toZonedDateTime({ timeZone: location.timeZone, plainTime }).epochMilliseconds);
}
