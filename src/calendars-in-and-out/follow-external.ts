// External calendars of a staff member, as callers ask for them: which are followed, how they are, and which appointments they conflict with.
import { randomUUIDv7 } from 'node:crypto';
import { type Caller, requestKeyOf, sourceOf } from '../access/caller.ts';
import { refuseAt } from '../access/rights.ts';
import type { CalendarView } from '../actors/scheduler.ts';
import { askCalendar } from '../booking/ask-calendar.ts';
import type { Asking } from '../booking/parts.ts';
import type { StaffMember } from '../catalog/catalog.ts';
import { LIVE_STATUSES } from '../model/appointment-status.ts';
import { zoneOf } from '../model/calendar-hours.ts';
import { busyWithin, unpackBusy } from '../model/external-busy.ts';
import { DAY, instant } from '../model/instant.ts';
import type { ExternalCalendarReply } from '../protocol/calendar-links.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { ExternalCalendars } from './external-calendars.ts';
import type { ExternalCalendar } from './store-port.ts';

/** Conflicts that are listed of one external calendar. */
const MOST_CONFLICTS = 50;
/** Further ahead than any external calendar is read. */
const DAYS_AHEAD = 400;

const REFUSALS: Readonly<Record<string, string>> = {
  'not-an-address': 'is not an address',
  'scheme-not-allowed': 'must begin with https:// or webcal://',
  'credentials-in-address': 'must not contain a user name or password',
  'port-not-allowed': 'must use port 443 or 8443',
  'not-public': 'leads to an address that is not public',
  'name-not-known': 'has a host name that does not exist',
};

export type FollowParts = Asking & { readonly calendars: { readonly external: ExternalCalendars } };
type Asked = { readonly id?: string | undefined; readonly url: string };

export async function listExternalCalendars(parts: FollowParts, caller: Caller, staffId: string): Promise<Reply> {
  const staff = staffFor(parts, caller, staffId, 'read-external-calendars');
  if (isFailed(staff)) return staff;
  const found = await parts.calendars.external.list(staffId);
  const view = await viewOf(parts, staff);
  return done({ items: found.map((calendar) => wireExternal(parts, calendar, view)), nextCursor: null });
}

export async function readExternalCalendar(parts: FollowParts, caller: Caller, staffId: string, id: string): Promise<Reply> {
  const staff = staffFor(parts, caller, staffId, 'read-external-calendars');
  if (isFailed(staff)) return staff;
  const calendar = await ofStaff(parts, staffId, id);
  return calendar === undefined ? noSuchCalendar() : done(wireExternal(parts, calendar, await viewOf(parts, staff)));
}

/** The calendar begins to follow it, then its row is written; a repeat after a crash in between does the rest. */
export async function addExternalCalendar(parts: FollowParts, caller: Caller, staffId: string, asked: Asked): Promise<Reply> {
  const staff = staffFor(parts, caller, staffId, 'connect-calendars');
  if (isFailed(staff)) return staff;
  const { external } = parts.calendars;
  const refusal = await external.judge(asked.url);
  if (refusal !== undefined) return failedField('invalid-request', 'url', REFUSALS[refusal] ?? 'cannot be called');
  const { calendarId } = staff;
  const externalCalendarId = asked.id ?? randomUUIDv7();
  const request = requestKeyOf(caller, 'add-external-calendar', { staffId, ...asked });
  return askCalendar(parts, caller, request, { type: 'change-external', calendarId, externalCalendarId, change: { type: 'add' } }, async ({ event }) => {
    if (event.type !== 'external.changed') return failed('idempotency-key-reused');
    const id = event.externalCalendarId;
    const before = await ofStaff(parts, staffId, id);
    const outcome = before === undefined ? await external.add({ id, calendarId, url: asked.url }, staff, sourceOf(caller)) : 'added';
    if (outcome === 'id-in-use') return failedField('id-in-use', 'id', 'belongs to another external calendar');
    const added = await ofStaff(parts, staffId, id);
    if (added === undefined) return noSuchCalendar();
    const body = wireExternal(parts, added, await viewOf(parts, staff));
    return { status: 201, headers: { Location: `/v1/staff/${staffId}/external-calendars/${id}` }, body };
  });
}

