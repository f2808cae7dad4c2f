import { randomUUID } from 'node:crypto';
import type { InTheWay, StrandedAppointment } from '../actors/calendar/calendar.ts';
import { MOST_NAMED } from '../actors/calendar/stranded.ts';
import type { Answer, Scheduler } from '../actors/scheduler.ts';
import type { Catalog, Location } from './catalog.ts';
import { type CatalogStore, openingHoursOf, type StaleCalendar } from './catalog-store-port.ts';

/** Calendars are told at once in slices of this many, so that a location of hundreds does not fill the queues of the claim path. */
const SLICE = 50;
/** Not every calendar has answered, or it is not known whether. */
export type NotAsked = { readonly outcome: 'retry'; readonly retryAfterSeconds: number } | { readonly outcome: 'unknown' };
export type CarryResult = { readonly outcome: 'done' } | NotAsked;
export type Carried = { readonly outcome: 'done'; readonly stranded: readonly StrandedAppointment[] } | NotAsked;
type Asks = Pick<Scheduler, 'ask'>;
type Kept = Pick<CatalogStore, 'staleCalendars' | 'calendarsOf'> & { snapshotWithArchived(): Catalog };

/**
 * Tells every stale calendar of a location (null: of all) the hours that its location has now. Calendars decide by their own copy,
 * so this is how a change of opening hours takes effect. `CatalogKeeper` does it after every change that makes calendars stale; after a crash in between, doing it
 * again at the start makes it good.
 * A later change of the hours tells the calendars again. `stranded` are the appointments that this has left outside the hours.
 */
export async function carryHours(catalog: Kept, scheduler: Asks, locationId: string | null): Promise<Carried> {
  const answers = await inSlices(await catalog.staleCalendars(locationId), (calendar) => tell(catalog, scheduler, calendar));
  if ('outcome' in answers) return answers;
  const stranded = answers.flatMap((answer) => (answer.outcome === 'ok' && answer.event.type === 'hours.changed' ? (answer.event.stranded ?? []) : []));
  return { outcome: 'done', stranded: byStart(stranded) };
}

/** Asks every calendar of a location, as it would be, which appointments its hours would strand. Nothing is changed. */
export async function strandedByHours(
  catalog: Kept,
  scheduler: Asks,
  location: Location,
): Promise<{ readonly outcome: 'done'; readonly inTheWay: InTheWay | undefined } | NotAsked> {
  const change = { type: 'set-location-hours', location: openingHoursOf(location) } as const;
  const request = { caller: 'catalog', key: randomUUID(), fingerprint: location.id };
  const answers = await inSlices(await catalog.calendarsOf(location.id), (calendarId) =>
    scheduler.ask(request, { type: 'change-hours', calendarId, change, unless: 'in-use' }, { dryRun: true }),
  );
  if ('outcome' in answers) return answers;
  return { outcome: 'done', inTheWay: together(answers.flatMap((answer) => (answer.outcome === 'no' && answer.refusal.inTheWay) || [])) };
}

function together(all: readonly InTheWay[]): InTheWay | undefined {
  const [next] = all.map((one) => one.next).toSorted((one, other) => one.startsAt - other.startsAt);
  if (next === undefined) return undefined;
  const appointments = all.reduce((sum, one) => sum + one.appointments, 0);
  return { appointments, next, stranded: byStart(all.flatMap((one) => one.stranded ?? [])).slice(0, MOST_NAMED) };
}

function byStart(stranded: readonly StrandedAppointment[]): readonly StrandedAppointment[] {
  return stranded.toSorted((one, other) => one.startsAt - other.startsAt);
}

/** The answers to all of them, or why there are none. */
async function inSlices<T>(all: readonly T[], ask: (one: T) => Promise<Answer | undefined>): Promise<readonly Answer[] | NotAsked> {
  const answered: Answer[] = [];
  for (let start = 0; start < all.length; start += SLICE) {
    for (const answer of await Promise.all(all.slice(start, start + SLICE).map(ask))) {
      if (answer?.outcome === 'retry') return { outcome: 'retry', retryAfterSeconds: answer.retryAfterSeconds };
      if (answer?.outcome === 'unknown') return { outcome: 'unknown' };
      if (answer !== undefined) answered.push(answer);
    }
  }
  return answered;
}

/** The hours are read when they are told, and calendars hear in the order of asking: none hears an older version after a newer one. */
async function tell(catalog: Kept, scheduler: Asks, { calendarId, locationId }: StaleCalendar): Promise<Answer | undefined> {
  const location = catalog.snapshotWithArchived().locations.get(locationId);
  if (location === undefined) return undefined;
  const hours = openingHoursOf(location);
  // A key of its own each time: a calendar may well be told the same hours twice, after it has been at another location in between.
  const request = { caller: 'catalog', key: randomUUID(), fingerprint: `${locationId}:${hours.version}` };
  return scheduler.ask(request, { type: 'change-hours', calendarId, change: { type: 'set-location-hours', location: hours } });
}
