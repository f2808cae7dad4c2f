// A change of hours that is planned first: which appointments it strands and who could take each, and then all of it at once. A plan is not stored: what it is called is signed
// and says what it was made for, so every node can tell whether the calendars still are as they were.
import { createHash } from 'node:crypto';
import { type Caller, canonicalJson, requestKeyOf } from '../access/caller.ts';
import { may } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import type { CalendarEvent, HoursChange, Refusal } from '../actors/calendar/calendar.ts';
import { hoursAfter } from '../actors/calendar/decide-hours.ts';
import type { ClaimAsk, Notified, RequestKey } from '../actors/scheduler.ts';
import { termsOf } from '../catalog/slot-terms-of.ts';
import type { CalendarHours } from '../model/calendar-hours.ts';
import { DAY, type Instant, instant, MINUTE } from '../model/instant.ts';
import { openWindows } from '../model/open-windows.ts';
import { fits } from '../model/slot-frame.ts';
import { keepingBooked } from '../model/slot-terms.ts';
import type { HoursPlanReply, StrandedChoices } from '../protocol/hours-plans.ts';
import { MOST_STRANDED } from '../protocol/problems.ts';
import { type Done, done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import { askCalendar, replyOf, unlessAnswered } from './ask-calendar.ts';
import { candidatesToList, claimToMove, whoDoes } from './candidates.ts';
import type { Booking } from './parts.ts';

/** Long enough to call a few customers. */
const PLAN_MINUTES = 15;
/** For each appointment. */
const MOST_OPTIONS = 8;
/** Who is looked at for one appointment, and how far ahead: who is called today wants to come soon. */
const MOST_CANDIDATES = 20;
const OPTIONS_WITHIN = 3 * DAY;

/** `asked`: what the change stands for, without what is new on every try. */
export type PlannedChange = {
  readonly calendarId: string;
  readonly change: HoursChange;
  readonly asked: object;
  readonly expectedVersions: readonly number[] | null;
};

/** What the change would strand, and what could be done about it. Nothing is stored. */
export async function planHours(parts: Booking, caller: Caller, planned: PlannedChange): Promise<Reply<HoursPlanReply>> {
  const found = await strandedNow(parts, planned);
  if (isFailed(found)) return found;
  const { records, kept } = found;
  const expiresAt = instant(parts.scheduler.now() + PLAN_MINUTES * MINUTE);
  const options = await optionsFor(parts, planned, records);
  return done({
    planId: parts.tokens.planToken(digestOf(caller, planned, records), expiresAt),
    expiresAt: wireTime(expiresAt, 'UTC'),
    kept,
    stranded: records.map((record) => {
      const told = toldOf({ principal: caller.principal, place: record }, record, record.details);
      const { id, startsAt, endsAt, staffId, serviceName, status, timeZone } = record;
      return {
        ...{ appointmentId: id, startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone), staffId, serviceName: serviceName ?? null, status },
        customer: told?.customer ? { id: told.customer.id, name: told.customer.name } : null,
        options: (options.get(id) ?? []).map((option) => ({ staffId: option.staffId, startsAt: wireTime(option.startsAt, timeZone) })),
      };
    }),
  });
}

type HoursChanged = Extract<CalendarEvent, { type: 'hours.changed' }>;
type ByPlan = PlannedChange & { readonly planId: string; readonly choices: StrandedChoices; readonly notify: Notified | undefined };

/** All of it in one commit, or `plan-outdated`. `describe` must depend on nothing but the fact. */
export async function carryOutPlan<Body extends object>(
  parts: Booking,
  caller: Caller,
  { planId, choices, notify, ...planned }: ByPlan,
  describe: (event: HoursChanged) => Omit<Done<Body>, 'replayed'>,
): Promise<Reply<Body>> {
  const { calendarId, change, asked, expectedVersions } = planned;
  const request = requestKeyOf(
    caller,
    'carry-out',
    { calendarId, ...asked, planId, choices, ...(notify && { notify }), ...(caller.ifMatch !== null && { ifMatch: caller.ifMatch }) },
    notify,
  );
  const described = ({ event }: { readonly event: CalendarEvent }) => (event.type === 'hours.changed' ? describe(event) : failed('idempotency-key-reused'));
  const refused = async (failure: Failed) => unlessAnswered(parts, caller, request, failure, described);
  const plan = parts.tokens.planOf(planId);
  if (plan === undefined) return failedField('invalid-request', 'planId', 'is not the id of a plan');
  const found = await strandedNow(parts, planned);
  if (isFailed(found)) return refused(found);
  const { records } = found;
  if (plan.expiresAt < parts.scheduler.now() || plan.digest !== digestOf(caller, planned, records)) return refused(failed('plan-outdated'));
  const carried = whatBecomesOf(parts, caller, planned, records, choices);
  if (isFailed(carried)) return refused(carried);
  const command = { type: 'carry-out', calendarId, change, expectedVersions, strands: records.map(({ id }) => id), ...carried } as const;
  return outdated(await askCalendar(parts, caller, request, command, described));
}

