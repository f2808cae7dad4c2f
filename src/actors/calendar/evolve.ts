import type { ClaimDetails } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { CalendarEvent, Hold } from './calendar.ts';
import { type CalendarState, ENDED_HOLDS, firstExpiry, type HoldEnd, WRITTEN_RECORDS } from './calendar-state.ts';
import { type FactSteps, foldFact } from './fold-fact.ts';

/** Takes a fact in. Never refuses: what has happened has happened. */
export function evolve(calendar: CalendarState, event: CalendarEvent): void {
  foldFact(IN_MEMORY, calendar, calendar.id, event);
}

/** Takes in a change that is durable, on the revision before it. */
export function takeIn(calendar: CalendarState, { events, revision, at }: CalendarChange): void {
  for (const event of events) evolve(calendar, event);
  calendar.revision = revision;
  calendar.changedAt = at;
}

const IN_MEMORY: FactSteps<CalendarState> = {
  addClaim(calendar, claim, details) {
    calendar.claims.add(claim);
    keepDetails(calendar, claim.id, details);
  },
  changeClaim(calendar, claim, details) {
    calendar.claims.add(claim);
    keepDetails(calendar, claim.id, details);
  },
  moveClaim(calendar, claim, details) {
    calendar.claims.add(claim);
    keepDetails(calendar, claim.id, details);
  },
  freeClaim(calendar, id) {
    calendar.claims.remove(id);
    calendar.blockReasons.delete(id);
  },
  endHold(calendar, id, end) {
    const hold = calendar.holds.get(id);
    calendar.claims.remove(id);
    calendar.holds.delete(id);
    forgetExpiry(calendar, hold);
    rememberEnd(calendar, id, end);
  },
  /** Records of appointments are in the database only; which revision wrote them tells whether one that was read is still the last. */
  record(calendar, { id }) {
    calendar.writtenRecords.delete(id);
    calendar.writtenRecords.set(id, calendar.revision + 1);
    if (calendar.writtenRecords.size <= WRITTEN_RECORDS) return;
    for (const [oldest, revision] of calendar.writtenRecords) {
      calendar.writtenRecords.delete(oldest);
      calendar.recordsKnownFrom = Math.max(calendar.recordsKnownFrom, revision);
      break;
    }
  },
  setHours(calendar, hours) {
    calendar.hours = hours;
  },
};

function keepDetails(calendar: CalendarState, id: string, details: ClaimDetails): void {
  if (details === null) return;
  if ('expiresAt' in details) keepHold(calendar, details);
  else if (details.reason !== null) calendar.blockReasons.set(id, details.reason);
}

function keepHold(calendar: CalendarState, hold: Hold): void {
  const before = calendar.holds.get(hold.id);
  calendar.holds.set(hold.id, hold);
  forgetExpiry(calendar, before);
  calendar.nextExpiryAt = Math.min(calendar.nextExpiryAt, hold.expiresAt);
}

/** The next expiry is looked for again only if it was this hold's. */
function forgetExpiry(calendar: CalendarState, hold: Hold | undefined): void {
  if (hold !== undefined && hold.expiresAt <= calendar.nextExpiryAt) calendar.nextExpiryAt = firstExpiry(calendar.holds.values());
}

function rememberEnd(calendar: CalendarState, holdId: string, end: HoldEnd): void {
  calendar.endedHolds.set(holdId, end);
  if (calendar.endedHolds.size <= ENDED_HOLDS) return;
  for (const oldest of calendar.endedHolds.keys()) {
    calendar.endedHolds.delete(oldest);
    break;
  }
}
