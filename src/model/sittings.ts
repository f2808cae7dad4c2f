// Classes: claims of the same service at the same start are one sitting, as long as it has seats.
import type { ClaimShape, ClaimTimes } from './claim-times.ts';
import type { SlotTerms } from './slot-terms.ts';

/** Identifies a sitting. `along`: only claims that are also on that calendar belong to it; absent: all do. */
export type SittingTerms = { readonly terms: SlotTerms; readonly along?: { readonly calendarId: string | undefined } };

export type Sitting = { readonly startsAt: number; readonly seatsTaken: number; readonly lanes: readonly number[] };

/** True for a claim that others of the same service may join. An exclusive claim stays exclusive, even if the service has changed. */
export function isShared(shape: ClaimShape, { terms, along }: SittingTerms): boolean {
  const isOfService = terms.capacity > 1 && shape.capacity > 1 && shape.serviceId === terms.serviceId;
  return isOfService && (shape.kind === 'appointment' || shape.kind === 'hold') && (along === undefined || shape.along === along.calendarId);
}

/** The sitting of the service that starts at `startsAt`; the claim at position `ignored` does not count. */
export function sittingAt(claims: ClaimTimes, terms: SittingTerms, startsAt: number, ignored: number): Sitting | undefined {
  const lanes: number[] = [];
  let seatsTaken = 0;
  for (let index = claims.indexStartingFrom(startsAt); index < claims.size && claims.startAt(index) === startsAt; index += 1) {
    const shape = claims.shapeAt(index);
    if (index === ignored || !isShared(shape, terms)) continue;
    lanes.push(shape.lane);
    seatsTaken += shape.seats;
  }
  return lanes.length === 0 ? undefined : { startsAt, seatsTaken, lanes };
}

/** The starts of all sittings of the service in [from, to), in order. */
export function sittingStarts(claims: ClaimTimes, asked: SittingTerms, range: { readonly from: number; readonly to: number }, ignored: number): number[] {
  const starts: number[] = [];
  if (asked.terms.capacity === 1) return starts;
  for (let index = claims.indexStartingFrom(range.from); index < claims.size; index += 1) {
    const startsAt = claims.startAt(index);
    if (startsAt >= range.to) break;
    if (index !== ignored && starts.at(-1) !== startsAt && isShared(claims.shapeAt(index), asked)) starts.push(startsAt);
  }
  return starts;
}

/** The lowest seat that no claim of the sitting has. */
export function freeSeat(sitting: Sitting | undefined): number {
  let lane = 0;
  while (sitting?.lanes.includes(lane) === true) lane += 1;
  return lane;
}
