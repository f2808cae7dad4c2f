import { randomUUID } from 'node:crypto';
import type { Answer, Scheduler } from '../actors/scheduler.ts';
import type { CatalogKeeper } from './catalog-keeper.ts';
import { openingHoursOf, type StaleCalendar } from './catalog-store-port.ts';

/** Calendars are told at once in slices of this many, so that a location of hundreds does not fill the queues of the claim path. */
const SLICE = 50;
export type CarryResult = { readonly outcome: 'done' } | { readonly outcome: 'retry'; readonly retryAfterSeconds: number } | { readonly outcome: 'unknown' };

/**
 * Tells every stale calendar of a location (null: of all) the hours that its location has now. Calendars decide by their own copy,
 * so this is how a change of opening hours takes effect; after a crash in between, doing it again at the start makes it good.
 * Whoever changes the hours again meanwhile tells the calendars again.
 */
export async function carryHours(catalog: CatalogKeeper, scheduler: Pick<Scheduler, 'ask'>, locationId: string | null): Promise<CarryResult> {
  const stale = await catalog.staleCalendars(locationId);
  for (let start = 0; start < stale.length; start += SLICE) {
    const answers = await Promise.all(stale.slice(start, start + SLICE).map((calendar) => tell(catalog, scheduler, calendar)));
    for (const answer of answers) {
      if (answer?.outcome === 'retry') return { outcome: 'retry', retryAfterSeconds: answer.retryAfterSeconds };
      if (answer?.outcome === 'unknown') return { outcome: 'unknown' };
    }
  }
  return { outcome: 'done' };
}

/** The hours are read when they are told, and calendars hear in the order of asking: none hears an older version after a newer one. */
async function tell(catalog: CatalogKeeper, scheduler: Pick<Scheduler, 'ask'>, { calendarId, locationId }: StaleCalendar): Promise<Answer | undefined> {
  const location = catalog.snapshotWithArchived().locations.get(locationId);
  if (location === undefined) return undefined;
  const hours = openingHoursOf(location);
  // A key of its own each time: a calendar may well be told the same hours twice, after it has been at another location in between.
  const request = { caller: 'catalog', key: randomUUID(), fingerprint: `${locationId}:${hours.version}` };
  return scheduler.ask(request, { type: 'change-hours', calendarId, change: { type: 'set-location-hours', location: hours } });
}