/** What speaks against a part of it was not so when the plan was made. */
function outdated<Body extends object>(reply: Reply<Body>): Reply<Body> {
  if (!isFailed(reply) || !MOVED_ON.has(reply.problem.code)) return reply;
  const { detail } = reply.problem;
  return { ...failed('plan-outdated', detail === undefined ? {} : { detail }), ...(reply.replayed && { replayed: reply.replayed }) };
}

const MOVED_ON: ReadonlySet<string> = new Set([
  'slot-taken',
  'outside-hours',
  'off-grid',
  'limit-reached',
  'slot-in-past',
  'wrong-status',
  'not-found',
] satisfies readonly Refusal['code'][]);

type Carried = { readonly moves: readonly { readonly appointmentId: string; readonly ask: ClaimAsk }[]; readonly cancels: readonly string[] };

function whatBecomesOf(
  parts: Booking,
  caller: Caller,
  planned: PlannedChange,
  records: readonly AppointmentRecord[],
  choices: StrandedChoices,
): Carried | Failed {
  const unknown = Object.keys(choices).find((id) => !records.some((record) => record.id === id));
  if (unknown !== undefined) return failedField('invalid-request', `stranded.${unknown}`, 'is not stranded by this change');
  const moves: Carried['moves'][number][] = [];
  const cancels: string[] = [];
  for (const record of records) {
    const choice = choices[record.id];
    if (choice === undefined) return failedField('invalid-request', `stranded.${record.id}`, 'is needed: keep, cancel or move');
    if (choice.action !== 'keep' && !may(caller.principal, 'change-appointment', record))
      return failedField('forbidden', `stranded.${record.id}`, 'belongs to another location');
    if (choice.action === 'cancel') cancels.push(record.id);
    if (choice.action !== 'move') continue;
    const ask = askFor(parts, caller, planned, record, choice);
    if (isFailed(ask)) return ask;
    moves.push({ appointmentId: record.id, ask });
  }
  return { moves, cancels };
}

/** The rules for customers about how early they book do not bind the business. */
const AT_ONCE = { leadTimeMinutes: 0, horizonDays: null } as const;

function askFor(
  parts: Booking,
  caller: Caller,
  { calendarId }: PlannedChange,
  record: AppointmentRecord,
  { startsAt, staffId }: { readonly startsAt: Instant; readonly staffId?: string | undefined },
): ClaimAsk | Failed {
  const ask = claimToMove(parts, caller, record, { startsAt, staffId, resourceId: undefined, override: undefined });
  if (isFailed(ask)) return ask;
  const candidates = withoutResource(ask.candidates, calendarId);
  return candidates.length > 0 ? { ...ask, terms: { ...ask.terms, ...AT_ONCE }, candidates } : failed('plan-outdated');
}

/** A room that is to be closed takes nothing. */
function withoutResource(candidates: ClaimAsk['candidates'], calendarId: string): ClaimAsk['candidates'] {
  return candidates.flatMap(({ resources, ...candidate }) => {
    if (resources === undefined) return [candidate];
    const [first, ...more] = resources.filter((resource) => resource.calendarId !== calendarId);
    return first === undefined ? [] : [{ ...candidate, resources: [first, ...more] as const }];
  });
}

type Stranded = { readonly records: readonly AppointmentRecord[]; readonly kept: number };

/** Asked of the calendar as it would decide, without anything being stored. */
async function strandedNow(parts: Booking, planned: PlannedChange): Promise<Stranded | Failed> {
  const { calendarId, change, expectedVersions } = planned;
  const request: RequestKey = { caller: 'plan', key: 'plan', fingerprint: 'plan' };
  const rehearse = (what: HoursChange) =>
    parts.scheduler.ask(request, { type: 'change-hours', calendarId, change: what, unless: 'in-use', expectedVersions }, { dryRun: true });
  const answers = [await rehearse(change), await rehearse({ type: 'retire' })];
  const [inTheWay, ahead] = answers.map((answer) => (answer.outcome === 'no' ? answer.refusal.inTheWay : undefined));
  const [answer] = answers;
  if (answer !== undefined && answer.outcome !== 'ok' && inTheWay === undefined) {
    const reply = await replyOf<object>(parts, answer, () => ({ status: 200, body: {} }));
    return isFailed(reply) ? reply : failed('internal');
  }
  const named = inTheWay?.stranded ?? [];
  if ((inTheWay?.appointments ?? 0) > named.length)
    return failed('limit-reached', { detail: `It strands ${inTheWay?.appointments} appointments; a plan can have ${MOST_STRANDED}. Change less at a time.` });
  const byId = await parts.appointments.byIds(named.map(({ appointmentId }) => appointmentId));
  const records = named.flatMap(({ appointmentId }) => byId.get(appointmentId) ?? []);
  return { records, kept: Math.max(0, (ahead?.appointments ?? 0) - records.length) };
}

