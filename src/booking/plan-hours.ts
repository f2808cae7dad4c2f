// A change of hours or a removal that is planned first: which appointments it strands and who could take each, and then all of it at once. A plan is not stored: what it is
// called is signed and says what it was made for, so every node can tell whether the calendars still are as they were.
import { createHash } from 'node:crypto';
import { type Caller, canonicalJson, requestKeyOf } from '../access/caller.ts';
import { may } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import type { CalendarEvent, HoursChange, Refusal } from '../actors/calendar/calendar.ts';
import { hoursAfter } from '../actors/calendar/decide-hours.ts';
import type { Answer, AskedOfRecord, ClaimAsk, HoursOfCalendar, Notified, RequestKey } from '../actors/scheduler.ts';
import { LIVE_STATUSES } from '../model/appointment-status.ts';
import type { CalendarHours } from '../model/calendar-hours.ts';
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import type { HoursPlanReply, StrandedChoices } from '../protocol/hours-plans.ts';
import { MOST_STRANDED } from '../protocol/problems.ts';
import { type Done, done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import { askCalendar, OUTDATED, replyOf, unlessAnswered } from './ask-calendar.ts';
import { claimToMove } from './candidates.ts';
import type { Booking } from './parts.ts';
import { AT_ONCE, type HoursNext, openThen, optionsFor } from './plan-options.ts';

/** Long enough to call a few customers. */
const PLAN_MINUTES = 15;
/** The hours of a location reach its calendars with the plan; all of them are frozen while it is decided. */
export const MOST_PLANNED_CALENDARS = 100;
/** Calendars are asked at once in slices of this many, so that they do not fill the queues of the claim path. */
const SLICE = 25;
/** How often the appointments are looked at again because one was changed in the meantime. */
const LOOKS = 8;
const END_OF_TIME = instant(Number.MAX_SAFE_INTEGER);

/** What no calendar decides, such as the removal of a service: the appointments that depend on it, and where others could take them. */
export type Dependent = { readonly records: readonly AppointmentRecord[]; readonly options: 'none' | 'elsewhere' };
/**
 * `of`: whose hours they are, or what is removed. `changes`: none of a location without calendars, and none of what no calendar decides, where `dependent` says what
 * is stranded. `asked`: what the change stands for, without what is new on every try.
 */
type Planned = { readonly of: string; readonly changes: readonly HoursOfCalendar[]; readonly asked: object; readonly dependent?: Dependent };
export type PlannedChange = Planned & { readonly changes: readonly [HoursOfCalendar, ...HoursOfCalendar[]] };

/** What the change would strand, and what could be done about it. Nothing is stored. */
export async function planHours(parts: Booking, caller: Caller, planned: Planned): Promise<Reply<HoursPlanReply>> {
  const found = await strandedNow(parts, planned);
  if (isFailed(found)) return found;
  const { records, kept, next } = found;
  const expiresAt = instant(parts.scheduler.now() + PLAN_MINUTES * MINUTE);
  const { options: where } = planned.dependent ?? { options: 'here' };
  const options = where === 'none' ? undefined : await optionsFor(parts, caller, { next, where }, records);
  return done({
    planId: parts.tokens.planToken(digestOf(caller, planned, found), expiresAt),
    expiresAt: wireTime(expiresAt, 'UTC'),
    kept,
    stranded: records.map((record) => {
      const told = toldOf({ principal: caller.principal, place: record }, record, record.details);
      const { id, startsAt, endsAt, staffId, serviceName, status, timeZone } = record;
      return {
        ...{ appointmentId: id, startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone), staffId, serviceName: serviceName ?? null, status },
        customer: told?.customer ? { id: told.customer.id, name: told.customer.name } : null,
        options: (options?.get(id) ?? []).map((option) => ({ staffId: option.staffId, startsAt: wireTime(option.startsAt, timeZone) })),
      };
    }),
  });
}

type HoursChanged = Extract<CalendarEvent, { type: 'hours.changed' }>;
type ByPlan = Planned & Choosing;
type Choosing = {
  readonly planId: string;
  readonly choices: StrandedChoices;
  readonly notify: Notified | undefined;
  /** What speaks against the change, unless it was carried out before under this key. */
  readonly barred?: Failed | undefined;
};

/** All of it in one commit, or `plan-outdated`. `describe` must depend on nothing but the fact. */
export function carryOutPlan<Body extends object>(
  parts: Booking,
  caller: Caller,
  plan: PlannedChange & Choosing,
  describe: (event: HoursChanged) => Omit<Done<Body>, 'replayed'>,
): Promise<Reply<Body>> {
  return carryOut(
    parts,
    caller,
    () => Promise.resolve(plan),
    (event) => (event?.type === 'hours.changed' ? describe(event) : failed('idempotency-key-reused')),
  );
}

