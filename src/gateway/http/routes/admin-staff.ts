// Staff members, for those who manage them. The public list is in `catalog.ts`; their times are in `admin-staff-times.ts`.
import { createHash, randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { carryHours } from '../../../catalog/carry-hours.ts';
import type { StaffMember } from '../../../catalog/catalog.ts';
import { type HoursQuery, hoursQuery, managedStaff, newStaffBody, removalQuery, removed, staffChangeBody } from '../../../protocol/catalog.ts';
import type { StrandedReply } from '../../../protocol/problems.ts';
import { uuid } from '../../../protocol/scalars.ts';
import type { GatewayContext } from '../../context.ts';
import { wireStranded } from '../../operations/ask-calendar.ts';
import type { Caller } from '../../operations/caller.ts';
import { done, failed, failedField, isFailed, type Reply } from '../../operations/reply.ts';
import { lessBy, moreBy } from '../../operations/versions.ts';
import { refuseAt } from '../../security/rights.ts';
import { route } from '../route.ts';
import { changeHours, hoursOf, hoursVersionOf } from './admin-staff-hours.ts';
import { managedStaffView } from './admin-views.ts';
import { CATALOG_PROBLEMS, changeCatalog, problemOfCarrying, versionHeaders } from './admin-writes.ts';
import { withStranded } from './location-hours.ts';
import { removeStaff } from './removing-staff.ts';

const params = z.object({ id: uuid });
const shared = { tag: 'Staff', action: 'manage-staff', isIdempotent: true, problems: CATALOG_PROBLEMS } as const;
/** What is kept of a reply; hours are added from the calendar whenever it is given. */
const idView = (member: StaffMember) => ({ id: member.id, version: member.version });

const managed = (locationId: string | null) => ({ action: shared.action, place: { staffId: null, locationId } });
const locationOf = (context: GatewayContext, staffId: string) => context.catalog.snapshotWithArchived().staff.get(staffId)?.locationId ?? null;

export const addStaffMember = route({
  ...shared,
  method: 'post',
  path: '/v1/staff',
  summary: 'Add a staff member, with a calendar',
  body: newStaffBody,
  replies: { 201: { description: 'The new staff member. Without hours of their own they have those of the location.', schema: managedStaff } },
  handle: async (context, { body, caller }) => {
    const {
      id = randomUUIDv7(),
      calendarId = randomUUIDv7(),
      name,
      locationId,
      email = null,
      timeZone = null,
      ownHours = false,
      bookable = true,
      serviceIds = [],
    } = body;
    const draft = { id, calendarId, name, locationId, email, timeZone, ownHours, bookable, serviceIds, weekly: null };
    const reply = await changeCatalog(caller, { ...managed(locationId), operation: 'add-staff-member', body }, { status: 201, body: idView }, (request) =>
      context.catalog.addStaffMember(draft, request),
    );
    return withHours(context, caller, reply);
  },
});

export const changeStaffMember = route({
  ...shared,
  method: 'patch',
  path: '/v1/staff/{id}',
  summary: 'Change a staff member',
  isConditional: true,
  params,
  query: hoursQuery,
  body: staffChangeBody,
  replies: { 200: { description: 'The staff member as they are now.', schema: managedStaff } },
  handle: async (context, { params: { id }, query, body, caller }) => {
    const { timeZone, ownHours, ...changes } = body;
    const isOfHours = timeZone !== undefined || ownHours !== undefined;
    if (query.appointments !== undefined && !isOfHours) return failedField('invalid-request', 'appointments', 'goes with timeZone or ownHours only');
    // Nobody sends a colleague to a location that is not theirs.
    const barred = changes.locationId === undefined ? undefined : refuseAt(caller.principal, shared.action, managed(changes.locationId).place);
    if (barred !== undefined) return barred;
    const asked = { ...managed(locationOf(context, id)), operation: 'change-staff-member', body: { id, ...body, ...query } };
    const rest = await hoursVersionOf(context, id);
    const ofRow = { ...caller, ifMatch: lessBy(caller.ifMatch, rest) };
    const reply = await changeCatalog<StaffMember>(ofRow, asked, { status: 200, body: idView }, async (request) => {
      const before = await context.catalog.answered(request.key);
      if (before !== undefined) return before;
      const stuck = await changeZone(context, { ...caller, dryRun: true }, id, { timeZone, ownHours, ...query });
      return stuck !== undefined && isFailed(stuck) ? stuck : context.catalog.changeStaffMember(id, changes, request);
    });
    if (isFailed(reply)) return moreBy(reply, rest);
    const stranded: StrandedReply[] = [];
    if (changes.locationId !== undefined) {
      const carried = await carryHours(context.catalog, context.scheduler, changes.locationId);
      if (carried.outcome !== 'done') return problemOfCarrying(carried) ?? reply;
      stranded.push(...wireStranded(context, carried.stranded).filter(({ staffId }) => staffId === id));
    }
    // It is saved by now: what has been booked since it was asked is named, and no reason to refuse the rest.
    const zoned = await changeZone(context, caller, id, { timeZone, ownHours, appointments: 'keep' });
    if (zoned !== undefined && isFailed(zoned)) return zoned;
    const member = await withHours(context, caller, reply);
    return isFailed(member) ? member : { ...member, body: withStranded(member.body, [...stranded, ...(zoned?.body ?? [])]) };
  },
});

export const removeStaffMember = route({
  ...shared,
  method: 'delete',
  path: '/v1/staff/{id}',
  summary: 'Remove a staff member',
  isConditional: true,
  params,
  query: removalQuery,
  replies: {
    204: {
      description: 'They can no longer be booked, every hold with them has ended, and their login is closed. With `appointments=keep` their appointments stay.',
    },
    200: { description: 'With `appointments=cancel`: the same, and how many appointments have been cancelled.', schema: removed },
  },
  handle: (context, { params: { id }, query, caller }) => removeStaff(context, caller, id, query),
});

export const adminStaffRoutes = [addStaffMember, changeStaffMember, removeStaffMember];

async function withHours(context: GatewayContext, { principal }: Caller, reply: Reply): Promise<Reply> {
  if (isFailed(reply)) return reply;
  const { id } = reply.body as ReturnType<typeof idView>;
  const member = context.catalog.snapshot().staff.get(id);
  const hours = member && (await hoursOf(context, [member.calendarId])).get(member.calendarId);
  if (member === undefined || hours === undefined) return failed('not-found', { detail: 'The staff member has been removed in the meantime.' });
  const view = managedStaffView(member, hours, principal);
  return done(view, { ...reply, headers: versionHeaders(view) });
}

/** The zone, and whether the location's hours count, belong to the calendar. `undefined`: there is nothing to do. Otherwise those whom it strands. */
async function changeZone(
  context: GatewayContext,
  caller: Caller,
  staffId: string,
  asked: HoursQuery & { readonly timeZone: string | null | undefined; readonly ownHours: boolean | undefined },
): Promise<Reply<readonly StrandedReply[]> | undefined> {
  const calendarId = context.catalog.snapshot().staff.get(staffId)?.calendarId;
  if (calendarId === undefined || (asked.timeZone === undefined && asked.ownHours === undefined)) return undefined;
  const now = (await hoursOf(context, [calendarId])).get(calendarId);
  if (now === undefined) return undefined;
  const timeZone = asked.timeZone === undefined ? now.timeZone : asked.timeZone;
  const change = { type: 'set-zone', timeZone, ownHours: asked.ownHours ?? now.ownHours } as const;
  if (timeZone === now.timeZone && change.ownHours === now.ownHours) return undefined;
  const { appointments } = asked;
  // A key of its own beside the one that the catalog keeps: a repeat makes good what a crash in between has left out, and changes nothing a second time.
  const key = caller.key === null ? null : createHash('sha256').update(`zone ${caller.key}`).digest('base64url');
  const ask = { calendarId, change, asked: { timeZone: asked.timeZone, ownHours: asked.ownHours }, appointments, rest: 0 };
  return changeHours(context, { ...caller, key, ifMatch: null }, ask, ({ stranded = [] }) => ({
    status: 200,
    body: wireStranded(context, stranded),
  }));
}