/** The same change asked by the same caller, stranding the same appointments at the same times. */
function digestOf({ principal }: Caller, { calendarId, asked }: PlannedChange, records: readonly AppointmentRecord[]): string {
  const stranded = records.map(({ id, startsAt, endsAt, calendarId: on, status }) => [id, startsAt, endsAt, on, status]);
  return createHash('sha256')
    .update(canonicalJson({ by: principal?.userId ?? null, calendarId, asked, stranded }))
    .digest('base64url');
}

type Option = { readonly staffId: string; readonly calendarId: string; readonly startsAt: Instant };

/** Who could take each and when: at its time with another first, then the nearest. What is best for one is not proposed for those after it. */
async function optionsFor(
  parts: Booking,
  { calendarId, change }: PlannedChange,
  records: readonly AppointmentRecord[],
): Promise<ReadonlyMap<string, readonly Option[]>> {
  const now = parts.scheduler.now();
  const [view] = await parts.scheduler.views([calendarId], now, instant(now + 1));
  const changed = view && hoursAfter(view.hours, change);
  const next = changed !== undefined && 'hours' in changed ? changed.hours : undefined;
  const proposed: (Pick<Option, 'calendarId'> & Reach)[] = [];
  const options = new Map<string, readonly Option[]>();
  for (const record of records) {
    const lengthMs = record.endsAt - record.startsAt;
    const isFree = (option: Option) =>
      (option.calendarId !== calendarId || isOpenIn(next, option.startsAt, instant(option.startsAt + lengthMs))) &&
      !proposed.some((other) => other.calendarId === option.calendarId && touches(other, reachAt(record, option.startsAt)));
    const distance = ({ startsAt }: Option) => Math.abs(startsAt - record.startsAt);
    const found = (await freeFor(parts, calendarId, record)).filter(isFree).sort((one, other) => distance(one) - distance(other));
    const [best] = found;
    if (best !== undefined) proposed.push({ calendarId: best.calendarId, ...reachAt(record, best.startsAt) });
    options.set(record.id, found.slice(0, MOST_OPTIONS));
  }
  return options;
}

type Reach = { readonly from: number; readonly to: number };

/** With its buffers. Next to another one it may be allowed closer, and is then not proposed. */
function reachAt({ startsAt: was, endsAt, bufferBeforeMinutes, bufferAfterMinutes }: AppointmentRecord, startsAt: Instant): Reach {
  return { from: startsAt - bufferBeforeMinutes * MINUTE, to: startsAt + endsAt - was + bufferAfterMinutes * MINUTE };
}

function touches(one: Reach, other: Reach): boolean {
  return one.from < other.to && other.from < one.to;
}

function isOpenIn(hours: CalendarHours | undefined, startsAt: Instant, endsAt: Instant): boolean {
  if (hours === undefined || hours.timeOff.some((off) => off.startsAt < endsAt && startsAt < off.endsAt)) return false;
  return fits(openWindows(hours, startsAt, endsAt), startsAt, endsAt - startsAt);
}

async function freeFor(parts: Booking, calendarId: string, record: AppointmentRecord): Promise<Option[]> {
  const catalog = parts.catalog.snapshot();
  const service = parts.catalog.snapshotWithArchived().services.get(record.serviceId);
  if (service === undefined || (record.status !== 'pending' && record.status !== 'booked')) return [];
  const staff = whoDoes(catalog, service).filter(({ locationId }) => locationId === record.locationId);
  const candidates = withoutResource(candidatesToList(parts, service, staff, record), calendarId).slice(0, MOST_CANDIDATES);
  const now = parts.scheduler.now();
  const question = {
    terms: { ...keepingBooked(termsOf(service, catalog.business), record), ...AT_ONCE },
    from: instant(Math.max(now, record.startsAt - OPTIONS_WITHIN)),
    to: instant(record.startsAt + OPTIONS_WITHIN),
    seats: record.seats,
    movingAppointmentId: record.id,
  };
  const slots = await parts.scheduler.slots(candidates.map((candidate) => ({ ...candidate, ...question })));
  return slots.flatMap(({ staffId, calendarId: on, startsAt }) => startsAt.map((start) => ({ staffId, calendarId: on, startsAt: start })));
}
