// Time off that staff members ask for, and managers approve by a plan or decline.
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../../access/caller.ts';
import type { Action } from '../../../access/permissions.ts';
import { may, refuseAt } from '../../../access/rights.ts';
import { SYSTEM } from '../../../audit/audit-entry.ts';
import { carryOutPlan, planHours } from '../../../booking/plan-hours.ts';
import { addTimeOffRequest, settleTimeOffRequest, type TimeOffRequest, type TimeOffRequestStore } from '../../../booking/time-off-requests.ts';
import type { StaffMember } from '../../../catalog/catalog.ts';
import { hoursPlan, type OfPlan } from '../../../protocol/hours-plans.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import {
  approvalBody,
  approvalQuery,
  declineTimeOffBody,
  newTimeOffRequestBody,
  type TimeOffRequestReply,
  type TimeOffStatus,
  timeOffRequest,
  timeOffRequests,
  timeOffRequestsQuery,
} from '../../../protocol/time-off-requests.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { Managing } from '../../parts.ts';
import { type Route, route } from '../route.ts';
import { changeManaged } from './admin-writes.ts';
import { hoursOf } from './calendar-hours.ts';
import { CLAIM_PROBLEMS } from './holds.ts';

type Parts = Managing & { readonly timeOffRequests: TimeOffRequestStore };

const params = z.object({ id: uuid });
const shared = { tag: 'Staff', isIdempotent: true } as const;
const problems = ['not-found', 'id-in-use', 'wrong-status', 'idempotency-key-reused', 'outcome-unknown', 'overloaded'] as const;
const LISTED_BY_DEFAULT = 50;
const NO_REQUEST = failed('not-found', { detail: 'There is no such request.' });

export const timeOffRequestRoutes: readonly Route<Parts>[] = [
  route({
    ...shared,
    method: 'post',
    path: '/v1/staff/{id}/time-off-requests',
    summary: 'Ask for time off',
    action: 'request-time-off',
    params,
    body: newTimeOffRequestBody,
    replies: { 201: { description: 'The request, which is open. Those who may decide about it are told.', schema: timeOffRequest } },
    problems: [...problems, 'limit-reached'],
    handle: async (parts: Parts, { params: { id: staffId }, body, caller }) => {
      const member = parts.catalog.snapshot().staff.get(staffId);
      const place = { staffId, locationId: member?.locationId ?? null };
      const barred = refuseAt(caller.principal, 'request-time-off', place);
      if (barred !== undefined) return barred;
      if (member === undefined) return failed('not-found', { detail: 'There is no such staff member.' });
      const now = parts.scheduler.now();
      if (body.endsAt <= now) return failedField('invalid-request', 'endsAt', 'must be ahead');
      const { id = randomUUIDv7(), startsAt, endsAt, kind, note = null } = body;
      const added: TimeOffRequest = {
        id,
        staffId,
        startsAt,
        endsAt,
        kind,
        note: note === '' ? null : note,
        ...{ status: 'open', answer: null, createdAt: now, decidedAt: null },
      } as const;
      const asked = { action: 'request-time-off', place, operation: 'request-time-off', body: { staffId, ...body } } as const;
      const reply = await changeManaged<TimeOffRequest>(caller, asked, { status: 201, body: idView }, (request) =>
        addTimeOffRequest(parts.timeOffRequests, added, { ...request, at: now, name: member.name, locationId: member.locationId }),
      );
      return whole(parts, member, reply);
    },
  }),
  route({
    method: 'get',
    path: '/v1/time-off-requests',
    tag: shared.tag,
    summary: 'Requests for time off',
    action: 'request-time-off',
    query: timeOffRequestsQuery,
    replies: { 200: { description: 'Of those staff members whose requests the caller may read, the newest first.', schema: timeOffRequests } },
    handle: async (parts: Parts, { query: { status = null, staffId, limit = LISTED_BY_DEFAULT, cursor = null }, caller }) => {
      const { staff } = parts.catalog.snapshot();
      if (cursor !== null && !uuid.safeParse(cursor).success) return UNKNOWN_CURSOR;
      const read = [...staff.values()].filter((member) => may(caller.principal, 'request-time-off', placeOf(member)));
      const staffIds = read.filter(({ id }) => staffId === undefined || id === staffId).map(({ id }) => id);
      const found = await parts.timeOffRequests.list({ staffIds, status, before: cursor }, limit + 1);
      if (found === 'unknown-cursor') return UNKNOWN_CURSOR;
      const items = found.slice(0, limit);
      const nextCursor = found.length > limit ? (items.at(-1)?.id ?? null) : null;
      return done({ items: items.flatMap((one) => view(parts, staff.get(one.staffId), one) ?? []), nextCursor });
    },
  }),
  settling('withdraw', 'Withdraw a request', 'request-time-off', 'withdrawn', z.strictObject({}).meta({ id: 'TimeOffWithdrawal' })),
  settling('decline', 'Decline a request for time off', 'decide-time-off', 'declined', declineTimeOffBody),
  route({
    ...shared,
    method: 'post',
    path: '/v1/time-off-requests/{id}/approve',
    summary: 'Approve a request for time off, by a plan',
    action: 'decide-time-off',
    params,
    query: approvalQuery,
    body: approvalBody,
    replies: {
      200: {
        description: 'With `plan`: what the time off strands. With `planId`: the request, which is approved.',
        schema: z.union([hoursPlan, timeOffRequest]),
      },
    },
    problems: [...problems, 'limit-reached', 'plan-outdated', ...CLAIM_PROBLEMS],
    handle: async (parts: Parts, { params: { id }, query: { plan, planId }, body, caller }) => {
      const found = await requestFor(parts, caller, 'decide-time-off', id);
      if (isFailed(found)) return found;
      if ((plan === undefined) === (planId === undefined)) return failedField('invalid-request', 'planId', 'is needed, or plan: ask for a plan first');
      if (planId !== undefined) return approve(parts, caller, found, { ...body, planId });
      if (plan !== undefined && (body.stranded ?? body.notify) !== undefined)
        return failedField('invalid-request', 'stranded', 'is for a change by a plan: send its planId');
      return isOpen(await followed(parts, found)) ?? planHours(parts, caller, plannedOf(found));
    },
  }),
];

