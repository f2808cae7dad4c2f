// A calendar as the checker understands it: written from what the facts mean, not from the code that makes them.
import type { Appointment, Block, CalendarEvent, Hold } from '../../../src/actors/calendar/calendar.ts';

export type SmallClaim = {
  readonly id: string;
  readonly kind: 'hold' | 'appointment' | 'block';
  readonly startsAt: number;
  readonly endsAt: number;
  readonly lane: number;
  readonly seats: number;
  readonly capacity: number;
  readonly serviceId: string | null;
  readonly status: string | null;
  readonly expiresAt: number | null;
  readonly renewalsLeft: number;
  readonly reason: string | null;
  /** The other calendar on which it stands. */
  readonly partner: string | null;
  /** It says that it was put over others on purpose. */
  readonly isOver: boolean;
  /** The number of the fact that gave it its time here. */
  readonly since: number;
};
type Described = Omit<SmallClaim, 'since'>;
export type HoldEnd = 'expired' | 'released' | 'booked';

export class SmallCalendar {
  readonly id: string;
  readonly claims: ReadonlyMap<string, SmallClaim>;
  readonly timeOff: readonly { readonly id: string; readonly startsAt: number; readonly endsAt: number }[];
  /** Busy times elsewhere, in milliseconds. */
  readonly busy: readonly { readonly startsAt: number; readonly endsAt: number }[];
  readonly ended: ReadonlyMap<string, HoldEnd>;
  /** Its person or room is removed. */
  readonly isRetired: boolean;
  /** What the last change said that cannot be. */
  readonly complaints: readonly string[];
  /** How many facts there were. */
  readonly facts: number;

  constructor(id: string, now: Partial<Pick<SmallCalendar, 'claims' | 'timeOff' | 'busy' | 'ended' | 'isRetired' | 'complaints' | 'facts'>> = {}) {
    this.id = id;
    this.claims = now.claims ?? new Map();
    this.timeOff = now.timeOff ?? [];
    this.busy = now.busy ?? [];
    this.ended = now.ended ?? new Map();
    this.isRetired = now.isRetired ?? false;
    this.complaints = now.complaints ?? [];
    this.facts = now.facts ?? 0;
  }

  /** As it is after these facts. */
  after(events: readonly CalendarEvent[]): SmallCalendar {
    const step = new CalendarStep(this);
    for (const event of events) step.take(event);
    return new SmallCalendar(this.id, step);
  }

  /** Pairs of claims that must not be there together. */
  overlaps(): readonly string[] {
    const claims = [...this.claims.values()];
    return claims.flatMap((one, index) =>
      claims
        .slice(index + 1)
        .filter((other) => one.startsAt < other.endsAt && other.startsAt < one.endsAt && !areOfOneSession(one, other) && !isOnPurpose(one, other))
        .map((other) => `${one.kind} ${one.id} and ${other.kind} ${other.id}`),
    );
  }

  /** Whether the service could have that time. */
  isFree(
    slot: { readonly serviceId: string; readonly startsAt: number; readonly endsAt: number; readonly capacity: number; readonly partner?: string },
    ignored: string | null = null,
    isOver = false,
  ): boolean {
    if (this.isRetired) return false;
    const isMeant = (time: { readonly startsAt: number; readonly endsAt: number }) => time.startsAt < slot.endsAt && slot.startsAt < time.endsAt;
    const inTheWay = [...this.claims.values()].filter((claim) => claim.id !== ignored && isMeant(claim));
    if (isOver && slot.capacity === 1) return inTheWay.every(({ kind }) => kind !== 'hold');
    const isShared = (claim: SmallClaim) => claim.capacity > 1 && claim.serviceId === slot.serviceId && claim.startsAt === slot.startsAt;
    const session = inTheWay.filter((claim) => slot.capacity > 1 && isShared(claim) && claim.partner === (slot.partner ?? null));
    const seats = session.reduce((sum, claim) => sum + claim.seats, 0);
    return session.length === inTheWay.length && seats < slot.capacity && !this.timeOff.some(isMeant) && !this.busy.some(isMeant);
  }
}

