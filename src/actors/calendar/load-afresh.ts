import type { StoredCalendar } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { ActorContext } from './work.ts';

const BACKOFF_FIRST_MS = 20;
const BACKOFF_MOST_MS = 1_000;

/** A calendar as the database has it, and the changes between what was known and that. */
export type Fresh = { readonly stored: StoredCalendar; readonly missed: readonly CalendarChange[] };

/** Asks until the database answers. `undefined`: it is not wanted any more. */
export async function loadAfresh(context: ActorContext, calendarId: string, known: number, isWanted: () => boolean): Promise<Fresh | undefined> {
  for (let backoff = BACKOFF_FIRST_MS; isWanted(); backoff = Math.min(backoff * 2, BACKOFF_MOST_MS)) {
    try {
      const stored = await context.load(calendarId);
      if (stored === undefined) throw new Error(`calendar ${calendarId} is not in the database`);
      const missed = stored.revision > known ? await context.changesBetween(calendarId, known, stored.revision) : [];
      return isWanted() ? { stored, missed } : undefined;
    } catch (error) {
      if (!isWanted()) return undefined;
      context.onReloadFailed(calendarId, error);
      await new Promise<void>((resolve) => context.after(backoff, resolve));
    }
  }
  return undefined;
}
