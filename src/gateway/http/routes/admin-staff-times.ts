// When a staff member works: weekly hours, date overrides, time off. The zone they are read in and `ownHours` are changed with the staff member.
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { StaffMember } from '../../../catalog/catalog.ts';
import { joined, joinedWeekly } from '../../../catalog/windows.ts';
import { type CalendarHours, zoneOf } from '../../../model/calendar-hours.ts';
import { addedTimeOff, hoursQuery, managedStaff, staffHours, staffWeeklyBody, timeOff, timeOffBody, windowsBody } from '../../../protocol/catalog.ts';
import { localDate, page, uuid } from '../../../protocol/scalars.ts';
import type { GatewayContext } from '../../context.ts';
import { wireStranded } from '../../operations/ask-calendar.ts';
import type { Caller } from '../../operations/caller.ts';
import { type Done, done, type Failed, failed, type Reply } from '../../operations/reply.ts';
import { placeOfStaff } from '../../operations/staff-directory.ts';
import { etagOf } from '../../operations/versions.ts';
import { refuseAt, WHOLE_BUSINESS } from '../../security/rights.ts';
import { route } from '../route.ts';
import { changeHours, type HoursAsk, type HoursChanged, hoursOf } from './admin-staff-hours.ts';
import { managedStaffView, staffVersion, timeOffView } from './admin-views.ts';
import { versionHeaders } from './admin-writes.ts';
import { withStranded } from './location-hours.ts';

const params = z.object({ id: uuid });
const dateParams = z.object({ id: uuid, date: localDate });
const shared = {
  tag: 'Staff',
  action: 'manage-working-hours',
  isIdempotent: true,
  isConditional: true,
  problems: ['not-found', 'id-in-use', 'limit-reached', 'idempotency-key-reused', 'outcome-unknown'],
} as const;
/** What may strand appointments. */
const careful = { ...shared, canDryRun: true, query: hoursQuery, problems: [...shared.problems, 'still-in-use'] } as const;
const changed = { 200: { description: 'The staff member with the new hours, or with `dryRun` as they would be.', schema: managedStaff } };

export const readStaffHours = route({
  method: 'get',
  path: '/v1/staff/{id}/hours',
  tag: 'Staff',
  hasVersion: true,
  summary: 'Weekly working hours and date overrides',
  action: 'read-working-hours',
  params,
  replies: { 200: { description: 'The hours. Where the time zone is null it is that of the location, and so are the weekly hours.', schema: staffHours } },
  problems: ['not-found'],
  handle: async (context, { params: { id }, caller }) => {
    const hours = await hoursToRead(context, caller, id);
    if ('problem' in hours) return hours;
    const { timeZone, ownHours, weekly, overrides, member } = hours;
    return done({ timeZone, ownHours, weekly, dateOverrides: overrides }, { headers: { ETag: etagOf(staffVersion(member, hours)) } });
  },
});

export const listTimeOff = route({
  method: 'get',
  path: '/v1/staff/{id}/time-off',
  tag: 'Staff',
  summary: 'Time off, past and to come',
  action: 'read-working-hours',
  params,
  replies: { 200: { description: 'All of it, on one page.', schema: page(timeOff) } },
  problems: ['not-found'],
  handle: async (context, { params: { id }, caller }) => {
    const hours = await hoursToRead(context, caller, id);
    if ('problem' in hours) return hours;
    const telling = { timeZone: zoneOf(hours), reader: { principal: caller.principal, place: placeOfStaff(context, id) ?? WHOLE_BUSINESS } };
    return done({ items: hours.timeOff.map((off) => timeOffView(off, telling)), nextCursor: null });
  },
});

export const setStaffHours = route({
  ...careful,
  method: 'put',
  path: '/v1/staff/{id}/hours',
  summary: 'Set the weekly working hours; null: the opening hours of the location',
  params,
  body: staffWeeklyBody,
  replies: changed,
  handle: (context, { params: { id }, query, body, caller }) => {
    const weekly = body.weekly === null ? null : joinedWeekly(body.weekly);
    return answerWithMember(context, caller, id, { change: { type: 'set-weekly', weekly }, ...query });
  },
});

export const removeStaffHours = route({
  ...careful,
  method: 'delete',
  path: '/v1/staff/{id}/hours',
  summary: 'Have no hours of their own any more, but the opening hours of the location',
  params,
  replies: changed,
  handle: (context, { params: { id }, query, caller }) => answerWithMember(context, caller, id, { change: { type: 'set-weekly', weekly: null }, ...query }),
});

