// A calendar now, as it was, and how it came to be so.

import type { Caller } from '../access/caller.ts';
import { refuseAt, WHOLE_BUSINESS } from '../access/rights.ts';
import type { CalendarView } from '../actors/scheduler.ts';
import { zoneOf } from '../model/calendar-hours.ts';
import { DAY, type Instant, instant } from '../model/instant.ts';
import type { CalendarReply, ChangesReply } from '../protocol/calendars.ts';
import { done, type Failed, failed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Catalogs, Reading } from './parts.ts';
import { placeOfCalendar, readerOfCalendar, zoneOfCalendar } from './staff-directory.ts';
import { wireClaims } from './wire-claims.ts';
import { detailsFor, wireChange } from './wire-events.ts';

/** What "now" shows: what is not over yet, and what was of late. Further ahead than anything can be booked. */
const DAYS_BACK = 31;
const DAYS_AHEAD = 4 * 366;
const CHANGES_BY_DEFAULT = 100;

export async function readCalendar(parts: Reading, caller: Caller, calendarId: string, at: Instant | undefined): Promise<Reply<CalendarReply>> {
  const barred = barStrangers(parts, caller, calendarId);
  if (barred !== undefined) return barred;
  const now = parts.scheduler.now();
  const view = at === undefined ? await viewNow(parts, calendarId, now) : await parts.scheduler.viewAt(calendarId, at);
  if (view === undefined) return failed('not-found', { detail: 'There is no such calendar.' });
  if ('knownFrom' in view) {
    const since = wireTime(view.knownFrom, zoneOfCalendar(parts, calendarId));
    return failed('revision-too-old', { detail: `Past states of the calendar are available from ${since} on.` });
  }
  const claims = await wireClaims(parts, (id) => readerOfCalendar(parts, caller.principal, id), [view]);
  const timeZone = zoneOfCalendar(parts, calendarId);
  const { staffId = null, resourceId = null } = placeOfCalendar(parts, calendarId) ?? {};
  return done({
    era: parts.scheduler.era,
    calendarId,
    staffId,
    ...(resourceId !== null && { resourceId }),
    revision: view.revision,
    timeZone: zoneOf(view.hours),
    at: wireTime(at ?? now, timeZone),
    claims: [...(claims.get(calendarId) ?? [])],
  });
}

async function viewNow(parts: Pick<Reading, 'scheduler'>, calendarId: string, now: Instant): Promise<CalendarView | undefined> {
  const [view] = await parts.scheduler.views([calendarId], instant(now - DAYS_BACK * DAY), instant(now + DAYS_AHEAD * DAY));
  return view;
}

export async function readChanges(
  parts: Reading,
  caller: Caller,
  calendarId: string,
  asked: { after: number; limit?: number | undefined },
): Promise<Reply<ChangesReply>> {
  const barred = barStrangers(parts, caller, calendarId);
  if (barred !== undefined) return barred;
  const found = await parts.scheduler.changes(calendarId, asked.after, asked.limit ?? CHANGES_BY_DEFAULT);
  if (found === 'not-found') return failed('not-found', { detail: 'There is no such calendar.' });
  if (found === 'too-old') return failed('revision-too-old', { detail: 'Read the calendar afresh and go on from its revision.' });
  if (asked.after > found.revision)
    return failed('cursor-unknown', {
      detail: `The calendar is at revision ${found.revision}; after=${asked.after} is ahead of it. Read the calendar again.`,
    });
  const reader = readerOfCalendar(parts, caller.principal, calendarId);
  const details = await detailsFor(
    parts,
    reader,
    found.changes.flatMap(({ events }) => events),
  );
  const telling = { timeZone: zoneOfCalendar(parts, calendarId), reader, details };
  const changes = found.changes.map((change) => wireChange(change, telling));
  return done({ era: parts.scheduler.era, calendarId, revision: found.revision, changes, nextAfter: changes.at(-1)?.revision ?? asked.after });
}

function barStrangers(parts: Catalogs, { principal }: Caller, calendarId: string): Failed | undefined {
  return refuseAt(principal, 'see-busy-times', placeOfCalendar(parts, calendarId) ?? WHOLE_BUSINESS);
}
