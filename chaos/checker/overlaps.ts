import type { ShopFacts } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';
import { type CalendarModel, type ClaimVersion, overlaps } from './model.ts';

/** Two may be at the same time only as guests of one session, each in seats of its own. */
function mayCoexist(one: ClaimVersion, other: ClaimVersion, { services }: ShopFacts): boolean {
  if (!overlaps(one, other)) return true;
  const capacity = services.find(({ id }) => id === one.serviceId)?.capacity ?? 1;
  const isOneSession = capacity > 1 && one.serviceId === other.serviceId && one.startsAt === other.startsAt;
  const haveOwnSeats = one.lane + one.seats <= other.lane || other.lane + other.seats <= one.lane;
  return isOneSession && haveOwnSeats && Math.max(one.lane + one.seats, other.lane + other.seats) <= capacity;
}

export function checkOverlaps(models: readonly CalendarModel[], shop: ShopFacts): Violation[] {
  return models.flatMap(({ calendarId, versions }) => {
    const found: Violation[] = [];
    const living = new Set<ClaimVersion>();
    // Versions stand in the order of their revisions, so each is compared with those that are still there when it comes.
    for (const version of versions) {
      for (const other of living) if (other.until <= version.from) living.delete(other);
      if (version.until === version.from) continue;
      for (const other of living) {
        if (mayCoexist(version, other, shop)) continue;
        const what = `${version.kind} ${version.id} and ${other.kind} ${other.id} have the same time at revision ${version.from} of calendar ${calendarId}`;
        found.push(violation(1, what, { about: [version.id, other.id, calendarId] }));
      }
      living.add(version);
    }
    return found;
  });
}
