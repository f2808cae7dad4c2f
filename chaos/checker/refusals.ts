// Was it true? Of all states that may have been current between a question and its "no", one has to say "no" as well.
import type { ShopFacts } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';
import { CLOCKS_DIFFER_MS, type Knowledge, type Window } from './knowledge.ts';
import { type CalendarModel, type ClaimVersion, overlaps } from './model.ts';
import { hasInsisted } from './overlaps.ts';
import type { Outcome, Write } from './writes.ts';

type Refused = Write & { readonly outcome: Extract<Outcome, { type: 'no' }> };
export type Ground = {
  readonly models: ReadonlyMap<string, CalendarModel>;
  readonly shop: ShopFacts;
  readonly knowledge: Knowledge;
  /** Milliseconds since 1970: when the clock of the run was 0. */
  readonly startedAt: number;
};

const MINUTE_MS = 60_000;
/** The shop keeps UTC. */
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Which statuses of an appointment each change is possible from. */
const POSSIBLE_FROM: Readonly<Record<string, readonly string[]>> = {
  cancel: ['pending', 'booked'],
  reschedule: ['pending', 'booked'],
  approve: ['pending'],
  'check-in': ['booked'],
  complete: ['booked', 'checked-in'],
  'no-show': ['booked'],
  reopen: ['checked-in', 'completed', 'no-show'],
};

export function checkRefusals(writes: readonly Write[], ground: Ground): Violation[] {
  return writes.flatMap((write) => {
    const { outcome, key, asked } = write;
    if (outcome.type !== 'no') return [];
    const why = doubt({ ...write, outcome }, ground);
    if (why === undefined) return [];
    const about = [key, asked.holdId, asked.appointmentId, typeof asked.body.holdId === 'string' ? asked.body.holdId : undefined];
    return [violation(7, `${asked.operation} was refused with ${outcome.code}: ${why}`, { at: outcome.answeredAt, about })];
  });
}

/** Why the refusal cannot be true; `undefined`: it can. */
function doubt(write: Refused, ground: Ground): string | undefined {
  switch (write.outcome.code) {
    case 'slot-taken':
      return doubtTaken(write, ground);
    case 'hold-not-found':
      return couldBeGone(write, ground) ? undefined : 'the hold was there all the time';
    case 'hold-expired':
      return couldHaveExpired(write, ground) ? undefined : 'the hold had not expired';
    case 'wrong-status':
      return couldBeImpossible(write, ground) ? undefined : 'its status allowed it all the time';
    case 'too-early':
      return couldBeTooEarly(write, ground) ? undefined : 'its time had come';
    case 'too-late':
      return couldBeTooLate(write, ground) ? undefined : 'its time had not passed';
    case 'limit-reached':
      return write.asked.operation === 'renew-hold' ? undefined : 'nothing has a limit here';
    default:
      return write.outcome.code === 'abandoned' || write.outcome.code.endsWith('(abandoned)') ? undefined : 'nobody has given a reason for that';
  }
}

function doubtTaken(write: Refused, ground: Ground): string | undefined {
  const { asked, outcome } = write;
  const { shop, models } = ground;
  const service = serviceOf(write, ground);
  const startsAt = Date.parse(String(asked.body.startsAt));
  const endsAt = asked.operation === 'add-block' ? Date.parse(String(asked.body.endsAt)) : startsAt + (service?.minutes ?? 0) * MINUTE_MS;
  const staffId = asked.staffId ?? asked.body.staffId;
  const staff = shop.staff.filter(({ id, serviceIds }) => (typeof staffId === 'string' ? id === staffId : serviceIds.includes(service?.id ?? '')));
  const wanted = {
    startsAt,
    endsAt,
    service: asked.operation === 'add-block' ? undefined : service,
    movingId: asked.appointmentId,
    isOver: hasInsisted(asked.body),
  };
  const reasonsIn = (calendarId: string) => {
    const model = models.get(calendarId);
    return model === undefined ? undefined : whoCouldHaveIt(model, windowOf(write, calendarId, ground), wanted);
  };
  const inRooms = roomsFor(write, wanted.service, ground).map(reasonsIn);
  for (const { calendarId } of staff) {
    const withPerson = reasonsIn(calendarId);
    if (withPerson === undefined || inRooms.includes(undefined)) return `calendar ${calendarId}, or that of a room, is unknown`;
    const isFull = inRooms.length > 0 && inRooms.every((reasons) => (reasons?.size ?? 0) > 0);
    const reasons = withPerson.size > 0 || isFull ? withPerson.union(new Set(inRooms.flatMap((kinds) => [...(kinds ?? [])]))) : withPerson;
    if (reasons.size === 0) return `the time was free in calendar ${calendarId} all the time`;
    if (staff.length === 1 && outcome.conflictBy !== null && !reasons.has(outcome.conflictBy)) return `it names a ${outcome.conflictBy}, and there was none`;
  }
  return undefined;
}

/** Any one of these would do: what an appointment has, and what its service takes along. */
function roomsFor({ asked }: Refused, service: Wanted['service'], { shop }: Ground): readonly string[] {
  if (service === undefined) return [];
  const named = asked.body.resourceId;
  return shop.rooms.filter(({ id }) => (typeof named === 'string' ? id === named : service.roomIds.includes(id))).map(({ calendarId }) => calendarId);
}