/** The later of the two was put over the other, which is no hold. */
function isOnPurpose(one: SmallClaim, other: SmallClaim): boolean {
  const [earlier, later] = one.since < other.since ? [one, other] : [other, one];
  return later.isOver && earlier.kind !== 'hold';
}

/** Seats of one session may overlap, each in a lane of its own. */
function areOfOneSession(one: SmallClaim, other: SmallClaim): boolean {
  const isSession = one.capacity > 1 && one.serviceId !== null && one.serviceId === other.serviceId && one.startsAt === other.startsAt;
  return isSession && one.partner === other.partner && one.lane !== other.lane;
}

class CalendarStep {
  readonly #id: string;
  readonly claims: Map<string, SmallClaim>;
  readonly ended: Map<string, HoldEnd>;
  timeOff: SmallCalendar['timeOff'];
  busy: SmallCalendar['busy'];
  isRetired: boolean;
  readonly complaints: string[] = [];
  facts: number;

  constructor(before: SmallCalendar) {
    this.facts = before.facts;
    this.#id = before.id;
    this.claims = new Map(before.claims);
    this.ended = new Map(before.ended);
    this.timeOff = before.timeOff;
    this.busy = before.busy;
    this.isRetired = before.isRetired;
  }

  take(event: CalendarEvent): void {
    this.facts += 1;
    switch (event.type) {
      case 'hold.placed':
        return this.#place(claimOfHold(event.hold, this.#id));
      case 'hold.renewed':
      case 'payment.begun':
        return this.#replace(claimOfHold(event.hold, this.#id));
      case 'hold.released':
        return this.#endHold(event.hold.id, 'released');
      case 'hold.expired':
        return this.#endHold(event.hold.id, 'expired');
      case 'appointment.requested':
      case 'appointment.booked':
        if (event.holdId !== null) this.#endHold(event.holdId, 'booked');
        if (event.isNew && event.holdId === null) return this.#place(claimOfAppointment(event.appointment, this.#id));
        return event.isNew ? this.#addNew(claimOfAppointment(event.appointment, this.#id)) : this.#replace(claimOfAppointment(event.appointment, this.#id));
      case 'appointment.cancelled':
      case 'appointment.declined':
        return this.#remove(event.appointment.id);
      case 'appointment.checked-in':
      case 'appointment.completed':
      case 'appointment.no-show':
      case 'appointment.reopened':
        return this.#replace(claimOfAppointment(event.appointment, this.#id));
      case 'appointment.rescheduled':
        if (event.from.calendarId === this.#id || event.from.resource?.calendarId === this.#id) this.#remove(event.appointment.id);
        if (event.appointment.calendarId !== this.#id && event.appointment.resource?.calendarId !== this.#id) return;
        return this.#place(claimOfAppointment(event.appointment, this.#id));
      case 'appointment.edited':
        return this.#edit(event);
      case 'block.added':
        return this.#addNew(claimOfBlock(event.block));
      case 'block.removed':
        return this.#remove(event.block.id);
      case 'hours.changed':
        this.timeOff = event.hours.timeOff;
        return this.#retire(event.hours.retired === true);
      case 'external.changed':
        this.busy = busyIn(Object.values(event.hours.external ?? {}));
        return;
      default:
        event satisfies never;
    }
  }

  /** An edit that leaves its time may leave it where time off has come since. */
  #edit({ appointment, from }: Extract<CalendarEvent, { readonly from: unknown }>): void {
    const isHere = (place: typeof from) => place.calendarId === this.#id || place.resource?.calendarId === this.#id;
    const before = this.claims.get(appointment.id);
    if (isHere(from)) this.#remove(appointment.id);
    if (!isHere(appointment)) return;
    const claim = claimOfAppointment(appointment, this.#id);
    if (appointment.startsAt !== from.startsAt) this.complaints.push(`appointment ${appointment.id} was edited and has another start`);
    const isSame = isHere(from) && appointment.endsAt === from.endsAt && appointment.lane === from.lane;
    if (isSame && before?.isOver === claim.isOver) this.#add(claim, before.since);
    else this.#place(claim);
  }

  /** In time that is free of everything but what shares its session; what was held already may be booked all the same. */
  #place(claim: Described): void {
    if (claim.isOver) return this.#addNew(claim);
    const isMeant = (time: { readonly startsAt: number; readonly endsAt: number }) => time.startsAt < claim.endsAt && claim.startsAt < time.endsAt;
    if (this.timeOff.some(isMeant)) this.complaints.push(`${claim.kind} ${claim.id} was put into time off`);
    if (this.busy.some(isMeant)) this.complaints.push(`${claim.kind} ${claim.id} was put into time that is busy elsewhere`);
    this.#addNew(claim);
  }

  /** Who is removed takes no claim any more, and has no hold. */
  #retire(isRetired: boolean): void {
    this.isRetired = isRetired;
    const held = [...this.claims.values()].filter(({ kind }) => kind === 'hold');
    if (isRetired && held.length > 0) this.complaints.push(`it was removed and still has ${held.length} holds`);
  }

