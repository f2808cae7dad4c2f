// A week of slots as an application would compute it, with a date-time of a library for every single slot. The rules are the same, only simpler:
// no special dates, overrides, time off, seats or limits, which the engine looks at as well.
import { DateTime } from 'luxon';
import type { ClaimTime } from '../../src/model/claim-times.ts';
import { MINUTE } from '../../src/model/instant.ts';
import { NOW, startOf, TERMS, windowsOf, ZONE } from './week.ts';

const LENGTH = TERMS.minutes * MINUTE;
const GAP = Math.max(TERMS.bufferAfterMinutes, TERMS.bufferBeforeMinutes) * MINUTE;
const EARLIEST = NOW + TERMS.leadTimeMinutes * MINUTE;

/** Claims that could matter on a date: looked up once a date, not once a slot. `claims` is sorted. */
function claimsOn(claims: readonly ClaimTime[], date: Temporal.PlainDate): readonly ClaimTime[] {
  const from = startOf(date);
  const to = startOf(date.add({ days: 1 }));
  return claims.filter((claim) => claim.endsAt + GAP > from && claim.startsAt - GAP < to);
}

function isFree(claims: readonly ClaimTime[], startsAt: number): boolean {
  return startsAt >= EARLIEST && !claims.some((claim) => claim.startsAt < startsAt + LENGTH + GAP && startsAt < claim.endsAt + GAP);
}

export function slotsByTemporal(claims: readonly ClaimTime[], dates: readonly Temporal.PlainDate[]): number[] {
  const slots: number[] = [];
  for (const date of dates) {
    const near = claimsOn(claims, date);
    for (const { from, to } of windowsOf(date)) {
      const closes = date.toZonedDateTime({ timeZone: ZONE, plainTime: to });
      let start = date.toZonedDateTime({ timeZone: ZONE, plainTime: from });
      while (Temporal.ZonedDateTime.compare(start.add({ minutes: TERMS.minutes }), closes) <= 0) {
        if (isFree(near, start.epochMilliseconds)) slots.push(start.epochMilliseconds);
        start = start.add({ minutes: TERMS.slotIntervalMinutes });
      }
    }
  }
  return slots;
}

export function slotsByLuxon(claims: readonly ClaimTime[], dates: readonly Temporal.PlainDate[]): number[] {
  const slots: number[] = [];
  for (const date of dates) {
    const near = claimsOn(claims, date);
    for (const { from, to } of windowsOf(date)) {
      const closes = DateTime.fromISO(`${date}T${to}`, { zone: ZONE });
      let start = DateTime.fromISO(`${date}T${from}`, { zone: ZONE });
      while (start.plus({ minutes: TERMS.minutes }) <= closes) {
        if (isFree(near, start.toMillis())) slots.push(start.toMillis());
        start = start.plus({ minutes: TERMS.slotIntervalMinutes });
      }
    }
  }
  return slots;
}
