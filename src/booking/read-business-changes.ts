// Everything that has happened in the business, in one order, for programs that follow it.

import type { Caller } from '../access/caller.ts';
import { may, refuseAt, WHOLE_BUSINESS } from '../access/rights.ts';
import { seesTimesOnly } from '../access/sight.ts';
import type { LogFilter, LoggedChange, LogPosition } from '../actors/change-log-port.ts';
import { sourceOf } from '../limits/big-questions.ts';
import type { Fact } from '../model/facts.ts';
import { cursorOf, readCursor } from '../model/log-cursor.ts';
import type { BusinessChangesReply } from '../protocol/calendars.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Catalogs, Following, Reading } from './parts.ts';
import { placeOfCalendar, placeOfResource, placeOfStaff, readerOfCalendar, zoneOfCalendar } from './staff-directory.ts';
import { appointmentsIn, type Telling, wireEvent } from './wire-events.ts';

const CHANGES_BY_DEFAULT = 100;
/** Before everything that is kept. */
const OLDEST = '0';
/** Before the first change of all: where a reader is to whom an empty log was told. If changes are cut before they are read, that is said. */
const BEGINNING: LogPosition = { xid: '0', position: '0' };

type Asked = {
  readonly after?: string | undefined;
  readonly types?: readonly Fact[] | undefined;
  readonly staffId?: readonly string[] | undefined;
  readonly resourceId?: readonly string[] | undefined;
  readonly locationId?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  readonly wait?: number | undefined;
};

/** `left`: the caller has hung up, so the wait ends. */
export async function readBusinessChanges(parts: Following, caller: Caller, asked: Asked, left: AbortSignal): Promise<Reply<BusinessChangesReply>> {
  const barred = barStrangers(parts, caller, asked);
  if (barred !== undefined) return barred;
  const start = await startOf(parts, asked.after);
  if (start !== null && isFailed(start)) return start;
  if (asked.wait === undefined || asked.wait === 0) return replyOf((await readOn(parts, caller, asked, start)).reply);
  const { name } = sourceOf(caller.principal, caller.address)[0];
  const place = parts.logWaiters.takePlace(name);
  if (place === 'source-full')
    return failed('overloaded', { detail: `At most ${parts.logWaiters.mostPerSource} requests of one user or key can wait at once.`, retryAfterSeconds: 1 });
  if (place === 'full') return failed('overloaded', { detail: 'Too many requests wait on this node.', retryAfterSeconds: 1 });
  try {
    return replyOf(await readWaiting(parts, caller, asked, { start, milliseconds: asked.wait * 1_000, left }));
  } finally {
    place.leave();
  }
}

function replyOf(read: BusinessChangesReply | Failed): Reply<BusinessChangesReply> {
  return isFailed(read) ? read : done(read);
}

type Waiting = { readonly start: LogPosition | null; readonly milliseconds: number; readonly left: AbortSignal };

async function readWaiting(parts: Following, caller: Caller, asked: Asked, { start, milliseconds, left }: Waiting): Promise<BusinessChangesReply | Failed> {
  const until = performance.now() + milliseconds;
  for (let position = start; ; ) {
    const { reply, last, isMore } = await readOn(parts, caller, asked, position);
    position = last;
    const rest = until - performance.now();
    if (isFailed(reply) || reply.changes.length > 0 || isMore || rest <= 0 || left.aborted || parts.logWaiters.isOver) return reply;
    await parts.logWaiters.past(position, rest, left);
  }
}

const CUT = failed('cursor-too-old', { detail: 'Read the current state and continue without after, or with after=0 from the oldest change kept.' });

type ReadOn = { readonly reply: BusinessChangesReply | Failed; readonly last: LogPosition | null; readonly isMore: boolean };

async function readOn(parts: Following, caller: Caller, asked: Asked, after: LogPosition | null): Promise<ReadOn> {
  const { era } = parts.scheduler;
  const page = await parts.changeLog.page(after, filterOf(parts, caller, asked), asked.limit ?? CHANGES_BY_DEFAULT);
  const last = page.last ?? after;
  // Cut since the position was looked at.
  if (page.hasGap) return { reply: CUT, last, isMore: false };
  const details = await detailsOf(parts, caller, page.changes);
  const changes = page.changes.map((change) => wireLogged(parts, caller, change, { types: asked.types, details }));
  return { reply: { era, changes, nextAfter: last === null ? OLDEST : cursorOf(era, last) }, last, isMore: page.isMore };
}

