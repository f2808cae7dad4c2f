// How a calendar in memory that is behind the database, or perhaps wrong, gets to what the database has.
import type { StoredCalendar } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { ActorContext } from './work.ts';

const BACKOFF_FIRST_MS = 20;
const BACKOFF_MOST_MS = 1_000;
/** Missed changes that are read in one statement and taken in. A calendar that is further behind is loaded: that is quicker then. */
export const MOST_MISSED = 256;

/** The changes after what was known, in order. `stored`: the calendar has been loaded, and what is in memory is of no more use. */
export type CaughtUp = { readonly missed: readonly CalendarChange[]; readonly stored: StoredCalendar | null };
type Behind = {
  readonly calendarId: string;
  /** The revision up to which memory is what the database has. */
  readonly known: number;
  /** Memory may be wrong, so that changes cannot be taken in. */
  readonly isSuspect: boolean;
};

/** Asks until the database answers. `undefined`: it is not wanted any more. */
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

/** `undefined`: they are too many, or some of them are not in the log any more. */
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
