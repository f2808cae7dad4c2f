// Removing what appointments are of, or where they are: a service, a location. No calendar decides that, so the database is asked in the transaction that removes.

import type { Caller } from '../../../access/caller.ts';
import { refuseAt } from '../../../access/rights.ts';
import type { AppointmentRecord } from '../../../booking/appointment-reads-port.ts';
import { inTheWayFields } from '../../../booking/ask-calendar.ts';
import { cancelAhead, MOST_CANCELLED } from '../../../booking/cancel-many.ts';
import { carryOutDependent, type Dependent, planHours } from '../../../booking/plan-hours.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { AheadOf, IfInUse } from '../../../catalog/catalog-store-port.ts';
import { type AppointmentStatus, LIVE_STATUSES } from '../../../model/appointment-status.ts';
import type { OfPlan, PlannedRemoval, Removal } from '../../../protocol/hours-plans.ts';
import { MOST_STRANDED } from '../../../protocol/problems.ts';
import { type Failed, failed, isFailed, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import type { Managing } from '../../parts.ts';
import { type Asked, changeCatalog } from './admin-writes.ts';
import { withoutPlan } from './location-hours.ts';

type Offer<T> = {
  readonly of: AheadOf;
  readonly archive: (request: CatalogRequest<T>, ifInUse: IfInUse) => Promise<CatalogAnswer<T>>;
};

/** With `cancel` everything else is checked before the first appointment is cancelled, so that a removal that is refused leaves all as it was. */
export async function removeOffer<T>(parts: Managing, caller: Caller, asked: Asked, removal: PlannedRemoval & OfPlan, offer: Offer<T>): Promise<Reply> {
  const { plan, planId, stranded, notify, ...unplanned } = removal;
  const stray = withoutPlan(planId, { stranded, notify });
  if (stray !== undefined) return stray;
  if (plan !== undefined) return planOffer(parts, caller, asked, offer);
  if (planId !== undefined) return carryOutOffer(parts, caller, asked, { planId, stranded, notify }, offer);
  return removeUnplanned(parts, caller, asked, unplanned, offer);
}

async function removeUnplanned<T>(parts: Managing, caller: Caller, asked: Asked, removal: Removal, { of, archive }: Offer<T>): Promise<Reply> {
  const { appointments = 'refuse', reason } = removal;
  const barred = appointments === 'cancel' ? refuseAt(caller.principal, 'change-appointment', asked.place) : undefined;
  if (barred !== undefined) return barred;
  let cancelled = 0;
  const view = { status: appointments === 'cancel' ? 200 : 204, body: () => ({ cancelled }) };
  return changeCatalog<T>(caller, { ...asked, body: { ...asked.body, ...removal } }, view, async (request) => {
    const before = await parts.catalog.answered(request.key);
    if (before !== undefined) return before;
    if (appointments === 'cancel') {
      const tried = await archive({ ...request, dryRun: true }, 'keep');
      if (tried.outcome === 'refused') return tried;
      const records = await aheadOf(parts, of, ['pending', 'booked'], MOST_CANCELLED);
      if (isFailed(records)) return records;
      cancelled = await cancelAhead(
        parts,
        caller,
        records.map(({ id }) => id),
        reason ?? null,
      );
    }
    const answer = await archive(request, appointments);
    if (answer.outcome !== 'refused' || answer.refusal.code !== 'still-in-use') return answer;
    const told = appointments === 'cancel' ? { cancelled, detail: 'Not all could be cancelled in one request; repeat it to continue.' } : {};
    return failed('still-in-use', { ...told, ...inTheWayFields(parts, answer.refusal.inTheWay) });
  });
}

/** Tried as the removal itself, so that a plan is only made of what could be done. */
async function planOffer<T>(parts: Managing, caller: Caller, asked: Asked, { of, archive }: Offer<T>): Promise<Reply> {
  const tried = await changeCatalog<T>({ ...caller, key: null, dryRun: true }, asked, { status: 204, body: () => ({}) }, (request) => archive(request, 'keep'));
  if (isFailed(tried)) return tried;
  const dependent = await dependentOn(parts, of);
  return isFailed(dependent) ? dependent : planHours(parts, caller, { ...changeOf(of), changes: [], dependent });
}

/**
 * What becomes of the appointments is one commit, and the removal follows it. If the node crashes in between, a repeat of the request removes what is still there. An
 * appointment that is made in between stays: the service or location was still there when it was booked.
 */
async function carryOutOffer<T>(
  parts: Managing,
  caller: Caller,
  asked: Asked,
  { planId, stranded = {}, notify }: OfPlan & { readonly planId: string },
  { of, archive }: Offer<T>,
): Promise<Reply> {
  const body = { ...asked.body, planId, stranded, notify };
  return changeCatalog<T>(caller, { ...asked, body }, { status: 204, body: () => ({}) }, async (request) => {
    const before = await parts.catalog.answered(request.key);
    if (before !== undefined) return before;
    const tried = await archive({ ...request, key: null, dryRun: true }, 'keep');
    if (tried.outcome === 'refused') return tried;
    const plan = { ...changeOf(of), planId, choices: stranded, notify };
    const carried = await carryOutDependent(parts, caller, plan, () => dependentOn(parts, of));
    return isFailed(carried) ? carried : archive({ ...request, expectedVersions: null }, 'keep');
  });
}

/** What the plan is made for. */
function changeOf(of: AheadOf): { readonly of: string; readonly asked: object } {
  return { of: 'serviceId' in of ? of.serviceId : of.locationId, asked: { type: 'remove', ...of } };
}

/** A service that is gone has no other place; what is at a location may go to another. */
async function dependentOn(parts: Managing, of: AheadOf): Promise<Dependent | Failed> {
  const records = await aheadOf(parts, of, LIVE_STATUSES, MOST_STRANDED + 1);
  return isFailed(records) ? records : { records, options: 'serviceId' in of ? 'none' : 'elsewhere' };
}

/** Those that are ahead or under way, by their start. */
async function aheadOf(
  { appointments, scheduler }: Managing,
  of: AheadOf,
  statuses: readonly AppointmentStatus[],
  most: number,
): Promise<readonly AppointmentRecord[] | Failed> {
  const which = { ...('serviceId' in of ? of : { locationIds: [of.locationId] }), statuses };
  const page = await appointments.list({ ...which, from: scheduler.now() }, most, null);
  return page === 'unknown-cursor' ? UNKNOWN_CURSOR : page.items;
}
