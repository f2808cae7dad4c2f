import type { DemoParts } from '../../src/demo/seed-demo.ts';
import { type Instant, instant } from '../../src/model/instant.ts';

/** The first location's, in which the demo's days begin and end. */
const ZONE = 'Europe/Lisbon';

/** The end of the demo's day that this moment is in. */
export function endOfDay(at: number): Instant {
  return instant(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).startOfDay().add({ days: 1 }).epochMilliseconds);
}

/** A scheduler whose day does not end: after midnight the demo is another one, and what a test seeds once more is to be the same. */
export function onSameDay(scheduler: DemoParts['scheduler'], dayEndsAt: Instant): DemoParts['scheduler'] {
  return { now: () => instant(Math.min(scheduler.now(), dayEndsAt - 1)), ask: (request, command) => scheduler.ask(request, command) };
}
