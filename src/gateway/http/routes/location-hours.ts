// Opening hours are the location's and are decided on by its calendars: all of them are asked first, and told afterwards. By a plan they decide first, together with
// what becomes of the appointments, and the location follows.

import type { Caller } from '../../../access/caller.ts';
import type { StrandedAppointment } from '../../../actors/calendar/calendar.ts';
import { inTheWayFields, wireStranded } from '../../../booking/ask-calendar.ts';
import { carryOutPlan, MOST_PLANNED_CALENDARS, type PlannedChange, planHours } from '../../../booking/plan-hours.ts';
import { strandedByHours } from '../../../catalog/carry-hours.ts';
import type { Location } from '../../../catalog/catalog.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../catalog/catalog-answer.ts';
import { openingHoursOf } from '../../../catalog/catalog-store-port.ts';
import type { OfPlan, PlannedHoursQuery } from '../../../protocol/hours-plans.ts';
import { MOST_STRANDED, type StrandedReply } from '../../../protocol/problems.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from '../../../protocol/reply.ts';
import type { Managing } from '../../parts.ts';
import { managedLocationView } from './admin-views.ts';
import { type Asked, changeCatalog, problemOfAsking, refusedBy } from './admin-writes.ts';

/** Of the hours with every calendar that is told them: what one node forwards to another for a plan. */
const MOST_PLANNED_BYTES = 4_000_000;

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
  { appointments, plan, planId, stranded, notify }: PlannedHoursQuery & OfPlan,
  { id, next, save }: HoursOfLocation,
): Promise<Reply> {
  const { catalog, scheduler } = parts;
  const stray = withoutPlan(planId, { stranded, notify });
  if (stray !== undefined) return stray;
  if (plan !== undefined) return planHoursOfLocation(parts, caller, asked, { id, next, save });
  if (planId !== undefined) return carryOutHoursOfLocation(parts, caller, asked, { planId, stranded, notify }, { id, next, save });
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

/** `undefined` if what belongs to a plan comes with its id. */
export function withoutPlan(planId: string | undefined, { stranded, notify }: OfPlan): Failed | undefined {
  const field = stranded === undefined ? notify && 'notify' : 'stranded';
  return field === undefined || planId !== undefined ? undefined : failedField('invalid-request', field, 'is for a change by a plan: send its planId');
}

/** Tried as the change itself, so that a plan is only made of what could be done. */
async function planHoursOfLocation(parts: Managing, caller: Caller, asked: Asked, change: HoursOfLocation): Promise<Reply> {
  const tried = await changeCatalog({ ...caller, key: null, dryRun: true }, asked, { status: 200, body: managedLocationView }, change.save);
  if (isFailed(tried)) return tried;
  const planned = await plannedOf(parts, asked, change);
  if (planned === 'no-calendars') return planHours(parts, caller, { of: change.id, changes: [], asked: asked.body });
  return isFailed(planned) ? planned : planHours(parts, caller, planned);
}

/** The calendars have it in one commit with what becomes of the appointments. If the node crashes before the location has it, the location follows: see `followPlan`. */
async function carryOutHoursOfLocation(
  parts: Managing,
  caller: Caller,
  asked: Asked,
  { planId, stranded = {}, notify }: OfPlan & { readonly planId: string },
  change: HoursOfLocation,
): Promise<Reply> {
  const view = { status: 200, body: (location: Location) => managedLocationView(location) };
  return changeCatalog(caller, { ...asked, body: { ...asked.body, planId, stranded, notify } }, view, async (request) => {
    const before = await parts.catalog.answered(request.key);
    if (before !== undefined) return before;
    const tried = await change.save({ ...request, key: null, dryRun: true });
    const barred = tried.outcome === 'refused' ? refusedBy(tried.refusal) : undefined;
    const planned = await plannedOf(parts, asked, change);
    if (planned !== 'no-calendars') {
      if (isFailed(planned)) return planned;
      const carried = await carryOutPlan(parts, caller, { ...planned, planId, choices: stranded, notify, barred }, () => ({ status: 200, body: {} }));
      if (isFailed(carried)) return carried;
    } else if (barred !== undefined) return barred;
    return change.save({ ...request, expectedVersions: null });
  });
}

async function plannedOf({ catalog }: Managing, { body }: Asked, { id, next }: HoursOfLocation): Promise<PlannedChange | Failed | 'no-calendars'> {
  const was = catalog.snapshotWithArchived().locations.get(id);
  if (was === undefined) return failed('not-found', { detail: 'There is no such location.' });
  const location = { ...openingHoursOf(next(was)), version: was.hoursVersion + 1 };
  const calendarIds = await catalog.calendarsOf(id);
  if (calendarIds.length > MOST_PLANNED_CALENDARS)
    return failed('limit-reached', {
      detail: `The location has ${calendarIds.length} calendars; a plan can change ${MOST_PLANNED_CALENDARS}. Use appointments=keep.`,
    });
  if (JSON.stringify(location).length * calendarIds.length > MOST_PLANNED_BYTES)
    return failed('limit-reached', { detail: 'The location has too many special dates for a plan; remove past ones.' });
  const change = { type: 'set-location-hours', location, plannedFor: id } as const;
  const [first, ...more] = calendarIds.map((calendarId) => ({ calendarId, change, expectedVersions: null }));
  return first === undefined ? 'no-calendars' : { of: id, changes: [first, ...more], asked: body };
}

/** `body` may name some already. */
export function withStranded<Body extends object>(body: Body & { readonly stranded?: readonly StrandedReply[] }, more: readonly StrandedReply[]): Body {
  const named = body.stranded ?? [];
  const known = new Set(named.map(({ appointmentId }) => appointmentId));
  const all = [...named, ...more.filter(({ appointmentId }) => !known.has(appointmentId))];
  if (all.length === 0) return body;
  return { ...body, stranded: all.toSorted((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt)).slice(0, MOST_STRANDED) };
}
