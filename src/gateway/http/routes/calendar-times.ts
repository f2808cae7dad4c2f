// When a staff member works and a resource can be used: weekly hours, date overrides, time off. The zone they are read in and `ownHours` are changed with it itself.

import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../../access/caller.ts';
import { refuseAt, WHOLE_BUSINESS } from '../../../access/rights.ts';
import type { Notified } from '../../../actors/scheduler.ts';
import { wireStranded } from '../../../booking/ask-calendar.ts';
import type { Asking } from '../../../booking/parts.ts';
import { carryOutPlan, planHours } from '../../../booking/plan-hours.ts';
import { joined, joinedWeekly } from '../../../catalog/windows.ts';
import { type CalendarHours, zoneOf } from '../../../model/calendar-hours.ts';
import { addedTimeOff, calendarHours, timeOff } from '../../../protocol/catalog.ts';
import {
  hoursPlan,
  ownWeeklyBody,
  plannedHoursQuery,
  removedHoursBody,
  type StrandedChoices,
  timeOffBody,
  windowsBody,
} from '../../../protocol/hours-plans.ts';
import { type Done, done, type Failed, failed, isFailed, type Reply } from '../../../protocol/reply.ts';
import { localDate, page, uuid } from '../../../protocol/scalars.ts';
import { etagOf, expectedVersionsOf, lessBy, moreBy } from '../../../protocol/versions.ts';
import type { Managing } from '../../parts.ts';
import { type Route, route } from '../route.ts';
import { timeOffView, versionWithHours } from './admin-views.ts';
import { versionHeaders } from './admin-writes.ts';
import { changeHours, type HoursAsk, type HoursChanged, hoursOf } from './calendar-hours.ts';
import { type CalendarKind, RESOURCES, STAFF, type WithCalendar } from './calendar-kinds.ts';
import { CLAIM_PROBLEMS } from './holds.ts';
import { withoutPlan, withStranded } from './location-hours.ts';

const params = z.object({ id: uuid });
const dateParams = z.object({ id: uuid, date: localDate });
const shared = {
  action: 'manage-working-hours',
  isIdempotent: true,
  isConditional: true,
  problems: ['not-found', 'id-in-use', 'limit-reached', 'idempotency-key-reused', 'outcome-unknown'],
} as const;
/** What may strand appointments. */
const careful = {
  ...shared,
  canDryRun: true,
  query: plannedHoursQuery,
  problems: [...shared.problems, 'still-in-use', 'plan-outdated', ...CLAIM_PROBLEMS, 'wrong-status'],
} as const;

export const staffTimeRoutes = timeRoutes(STAFF);
export const resourceTimeRoutes = timeRoutes(RESOURCES);

function timeRoutes<Of extends WithCalendar>(kind: CalendarKind<Of, never>): readonly Route<Managing>[] {
  return [...readRoutes(kind), ...weeklyRoutes(kind), ...overrideRoutes(kind), addTimeOff(kind), removeTimeOff(kind)];
}

function readRoutes<Of extends WithCalendar>(kind: CalendarKind<Of, never>): readonly Route<Managing>[] {
  const { path, tag } = kind;
  return [
    route({
      method: 'get',
      path: `${path}/{id}/hours`,
      tag,
      hasVersion: true,
      summary: 'Weekly working hours and date overrides',
      action: 'read-working-hours',
      params,
      replies: {
        200: { description: 'The hours. A null time zone or null weekly hours mean those of the location.', schema: calendarHours },
      },
      problems: ['not-found'],
      handle: async (parts: Managing, { params: { id }, caller }) => {
        const found = await hoursToRead(parts, caller, kind, id);
        if (isFailed(found)) return found;
        const { timeZone, ownHours, weekly, overrides } = found.hours;
        const version = versionWithHours(found.one, found.hours);
        return done({ timeZone, ownHours, weekly, dateOverrides: overrides }, { headers: { ETag: etagOf(version) } });
      },
    }),
    route({
      method: 'get',
      path: `${path}/{id}/time-off`,
      tag,
      summary: 'Time off, past and to come',
      action: 'read-working-hours',
      params,
      replies: { 200: { description: 'All of it, on one page.', schema: page(timeOff) } },
      problems: ['not-found'],
      handle: async (parts: Managing, { params: { id }, caller }) => {
        const found = await hoursToRead(parts, caller, kind, id);
        if (isFailed(found)) return found;
        const { one, hours } = found;
        const telling = { timeZone: zoneOf(hours), reader: { principal: caller.principal, place: kind.placeOf(one) } };
        return done({ items: hours.timeOff.map((off) => timeOffView(off, telling)), nextCursor: null });
      },
    }),
  ];
}

