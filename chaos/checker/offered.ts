// What is free in a calendar, worked out from its claims and the shop's opening hours alone.
import type { ShopFacts, SlotsQuestion } from '../history/lines.ts';
import { type ClaimVersion, overlaps } from './model.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Free starts, each with the seats that are left. `rooms`: what lives in each of those that would do; left out, a room is no matter. */
export function offeredStarts(
  live: readonly ClaimVersion[],
  { serviceId, from, to }: SlotsQuestion,
  shop: ShopFacts,
  rooms?: readonly (readonly ClaimVersion[])[],
): ReadonlyMap<number, number> {
  const service = shop.services.find(({ id }) => id === serviceId);
  const offered = new Map<number, number>();
  if (service === undefined) return offered;
  for (let day = Date.parse(`${from}T00:00Z`); day < Date.parse(`${to}T00:00Z`); day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10);
    const closesAt = Date.parse(`${date}T${shop.closesAt}Z`);
    for (let startsAt = Date.parse(`${date}T${shop.opensAt}Z`); ; startsAt += service.intervalMinutes * MINUTE_MS) {
      const endsAt = startsAt + service.minutes * MINUTE_MS;
      if (endsAt > closesAt) break;
      const near = live.filter((claim) => overlaps(claim, { startsAt, endsAt }));
      const guests = near.filter((claim) => service.capacity > 1 && claim.serviceId === serviceId && claim.startsAt === startsAt);
      const remaining = service.capacity - guests.reduce((sum, { seats }) => sum + seats, 0);
      const hasRoom = rooms === undefined || rooms.some((claims) => !claims.some((claim) => overlaps(claim, { startsAt, endsAt })));
      if (guests.length === near.length && remaining > 0 && hasRoom) offered.set(startsAt, remaining);
    }
  }
  return offered;
}