/** The calendar lets it go first: what nobody can see any more takes no time. */
export async function removeExternalCalendar(parts: FollowParts, caller: Caller, staffId: string, id: string): Promise<Reply> {
  const staff = staffFor(parts, caller, staffId, 'connect-calendars');
  if (isFailed(staff)) return staff;
  const calendar = await ofStaff(parts, staffId, id);
  if (calendar === undefined) return noSuchCalendar();
  const request = requestKeyOf(caller, 'remove-external-calendar', { staffId, id });
  const command = { type: 'change-external', calendarId: staff.calendarId, externalCalendarId: calendar.id, change: { type: 'remove' } } as const;
  const answer = await askCalendar(parts, caller, request, command, () => ({ status: 204, body: {} }));
  // If it is not followed any more, a crash has left its row.
  if (isFailed(answer) && answer.problem.code !== 'not-found') return answer;
  await parts.calendars.external.remove(calendar, staff, sourceOf(caller));
  return done({}, { status: 204 });
}

type Action = 'read-external-calendars' | 'connect-calendars';
function staffFor({ catalog }: FollowParts, { principal }: Caller, staffId: string, action: Action): StaffMember | Failed {
  const staff = catalog.snapshot().staff.get(staffId);
  const barred = refuseAt(principal, action, { staffId, locationId: staff?.locationId ?? null });
  return barred ?? staff ?? failed('not-found', { detail: 'There is no such staff member.' });
}

async function ofStaff({ calendars }: FollowParts, staffId: string, id: string): Promise<ExternalCalendar | undefined> {
  return (await calendars.external.list(staffId)).find((calendar) => calendar.id === id.toLowerCase());
}

function noSuchCalendar(): Failed {
  return failed('not-found', { detail: 'This external calendar does not exist.' });
}

async function viewOf({ scheduler }: FollowParts, { calendarId }: StaffMember): Promise<CalendarView | undefined> {
  const now = scheduler.now();
  return (await scheduler.views([calendarId], now, instant(now + DAYS_AHEAD * DAY)))[0];
}

function wireExternal({ calendars }: FollowParts, calendar: ExternalCalendar, view: CalendarView | undefined): ExternalCalendarReply {
  const timeZone = view === undefined ? 'UTC' : zoneOf(view.hours);
  const at = (moment: number) => wireTime(instant(moment), timeZone);
  const maybe = (moment: number | null) => (moment === null ? null : at(moment));
  const { id, host, failure, failedAt, lastOkAt, nextRefreshAt, busyTimes, readUntil, createdAt } = calendar;
  return {
    id,
    url: `https://${host}/…`,
    state: calendars.external.stateOf(calendar),
    failure,
    failedAt: maybe(failedAt),
    lastOkAt: maybe(lastOkAt),
    nextRefreshAt: at(nextRefreshAt),
    busyTimes,
    readUntil: maybe(readUntil),
    createdAt: at(createdAt),
    conflicts: conflictsIn(view, id).map(({ appointmentId, startsAt, endsAt, busy }) => {
      return { appointmentId, startsAt: at(startsAt), endsAt: at(endsAt), busyFrom: at(busy.startsAt), busyTo: at(busy.endsAt) };
    }),
  };
}

function conflictsIn(view: CalendarView | undefined, externalCalendarId: string) {
  const runs = unpackBusy(view?.hours.external?.[externalCalendarId] ?? []);
  const live = (view?.claims ?? []).filter(({ kind, status }) => kind === 'appointment' && LIVE_STATUSES.some((one) => one === status));
  return live
    .flatMap(({ id, startsAt, endsAt }) => {
      const busy = busyWithin(runs, startsAt, endsAt).find((each) => each.startsAt < endsAt && startsAt < each.endsAt);
      return busy === undefined ? [] : [{ appointmentId: id, startsAt, endsAt, busy }];
    })
    .slice(0, MOST_CONFLICTS);
}
