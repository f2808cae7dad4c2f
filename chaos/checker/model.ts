// A calendar, played from its feed and from nothing else. Deliberately simple: a list of all claims there ever were, each with the revisions it lived through.
import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { Change, FeedLine } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';

/** One claim as it was from one revision, included, to another, not included. A claim that changes is a new version. Times in milliseconds since 1970. */
export type ClaimVersion = {
  readonly id: string;
  readonly kind: 'hold' | 'appointment' | 'block';
  readonly startsAt: number;
  readonly endsAt: number;
  readonly lane: number;
  readonly seats: number;
  readonly serviceId: string | null;
  readonly status: string | null;
  readonly expiresAt: number | null;
  /** It says that it was put over others on purpose. */
  readonly isOver: boolean;
  readonly from: number;
  /** From when on it has had this time. */
  readonly since: number;
  until: number;
};
export type CalendarModel = {
  readonly calendarId: string;
  readonly era: string;
  readonly head: number;
  readonly versions: readonly ClaimVersion[];
  /** Every version of one claim, oldest first. */
  readonly byId: ReadonlyMap<string, readonly ClaimVersion[]>;
  readonly changes: readonly Change[];
};

export type Played = { readonly model: CalendarModel; readonly violations: readonly Violation[] };

/** `roomId`: it is the calendar of that room. */
export function playFeed(feed: FeedLine, roomId: string | null): Played {
  const player = new Player(feed.calendarId, roomId);
  for (const change of feed.changes) for (const event of change.events) player.play(event, change.revision);
  const { calendarId, era, revision, changes } = feed;
  const byId = Map.groupBy(player.versions, ({ id }) => id);
  return { model: { calendarId, era, head: revision, versions: player.versions, byId, changes }, violations: player.violations };
}

/** The claims that live at a revision. */
export function liveAt(versions: readonly ClaimVersion[], revision: number): ClaimVersion[] {
  return versions.filter(({ from, until }) => from <= revision && revision < until);
}

export function overlaps(one: { readonly startsAt: number; readonly endsAt: number }, other: { readonly startsAt: number; readonly endsAt: number }): boolean {
  return one.startsAt < other.endsAt && other.startsAt < one.endsAt;
}

/** Where a claim stands: with a staff member, and in a room that is taken along. */
type Place = Pick<ChangeEventReply, 'calendarId' | 'resourceId'>;

class Player {
  readonly versions: ClaimVersion[] = [];
  readonly violations: Violation[] = [];
  readonly #calendarId: string;
  readonly #roomId: string | null;
  readonly #live = new Map<string, ClaimVersion>();

  constructor(calendarId: string, roomId: string | null) {
    this.#calendarId = calendarId;
    this.#roomId = roomId;
  }

  play(event: ChangeEventReply, revision: number): void {
    const { holdId, appointmentId, blockId } = event;
    const id = appointmentId ?? holdId ?? blockId ?? '';
    switch (event.type) {
      case 'hold.placed':
      case 'block.added':
        if (this.#live.has(id)) this.#impossible(event, revision, 'it is there already');
        return this.#put(id, event, revision);
      case 'appointment.requested':
      case 'appointment.booked':
        if (holdId !== undefined) this.#remove(holdId, event, revision);
        return this.#put(id, event, revision);
      case 'hold.renewed':
      case 'payment.begun':
      case 'appointment.checked-in':
      case 'appointment.completed':
      case 'appointment.no-show':
      case 'appointment.reopened':
        if (!this.#live.has(id)) this.#impossible(event, revision, 'it is not there');
        return this.#put(id, event, revision);
      case 'hold.released':
      case 'hold.expired':
      case 'appointment.cancelled':
      case 'appointment.declined':
      case 'block.removed':
        return this.#remove(id, event, revision);
      case 'appointment.rescheduled':
      case 'appointment.edited':
        return this.#move(id, event, revision);
      case 'hours.changed':
      case 'external.changed':
        return;
      default:
        event.type satisfies never;
    }
  }

  #isHere({ calendarId, resourceId }: Place): boolean {
    return calendarId === this.#calendarId || (this.#roomId !== null && resourceId === this.#roomId);
  }

  /** An edit that leaves it in its place takes no time anew. */
  #move(id: string, event: ChangeEventReply, revision: number): void {
    const before = this.#live.get(id);
    if (event.from !== undefined && this.#isHere(event.from)) this.#remove(id, event, revision);
    if (!this.#isHere(event)) return;
    const isEdited = event.type === 'appointment.edited' && before?.isOver === (event.overlaps === true);
    this.#put(id, event, revision, isEdited ? before : undefined);
  }

  #put(id: string, event: ChangeEventReply, revision: number, before = this.#live.get(id)): void {
    if (before !== undefined) before.until = revision;
    const startsAt = Date.parse(event.startsAt ?? '');
    const endsAt = Date.parse(event.endsAt ?? '');
    const hasItsTime = before?.startsAt === startsAt && before.endsAt === endsAt;
    const version: ClaimVersion = {
      id,
      kind: event.blockId !== undefined ? 'block' : event.appointmentId !== undefined ? 'appointment' : 'hold',
      startsAt,
      endsAt,
      lane: event.lane ?? 0,
      seats: event.seats ?? 1,
      serviceId: event.serviceId ?? null,
      status: event.status ?? null,
      expiresAt: event.expiresAt === undefined ? null : Date.parse(event.expiresAt),
      isOver: event.overlaps === true,
      from: revision,
      since: hasItsTime ? before.since : revision,
      until: Number.POSITIVE_INFINITY,
    };
    this.#live.set(id, version);
    this.versions.push(version);
  }

  #remove(id: string, event: ChangeEventReply, revision: number): void {
    const before = this.#live.get(id);
    if (before === undefined) return this.#impossible(event, revision, 'it is not there');
    before.until = revision;
    this.#live.delete(id);
  }

  #impossible({ type, appointmentId, holdId, blockId }: ChangeEventReply, revision: number, why: string): void {
    const id = appointmentId ?? holdId ?? blockId;
    this.violations.push(violation(5, `${type} of ${id} at revision ${revision} of calendar ${this.#calendarId}: ${why}`, { about: [id, this.#calendarId] }));
  }
}
