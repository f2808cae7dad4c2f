// The starts that neighbours on a calendar forbid. A claim forbids an open interval of starts: at both ends a new appointment keeps exactly the required gap.
import type { ClaimShape, ClaimTimes } from './claim-times.ts';
import { valueAt } from './columns.ts';
import { MINUTE } from './instant.ts';
import type { Runs } from './runs.ts';
import type { SlotTerms } from './slot-terms.ts';

/** The requested appointment, in milliseconds. */
export type Spacing = { readonly lengthMs: number; readonly beforeMs: number; readonly afterMs: number; readonly bufferRule: SlotTerms['bufferRule'] };

/** Starts that are forbidden: open intervals in order. Touching ones stay apart, because the instant between them is free. */
export type ForbiddenStarts = { readonly after: readonly number[]; readonly before: readonly number[] };
export const NOTHING_FORBIDDEN: ForbiddenStarts = { after: [], before: [] };

export function spacingOf(terms: SlotTerms): Spacing {
  return {
    lengthMs: terms.minutes * MINUTE,
    beforeMs: terms.bufferBeforeMinutes * MINUTE,
    afterMs: terms.bufferAfterMinutes * MINUTE,
    bufferRule: terms.bufferRule,
  };
}

/** The least time between two neighbours: the earlier one's buffer after and the later one's buffer before, the larger or both. */
function gapBetween(bufferRule: SlotTerms['bufferRule'], afterEarlierMs: number, beforeLaterMs: number): number {
  return bufferRule === 'sum' ? afterEarlierMs + beforeLaterMs : Math.max(afterEarlierMs, beforeLaterMs);
}

/** Every start that lies later than this, and not later than `lastForbidden`, comes too near. Blocks, time off and busy times elsewhere have no buffers of their own. */
export function forbiddenAfter(startsAt: number, shape: ClaimShape, spacing: Spacing): number {
  const own = shape.kind === 'block' ? 0 : shape.bufferBeforeMinutes * MINUTE;
  return startsAt - gapBetween(spacing.bufferRule, spacing.afterMs, own) - spacing.lengthMs;
}

/** The first start that is free again. */
export function forbiddenBefore(startsAt: number, shape: ClaimShape, spacing: Spacing): number {
  const own = shape.kind === 'block' ? 0 : shape.bufferAfterMinutes * MINUTE;
  return startsAt + shape.durationMs + gapBetween(spacing.bufferRule, own, spacing.beforeMs);
}

/** The positions, from the first up to but not including the second, of all claims that could forbid a start in [from, to). */
export function reachOf(claims: ClaimTimes, spacing: Spacing, from: number, to: number): readonly [number, number] {
  const first = claims.indexReaching(from - gapBetween(spacing.bufferRule, claims.longestBufferMs, spacing.beforeMs));
  const end = claims.indexStartingFrom(to + spacing.lengthMs + gapBetween(spacing.bufferRule, spacing.afterMs, claims.longestBufferMs));
  return [first, end];
}

type Range = { readonly spacing: Spacing; readonly from: number; readonly to: number };

/**
 * All that is forbidden in [from, to) by claims on any of the calendars, by time off and busy times elsewhere, and where a resource is not open; claims at the `ignored` position of their
 * calendar (-1: none) do not count.
 */
export function forbiddenStarts(
  calendars: readonly ClaimTimes[],
  ignored: readonly number[],
  { off, open }: { readonly off: readonly { readonly startsAt: number; readonly endsAt: number }[]; readonly open: readonly Runs[] },
  range: Range,
): ForbiddenStarts {
  const { spacing, from, to } = range;
  const found = new ForbiddenList();
  for (const [number, claims] of calendars.entries()) {
    const [first, end] = reachOf(claims, spacing, from, to);
    let lastShape: ClaimShape | undefined;
    let shapeForbidsAfter = 0;
    let shapeForbidsBefore = 0;
    for (let index = first; index < end; index += 1) {
      if (index === ignored[number]) continue;
      const startsAt = claims.startAt(index);
      // Neighbours mostly have the same shape, and then forbid the same time around their own starts.
      const shape = claims.shapeAt(index);
      if (shape !== lastShape) {
        lastShape = shape;
        shapeForbidsAfter = forbiddenAfter(0, shape, spacing);
        shapeForbidsBefore = forbiddenBefore(0, shape, spacing);
      }
      const after = startsAt + shapeForbidsAfter;
      const before = startsAt + shapeForbidsBefore;
      if (before > from && after < to) found.add(after, before);
    }
  }
  for (const { startsAt, endsAt } of off) {
    const after = startsAt - spacing.afterMs - spacing.lengthMs;
    const before = endsAt + spacing.beforeMs;
    if (before > from && after < to) found.add(after, before);
  }
  for (const windows of open) forbidClosed(found, windows, range);
  return found.inOrder();
}

/** What starts in [from, to) and does not lie within one window. At both ends of what is forbidden a start fits exactly. */
function forbidClosed(found: ForbiddenList, windows: Runs, { spacing, from, to }: Range): void {
  let last = from - 1;
  for (let index = 0; index < windows.length; index += 2) {
    const opensAt = valueAt(windows, index);
    const lastStart = valueAt(windows, index + 1) - spacing.lengthMs;
    if (lastStart < opensAt || lastStart < from) continue;
    if (opensAt > from && last < opensAt) found.add(last, opensAt);
    last = lastStart;
  }
  if (last < to) found.add(last, to);
}

/** Joins intervals as they come; claims of one calendar nearly always come in order. */
class ForbiddenList {
  readonly after: number[] = [];
  readonly before: number[] = [];
  #isInOrder = true;

  add(after: number, before: number): void {
    const last = this.before.length - 1;
    if (last >= 0 && valueAt(this.after, last) <= after && after < valueAt(this.before, last)) {
      if (before > valueAt(this.before, last)) this.before[last] = before;
      return;
    }
    if (last >= 0 && after < valueAt(this.after, last)) this.#isInOrder = false;
    this.after.push(after);
    this.before.push(before);
  }

  inOrder(): ForbiddenStarts {
    if (this.#isInOrder) return this;
    const order = Array.from(this.after.keys()).sort((one, other) => valueAt(this.after, one) - valueAt(this.after, other));
    const sorted = new ForbiddenList();
    for (const index of order) sorted.add(valueAt(this.after, index), valueAt(this.before, index));
    return sorted;
  }
}
