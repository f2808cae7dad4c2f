// How many seats one start still has, and what conflicts with it.
import type { ClaimShape, ClaimTime } from './claim-times.ts';
import { busyWithin, externalBusy } from './external-busy.ts';
import { type Instant, instant } from './instant.ts';
import { isShared, type Sitting, type SittingTerms, sittingAt } from './sittings.ts';
import type { SlotFrame } from './slot-frame.ts';
import { forbiddenAfter, forbiddenBefore, reachOf } from './spacing.ts';

/** The sitting on the own calendar that a claim for this start would join. */
export function ownSitting(frame: SlotFrame, startsAt: number): Sitting | undefined {
  const [claims] = frame.world.claims;
  return claims === undefined ? undefined : sittingAt(claims, sittingTerms(frame, 0), startsAt, frame.ignored[0] ?? -1);
}

/** The sitting on the calendar with that number: its claims are on the same calendars, too. */
export function sittingTerms({ world, terms }: SlotFrame, number: number): SittingTerms {
  return world.along === undefined ? { terms } : { terms, along: { calendarId: world.along[number] } };
}

/** Capacity less seats taken, on the calendar where fewest are left. */
export function seatsLeft(frame: SlotFrame, startsAt: number): number {
  if (ownSitting(frame, startsAt) === undefined) return frame.terms.capacity;
  const taken = frame.world.claims.map(
    (claims, number) => sittingAt(claims, sittingTerms(frame, number), startsAt, frame.ignored[number] ?? -1)?.seatsTaken ?? 0,
  );
  return frame.terms.capacity - Math.max(...taken);
}

/** The first claim, time off or busy time elsewhere that overlaps the appointment or comes nearer than the buffers; the sitting it would join does not. */
export function conflictAt(frame: SlotFrame, startsAt: number): ClaimTime | undefined {
  return claimInTheWay(frame, startsAt, () => true) ?? timeOffAt(frame, startsAt) ?? externalAt(frame, startsAt);
}

/** The first hold that does. */
export function holdInTheWay(frame: SlotFrame, startsAt: number): ClaimTime | undefined {
  return claimInTheWay(frame, startsAt, ({ kind }) => kind === 'hold');
}

function claimInTheWay(frame: SlotFrame, startsAt: number, isMeant: (shape: ClaimShape) => boolean): ClaimTime | undefined {
  const { world, spacing } = frame;
  const joins = ownSitting(frame, startsAt) !== undefined;
  for (const [number, claims] of world.claims.entries()) {
    const asked = sittingTerms(frame, number);
    const [first, end] = reachOf(claims, spacing, startsAt, startsAt + 1);
    for (let index = first; index < end; index += 1) {
      const claimStartsAt = claims.startAt(index);
      const shape = claims.shapeAt(index);
      if (index === frame.ignored[number] || !isMeant(shape) || (joins && claimStartsAt === startsAt && isShared(shape, asked))) continue;
      if (forbiddenAfter(claimStartsAt, shape, spacing) < startsAt && startsAt < forbiddenBefore(claimStartsAt, shape, spacing)) return claims.claimAt(index);
    }
  }
  return undefined;
}

/** A claim of the sitting, for a refusal because too few seats are left. */
export function sittingMember(frame: SlotFrame, startsAt: Instant): ClaimTime | undefined {
  for (const claims of frame.world.claims) {
    const member = claims
      .overlapping(startsAt, instant(startsAt + 1))
      .find((claim) => claim.startsAt === startsAt && claim.serviceId === frame.terms.serviceId);
    if (member !== undefined) return member;
  }
  return undefined;
}

function timeOffAt({ spacing, world }: SlotFrame, startsAt: number): ClaimTime | undefined {
  const { lengthMs, beforeMs, afterMs } = spacing;
  const all = [world.hours, ...(world.resourceHours ?? [])].flatMap((hours) => hours.timeOff);
  const away = all.find((timeOff) => timeOff.startsAt - afterMs - lengthMs < startsAt && startsAt < timeOff.endsAt + beforeMs);
  if (away === undefined) return undefined;
  const { id, startsAt: awayFrom, endsAt: awayUntil } = away;
  return { ...NOTHING_BESIDE, id, kind: 'time-off', startsAt: awayFrom, endsAt: awayUntil };
}

/** Has no id of its own: it is told by its time. */
function externalAt({ spacing, world }: SlotFrame, startsAt: number): ClaimTime | undefined {
  const { lengthMs, beforeMs, afterMs } = spacing;
  const busy = [world.hours, ...(world.resourceHours ?? [])]
    .flatMap((hours) => busyWithin(externalBusy(hours), startsAt - beforeMs, startsAt + lengthMs + afterMs))
    .find((each) => each.startsAt - afterMs - lengthMs < startsAt && startsAt < each.endsAt + beforeMs);
  return busy && { ...NOTHING_BESIDE, id: '', kind: 'external', startsAt: instant(busy.startsAt), endsAt: instant(busy.endsAt) };
}

const NOTHING_BESIDE = { status: null, bufferBeforeMinutes: 0, bufferAfterMinutes: 0, serviceId: null, capacity: 1, lane: 0, seats: 1 };
