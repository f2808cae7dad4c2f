// The one predicate. What is listed and what can be claimed both come from here.
import { valueAt } from './columns.ts';
import { startsOnGrid } from './grid.ts';
import { type Instant, instant } from './instant.ts';
import { conflictAt, seatsLeft, sittingTerms } from './seats.ts';
import { sittingStarts } from './sittings.ts';
import { isOpenFor, limitReachedOn, type SlotFrame } from './slot-frame.ts';
import { localDayOf } from './zone-offsets.ts';

/** Starts in order; `remaining` has the seats left of each. */
export type OfferedStarts = { readonly startsAt: Instant[]; readonly remaining: number[] };

/** Every start that the question allows. A start is bookable exactly if it is in here. */
export function offeredStarts(frame: SlotFrame): OfferedStarts {
  const { terms, question, grid, forbidden } = frame;
  const from = Math.max(question.from, frame.earliestAt);
  const fresh = question.seats <= terms.capacity ? startsOnGrid(grid, forbidden, from, question.to) : [];
  const sittings = terms.capacity > 1 ? joinableSittings(frame, from) : [];
  const allowed = datesAllowed(frame, from);
  const starts = allowed === undefined ? fresh : fresh.filter(allowed);
  if (sittings.length === 0) return { startsAt: starts, remaining: new Array(starts.length).fill(terms.capacity) };
  return withSittings(frame, starts, allowed === undefined ? sittings : sittings.filter(allowed));
}

/** Sittings with enough seats left, on the grid or not, each at its own start. */
function joinableSittings(frame: SlotFrame, from: number): number[] {
  const { world, question } = frame;
  const [claims] = world.claims;
  if (claims === undefined) return [];
  return sittingStarts(claims, sittingTerms(frame, 0), { from, to: question.to }, frame.ignored[0] ?? -1).filter(
    (startsAt) => isOpenFor(frame, startsAt) && seatsLeft(frame, startsAt) >= question.seats && conflictAt(frame, startsAt) === undefined,
  );
}

/** The claims of a sitting forbid its start to all others, so the two lists are disjoint. */
function withSittings(frame: SlotFrame, fresh: readonly number[], sittings: readonly number[]): OfferedStarts {
  const offered: OfferedStarts = { startsAt: [], remaining: [] };
  for (let left = 0, right = 0; left < fresh.length || right < sittings.length; ) {
    const isFresh = right >= sittings.length || (left < fresh.length && valueAt(fresh, left) < valueAt(sittings, right));
    const startsAt = isFresh ? valueAt(fresh, left++) : valueAt(sittings, right++);
    offered.startsAt.push(instant(startsAt));
    offered.remaining.push(isFresh ? frame.terms.capacity : seatsLeft(frame, startsAt));
  }
  return offered;
}

/** What horizon and limits say about a start; undefined if they have nothing to say about any in the range. */
function datesAllowed(frame: SlotFrame, from: number): ((startsAt: number) => boolean) | undefined {
  const { question, zone, lastDay, limits } = frame;
  const isLimited = limits.length > 0 && !question.waived.includes('limit-reached');
  // Where clocks go back across midnight a date comes twice, so the date after the last start of the range has to be allowed too.
  const isNear = localDayOf(zone, Math.max(from, question.to)) + 1 <= lastDay;
  if (!isLimited && isNear) return undefined;
  const open = new Map<number, boolean>();
  return (startsAt) => {
    const day = localDayOf(zone, startsAt);
    let isOpen = open.get(day);
    if (isOpen === undefined) {
      isOpen = day <= lastDay && !(isLimited && limitReachedOn(frame, day) !== undefined);
      open.set(day, isOpen);
    }
    return isOpen;
  };
}
