// Removing a staff member or a resource: the calendar first, which decides against every claim that is made at the same time, then the catalog, then both are compared.

import type { Caller } from '../../../access/caller.ts';
import { may, refuseAt } from '../../../access/rights.ts';
import { inTheWayFields, replyOf } from '../../../booking/ask-calendar.ts';
import { cancelAhead } from '../../../booking/cancel-many.ts';
import { carryOutPlan, type PlannedChange, planHours } from '../../../booking/plan-hours.ts';
import type { CarryResult } from '../../../catalog/carry-hours.ts';
import type { CatalogAnswer } from '../../../catalog/catalog-answer.ts';
import { retireCalendar, settleRetired } from '../../../catalog/retire-calendar.ts';
import { type Instant, instant } from '../../../model/instant.ts';
import type { OfPlan, PlannedRemoval, Removal } from '../../../protocol/hours-plans.ts';
import { type Failed, failed, isFailed, type Reply } from '../../../protocol/reply.ts';
import { lessBy, moreBy } from '../../../protocol/versions.ts';
import type { Managing } from '../../parts.ts';
import { changeCatalog } from './admin-writes.ts';
import { hoursVersionOf } from './calendar-hours.ts';
import type { CalendarKind, WithCalendar } from './calendar-kinds.ts';
import { withoutPlan } from './location-hours.ts';

const END_OF_TIME = instant(Number.MAX_SAFE_INTEGER);

export async function removeWithCalendar<Of extends WithCalendar>(
  parts: Managing,
  caller: Caller,
  kind: CalendarKind<Of, never>,
  id: string,
  removal: PlannedRemoval & OfPlan,
): Promise<Reply> {
  const { catalog, scheduler } = parts;
  const stray = withoutPlan(removal.planId, removal);
  if (stray !== undefined) return stray;
  const known = kind.of(catalog.snapshotWithArchived()).get(id);
  const place = { staffId: null, locationId: known?.locationId ?? null };
  const barred =
    refuseAt(caller.principal, kind.action, place) ??
    (removal.appointments === 'cancel' ? refuseAt(caller.principal, 'change-appointment', known === undefined ? place : kind.placeOf(known)) : undefined);
  if (barred !== undefined) return barred;
  // What this node has in memory may be a moment old, and a calendar is not retired on a guess.
  await catalog.refresh();
  const rest = await hoursVersionOf(parts, kind.of(catalog.snapshotWithArchived()).get(id)?.calendarId);
  if (removal.plan !== undefined) return moreBy(await planRemoval(parts, { ...caller, ifMatch: lessBy(caller.ifMatch, rest) }, kind, id), rest);
  let ready = { cancelled: 0 };
  const asked = { action: kind.action, place, operation: kind.operations.remove, body: { id, ...removal } };
  const view = { status: removal.appointments === 'cancel' ? 200 : 204, body: () => ready };
  const reply = await changeCatalog<Of>({ ...caller, ifMatch: lessBy(caller.ifMatch, rest) }, asked, view, async (request) => {
    // Everything else is checked before the first appointment is cancelled, so that a removal that is refused leaves all as it was.
    const before = (await catalog.answered(request.key)) ?? refusedIn(await kind.archive(catalog, id, { ...request, key: null, dryRun: true }));
    if (before !== undefined) return before;
    const one = kind.of(catalog.snapshot()).get(id);
    if (one !== undefined && removal.planId !== undefined) {
      const carried = await carryOutRemoval(parts, caller, one, { ...removal, planId: removal.planId });
      if (isFailed(carried)) return carried;
      const removed = await kind.archive(catalog, id, { ...request, expectedVersions: null });
      // A node that began in between has finished it: see `settleRetired`.
      const isGone = removed.outcome === 'refused' && removed.refusal.code === 'not-found';
      return isGone ? { outcome: 'replayed', reply: { status: 204, body: {} } } : removed;
    }
    const foreign = one === undefined ? undefined : await refuseForeign(parts, caller, one, removal);
    if (foreign !== undefined) return foreign;
    const retired = one === undefined ? ready : await retire(parts, caller, one, removal);
    if (isFailed(retired)) return retired;
    ready = retired;
    return kind.archive(catalog, id, request);
  });
  return unsettled(await settleRetired(catalog, scheduler, id)) ?? moreBy(reply, rest);
}

