import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { FeedLine } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';
import type { Write } from './writes.ts';

/** A hold never ends by itself before the last moment that was promised, no renewal makes that moment earlier, and nothing is booked by it once its time has begun. */
export function checkHolds(feeds: readonly FeedLine[], writes: readonly Write[]): Violation[] {
  const promised = promisesOf(writes);
  return feeds.flatMap(({ changes }) => {
    const expiresAt = new Map<string, number>();
    const begunWhenPlaced = new Set<string>();
    return changes.flatMap(({ at, events }) =>
      events.flatMap((event) => {
        const { holdId = '' } = event;
        const before = expiresAt.get(holdId);
        const hasBegun = Date.parse(at) >= Date.parse(event.startsAt ?? '');
        if (event.type === 'hold.placed' && hasBegun) begunWhenPlaced.add(holdId);
        if (isBooking(event) && event.holdId !== undefined && hasBegun && !begunWhenPlaced.has(holdId))
          return [violation(11, `hold ${holdId} for ${event.startsAt} was booked at ${at}`, { about: [holdId] })];
        if (isPromise(event)) {
          const until = Date.parse(event.expiresAt ?? '');
          expiresAt.set(holdId, until);
          return before !== undefined && until < before ? [violation(11, `a renewal made hold ${holdId} shorter`, { about: [holdId] })] : [];
        }
        const latest = Math.max(before ?? 0, promised.get(holdId) ?? 0);
        if (event.type !== 'hold.expired' || Date.parse(at) >= latest) return [];
        return [violation(11, `hold ${holdId} expired at ${at} and was promised until ${new Date(latest).toISOString()}`, { about: [holdId] })];
      }),
    );
  });
}

function isBooking({ type }: ChangeEventReply): boolean {
  return type === 'appointment.booked' || type === 'appointment.requested';
}

function isPromise({ type }: ChangeEventReply): boolean {
  return type === 'hold.placed' || type === 'hold.renewed';
}

/** The latest moment that any answer has promised. */
function promisesOf(writes: readonly Write[]): ReadonlyMap<string, number> {
  const promises = new Map<string, number>();
  for (const { outcome } of writes) {
    if (outcome.type !== 'ok' || outcome.told.id === null || !('expiresAt' in outcome.told.body)) continue;
    const until = Date.parse(String(outcome.told.body.expiresAt));
    promises.set(outcome.told.id, Math.max(until, promises.get(outcome.told.id) ?? 0));
  }
  return promises;
}
