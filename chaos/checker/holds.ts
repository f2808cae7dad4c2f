import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { FeedLine } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';
import type { Write } from './writes.ts';

/** A hold never ends by itself before the last moment that was promised, and no renewal makes that moment earlier. */
export function checkHolds(feeds: readonly FeedLine[], writes: readonly Write[]): Violation[] {
  const promised = promisesOf(writes);
  return feeds.flatMap(({ changes }) => {
    const expiresAt = new Map<string, number>();
    return changes.flatMap(({ at, events }) =>
      events.flatMap((event) => {
        const { holdId = '' } = event;
        const before = expiresAt.get(holdId);
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