function weeklyRoutes<Of extends WithCalendar>(kind: CalendarKind<Of, never>): readonly Route<Managing>[] {
  const { path, tag } = kind;
  return [
    route({
      ...careful,
      method: 'put',
      path: `${path}/{id}/hours`,
      tag,
      summary: 'Set the weekly working hours; null means the opening hours of the location',
      params,
      body: ownWeeklyBody,
      replies: changedReply(kind),
      handle: (parts: Managing, { params: { id }, query, body, caller }) => {
        const weekly = body.weekly === null ? null : joinedWeekly(body.weekly);
        return answerWhole(parts, caller, kind, { id, change: { type: 'set-weekly', weekly }, ...query, stranded: body.stranded, notify: body.notify });
      },
    }),
    route({
      ...careful,
      method: 'delete',
      path: `${path}/{id}/hours`,
      tag,
      summary: 'Remove own hours and use the opening hours of the location',
      params,
      body: removedHoursBody,
      replies: changedReply(kind),
      handle: (parts: Managing, { params: { id }, query, body, caller }) =>
        answerWhole(parts, caller, kind, { id, change: { type: 'set-weekly', weekly: null }, ...query, ...body }),
    }),
  ];
}

function overrideRoutes<Of extends WithCalendar>(kind: CalendarKind<Of, never>): readonly Route<Managing>[] {
  const { path, tag } = kind;
  return [
    route({
      ...careful,
      method: 'put',
      path: `${path}/{id}/date-overrides/{date}`,
      tag,
      summary: 'Set the working hours of one date',
      params: dateParams,
      body: windowsBody,
      replies: changedReply(kind),
      handle: (parts: Managing, { params: { id, date }, query, body, caller }) =>
        answerWhole(parts, caller, kind, {
          id,
          change: { type: 'set-date-override', date, windows: joined(body.windows) },
          ...query,
          stranded: body.stranded,
          notify: body.notify,
        }),
    }),
    route({
      ...careful,
      method: 'delete',
      path: `${path}/{id}/date-overrides/{date}`,
      tag,
      summary: 'Remove a special date, so that the weekly hours apply',
      params: dateParams,
      body: removedHoursBody,
      replies: changedReply(kind),
      handle: (parts: Managing, { params: { id, date }, query, body, caller }) =>
        answerWhole(parts, caller, kind, { id, change: { type: 'set-date-override', date, windows: null }, ...query, ...body }),
    }),
  ];
}

function addTimeOff<Of extends WithCalendar>(kind: CalendarKind<Of, never>): Route<Managing> {
  const { path, tag } = kind;
  return route({
    ...careful,
    action: 'manage-time-off',
    method: 'post',
    path: `${path}/{id}/time-off`,
    tag,
    summary: 'Add time off',
    params,
    body: timeOffBody,
    replies: {
      201: { description: 'The time off.', schema: addedTimeOff },
      200: { description: 'With `dryRun`: it could be added. With `plan`: what it strands.', schema: z.union([addedTimeOff, hoursPlan]) },
    },
    handle: (parts: Managing, { params: { id: ofId }, query, body, caller }) => {
      const { stranded, notify, ...asked } = body;
      const { id = randomUUIDv7(), startsAt, endsAt, reason = null } = asked;
      const change = { type: 'add-time-off', timeOff: { id, startsAt, endsAt, reason } } as const;
      return changeHoursOf(parts, caller, kind, { id: ofId, change, asked: { type: change.type, ...asked }, ...query, stranded, notify }, ({ event }) => {
        // A repeat is answered with the id that was made the first time.
        const made = event.change.type === 'add-time-off' ? event.change.timeOff : change.timeOff;
        const reader = { principal: caller.principal, place: WHOLE_BUSINESS, as: 'author' } as const;
        const view = timeOffView(made, { timeZone: zoneOf(event.hours), reader });
        return { status: caller.dryRun ? 200 : 201, body: withStranded(view, wireStranded(parts, event.stranded ?? [])) };
      });
    },
  });
}

