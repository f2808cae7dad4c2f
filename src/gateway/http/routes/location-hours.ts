// Opening hours are the location's and are decided on by its calendars: all of them are asked first, and told afterwards.

import type { Caller } from '../../../access/caller.ts';
import type { StrandedAppointment } from '../../../actors/calendar/calendar.ts';
import { inTheWayFields, wireStranded } from '../../../booking/ask-calendar.ts';
import { strandedByHours } from '../../../catalog/carry-hours.ts';
import type { Location } from '../../../catalog/catalog.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { HoursQuery } from '../../../protocol/catalog.ts';
import { MOST_STRANDED, type StrandedReply } from '../../../protocol/problems.ts';
import { failed, isFailed, type Reply } from '../../../protocol/reply.ts';
import type { Managing } from '../../parts.ts';
import { managedLocationView } from './admin-views.ts';
import { type Asked, changeCatalog, problemOfAsking } from './admin-writes.ts';

type HoursOfLocation = {
  readonly id: string;
  /** The location with the change. */
  readonly next: (location: Location) => Location;
  readonly save: (request: CatalogRequest<Location>) => Promise<CatalogAnswer<Location>>;
};

/**
 * Refused where appointments would be stranded, unless `appointments` says that they are kept; then the answer names them. An appointment that was made
 * between the question and the change is named as well: all calendars of a location cannot be asked at one instant.
 */
export async function changeHoursOfLocation(
  parts: Managing,
  caller: Caller,
  asked: Asked,
  { appointments }: HoursQuery,
  { id, next, save }: HoursOfLocation,
): Promise<Reply> {
  const { catalog, scheduler } = parts;
  let foreseen: readonly StrandedReply[] = [];
  let carried: readonly StrandedAppointment[] = [];
  const view = { status: 200, body: (location: Location) => withStranded(managedLocationView(location), foreseen) };
  const reply = await changeCatalog(caller, { ...asked, body: { ...asked.body, appointments } }, view, async (request) => {
    const saved = async () => {
      const answer = await save(request);
      if ('carried' in answer && answer.carried?.outcome === 'done') carried = answer.carried.stranded;
      return answer;
    };
    const before = await catalog.answered(request.key);
    const location = catalog.snapshot().locations.get(id);
    if (before !== undefined || location === undefined) return saved();
    const result = await strandedByHours(catalog, scheduler, next(location));
    if (result.outcome !== 'done') return problemOfAsking(result);
    const { inTheWay } = result;
    if (inTheWay !== undefined && appointments !== 'keep') return failed('still-in-use', inTheWayFields(parts, inTheWay));
    foreseen = wireStranded(parts, inTheWay?.stranded ?? []);
    return saved();
  });
  return isFailed(reply) ? reply : { ...reply, body: withStranded(reply.body, wireStranded(parts, carried)) };
}

/** `body` may name some already. */
export function withStranded<Body extends object>(body: Body & { readonly stranded?: readonly StrandedReply[] }, more: readonly StrandedReply[]): Body {
  const named = body.stranded ?? [];
  const known = new Set(named.map(({ appointmentId }) => appointmentId));
  const all = [...named, ...more.filter(({ appointmentId }) => !known.has(appointmentId))];
  if (all.length === 0) return body;
  return { ...body, stranded: all.toSorted((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt)).slice(0, MOST_STRANDED) };
}
