import { setTimeout as wait } from 'node:timers/promises';
import { textSeal } from '../accounts/sealed-secrets.ts';
import type { Log } from '../actors/ports.ts';
import type { Scheduler } from '../actors/scheduler.ts';
import { readBusyTimes } from '../calendars-in-and-out/busy-reader.ts';
import { CalendarFeeds } from '../calendars-in-and-out/calendar-feeds.ts';
import { ExternalCalendars } from '../calendars-in-and-out/external-calendars.ts';
import { ExternalRefresher, type Follower } from '../calendars-in-and-out/refresh-external.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Outside } from '../model/outside.ts';
import { calendarsStore } from '../persistence/calendars-in-and-out/calendars-store.ts';
import type { Database } from '../persistence/database/database.ts';

/** Never changed: what is sealed could not be read any more. */
export const ADDRESSES_PURPOSE = 'slotkeeper addresses of external calendars';
/** How often a node looks for what is due. */
const LOOK_MS = 15_000;
const LONGEST_GOODBYE_MS = 1_000;

type CalendarsNeeds = {
  readonly database: Database;
  readonly catalog: { snapshot(): Catalog };
  readonly scheduler: Scheduler;
  readonly outside: Outside;
  /** The current one first. */
  readonly secrets: readonly string[];
  readonly log: Log;
};

export type Calendars = { readonly feeds: CalendarFeeds; readonly external: ExternalCalendars };

/** Feeds and external calendars, and on each node a look for external calendars that are due. */
export function openCalendars({ database, catalog, scheduler, outside, secrets, log }: CalendarsNeeds): Calendars & AsyncDisposable {
  const store = calendarsStore(database);
  const seal = textSeal(secrets, ADDRESSES_PURPOSE);
  const now = () => scheduler.now();
  const refresher = new ExternalRefresher({
    ...{ store, outside, scheduler, readBusyTimes, log },
    followerOf: (staffId) => followerIn(catalog.snapshot(), staffId),
    openSealed: (sealed) => seal.open(sealed),
  });
  const looking = lookNowAndThen(refresher, log);
  return {
    feeds: new CalendarFeeds(store, now),
    external: new ExternalCalendars({ store, outside, seal, now, onAdded: looking.nudge }),
    [Symbol.asyncDispose]: looking.stop,
  };
}

/** One round at a time; a nudge during one makes another follow. */
function lookNowAndThen(refresher: ExternalRefresher, log: Log) {
  let isStopped = false;
  let isAsked = false;
  let running: Promise<void> | undefined;
  const round = async () => {
    do {
      isAsked = false;
      try {
        while (!isStopped && (await refresher.refreshDue()) > 0);
      } catch (error) {
        log.warn({ error }, 'external calendars that are due could not be read');
      }
    } while (isAsked && !isStopped);
    running = undefined;
  };
  const nudge = () => {
    isAsked = true;
    if (!isStopped) running ??= round();
  };
  const timer = setInterval(nudge, LOOK_MS);
  return {
    nudge,
    async stop() {
      clearInterval(timer);
      isStopped = true;
      // What still waits for a server is left to the other nodes: its lease ends.
      await Promise.race([running, wait(LONGEST_GOODBYE_MS, undefined, { ref: false })]);
    },
  };
}

/** Their services say how far ahead they can be booked. */
function followerIn({ staff, services }: Catalog, staffId: string): Follower | undefined {
  const member = staff.get(staffId);
  if (member === undefined) return undefined;
  const horizons = member.serviceIds.flatMap((id) => services.get(id)?.horizonDays ?? [null]);
  const daysAhead = horizons.includes(null) || horizons.length === 0 ? null : Math.max(...horizons.map((days) => days ?? 0));
  return { daysAhead };
}
