// Whether a calendar has room for a claim, and what conflicts with it. Pure.
import type { ClaimTime } from '../../model/claim-times.ts';
import { isBusyFrom } from '../../model/external-busy.ts';
import { type Instant, instant, MINUTE } from '../../model/instant.ts';
import { judgeSlot } from '../../model/slot-engine.ts';
import type { Conflict, OverridableRule, Refusal, SlotAsk, TakenResource } from './calendar.ts';
import { type CalendarState, type CalendarStates, worldOf } from './calendar-state.ts';
import { RETIRED } from './decide-hours.ts';

/** The refusal of a resource that has been removed. */
const RESOURCE_RETIRED: Refusal = { code: 'not-found', detail: 'The room or piece of equipment has been removed.' };

const RESOURCE_CLOSED = 'The room or piece of equipment is closed at this time.';

/** What is asked of a calendar, at what moment, and the calendars that are decided together with it. */
export type Judging = {
  readonly at: Instant;
  readonly ignoreClaimId: string | null;
  readonly states: CalendarStates;
  /** Rules that are not asked, besides those that were waived by right. */
  readonly unasked?: readonly OverridableRule[];
};

/** The seat that was found. `overlaps`: over what has the time. */
export type Found = { readonly lane: number; readonly overlaps?: true };

/** The one question behind every claim; the same function lists the slots. */
export function judge(calendar: CalendarState, slot: SlotAsk, { at, ignoreClaimId, states, unasked = [] }: Judging): Found | { readonly refusal: Refusal } {
  if (calendar.hours.retired) return { refusal: RETIRED };
  const resource = slot.resource && resourceIn(states, slot.resource);
  if (resource?.hours.retired) return { refusal: RESOURCE_RETIRED };
  const overridden = (slot.override?.rules ?? []).filter((rule) => rule !== 'slot-taken' || slot.onlyIfFree !== true);
  const waived: readonly OverridableRule[] = [...unasked, ...overridden];
  const verdict = judgeSlot(worldOf(calendar, resource), slot.terms, { startsAt: slot.startsAt, now: at, seats: slot.seats, ignoreClaimId, waived });
  if (verdict.ok) return { lane: verdict.lane, ...(verdict.overlaps && { overlaps: verdict.overlaps }) };
  if (verdict.isResourceClosed) return { refusal: { code: verdict.rule, detail: RESOURCE_CLOSED } };
  const { detail } = verdict;
  if (verdict.conflict === undefined) return { refusal: { code: verdict.rule, ...(detail !== undefined && { detail }) } };
  const { id, kind } = verdict.conflict;
  // A claim on both calendars is reported as a conflict on the staff member's, which is checked first.
  if (resource === undefined || isOn(calendar, verdict.conflict)) return { refusal: { code: verdict.rule, conflict: conflictWith(calendar, id, kind) } };
  return { refusal: { code: verdict.rule, conflict: { ...conflictWith(resource, id, kind), resourceId: slot.resource?.resourceId ?? '' } } };
}

function isOn({ hours, claims }: CalendarState, { id, kind, startsAt }: ClaimTime): boolean {
  if (kind === 'time-off') return hours.timeOff.some((off) => off.id === id);
  return kind === 'external' ? isBusyFrom(hours, startsAt) : claims.get(id) !== undefined;
}

/** A claim with a resource is decided together with the resource's calendar. */
function resourceIn(states: CalendarStates, { calendarId }: TakenResource): CalendarState {
  const resource = states.get(calendarId);
  if (resource === undefined) throw new Error(`the calendar ${calendarId} of a resource is not decided together with the claim`);
  return resource;
}

export function conflictWith(calendar: CalendarState, claimId: string, by: Conflict['by']): Conflict {
  const hold = calendar.holds.get(claimId);
  return hold === undefined ? { by } : { by, until: hold.expiresAt };
}

/** Of the record that comes of it. */
export function timesOf({ terms, startsAt, resource }: SlotAsk) {
  return {
    serviceId: terms.serviceId,
    startsAt,
    endsAt: instant(startsAt + terms.minutes * MINUTE),
    bufferBeforeMinutes: terms.bufferBeforeMinutes,
    bufferAfterMinutes: terms.bufferAfterMinutes,
    capacity: terms.capacity,
    ...(resource && { resource }),
  };
}
