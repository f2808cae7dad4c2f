// Decisions that are not durable yet, with the state before them, so that they can be undone.
import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import type { Instant } from '../../model/instant.ts';
import type { CalendarEvent, Hold } from './calendar.ts';
import { type CalendarState, firstExpiry } from './calendar-state.ts';
import { evolve } from './evolve.ts';
import { type FactSteps, foldFact } from './fold-fact.ts';

/** A claim before a fact; all are undefined if there was none. */
type ClaimBefore = {
  readonly id: string;
  readonly claim: ClaimTime | undefined;
  readonly hold: Hold | undefined;
  readonly blockReason: string | undefined;
  readonly writtenBy: number | undefined;
};
type Taken = {
  /** The revision to which it leads. */
  readonly revision: number;
  readonly changedAtBefore: Instant;
  readonly hoursBefore: CalendarHours;
  readonly claimsBefore: readonly ClaimBefore[];
};

export class Provisional {
  /** In the order they were applied. */
  #taken: Taken[] = [];

  /** Applies the facts of the next revision. */
  take(calendar: CalendarState, events: readonly CalendarEvent[]): void {
    if (events.length === 0) return;
    const { revision, changedAt, hours } = calendar;
    const claimsBefore: ClaimBefore[] = [];
    for (const event of events) {
      foldFact(BEFORE, { calendar, found: claimsBefore }, calendar.id, event);
      evolve(calendar, event);
    }
    this.#taken.push({ revision: revision + 1, changedAtBefore: changedAt, hoursBefore: hours, claimsBefore });
  }

  /** The database has everything up to this revision. */
  becameDurable(revision: number): void {
    const kept = this.#taken.findIndex((taken) => taken.revision > revision);
    this.#taken.splice(0, kept < 0 ? this.#taken.length : kept);
  }

  /** Returns the calendar to its last durable revision; the ends of holds since then stay remembered. */
  takeBack(calendar: CalendarState): void {
    for (const { revision, changedAtBefore, hoursBefore, claimsBefore } of this.#taken.toReversed()) {
      for (const before of claimsBefore.toReversed()) restore(calendar, before);
      calendar.hours = hoursBefore;
      calendar.changedAt = changedAtBefore;
      calendar.revision = revision - 1;
    }
    calendar.nextExpiryAt = firstExpiry(calendar.holds.values());
    calendar.recordsKnownFrom = Math.min(calendar.recordsKnownFrom, calendar.revision);
    this.#taken = [];
  }
}

type Look = { readonly calendar: CalendarState; readonly found: ClaimBefore[] };

/** Records each claim that a fact is going to change. */
const BEFORE: FactSteps<Look> = {
  addClaim: (look, { id }) => lookAt(look, id),
  changeClaim: (look, { id }) => lookAt(look, id),
  moveClaim: (look, { id }) => lookAt(look, id),
  freeClaim: lookAt,
  endHold: lookAt,
  /** Always beside a step about its claim. */
  record() {},
  /** Hours are remembered with each revision. */
  setHours() {},
};

function lookAt({ calendar: { claims, holds, blockReasons, writtenRecords }, found }: Look, id: string): void {
  found.push({ id, claim: claims.get(id), hold: holds.get(id), blockReason: blockReasons.get(id), writtenBy: writtenRecords.get(id) });
}

function restore({ claims, holds, blockReasons, writtenRecords }: CalendarState, { id, claim, hold, blockReason, writtenBy }: ClaimBefore): void {
  if (claim === undefined) claims.remove(id);
  else claims.add(claim);
  putBack(holds, id, hold);
  putBack(blockReasons, id, blockReason);
  putBack(writtenRecords, id, writtenBy);
}

function putBack<Value>(map: Map<string, Value>, id: string, before: Value | undefined): void {
  if (before === undefined) map.delete(id);
  else map.set(id, before);
}
