// Removing what appointments are of, or where they are: a service, a location. No calendar decides that, so the database is asked in the transaction that removes.

import type { Caller } from '../../../access/caller.ts';
import { refuseAt } from '../../../access/rights.ts';
import { inTheWayFields } from '../../../booking/ask-calendar.ts';
import { cancelAhead, MOST_CANCELLED } from '../../../booking/cancel-many.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { AheadOf, IfInUse } from '../../../catalog/catalog-store-port.ts';
import { DAY, instant } from '../../../model/instant.ts';
import type { Removal } from '../../../protocol/catalog.ts';
import { failed, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import type { Managing } from '../../parts.ts';
import { type Asked, changeCatalog } from './admin-writes.ts';

/** Of those that began within a day and are not settled. */
const MOST_UNDER_WAY = 1_000;

type Offer<T> = {
  readonly of: AheadOf;
  readonly archive: (request: CatalogRequest<T>, ifInUse: IfInUse) => Promise<CatalogAnswer<T>>;
};

/** With `cancel` everything else is checked before the first appointment is cancelled, so that a removal that is refused leaves all as it was. */
export async function removeOffer<T>(parts: Managing, caller: Caller, asked: Asked, removal: Removal, { of, archive }: Offer<T>): Promise<Reply> {
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
      const ids = await cancellable(parts, of);
      if (ids === undefined) return UNKNOWN_CURSOR;
      cancelled = await cancelAhead(parts, caller, ids, reason ?? null);
    }
    const answer = await archive(request, appointments);
    if (answer.outcome !== 'refused' || answer.refusal.code !== 'still-in-use') return answer;
    const told = appointments === 'cancel' ? { cancelled, detail: 'Not all could be cancelled in one request; repeat it to continue.' } : {};
    return failed('still-in-use', { ...told, ...inTheWayFields(parts, answer.refusal.inTheWay) });
  });
}

/** Those that are ahead or under way; customers who have checked in are there already. */
async function cancellable({ appointments, scheduler }: Managing, of: AheadOf): Promise<readonly string[] | undefined> {
  const now = scheduler.now();
  const which = { ...('serviceId' in of ? of : { locationIds: [of.locationId] }), statuses: ['pending', 'booked'] } as const;
  // None lasts longer than a day.
  const underWay = await appointments.list({ ...which, from: instant(now - DAY), to: now }, MOST_UNDER_WAY, null);
  const ahead = await appointments.list({ ...which, from: now }, MOST_CANCELLED, null);
  if (underWay === 'unknown-cursor' || ahead === 'unknown-cursor') return undefined;
  return [...underWay.items.filter(({ endsAt }) => endsAt > now), ...ahead.items].map(({ id }) => id);
}
