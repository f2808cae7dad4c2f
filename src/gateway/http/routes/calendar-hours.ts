// How the gateway reads and changes the hours of a calendar. They are the calendar's own, so it is asked, never the tables.

import { type Caller, requestKeyOf } from '../../../access/caller.ts';
import type { CalendarEvent, HoursChange } from '../../../actors/calendar/calendar.ts';
import { askCalendar } from '../../../booking/ask-calendar.ts';
import type { Asking } from '../../../booking/parts.ts';
import type { CalendarHours } from '../../../model/calendar-hours.ts';
import { instant } from '../../../model/instant.ts';
import { type Done, failed, type Reply } from '../../../protocol/reply.ts';
import { expectedVersionsOf, lessBy, moreBy } from '../../../protocol/versions.ts';

export type HoursChanged = Extract<CalendarEvent, { type: 'hours.changed' }>;
export type HoursAsk = {
  readonly calendarId: string;
  readonly change: HoursChange;
  /** What the key stands for, where the change itself has something in it that is new on every try, such as an id we make. */
  readonly asked?: object;
  /** `keep`: appointments that it strands stay where they are. Otherwise it is refused where there are any. */
  readonly appointments?: 'keep' | undefined;
  /** The version of what is not the hours in the version that callers see: see `versionWithHours`. */
  readonly rest: number;
};

/** Calendars that are not there are left out. */
export async function hoursOf(parts: Pick<Asking, 'scheduler'>, calendarIds: readonly string[]): Promise<ReadonlyMap<string, CalendarHours>> {
  const now = parts.scheduler.now();
  const views = await parts.scheduler.views(calendarIds, now, instant(now + 1));
  return new Map(views.map((view) => [view.calendarId, view.hours]));
}

/** How often the hours of a calendar have been changed; 0 where there is none. */
export async function hoursVersionOf(parts: Pick<Asking, 'scheduler'>, calendarId: string | undefined): Promise<number> {
  return (calendarId && (await hoursOf(parts, [calendarId])).get(calendarId)?.version) || 0;
}

/** `describe` must depend on nothing but the fact, so that a repeat says the same. */
export async function changeHours<Body extends object>(
  parts: Asking,
  caller: Caller,
  { calendarId, change, asked = change, appointments, rest }: HoursAsk,
  describe: (event: HoursChanged) => Omit<Done<Body>, 'replayed'>,
): Promise<Reply<Body>> {
  const expectedVersions = expectedVersionsOf(lessBy(caller.ifMatch, rest));
  if (expectedVersions === undefined) return failed('version-mismatch', { detail: 'If-Match does not name a version of this resource.' });
  const request = requestKeyOf(caller, 'change-hours', { calendarId, ...asked, appointments, ...(caller.ifMatch !== null && { ifMatch: caller.ifMatch }) });
  const unless = appointments === undefined ? ({ unless: 'in-use' } as const) : {};
  const command = { type: 'change-hours', calendarId, change, expectedVersions, ...unless } as const;
  const reply = await askCalendar(parts, caller, request, command, ({ event }) =>
    event.type === 'hours.changed' ? describe(event) : failed('idempotency-key-reused'),
  );
  return moreBy(reply, rest);
}
