import type { CalendarHours } from '../../model/calendar-hours.ts';
import { ClaimTimes } from '../../model/claim-times.ts';
import { DAY, type Instant, instant } from '../../model/instant.ts';
import type { SlotWorld } from '../../model/slot-frame.ts';
import type { StoredCalendar } from '../ports.ts';
import type { Hold } from './calendar.ts';

/** Claims that ended longer ago stay in the database only: no decision made today can conflict with them. */
export const CLAIMS_KEPT_DAYS = 40;

/** Claims that end after this are in memory. */
export function claimsKeptFrom(at: Instant): Instant {
  return instant(at - CLAIMS_KEPT_DAYS * DAY);
}

/** How many ended holds a calendar remembers, to tell expired from unknown ones. */
export const ENDED_HOLDS = 256;

/** Of how many appointments a calendar remembers which revision wrote their record last. */
export const WRITTEN_RECORDS = 256;

/** How a hold ended, for later requests about it. */
export type HoldEnd = 'expired' | 'released' | 'booked';

/**
 * A calendar in memory. Claims are columns; only what a decision needs beside them is kept as objects.
 * `evolve` changes it in place: one copy per calendar is the point of an actor. `Provisional` undoes decisions that did not become durable; a wrong state is loaded again.
 */
export type CalendarState = {
  readonly id: string;
  readonly shard: number;
  revision: number;
  /** When the last change was decided; the next one is never earlier. */
  changedAt: Instant;
  hours: CalendarHours;
  readonly claims: ClaimTimes;
  readonly holds: Map<string, Hold>;
  /** No hold ends before this moment, so due holds are looked for only after it. */
  nextExpiryAt: number;
  readonly blockReasons: Map<string, string>;
  /** The last holds that ended, oldest first; bounded. */
  readonly endedHolds: Map<string, HoldEnd>;
  /** The revisions that wrote the last records, by appointment, oldest first; bounded. */
  readonly writtenRecords: Map<string, number>;
  /** Up to this revision it is not remembered which records were written. */
  recordsKnownFrom: number;
};

export function stateOf(stored: StoredCalendar): CalendarState {
  const claims = new ClaimTimes();
  for (const claim of stored.claims) claims.add(claim);
  return {
    id: stored.id,
    shard: stored.shard,
    revision: stored.revision,
    changedAt: stored.changedAt,
    hours: stored.hours,
    claims,
    holds: new Map(stored.holds.map((hold) => [hold.id, hold])),
    nextExpiryAt: firstExpiry(stored.holds),
    blockReasons: new Map(stored.blockReasons),
    endedHolds: new Map(),
    writtenRecords: new Map(),
    recordsKnownFrom: stored.revision,
  };
}

/** To decide what has not happened yet on what is not there yet. */
export function copyOf(state: CalendarState): CalendarState {
  const claims = new ClaimTimes();
  for (let index = 0; index < state.claims.size; index += 1) claims.add(state.claims.claimAt(index));
  const { holds, blockReasons, endedHolds, writtenRecords } = state;
  const maps = { holds: new Map(holds), blockReasons: new Map(blockReasons), endedHolds: new Map(endedHolds), writtenRecords: new Map(writtenRecords) };
  return { ...state, ...maps, claims };
}

/** A calendar before its first change, for reading the change log from the beginning. */
export function emptyState(id: string, hours: CalendarHours): CalendarState {
  return stateOf({ id, shard: 0, revision: 0, changedAt: 0 as Instant, hours, claims: [], holds: [], blockReasons: new Map() });
}

/** When the first of these holds ends. Infinity without any. */
export function firstExpiry(holds: Iterable<Hold>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const hold of holds) first = Math.min(first, hold.expiresAt);
  return first;
}

/** Calendars that are looked at together, by their ids. */
export type CalendarStates = ReadonlyMap<string, CalendarState>;
export const NO_OTHERS: CalendarStates = new Map();

type Looked = Pick<CalendarState, 'id' | 'hours' | 'claims'>;

/** The input of the slot engine. `resource`: the state of the resource. */
export function worldOf(calendar: Looked, resource?: Looked): SlotWorld {
  const { id, hours, claims } = calendar;
  if (resource === undefined) return { hours, claims: [claims], along: [undefined] };
  return { hours, claims: [claims, resource.claims], along: [resource.id, id], resourceHours: [resource.hours] };
}
