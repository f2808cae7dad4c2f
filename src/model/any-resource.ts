// Starts with any of several resources: the union of the starts with each.
import { type Instant, instant } from './instant.ts';
import type { OfferedStarts } from './offered-starts.ts';
import { listSlots, type SlotRange } from './slot-engine.ts';
import type { SlotWorld } from './slot-frame.ts';
import type { SlotTerms } from './slot-terms.ts';

/** `which`: by start, the first of the resources, as a position in their order, with which it is offered. */
export type OfferedWithAny = OfferedStarts & { readonly which: number[] };

type Offered = { readonly startsAt: Instant; readonly remaining: number; readonly which: number };

/** `worlds`: that of a calendar with each of the resources, in their order; `without`: the same with none. Each has a grid of its own where starts are packed. */
export function listWithAny(without: SlotWorld, worlds: Iterable<SlotWorld>, terms: SlotTerms, range: SlotRange): OfferedWithAny {
  // With a fixed grid and exclusive slots a resource only removes starts, so no others can be found.
  const isBounded = terms.grid === 'fixed' && terms.capacity === 1;
  const most = isBounded ? listSlots(without, terms, range).startsAt.length : Number.POSITIVE_INFINITY;
  const found = new Map<number, Offered>();
  let which = 0;
  for (const world of worlds) {
    if (found.size >= most) break;
    const { startsAt, remaining } = listSlots(world, terms, range);
    for (const [index, at] of startsAt.entries()) if (!found.has(at)) found.set(at, { startsAt: at, remaining: remaining[index] ?? 1, which });
    which += 1;
  }
  const inOrder = [...found.values()].sort((one, other) => one.startsAt - other.startsAt);
  return {
    startsAt: inOrder.map(({ startsAt }) => instant(startsAt)),
    remaining: inOrder.map(({ remaining }) => remaining),
    which: inOrder.map((offered) => offered.which),
  };
}