/** What becomes of the appointments that depend on what is removed: all of it in one commit, or `plan-outdated`. `find` reads them, each time it is tried. */
export function carryOutDependent(
  parts: Booking,
  caller: Caller,
  plan: Omit<Planned, 'changes' | 'dependent'> & Choosing,
  find: () => Promise<Dependent | Failed>,
): Promise<Reply> {
  const planned = async () => {
    const dependent = await find();
    return isFailed(dependent) ? dependent : { ...plan, changes: [], dependent };
  };
  return carryOut(parts, caller, planned, () => ({ status: 200, body: {} }));
}

/** `event` null: everything stays as it is. */
type DescribeFact<Body> = (event: CalendarEvent | null) => Omit<Done<Body>, 'replayed'> | Failed;

async function carryOut<Body extends object>(
  parts: Booking,
  caller: Caller,
  plan: () => Promise<ByPlan | Failed>,
  describe: DescribeFact<Body>,
): Promise<Reply<Body>> {
  for (let look = 0; look < LOOKS; look += 1) {
    const now = await plan();
    const reply = isFailed(now) ? now : await carryOutFound(parts, caller, now, describe);
    if (reply !== OUTDATED) return reply;
  }
  return OUTDATED;
}

async function carryOutFound<Body extends object>(
  parts: Booking,
  caller: Caller,
  { planId, choices, notify, barred, ...planned }: ByPlan,
  describe: DescribeFact<Body>,
): Promise<Reply<Body>> {
  const { of, changes, asked } = planned;
  const request = requestKeyOf(
    caller,
    'carry-out',
    { of, ...asked, planId, choices, ...(notify && { notify }), ...(caller.ifMatch !== null && { ifMatch: caller.ifMatch }) },
    notify,
  );
  const described = ({ event }: { readonly event: CalendarEvent }) => describe(event);
  const refused = async (failure: Failed) => unlessAnswered(parts, caller, request, failure, described);
  const plan = parts.tokens.planOf(planId);
  if (plan === undefined) return failedField('invalid-request', 'planId', 'is not the id of a plan');
  if (barred !== undefined) return refused(barred);
  const found = await strandedNow(parts, planned);
  if (isFailed(found)) return refused(found);
  const { records, next } = found;
  if (plan.expiresAt < parts.scheduler.now() || plan.digest !== digestOf(caller, planned, found)) return refused(failed('plan-outdated'));
  const carried = whatBecomesOf(parts, caller, next, records, choices);
  if (isFailed(carried)) return refused(carried);
  if (changes.length + carried.moves.length + carried.cancels.length === 0) return { ...describe(null), replayed: false };
  const command = { type: 'carry-out', changes, strands: records.map(({ id }) => id), ...carried } as const;
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

type Carried = { readonly moves: readonly (AskedOfRecord & { readonly ask: ClaimAsk })[]; readonly cancels: readonly AskedOfRecord[] };

function whatBecomesOf(parts: Booking, caller: Caller, next: HoursNext, records: readonly AppointmentRecord[], choices: StrandedChoices): Carried | Failed {
  const unknown = Object.keys(choices).find((id) => !records.some((record) => record.id === id));
  if (unknown !== undefined) return failedField('invalid-request', `stranded.${unknown}`, 'is not stranded by this change');
  const moves: Carried['moves'][number][] = [];
  const cancels: AskedOfRecord[] = [];
  for (const record of records) {
    const choice = choices[record.id];
    if (choice === undefined) return failedField('invalid-request', `stranded.${record.id}`, 'is needed: keep, cancel or move');
    if (choice.action !== 'keep' && !may(caller.principal, 'change-appointment', record))
      return failedField('forbidden', `stranded.${record.id}`, 'belongs to another location');
    const { calendarId, revision } = record;
    const asked = { appointmentId: record.id, basedOn: { calendarId, revision } };
    if (choice.action === 'cancel') cancels.push(asked);
    if (choice.action !== 'move') continue;
    const ask = askFor(parts, caller, next, record, choice);
    if (isFailed(ask)) return ask;
    moves.push({ ...asked, ask });
  }
  return { moves, cancels };
}

function askFor(
  parts: Booking,
  caller: Caller,
  next: HoursNext,
  record: AppointmentRecord,
  { startsAt, staffId }: { readonly startsAt: Instant; readonly staffId?: string | undefined },
): ClaimAsk | Failed {
  const ask = claimToMove(parts, caller, record, { startsAt, staffId, resourceId: undefined, override: undefined });
  if (isFailed(ask)) return ask;
  const candidates = ask.candidates.flatMap((candidate) =>
    openThen(next, candidate, { startsAt, endsAt: instant(startsAt + record.endsAt - record.startsAt) }),
  );
  return candidates.length > 0 ? { ...ask, terms: { ...ask.terms, ...AT_ONCE }, candidates } : failed('plan-outdated');
}

/** `next`: the hours as the change leaves them. `versions`: of the hours as they are, by calendar. */
type Stranded = { readonly records: readonly AppointmentRecord[]; readonly kept: number; readonly next: HoursNext; readonly versions: object };
type OfOne = { readonly named: readonly string[]; readonly stranded: number; readonly ahead: number };

/** Asked of the calendars as they would decide, without anything being stored. */
async function strandedNow(parts: Booking, { changes, dependent }: Planned): Promise<Stranded | Failed> {
  if (dependent !== undefined) {
    const { records } = dependent;
    return records.length > MOST_STRANDED ? tooMany(`${MOST_STRANDED} or more`) : { records, kept: 0, next: new Map(), versions: {} };
  }
  const found: OfOne[] = [];
  for (let start = 0; start < changes.length; start += SLICE) {
    for (const one of await Promise.all(changes.slice(start, start + SLICE).map((change) => strandedOn(parts, change)))) {
      if (isFailed(one)) return one;
      found.push(one);
    }
  }
  const [stranded, ahead] = [sumOf(found.map((one) => one.stranded)), sumOf(found.map((one) => one.ahead))];
  if (stranded > MOST_STRANDED) return tooMany(stranded);
  // With a room, it is named by both of its calendars.
  const byId = await parts.appointments.byIds([...new Set(found.flatMap(({ named }) => named))]);
  const records = [...byId.values()].toSorted((one, other) => one.startsAt - other.startsAt || (one.id < other.id ? -1 : 1));
  return { records, kept: Math.max(0, ahead - stranded), ...(await hoursNext(parts, changes)) };
}

function tooMany(stranded: number | string): Failed {
  return failed('limit-reached', { detail: `It strands ${stranded} appointments; a plan can have ${MOST_STRANDED}. Change less at a time.` });
}

async function strandedOn(parts: Booking, { calendarId, change, expectedVersions }: HoursOfCalendar): Promise<OfOne | Failed> {
  const request: RequestKey = { caller: 'plan', key: 'plan', fingerprint: 'plan' };
  const rehearse = (what: HoursChange) =>
    parts.scheduler.ask(request, { type: 'change-hours', calendarId, change: what, unless: 'in-use', expectedVersions }, { dryRun: true });
  const answer = await rehearse(change);
  const inTheWay = inTheWayOf(answer);
  if (answer.outcome !== 'ok' && inTheWay === undefined) {
    const reply = await replyOf<object>(parts, answer, () => ({ status: 200, body: {} }));
    return isFailed(reply) ? reply : failed('internal');
  }
  const stranded = inTheWay?.appointments ?? 0;
  if (change.type === 'retire') return { named: stranded > MOST_STRANDED ? [] : await allAhead(parts, calendarId), stranded, ahead: stranded };
  const ahead = inTheWayOf(await rehearse({ type: 'retire' }))?.appointments ?? 0;
  return { named: inTheWay?.stranded?.map(({ appointmentId }) => appointmentId) ?? [], stranded, ahead };
}

function inTheWayOf(answer: Answer) {
  return answer.outcome === 'no' ? answer.refusal.inTheWay : undefined;
}

const LIVE: ReadonlySet<string | null> = new Set(LIVE_STATUSES);

async function allAhead({ scheduler }: Booking, calendarId: string): Promise<readonly string[]> {
  const [view] = await scheduler.views([calendarId], scheduler.now(), END_OF_TIME);
  return view?.claims.filter(({ kind, status }) => kind === 'appointment' && LIVE.has(status)).map(({ id }) => id) ?? [];
}

async function hoursNext({ scheduler }: Booking, changes: Planned['changes']): Promise<Pick<Stranded, 'next' | 'versions'>> {
  const now = scheduler.now();
  const views = await scheduler.views(
    changes.map(({ calendarId }) => calendarId),
    now,
    instant(now + 1),
  );
  const hoursOf = new Map(views.map(({ calendarId, hours }) => [calendarId, hours]));
  const next = new Map(changes.map(({ calendarId, change }): [string, CalendarHours | undefined] => [calendarId, after(hoursOf.get(calendarId), change)]));
  return { next, versions: Object.fromEntries([...hoursOf].map(([calendarId, { version = 0, location }]) => [calendarId, [version, location.version]])) };
}

/** `undefined`: it takes nothing. */
function after(hours: CalendarHours | undefined, change: HoursChange): CalendarHours | undefined {
  const changed = hours && hoursAfter(hours, change);
  return changed !== undefined && 'hours' in changed ? changed.hours : undefined;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

/** The same change of the same hours asked by the same caller, stranding the same appointments at the same times. So a plan that has been carried out is outdated. */
function digestOf({ principal }: Caller, { of, asked }: Planned, { records, versions }: Stranded): string {
  const stranded = records.map(({ id, startsAt, endsAt, calendarId: on, status }) => [id, startsAt, endsAt, on, status]);
  return createHash('sha256')
    .update(canonicalJson({ by: principal?.userId ?? null, of, asked, stranded, versions }))
    .digest('base64url');
}
