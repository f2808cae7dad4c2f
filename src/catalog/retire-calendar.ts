// The calendar of a removed staff member or resource takes no claim any more. It is the calendar that decides so, and the catalog that says what there is; this keeps the two alike.
import { randomUUID } from 'node:crypto';
import type { Answer, Scheduler } from '../actors/scheduler.ts';
import type { CarryResult } from './carry-hours.ts';
import type { CatalogStore, UnsettledCalendar } from './catalog-store-port.ts';

type Asks = Pick<Scheduler, 'ask'>;
/** Calendars are told at once in slices of this many. */
const SLICE = 50;
/** How often to check again after a repair. Once is enough unless something is removed at the same moment. */
const LOOKS = 3;

/**
 * Asks a calendar to take no claim any more, and to end its holds. `unless` in use, it refuses where appointments are ahead.
 * Comes before the catalog is changed: should nothing come of that, `settleRetired` takes it back.
 */
export function retireCalendar(scheduler: Asks, calendarId: string, unless?: 'in-use'): Promise<Answer> {
  // A new key each time: a removal that failed may be tried again.
  const request = { caller: 'catalog', key: randomUUID(), fingerprint: `retire:${calendarId}` };
  return scheduler.ask(request, { type: 'change-hours', calendarId, change: { type: 'retire' }, ...(unless && { unless }) });
}

/**
 * Puts right the calendars that are retired though their staff member or resource is not removed, and the reverse, of one of these or for null of all. A removal
 * and a reinstatement both write first and check afterwards, so the later one sees the other and repairs what it did. What a plan has retired is not taken back,
 * since its appointments have gone elsewhere with the same commit: the catalog follows it.
 */
type Kept = Pick<CatalogStore, 'unsettledCalendars'> & { removePlanned(planned: NonNullable<UnsettledCalendar['planned']>): Promise<void> };

export async function settleRetired(catalog: Kept, scheduler: Asks, id: string | null): Promise<CarryResult> {
  for (let look = 0; look < LOOKS; look += 1) {
    const unsettled = await catalog.unsettledCalendars(id);
    if (unsettled.length === 0) return { outcome: 'done' };
    for (const { planned, isRemoved } of unsettled) if (planned !== undefined && !isRemoved) await catalog.removePlanned(planned);
    for (let start = 0; start < unsettled.length; start += SLICE) {
      const answers = await Promise.all(
        unsettled
          .slice(start, start + SLICE)
          .map((calendar) => (calendar.planned === undefined || calendar.isRemoved ? settle(scheduler, calendar) : undefined)),
      );
      for (const answer of answers) {
        if (answer?.outcome === 'retry') return { outcome: 'retry', retryAfterSeconds: answer.retryAfterSeconds };
        if (answer?.outcome === 'unknown') return { outcome: 'unknown' };
      }
    }
  }
  return (await catalog.unsettledCalendars(id)).length === 0 ? { outcome: 'done' } : { outcome: 'retry', retryAfterSeconds: 1 };
}

function settle(scheduler: Asks, { calendarId, isRemoved }: UnsettledCalendar): Promise<Answer> {
  if (isRemoved) return retireCalendar(scheduler, calendarId);
  const request = { caller: 'catalog', key: randomUUID(), fingerprint: `reinstate:${calendarId}` };
  return scheduler.ask(request, { type: 'change-hours', calendarId, change: { type: 'reinstate' } });
}