/** From where it is read on; null is from the oldest that is kept. */
async function startOf(parts: Following, after: string | undefined): Promise<LogPosition | null | Failed> {
  if (after === undefined) return (await parts.changeLog.newest()) ?? BEGINNING;
  if (after === OLDEST) return null;
  const read = readCursor(after);
  if (read === undefined) return failedField('invalid-request', 'after', 'must be 0 or a cursor from this server');
  const { era, xid, position } = read;
  if (era !== parts.scheduler.era)
    return failed('cursor-unknown', {
      detail: 'The cursor belongs to another era: a backup was restored or a standby took over. Read the current state again.',
    });
  const place = await parts.changeLog.placeOf({ xid, position });
  if (place === 'too-old') return CUT;
  if (place === 'unknown') return failed('cursor-unknown', { detail: 'The cursor is ahead of everything that has happened. Read afresh.' });
  return { xid, position };
}

/** As for a calendar's own feed: who may see that its time is taken may follow it. */
function barStrangers(parts: Catalogs, { principal }: Caller, { staffId = [], resourceId = [], locationId = [] }: Asked): Failed | undefined {
  const named = [
    ...staffId.map((id) => ({ field: 'staffId', what: `is not a staff member: ${id}`, place: placeOfStaff(parts, id) })),
    ...resourceId.map((id) => ({ field: 'resourceId', what: `is not a resource: ${id}`, place: placeOfResource(parts, id) })),
  ];
  for (const { field, what, place } of named) {
    if (place === undefined) return failedField('invalid-request', field, what);
    const refusal = refuseAt(principal, 'see-busy-times', place);
    if (refusal !== undefined) return refusal;
  }
  const { locations } = parts.catalog.snapshotWithArchived();
  for (const id of locationId) {
    if (!locations.has(id)) return failedField('invalid-request', 'locationId', `is not a location: ${id}`);
    const refusal = refuseAt(principal, 'see-busy-times', { staffId: null, locationId: id });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The calendars that were asked for and that the caller may follow, as the catalog has them at this moment. */
function filterOf(parts: Catalogs, { principal }: Caller, { staffId, resourceId, locationId, types }: Asked): LogFilter {
  const seesAll = may(principal, 'see-busy-times', WHOLE_BUSINESS);
  const isOfAll = staffId === undefined && resourceId === undefined;
  if (seesAll && isOfAll && locationId === undefined) return { calendarIds: null, types: types ?? null };
  const { staff, resources } = parts.catalog.snapshotWithArchived();
  const places = [...staff.values(), ...resources.values()].flatMap(({ calendarId }) => placeOfCalendar(parts, calendarId) ?? []);
  const asked = places.filter(
    (place) =>
      (isOfAll || staffId?.includes(place.staffId ?? '') === true || resourceId?.includes(place.resourceId ?? '') === true) &&
      (locationId === undefined || locationId.includes(place.locationId)) &&
      may(principal, 'see-busy-times', place),
  );
  return { calendarIds: asked.map(({ calendarId }) => calendarId), types: types ?? null };
}

/** Of all calendars of a page in one read. */
function detailsOf(parts: Reading, { principal }: Caller, changes: readonly LoggedChange[]): Promise<Telling['details']> {
  const events = changes.filter(({ calendarId }) => !seesTimesOnly(readerOfCalendar(parts, principal, calendarId))).flatMap((change) => change.events);
  const ids = appointmentsIn(events);
  return ids.length === 0 ? Promise.resolve(new Map()) : parts.appointments.detailsOf(ids);
}

function wireLogged(
  parts: Catalogs & Pick<Following, 'scheduler'>,
  { principal }: Caller,
  change: LoggedChange,
  { types, details }: { readonly types: readonly Fact[] | undefined; readonly details: Telling['details'] },
): BusinessChangesReply['changes'][number] {
  const { calendarId, revision, at, by, requestId, events } = change;
  const telling = { timeZone: zoneOfCalendar(parts, calendarId), reader: readerOfCalendar(parts, principal, calendarId), details };
  const isToldWho = may(principal, 'see-customers', placeOfCalendar(parts, calendarId) ?? WHOLE_BUSINESS);
  return {
    cursor: cursorOf(parts.scheduler.era, change),
    calendarId,
    revision,
    at: wireTime(at, telling.timeZone),
    ...(isToldWho && { by: by && (by.kind === 'user' ? { userId: by.id } : { apiKeyId: by.id }) }),
    ...(isToldWho && requestId !== null && { requestId }),
    events: events.filter(({ type }) => types === undefined || types.includes(type)).map((event) => wireEvent(event, telling)),
  };
}