export const setDateOverride = route({
  ...careful,
  method: 'put',
  path: '/v1/staff/{id}/date-overrides/{date}',
  summary: 'Set the working hours of one date',
  params: dateParams,
  body: windowsBody,
  replies: changed,
  handle: (context, { params: { id, date }, query, body, caller }) =>
    answerWithMember(context, caller, id, { change: { type: 'set-date-override', date, windows: joined(body.windows) }, ...query }),
});

export const removeDateOverride = route({
  ...careful,
  method: 'delete',
  path: '/v1/staff/{id}/date-overrides/{date}',
  summary: 'Let a date have its weekly hours again',
  params: dateParams,
  replies: changed,
  handle: (context, { params: { id, date }, query, caller }) =>
    answerWithMember(context, caller, id, { change: { type: 'set-date-override', date, windows: null }, ...query }),
});

export const addTimeOff = route({
  ...careful,
  method: 'post',
  path: '/v1/staff/{id}/time-off',
  summary: 'Take time off',
  params,
  body: timeOffBody,
  replies: {
    201: { description: 'The time off.', schema: addedTimeOff },
    200: { description: 'With `dryRun`: it could be taken.', schema: addedTimeOff },
  },
  handle: (context, { params: { id: staffId }, query, body, caller }) => {
    const { id = randomUUIDv7(), startsAt, endsAt, reason = null } = body;
    const change = { type: 'add-time-off', timeOff: { id, startsAt, endsAt, reason } } as const;
    return changeHoursOf(context, caller, { staffId, change, asked: { type: change.type, ...body }, ...query }, ({ event }) => {
      // A repeat is answered with the id that was made the first time.
      const made = event.change.type === 'add-time-off' ? event.change.timeOff : change.timeOff;
      const reader = { principal: caller.principal, place: WHOLE_BUSINESS, as: 'author' } as const;
      const view = timeOffView(made, { timeZone: zoneOf(event.hours), reader });
      return { status: caller.dryRun ? 200 : 201, body: withStranded(view, wireStranded(context, event.stranded ?? [])) };
    });
  },
});

export const removeTimeOff = route({
  ...shared,
  method: 'delete',
  path: '/v1/staff/{id}/time-off/{timeOffId}',
  summary: 'Take time off back',
  params: z.object({ id: uuid, timeOffId: uuid }),
  replies: { 204: { description: 'It is gone.' } },
  handle: (context, { params: { id: staffId, timeOffId }, caller }) =>
    changeHoursOf(context, caller, { staffId, change: { type: 'remove-time-off', timeOffId } }, () => ({ status: 204, body: {} })),
});

export const adminStaffTimeRoutes = [
  readStaffHours,
  listTimeOff,
  setStaffHours,
  removeStaffHours,
  setDateOverride,
  removeDateOverride,
  addTimeOff,
  removeTimeOff,
];

/** The desk and above read everybody's, staff their own. */
async function hoursToRead(
  context: GatewayContext,
  { principal }: Caller,
  staffId: string,
): Promise<(CalendarHours & { readonly member: StaffMember }) | Failed> {
  const member = context.catalog.snapshot().staff.get(staffId);
  const barred = refuseAt(principal, 'read-working-hours', { staffId, locationId: member?.locationId ?? null });
  if (barred !== undefined) return barred;
  const hours = member && (await hoursOf(context, [member.calendarId])).get(member.calendarId);
  return member !== undefined && hours !== undefined ? { ...hours, member } : failed('not-found', { detail: 'There is no such staff member.' });
}

function answerWithMember(context: GatewayContext, caller: Caller, staffId: string, ask: Omit<StaffAsk, 'staffId'>): Promise<Reply> {
  return changeHoursOf(context, caller, { staffId, ...ask }, ({ event, member }) => {
    const body = withStranded(managedStaffView(member, event.hours, caller.principal), wireStranded(context, event.stranded ?? []));
    return { status: 200, body, headers: versionHeaders(body) };
  });
}

type StaffAsk = { readonly staffId: string } & Omit<HoursAsk, 'calendarId' | 'rest'>;
type Changed = { readonly event: HoursChanged; readonly member: StaffMember };

async function changeHoursOf(
  context: GatewayContext,
  caller: Caller,
  { staffId, ...ask }: StaffAsk,
  describe: (changed: Changed) => Omit<Done<object>, 'replayed'>,
): Promise<Reply> {
  const member = context.catalog.snapshot().staff.get(staffId);
  if (member === undefined) return failed('not-found', { detail: 'There is no such staff member.' });
  const barred = refuseAt(caller.principal, 'manage-working-hours', { staffId, locationId: member.locationId });
  if (barred !== undefined) return barred;
  return changeHours(context, caller, { ...ask, calendarId: member.calendarId, rest: member.version }, (event) => describe({ event, member }));
}
