// The rules a start breaks, with explanations. Never decides: a start is bookable exactly if `offeredStarts` has it.

import { limitWords } from './booking-limits.ts';
import type { ClaimTime } from './claim-times.ts';
import { isBusyFrom } from './external-busy.ts';
import { startsOnGrid } from './grid.ts';
import { formatInstant, type Instant } from './instant.ts';
import { dateOfDay } from './local-dates.ts';
import { conflictAt, ownSitting, seatsLeft } from './seats.ts';
import { fits, isOpenFor, lastDayOf, limitReachedOn, type SlotFrame, soonestAt } from './slot-frame.ts';
import type { RuleOutcome, SlotRule } from './slots.ts';
import { NOTHING_FORBIDDEN } from './spacing.ts';
import { localDayOf } from './zone-offsets.ts';

/** In the order they are checked: the first broken one is reported. */
export const SLOT_RULES = [
  'slot-in-past',
  'too-soon',
  'too-far',
  'outside-hours',
  'slot-taken',
  'off-grid',
  'limit-reached',
] as const satisfies readonly SlotRule[];

/** Every rule, in order; `detail` says what is wrong and names no customer. */
export function ruleOutcomes(frame: SlotFrame, startsAt: Instant): RuleOutcome[] {
  return SLOT_RULES.map((rule) => (isBroken(rule, frame, startsAt) ? { rule, ok: false, detail: detailOf(rule, frame, startsAt) } : { rule, ok: true }));
}

/** The first broken rule that is not waived. */
export function firstBroken(frame: SlotFrame, startsAt: Instant, passedOver: readonly SlotRule[]): SlotRule | undefined {
  return SLOT_RULES.find((rule) => !passedOver.includes(rule) && isBroken(rule, frame, startsAt));
}

function isBroken(rule: SlotRule, frame: SlotFrame, startsAt: Instant): boolean {
  const { terms, zone, question } = frame;
  switch (rule) {
    case 'slot-in-past':
      return startsAt < question.now;
    case 'too-soon':
      return startsAt < soonestAt(terms, question.now);
    case 'too-far':
      return localDayOf(zone, startsAt) > lastDayOf(terms, zone, question.now);
    case 'outside-hours':
      return !isOpenFor(frame, startsAt);
    case 'slot-taken':
      return seatsLeft(frame, startsAt) < question.seats || conflictAt(frame, startsAt) !== undefined;
    case 'off-grid':
      return isOffGrid(frame, startsAt);
    case 'limit-reached':
      return limitReachedOn(frame, localDayOf(zone, startsAt)) !== undefined;
    default:
      return rule satisfies never;
  }
}

function detailOf(rule: SlotRule, frame: SlotFrame, startsAt: Instant): string {
  const { terms, zone, question } = frame;
  switch (rule) {
    case 'slot-in-past':
      return 'It has already started.';
    case 'too-soon':
      return `It must be booked at least ${terms.leadTimeMinutes} minutes ahead.`;
    case 'too-far':
      return `The last date that can be booked is ${dateOfDay(lastDayOf(terms, zone, question.now))}.`;
    case 'outside-hours':
      return `${terms.minutes} minutes from ${formatInstant(startsAt, zone)} are outside the working hours${isOnlyOfResource(frame, startsAt) ? ' of the resource' : ''}.`;
    case 'slot-taken':
      return takenDetail(frame, startsAt);
    case 'off-grid':
      return `Slots start every ${terms.slotIntervalMinutes} minutes, and not at this time.`;
    case 'limit-reached':
      return limitDetail(frame, startsAt);
    default:
      return rule satisfies never;
  }
}

/** Which limit is reached; empty if none is. */
export function limitDetail(frame: SlotFrame, startsAt: Instant): string {
  const day = localDayOf(frame.zone, startsAt);
  const limit = limitReachedOn(frame, day);
  return limit === undefined ? '' : limitWords(limit, day);
}

/** Of a start outside the hours: whether they are those of the resource alone. */
export function isOnlyOfResource({ windows, spacing }: SlotFrame, startsAt: Instant): boolean {
  return fits(windows, startsAt, spacing.lengthMs);
}

/** There is no grid outside the hours, nor in taken time if starts are packed; a sitting is offered at its own start anyway. */
function isOffGrid(frame: SlotFrame, startsAt: Instant): boolean {
  if (!isOpenFor(frame, startsAt) || ownSitting(frame, startsAt) !== undefined) return false;
  const isPacked = frame.terms.grid === 'pack';
  if (isPacked && conflictAt(frame, startsAt) !== undefined) return false;
  return startsOnGrid(frame.grid, isPacked ? frame.forbidden : NOTHING_FORBIDDEN, startsAt, startsAt + 1).length === 0;
}

function takenDetail(frame: SlotFrame, startsAt: Instant): string {
  const conflict = conflictAt(frame, startsAt);
  if (conflict === undefined) return `${Math.max(0, seatsLeft(frame, startsAt))} seats are left; ${frame.question.seats} were requested.`;
  const where = isOfResource(frame, conflict) ? 'on the resource' : 'there';
  return `It overlaps or is too close to what is ${where} from ${formatInstant(conflict.startsAt, frame.zone)} to ${formatInstant(conflict.endsAt, frame.zone)}.`;
}

/** A claim on both calendars is reported as a conflict on the own one. */
function isOfResource({ world }: SlotFrame, { id, kind, startsAt }: ClaimTime): boolean {
  if (kind === 'external') return !isBusyFrom(world.hours, startsAt);
  return kind === 'time-off' ? !world.hours.timeOff.some((off) => off.id === id) : world.claims[0]?.indexOf(id) === -1;
}
