// What a calendar offers, and whether one start can be claimed. Pure: the same world, terms and moment always give the same answer.
import { type CalendarHours, zoneOf } from './calendar-hours.ts';
import type { ClaimTime } from './claim-times.ts';
import { DAY, type Instant, instant } from './instant.ts';
import { type OfferedStarts, offeredStarts } from './offered-starts.ts';
import { conflictAt, holdInTheWay, ownSitting, sittingMember } from './seats.ts';
import { freeSeat } from './sittings.ts';
import { type SlotFrame, type SlotQuestion, type SlotWorld, slotFrame, soonestAt } from './slot-frame.ts';
import { firstBroken, isOnlyOfResource, limitDetail, ruleOutcomes } from './slot-rules.ts';
import type { SlotTerms } from './slot-terms.ts';
import type { RuleOutcome, SlotRule } from './slots.ts';
import { localDayOf } from './zone-offsets.ts';

/** Asks for what starts in the half-open [from, to). */
export type SlotRange = Omit<SlotQuestion, 'waived'>;
/** Asks for one start. */
export type StartAsk = {
  readonly startsAt: Instant;
  readonly now: Instant;
  readonly seats: number;
  /** An appointment that is to be moved: neither busy nor counted. */
  readonly ignoreClaimId: string | null;
};
/** `remaining`: seats left before this claim; `lane`: the lowest free seat; `overlaps`: the time is taken, and it is put over what is there. */
export type SlotVerdict =
  | { readonly ok: true; readonly remaining: number; readonly lane: number; readonly overlaps?: true }
  | {
      readonly ok: false;
      readonly rule: SlotRule;
      /** What has the time; only with `slot-taken`, and not if more seats are requested than exist. */
      readonly conflict?: ClaimTime;
      /** Only of `limit-reached`: which limit, as a sentence. */
      readonly detail?: string;
      /** Only of `outside-hours`: it is the resource that is closed. */
      readonly isResourceClosed?: true;
    };

/** How far on either side alternatives are looked for: first close by, then further, never further than the last. */
const ALTERNATIVES_WITHIN = [DAY, 4 * DAY, 14 * DAY];

/** Every start in the range that can be claimed. The cost grows with the range and the claims in it, not with the claims elsewhere. */
export function listSlots(world: SlotWorld, terms: SlotTerms, range: SlotRange): OfferedStarts {
  if (range.from >= range.to) return { startsAt: [], remaining: [] };
  return offeredStarts(slotFrame(world, terms, { ...range, waived: [] }));
}

/**
 * Whether a list that was made earlier is still right if nothing has happened on the calendar since. Time alone takes starts away at its front, and adds some
 * where another local day has come within the horizon. `first`: of its starts.
 */
export function isListCurrent(hours: CalendarHours, terms: SlotTerms, first: Instant | undefined, madeAt: Instant, now: Instant): boolean {
  if (now < madeAt || (first !== undefined && first < Math.max(now, soonestAt(terms, now)))) return false;
  if (terms.horizonDays === null) return true;
  const zone = zoneOf(hours);
  return localDayOf(zone, now) === localDayOf(zone, madeAt);
}

/** Whether one start can be claimed: exactly if it is listed, or if all that it breaks is `waived`. */
export function judgeSlot(world: SlotWorld, terms: SlotTerms, ask: StartAsk & { readonly waived: readonly SlotRule[] }): SlotVerdict {
  const frame = frameOfStart(world, terms, ask, ask.waived);
  const { remaining } = offeredStarts(frame);
  if (remaining[0] !== undefined) return { ok: true, remaining: remaining[0], lane: freeSeat(ownSitting(frame, ask.startsAt)) };
  const mayOverlap = ask.waived.includes('slot-taken') && canOverlap(frame, ask.startsAt);
  const passedOver = mayOverlap ? ask.waived : ask.waived.filter((waived) => waived !== 'slot-taken');
  const rule = firstBroken(frame, ask.startsAt, passedOver);
  if (rule === undefined && mayOverlap) return { ok: true, remaining: 0, lane: 0, overlaps: true };
  if (rule === undefined) throw new Error(`${ask.startsAt} is not offered, and no rule says why`);
  const conflict = rule === 'slot-taken' ? inTheWay(frame, ask) : undefined;
  if (rule === 'limit-reached') return { ok: false, rule, detail: limitDetail(frame, ask.startsAt) };
  if (rule === 'outside-hours' && isOnlyOfResource(frame, ask.startsAt)) return { ok: false, rule, isResourceClosed: true };
  return conflict === undefined ? { ok: false, rule } : { ok: false, rule, conflict };
}

/** A class has no more seats than it has, and what is being booked at this moment is left alone: everything else can have something put over it. */
function canOverlap(frame: SlotFrame, startsAt: Instant): boolean {
  return frame.terms.capacity === 1 && holdInTheWay(frame, startsAt) === undefined;
}

/** Of a taken start. To whom would overlap all else, a hold is told first. */
function inTheWay(frame: SlotFrame, { startsAt, waived }: Pick<StartAsk, 'startsAt'> & { readonly waived: readonly SlotRule[] }): ClaimTime | undefined {
  const hold = waived.includes('slot-taken') ? holdInTheWay(frame, startsAt) : undefined;
  return hold ?? conflictAt(frame, startsAt) ?? sittingMember(frame, startsAt);
}

/** Every rule in the order in which they are checked. All are ok exactly if the start is listed. */
export function explainSlot(world: SlotWorld, terms: SlotTerms, ask: StartAsk): RuleOutcome[] {
  return ruleOutcomes(frameOfStart(world, terms, ask, []), ask.startsAt);
}

/** Up to `limit` starts that can be claimed, the nearest in time first, earlier or later, within 14 days. */
export function nearestSlots(world: SlotWorld, terms: SlotTerms, ask: StartAsk, limit: number): Instant[] {
  const { startsAt, now, seats, ignoreClaimId } = ask;
  let found: Instant[] = [];
  for (const reach of ALTERNATIVES_WITHIN) {
    found = listSlots(world, terms, { from: instant(startsAt - reach), to: instant(startsAt + reach + 1), now, seats, ignoreClaimId }).startsAt;
    if (found.length >= limit) break;
  }
  const distance = (at: Instant) => Math.abs(at - startsAt);
  return found.sort((one, other) => distance(one) - distance(other)).slice(0, limit);
}

function frameOfStart(world: SlotWorld, terms: SlotTerms, ask: StartAsk, waived: readonly SlotRule[]): SlotFrame {
  const { startsAt, now, seats, ignoreClaimId } = ask;
  return slotFrame(world, terms, { from: startsAt, to: instant(startsAt + 1), now, seats, ignoreClaimId, waived });
}