type Wanted = {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly service: ShopFacts['services'][number] | undefined;
  readonly movingId: string | undefined;
  /** Only a hold, or a class that is full, stands in its way. */
  readonly isOver: boolean;
};

/** The kinds of claims that stood in the way at some revision of the window. */
function whoCouldHaveIt(model: CalendarModel, { from, to }: Window, { startsAt, endsAt, service, movingId, isOver }: Wanted): ReadonlySet<string> {
  const near = model.versions.filter(
    (version) => version.until > from && version.from <= to && version.id !== movingId && overlaps(version, { startsAt, endsAt }),
  );
  const isOfSession = (version: ClaimVersion) =>
    service !== undefined && service.capacity > 1 && version.serviceId === service.id && version.startsAt === startsAt;
  const isInTheWay = (version: ClaimVersion) => !isOfSession(version) && (!isOver || service?.capacity !== 1 || version.kind === 'hold');
  const reasons = new Set(near.filter(isInTheWay).map(({ kind }) => kind));
  const guests = near.filter(isOfSession);
  for (const { from: revision } of [{ from }, ...guests]) {
    const there = guests.filter((guest) => guest.from <= revision && revision < guest.until);
    if (there.reduce((sum, { seats }) => sum + seats, 0) >= (service?.capacity ?? 1)) for (const { kind } of there) reasons.add(kind);
  }
  return reasons;
}

function couldBeGone(write: Refused, ground: Ground): boolean {
  const holdId = holdOf(write);
  const homes = withPeople(ground).filter(({ byId }) => byId.has(holdId));
  return homes.every((model) => hasGap(model.byId.get(holdId) ?? [], windowOf(write, model.calendarId, ground)));
}

function couldHaveExpired(write: Refused, ground: Ground): boolean {
  const holdId = holdOf(write);
  return withPeople(ground).some((model) => {
    const { to } = windowOf(write, model.calendarId, ground);
    return model.changes.some(({ revision, events }) => revision <= to && events.some((event) => event.type === 'hold.expired' && event.holdId === holdId));
  });
}

function couldBeImpossible(write: Refused, ground: Ground): boolean {
  const { operation, appointmentId = '' } = write.asked;
  const possible = POSSIBLE_FROM[operation] ?? [];
  const homes = withPeople(ground).filter(({ byId }) => byId.has(appointmentId));
  return homes.every((model) => {
    const allowing = (model.byId.get(appointmentId) ?? []).filter(({ status }) => possible.includes(status ?? ''));
    return hasGap(allowing, windowOf(write, model.calendarId, ground));
  });
}

/** A check-in waits for the day of the shop on which the appointment begins, the other steps for its start. */
function couldBeTooEarly(write: Refused, ground: Ground): boolean {
  const asked = ground.startedAt + write.firstAskedAt - CLOCKS_DIFFER_MS;
  const from = (startsAt: number) => (write.asked.operation === 'check-in' ? dayOf(startsAt) : startsAt);
  return couldHaveBeen(write, ground, ({ startsAt }) => asked < from(startsAt));
}

/** A check-in is possible until that day is over, an approval until the start. */
function couldBeTooLate(write: Refused, ground: Ground): boolean {
  const { operation } = write.asked;
  if (operation !== 'check-in' && operation !== 'approve') return false;
  const answered = ground.startedAt + write.outcome.answeredAt + CLOCKS_DIFFER_MS;
  const until = (startsAt: number) => (operation === 'check-in' ? dayOf(startsAt) + DAY_MS : startsAt);
  return couldHaveBeen(write, ground, ({ startsAt }) => answered >= until(startsAt));
}

const dayOf = (at: number) => Math.floor(at / DAY_MS) * DAY_MS;

/** Whether the appointment had a version like that at some revision of the window. */
function couldHaveBeen(write: Refused, ground: Ground, isLikeThat: (version: ClaimVersion) => boolean): boolean {
  const { appointmentId = '' } = write.asked;
  return [...ground.models.values()].some((model) => {
    const { from, to } = windowOf(write, model.calendarId, ground);
    return (model.byId.get(appointmentId) ?? []).some((version) => version.from <= to && from < version.until && isLikeThat(version));
  });
}

/** A claim is looked for with its staff member; in the room it ends by itself. */
function withPeople({ models, shop }: Ground): readonly CalendarModel[] {
  return shop.staff.flatMap(({ calendarId }) => models.get(calendarId) ?? []);
}

/** Whether at some revision of the window none of these lives. */
function hasGap(versions: readonly ClaimVersion[], { from, to }: Window): boolean {
  let covered = from;
  for (const version of versions) if (version.from <= covered && covered < version.until) covered = version.until;
  return covered <= to;
}

function holdOf({ asked }: Write): string {
  return asked.holdId ?? String(asked.body.holdId ?? '');
}

function windowOf({ firstAskedAt, outcome }: Refused, calendarId: string, { knowledge }: Ground): Window {
  return knowledge.window(calendarId, firstAskedAt, outcome.answeredAt);
}

/** Of a move: what the appointment is for. */
function serviceOf({ asked }: Write, { shop, models }: Ground): ShopFacts['services'][number] | undefined {
  const moved = [...models.values()].flatMap(({ byId }) => byId.get(asked.appointmentId ?? '') ?? [])[0];
  const serviceId = asked.body.serviceId ?? moved?.serviceId;
  return shop.services.find(({ id }) => id === serviceId);
}
