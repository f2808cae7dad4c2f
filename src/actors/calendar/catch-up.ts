// How a calendar in memory that is behind the database, or perhaps wrong, catches up.
import type { StoredCalendar } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { ActorContext } from './work.ts';

const BACKOFF_FIRST_MS = 20;
const BACKOFF_MOST_MS = 1_000;
/** Missed changes that are read in one statement and applied. A calendar further behind is loaded again, which is faster. */
export const MOST_MISSED = 256;

/** The changes since the known revision, in order. `stored`: the calendar has been loaded again and replaces the state in memory. */
export type CaughtUp = { readonly missed: readonly CalendarChange[]; readonly stored: StoredCalendar | null };
type Behind = {
  readonly calendarId: string;
  /** The revision up to which memory is what the database has. */
  readonly known: number;
  /** Memory may be wrong, so changes cannot be applied. */
  readonly isSuspect: boolean;
};

/** Retries until the database answers. `undefined`: it is no longer wanted. */
export async function catchUp(context: ActorContext, behind: Behind, isWanted: () => boolean): Promise<CaughtUp | undefined> {
  const { calendarId, known, isSuspect } = behind;
  for (let backoff = BACKOFF_FIRST_MS; isWanted(); backoff = Math.min(backoff * 2, BACKOFF_MOST_MS)) {
    try {
      const missed = isSuspect ? undefined : await allMissed(context, calendarId, known);
      const caughtUp = missed === undefined ? await loadAfresh(context, calendarId, known) : { missed, stored: null };
      return isWanted() ? caughtUp : undefined;
    } catch (error) {
      if (!isWanted()) return undefined;
      context.onReloadFailed(calendarId, error);
      await new Promise<void>((resolve) => context.after(backoff, resolve));
    }
  }
  return undefined;
}

/** `undefined`: there are too many, or some are no longer in the log. */
async function allMissed(context: ActorContext, calendarId: string, known: number): Promise<readonly CalendarChange[] | undefined> {
  const found = await context.missed(calendarId, known, MOST_MISSED);
  if (found === undefined || found.changes.length !== found.revision - known) return undefined;
  return found.changes.every(({ base }, index) => base === known + index) ? found.changes : undefined;
}

async function loadAfresh(context: ActorContext, calendarId: string, known: number): Promise<CaughtUp> {
  const stored = await context.load(calendarId);
  if (stored === undefined) throw new Error(`calendar ${calendarId} is not in the database`);
  return { stored, missed: stored.revision > known ? await context.changesBetween(calendarId, known, stored.revision) : [] };
}
