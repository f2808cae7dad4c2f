import { randomUUID } from 'node:crypto';
import type { Answer, Scheduler } from '../actors/scheduler.ts';
import type { CatalogKeeper } from './catalog-keeper.ts';
import { openingHoursOf, type StaleCalendar } from './catalog-store-port.ts';

/** Calendars are told at once in slices of this many, so that a location of hundreds does not fill the queues of the claim path. */
const SLICE = 50;
/** A location may change again while its calendars are being told; more rounds than this mean that something else is wrong. */
const ROUNDS = 5;

export type CarryResult = { readonly outcome: 'done' } | { readonly outcome: 'retry'; readonly retryAfterSeconds: number } | { readonly outcome: 'unknown' };

/**
 * Tells every stale calendar of a location (null: of all) the hours that its location has now. Calendars decide by their own copy,
 * so this is how a change of opening hours takes effect; after a crash in between, doing it again at the start makes it good.
 */
export async function carryHours(catalog: CatalogKeeper, scheduler: Pick<Scheduler, 'ask'>, locationId: string | null): Promise<CarryResult> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const stale = await catalog.staleCalendars(locationId);
    if (stale.length === 0) return { outcome: 'done' };
    for (let start = 0; start < stale.length; start += SLICE) {
      const answers = await Promise.all(stale.slice(start, start + SLICE).map((calendar) => tell(catalog, scheduler, calendar)));
      const stuck = answers.find((answer) => answer !== undefined && (answer.outcome === 'retry' || answer.outcome === 'unknown'));
      if (stuck?.outcome === 'retry') return { outcome: 'retry', retryAfterSeconds: stuck.retryAfterSeconds };
      if (stuck?.outcome === 'unknown') return { outcome: 'unknown' };
    }
  }
  return { outcome: 'unknown' };
}

/** The hours are read at the last moment: a calendar is never told an older version after a newer one. */
async function tell(catalog: CatalogKeeper, scheduler: Pick<Scheduler, 'ask'>, { calendarId, locationId }: StaleCalendar): Promise<Answer | undefined> {
  const location = catalog.snapshotWithArchived().locations.get(locationId);
  if (location === undefined) return undefined;
  const hours = openingHoursOf(location);
  // A key of its own each time: a calendar may well be told the same hours twice, after it has been at another location in between.
  const request = { caller: 'catalog', key: randomUUID(), fingerprint: `${locationId}:${hours.version}` };
  return scheduler.ask(request, { type: 'change-hours', calendarId, change: { type: 'set-location-hours', location: hours } });
}