function removeTimeOff<Of extends WithCalendar>(kind: CalendarKind<Of, never>): Route<Managing> {
  const { path, tag } = kind;
  return route({
    ...shared,
    action: 'manage-time-off',
    method: 'delete',
    path: `${path}/{id}/time-off/{timeOffId}`,
    tag,
    summary: 'Remove time off',
    params: z.object({ id: uuid, timeOffId: uuid }),
    replies: { 204: { description: 'Removed.' } },
    handle: (parts: Managing, { params: { id, timeOffId }, caller }) =>
      changeHoursOf(parts, caller, kind, { id, change: { type: 'remove-time-off', timeOffId } }, () => ({ status: 204, body: {} })),
  });
}

function changedReply({ noun, schema }: Pick<CalendarKind<never, never>, 'noun' | 'schema'>) {
  return {
    200: {
      description: `The ${noun} with the new hours, or with \`dryRun\` as they would be. With \`plan\`: what the change strands.`,
      schema: z.union([schema, hoursPlan]),
    },
  };
}

type Found<Of> = { readonly one: Of; readonly hours: CalendarHours };

/** The desk and above read all of them, staff their own. */
async function hoursToRead<Of extends WithCalendar>(
  parts: Pick<Asking, 'catalog' | 'scheduler'>,
  { principal }: Caller,
  kind: CalendarKind<Of, never>,
  id: string,
): Promise<Found<Of> | Failed> {
  const one = kind.of(parts.catalog.snapshot()).get(id);
  const barred = refuseAt(principal, 'read-working-hours', one === undefined ? { staffId: id, locationId: null } : kind.placeOf(one));
  if (barred !== undefined) return barred;
  const hours = one && (await hoursOf(parts, [one.calendarId])).get(one.calendarId);
  return one !== undefined && hours !== undefined ? { one, hours } : failed('not-found', { detail: `There is no such ${kind.noun}.` });
}

function answerWhole<Of extends WithCalendar>(parts: Managing, caller: Caller, kind: CalendarKind<Of, never>, ask: Ask): Promise<Reply> {
  return changeHoursOf(parts, caller, kind, ask, ({ event, one }) => {
    const body = withStranded(kind.view(one, event.hours, caller.principal), wireStranded(parts, event.stranded ?? []));
    return { status: 200, body, headers: versionHeaders(body) };
  });
}

type Ask = { readonly id: string } & Omit<HoursAsk, 'calendarId' | 'rest'> & {
    readonly plan?: 'true' | undefined;
    readonly planId?: string | undefined;
    readonly stranded?: StrandedChoices | undefined;
    readonly notify?: Notified | undefined;
  };

async function changeHoursOf<Of extends WithCalendar>(
  parts: Managing,
  caller: Caller,
  kind: CalendarKind<Of, never>,
  { id, plan, planId, stranded, notify, ...ask }: Ask,
  describe: (changed: { readonly event: HoursChanged; readonly one: Of }) => Omit<Done<object>, 'replayed'>,
): Promise<Reply> {
  const one = kind.of(parts.catalog.snapshot()).get(id);
  if (one === undefined) return failed('not-found', { detail: `There is no such ${kind.noun}.` });
  const isTimeOff = ask.change.type === 'add-time-off' || ask.change.type === 'remove-time-off';
  const barred = refuseAt(caller.principal, isTimeOff ? 'manage-time-off' : 'manage-working-hours', kind.placeOf(one));
  if (barred !== undefined) return barred;
  const asked = { ...ask, calendarId: one.calendarId, rest: one.version };
  const described = (event: HoursChanged) => describe({ event, one });
  const stray = withoutPlan(planId, { stranded, notify });
  if (stray !== undefined) return stray;
  if (plan === undefined && planId === undefined) return changeHours(parts, caller, asked, described);
  const expectedVersions = expectedVersionsOf(lessBy(caller.ifMatch, one.version));
  if (expectedVersions === undefined) return failed('version-mismatch', { detail: 'If-Match does not name a version of this resource.' });
  const changes = [{ calendarId: one.calendarId, change: ask.change, expectedVersions }] as const;
  const planned = { of: one.calendarId, changes, asked: ask.asked ?? ask.change };
  if (planId === undefined) return moreBy(await planHours(parts, caller, planned), one.version);
  return moreBy(await carryOutPlan(parts, caller, { ...planned, planId, choices: stranded ?? {}, notify }, described), one.version);
}