type Found = { readonly request: TimeOffRequest; readonly member: StaffMember };

function settling(
  verb: 'withdraw' | 'decline',
  summary: string,
  action: Action,
  status: Exclude<TimeOffStatus, 'open' | 'approved'>,
  body: typeof declineTimeOffBody | z.ZodObject<Record<never, never>>,
): Route<Parts> {
  return route({
    ...shared,
    method: 'post',
    path: `/v1/time-off-requests/{id}/${verb}`,
    summary,
    action,
    params,
    body,
    replies: { 200: { description: `The request, which is ${status}.`, schema: timeOffRequest } },
    problems,
    handle: async (parts: Parts, { params: { id }, body: said, caller }) => {
      const found = await requestFor(parts, caller, action, id);
      if (isFailed(found)) return found;
      const answer = 'answer' in said && typeof said.answer === 'string' ? said.answer : null;
      await followed(parts, found);
      return settle(parts, caller, found, { action, operation: `${verb}-time-off`, status, answer });
    },
  });
}

/** The calendar first, by the plan; the request follows. If the node crashes in between, whatever is asked of the request next finds that it is approved. */
async function approve(
  parts: Parts,
  caller: Caller,
  found: Found,
  { answer = null, planId, stranded = {}, notify }: OfPlan & { readonly answer?: string | null | undefined; readonly planId: string },
): Promise<Reply> {
  const carried = await carryOutPlan(parts, caller, { ...plannedOf(found), planId, choices: stranded, notify, barred: isOpen(found.request) }, () => ({
    status: 200,
    body: {},
  }));
  if (isFailed(carried)) return carried.problem.code === 'id-in-use' ? (isOpen(await followed(parts, found)) ?? carried) : carried;
  return settle(parts, caller, found, { action: 'decide-time-off', operation: 'approve-time-off', status: 'approved', answer });
}