  #addNew(claim: Described): void {
    if (this.isRetired) this.complaints.push(`${claim.kind} ${claim.id} was put on what is removed`);
    this.#add(claim);
  }

  #add(claim: Described, since = this.facts): void {
    if (this.claims.has(claim.id)) this.complaints.push(`${claim.kind} ${claim.id} was there already`);
    this.claims.set(claim.id, { ...claim, since });
  }

  #replace(claim: Described): void {
    const before = this.claims.get(claim.id);
    if (before === undefined) this.complaints.push(`${claim.kind} ${claim.id} was not there`);
    this.claims.set(claim.id, { ...claim, since: before?.since ?? this.facts });
  }

  #remove(id: string): void {
    if (!this.claims.delete(id)) this.complaints.push(`claim ${id} was not there`);
  }

  #endHold(id: string, end: HoldEnd): void {
    this.#remove(id);
    this.ended.set(id, end);
  }
}

/** Minutes since the end of the one before, and its length, one after the other. */
function busyIn(calendars: readonly (readonly number[])[]): SmallCalendar['busy'] {
  return calendars.flatMap((numbers) => {
    let at = 0;
    const edges = numbers.map((minutes) => (at += minutes * 60_000));
    return edges.flatMap((startsAt, index) => (index % 2 === 0 ? [{ startsAt, endsAt: edges[index + 1] ?? startsAt }] : []));
  });
}

function claimOfHold(hold: Hold, on: string): Described {
  const { id, startsAt, endsAt, lane, seats, capacity, serviceId, state, expiresAt, renewalsLeft } = hold;
  const times = { startsAt, endsAt, lane, seats, capacity };
  return { id, kind: 'hold', ...times, serviceId, status: state, expiresAt, renewalsLeft, reason: null, partner: partnerOf(hold, on), isOver: false };
}

function claimOfAppointment(appointment: Appointment, on: string): Described {
  const { id, startsAt, endsAt, lane, seats, capacity, serviceId, status } = appointment;
  const times = { startsAt, endsAt, lane, seats, capacity };
  const rest = { expiresAt: null, renewalsLeft: 0, reason: null, partner: partnerOf(appointment, on), isOver: appointment.overlaps === true };
  return { id, kind: 'appointment', ...times, serviceId, status, ...rest };
}

function partnerOf({ calendarId, resource }: Hold | Appointment, on: string): string | null {
  return calendarId === on ? (resource?.calendarId ?? null) : calendarId;
}

function claimOfBlock({ id, startsAt, endsAt, reason }: Block): Described {
  const rest = { lane: 0, seats: 1, capacity: 1, serviceId: null, status: null, expiresAt: null, renewalsLeft: 0, reason, partner: null, isOver: false };
  return { id, kind: 'block', startsAt, endsAt, ...rest };
}
