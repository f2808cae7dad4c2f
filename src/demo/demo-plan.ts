// Who comes when in the demo: drawn once, before anything is asked of a calendar, so that the same day always gives the same demo.
import type { AppointmentStatus } from '../actors/calendar/calendar.ts';
import { DAY, type Instant, instant, MINUTE } from '../model/instant.ts';
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
  /** What becomes of it. */
  readonly fate: Exclude<AppointmentStatus, 'declined'>;
};
export type DemoBlock = { readonly login: string; readonly startsAt: Instant; readonly endsAt: Instant; readonly reason: string };
/** Both in the order of their starts. */
export type DemoPlan = { readonly appointments: readonly DemoAppointment[]; readonly blocks: readonly DemoBlock[] };

type Draw = { readonly chance: Chance; readonly now: Instant; readonly customers: readonly DemoCustomer[]; readonly exceptions: DemoExceptions };
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

export function drawPlan(chance: Chance, now: Instant, today: Temporal.PlainDate, exceptions: DemoExceptions): DemoPlan {
  const draw: Draw = { chance, now, customers: drawCustomers(chance), exceptions };
  const appointments: DemoAppointment[] = [];
  const blocks: DemoBlock[] = [];
  for (let day = -DEMO_PAST_DAYS; day <= DEMO_FUTURE_DAYS; day += 1) {
    for (const member of DEMO_STAFF) drawDay(draw, member, today.add({ days: day }), appointments, blocks);
  }
  return { appointments: withClara(appointments, now).toSorted((a, b) => a.startsAt - b.startsAt), blocks };
}

function drawDay(draw: Draw, member: DemoStaffMember, date: Temporal.PlainDate, appointments: DemoAppointment[], blocks: DemoBlock[]): void {
  const location = locationOf(member);
  const done: DemoAppointment[] = [];
  for (const [index, window] of windowsOn(member, location, date, draw.exceptions).entries()) {
    const span = { from: instantOf(date, window.from, location), to: instantOf(date, window.to, location) };
    const meets = date.dayOfWeek === 3 && index === 0 && member.weekly !== null && !member.ownHours;
    const meetingEndsAt = instant(span.from + 30 * MINUTE);
    if (meets) blocks.push({ login: member.login, startsAt: span.from, endsAt: meetingEndsAt, reason: 'Team meeting' });
    drawWindow(draw, member, span, meets ? { endsAt: meetingEndsAt, bufferAfterMinutes: 0 } : null, done);
  }
  appointments.push(...done);
}

/** Fills one window from its beginning to its end, with gaps. */
function drawWindow(draw: Draw, member: DemoStaffMember, span: Span, before: Busy | null, done: DemoAppointment[]): void {
  let busy = before;
  let free = busy?.endsAt ?? span.from;
  while (free < span.to) {
    if (!draw.chance.happens(fullness(draw.now, span.from))) {
      free = instant(free + draw.chance.pick([30, 45, 60, 90]) * MINUTE);
      continue;
    }
    const service = serviceNamed(draw.chance.pick(member.services));
    const startsAt = firstStart(service, span, free, busy);
    const endsAt = instant(startsAt + service.minutes * MINUTE);
    const isPossible = endsAt <= span.to && isBookable(draw.now, service, startsAt) && isUnderLimit(service, done);
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

/** How much of the time is taken: nearly all of the past and of today, less and less ahead. */
function fullness(now: Instant, at: Instant): number {
  const daysAhead = (at - now) / DAY;
  return daysAhead < 1 ? 0.72 : Math.max(0.12, 0.66 - daysAhead * 0.028);
}

function isBookable(now: Instant, service: DemoService, startsAt: Instant): boolean {
  if (startsAt < now) return true; // asked for with an override
  const isSoonEnough = service.horizonDays === null || startsAt < now + (service.horizonDays - 1) * DAY;
  return startsAt >= now + (service.leadTimeMinutes + 60) * MINUTE && isSoonEnough;
}

function isUnderLimit(service: DemoService, done: readonly DemoAppointment[]): boolean {
  return service.dailyLimit === null || done.filter((appointment) => appointment.service === service.name).length < service.dailyLimit;
}

function guests({ chance, customers }: Draw, service: DemoService): ReadonlySet<DemoCustomer> {
  const count = service.capacity === 1 ? 1 : chance.integer(2, service.capacity);
  return new Set(Array.from({ length: count }, () => chance.pick(customers)));
}

function drawAppointment({ chance, now }: Draw, member: DemoStaffMember, service: DemoService, startsAt: Instant, customer: DemoCustomer): DemoAppointment {
  const source = chance.pick(['online', 'online', 'online', 'desk', 'desk', 'integration'] as const);
  const notes = chance.happens(0.15) ? chance.pick(NOTES) : null;
  return { login: member.login, service: service.name, startsAt, customer, source, notes, fate: drawFate(chance, now, service, startsAt) };
}

function drawFate(chance: Chance, now: Instant, service: DemoService, startsAt: Instant): DemoAppointment['fate'] {
  const luck = chance.next();
  if (startsAt + service.minutes * MINUTE <= now) return luck < 0.85 ? 'completed' : luck < 0.92 ? 'no-show' : 'cancelled';
  if (startsAt <= now) return 'checked-in';
  if (luck < 0.05) return 'cancelled';
  return service.approval === 'manual' && luck < 0.7 ? 'pending' : 'booked';
}

/** The customer who can log in has been here before and comes again. */
function withClara(appointments: readonly DemoAppointment[], now: Instant): readonly DemoAppointment[] {
  const past = appointments.findLast((appointment) => appointment.login === 'ines' && appointment.fate === 'completed');
  const soon = appointments.find((appointment) => appointment.login === 'marta' && appointment.fate === 'booked' && appointment.startsAt > now + 2 * DAY);
  const later = appointments.find((appointment) => appointment.login === 'ines' && appointment.fate === 'booked' && appointment.startsAt > now + 4 * DAY);
  return appointments.map((appointment) =>
    appointment === past || appointment === soon || appointment === later ? { ...appointment, customer: DEMO_CLARA } : appointment,
  );
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