type Settling = { readonly action: Action; readonly operation: string; readonly status: Exclude<TimeOffStatus, 'open'>; readonly answer: string | null };

async function settle(parts: Parts, caller: Caller, { request: { id }, member }: Found, { action, operation, status, answer }: Settling): Promise<Reply> {
  const asked = { action, place: placeOf(member), operation, body: { id, answer } };
  const reply = await changeManaged<TimeOffRequest>(caller, asked, { status: 200, body: idView }, (request) =>
    settleTimeOffRequest(
      parts.timeOffRequests,
      { id, status, answer },
      { ...request, at: parts.scheduler.now(), name: member.name, locationId: member.locationId },
    ),
  );
  return whole(parts, member, reply);
}

/** What is kept of a reply: no note and no answer. */
const idView = ({ id }: TimeOffRequest) => ({ id });

/** A reply of `idView`, as the request is now. */
async function whole(parts: Parts, member: StaffMember, reply: Reply): Promise<Reply> {
  if (isFailed(reply)) return reply;
  const { id } = reply.body as ReturnType<typeof idView>;
  const request = await parts.timeOffRequests.byId(id);
  const body = request && view(parts, member, request);
  return body === undefined ? NO_REQUEST : { ...reply, body };
}

async function requestFor(parts: Parts, caller: Caller, action: Action, id: string): Promise<Found | Failed> {
  const request = await parts.timeOffRequests.byId(id);
  const member = request && parts.catalog.snapshot().staff.get(request.staffId);
  if (request === undefined || member === undefined || !may(caller.principal, 'request-time-off', placeOf(member))) return NO_REQUEST;
  const barred = refuseAt(caller.principal, action, placeOf(member));
  if (barred !== undefined) return barred;
  return { request, member };
}

/** As its calendar has it: what that has carried out is approved, also if the node crashed before the request was. Who asks chooses the id, so the id alone proves nothing. */
async function followed(parts: Parts, { request, member }: Found): Promise<TimeOffRequest> {
  const hours = (await hoursOf(parts, [member.calendarId])).get(member.calendarId);
  const { id, startsAt, endsAt, status } = request;
  const isThere = hours?.timeOff.some((one) => one.id === id && one.startsAt === startsAt && one.endsAt === endsAt) === true;
  if (status === 'approved' || !isThere) return request;
  const approved = { id, status: 'approved', answer: request.answer } as const;
  const asked = { ...SYSTEM, key: null, reply: () => ({ status: 200, body: {} }), at: parts.scheduler.now(), name: member.name, locationId: member.locationId };
  await settleTimeOffRequest(parts.timeOffRequests, approved, asked);
  return { ...request, status: 'approved' };
}

function isOpen({ status }: TimeOffRequest): Failed | undefined {
  return status === 'open' ? undefined : failed('wrong-status', { detail: `The request is ${status} already.` });
}

/** Why they are away stays with the request. */
function plannedOf({ request: { id, startsAt, endsAt }, member: { calendarId } }: Found) {
  const change = { type: 'add-time-off', timeOff: { id, startsAt, endsAt, reason: null } } as const;
  return { of: calendarId, changes: [{ calendarId, change, expectedVersions: null }], asked: change } as const;
}

function placeOf({ id, locationId }: StaffMember) {
  return { staffId: id, locationId };
}

function view(
  { catalog }: Parts,
  member: StaffMember | undefined,
  { startsAt, endsAt, createdAt, decidedAt, ...request }: TimeOffRequest,
): TimeOffRequestReply | undefined {
  if (member === undefined) return undefined;
  const zone = catalog.snapshotWithArchived().locations.get(member.locationId)?.timeZone ?? 'UTC';
  const [from, to, made, decided] = [startsAt, endsAt, createdAt, decidedAt].map((at) => (at === null ? null : wireTime(at, zone)));
  return { ...request, startsAt: from ?? '', endsAt: to ?? '', createdAt: made ?? '', decidedAt: decided ?? null };
}
