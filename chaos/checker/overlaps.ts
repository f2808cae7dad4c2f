import type { Fact } from '../../src/model/facts.ts';
import type { ShopFacts } from '../history/lines.ts';
import type { Deed } from './attribution.ts';
import { type Violation, violation } from './invariants.ts';
import { type CalendarModel, type ClaimVersion, overlaps } from './model.ts';

/** Two may be at the same time only as guests of one session, each in seats of its own, or where the later one was put over the other on purpose, which is no hold. */
function mayCoexist(one: ClaimVersion, other: ClaimVersion, { services }: ShopFacts): boolean {
  if (!overlaps(one, other)) return true;
  const [earlier, later] = one.since < other.since ? [one, other] : [other, one];
  if (later.isOver && earlier.kind !== 'hold') return true;
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

const TAKES_TIME = new Set<Fact>(['appointment.booked', 'appointment.requested', 'appointment.rescheduled', 'appointment.edited']);

/** What overlaps was asked to overlap, with a reason. */
export function checkInsisted(deeds: readonly Deed[]): Violation[] {
  return deeds.flatMap(({ event, by }) => {
    if (event.overlaps !== true || !TAKES_TIME.has(event.type) || by === null || by.asked.operation === 'approve' || hasInsisted(by.asked.body)) return [];
    const what = `${event.type} of ${event.appointmentId} says that it overlaps others, and was not asked to`;
    return [violation(1, what, { about: [event.appointmentId, by.key] })];
  });
}

/** A request that overrides that a time is taken, with a reason. */
export function hasInsisted({ override }: Readonly<Record<string, unknown>>): boolean {
  const { rules, reason } = (override ?? {}) as { readonly rules?: unknown; readonly reason?: unknown };
  return Array.isArray(rules) && rules.includes('slot-taken') && typeof reason === 'string' && reason !== '';
}