function retirementOf({ id, calendarId }: WithCalendar): PlannedChange {
  return { of: calendarId, changes: [{ calendarId, change: { type: 'retire', plannedFor: id }, expectedVersions: null }], asked: { type: 'retire', id } };
}

/** Tried as the removal itself, so that a plan is only made of what could be done. */
async function planRemoval<Of extends WithCalendar>(parts: Managing, caller: Caller, kind: CalendarKind<Of, never>, id: string): Promise<Reply> {
  const { catalog } = parts;
  const one = kind.of(catalog.snapshot()).get(id);
  if (one === undefined) return failed('not-found', { detail: `There is no such ${kind.noun}.` });
  const asked = { action: kind.action, place: { staffId: null, locationId: one.locationId }, operation: kind.operations.remove, body: { id } };
  const tried = await changeCatalog<Of>({ ...caller, key: null, dryRun: true }, asked, { status: 204, body: () => ({}) }, (request) =>
    kind.archive(catalog, id, request),
  );
  return isFailed(tried) ? tried : planHours(parts, caller, retirementOf(one));
}

/** The calendar is retired in one commit with what becomes of its appointments. If the node crashes before it is removed, `settleRetired` removes it. */
function carryOutRemoval(parts: Managing, caller: Caller, one: WithCalendar, { planId, stranded = {}, notify }: OfPlan & { readonly planId: string }) {
  return carryOutPlan(parts, caller, { ...retirementOf(one), planId, choices: stranded, notify }, () => ({ status: 200, body: {} }));
}

function refusedIn<T>(answer: CatalogAnswer<T>): CatalogAnswer<T> | undefined {
  return answer.outcome === 'refused' ? answer : undefined;
}

/** Appointments stay with the location they were made for: who may cancel here need not be allowed to where the staff member or resource was before. */
async function refuseForeign(parts: Managing, caller: Caller, one: WithCalendar, { appointments }: Removal): Promise<Failed | undefined> {
  if (appointments !== 'cancel') return undefined;
  const ids = (await cancellable(parts, one)).map(({ id }) => id);
  const records = await parts.appointments.byIds(ids);
  if (records.values().every((record) => may(caller.principal, 'change-appointment', record))) return undefined;
  return failed('forbidden', { detail: 'Some of the appointments are at another location, where you may not cancel.' });
}

/** Takes the calendar out of service, or says why not. */
async function retire(parts: Managing, caller: Caller, one: WithCalendar, { appointments, reason }: Removal): Promise<{ readonly cancelled: number } | Failed> {
  const answer = await retireCalendar(parts.scheduler, one.calendarId, appointments === undefined ? 'in-use' : undefined);
  const reply = await replyOf(parts, answer, () => ({ status: 200, body: {} }));
  if (isFailed(reply)) return reply;
  if (appointments !== 'cancel') return { cancelled: 0 };
  const cancelled = await cancelAhead(
    parts,
    caller,
    (await cancellable(parts, one)).map(({ id }) => id),
    reason ?? null,
  );
  const left = await cancellable(parts, one);
  const [next] = left;
  if (next === undefined) return { cancelled };
  const detail = 'Not all could be cancelled in one request; repeat it to continue.';
  return failed('still-in-use', {
    detail,
    cancelled,
    ...inTheWayFields(parts, { appointments: left.length, next: { ...next, calendarId: one.calendarId } }),
  });
}

/** Live appointments ahead that can still be cancelled: customers who have checked in are there already. */
async function cancellable({ scheduler }: Managing, { calendarId }: WithCalendar): Promise<readonly { readonly id: string; readonly startsAt: Instant }[]> {
  const [view] = await scheduler.views([calendarId], scheduler.now(), END_OF_TIME);
  const live = view?.claims.filter(({ kind, status }) => kind === 'appointment' && (status === 'pending' || status === 'booked')) ?? [];
  return live.toSorted((one, other) => one.startsAt - other.startsAt);
}

function unsettled(result: CarryResult): Failed | undefined {
  switch (result.outcome) {
    case 'done':
      return undefined;
    case 'retry':
      return failed('overloaded', { detail: 'The calendar could not be reached. Send the request again.', retryAfterSeconds: result.retryAfterSeconds });
    case 'unknown':
      return failed('outcome-unknown', { detail: 'It is unknown whether the calendar has the change. Send the request again.' });
    default:
      return result satisfies never;
  }
}
