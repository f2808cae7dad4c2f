// Changing a staff member or a resource: the catalog has the one part, the calendar decides on the other, its hours. To the caller they are one thing with one version.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../../../access/caller.ts';
import { refuseAt } from '../../../access/rights.ts';
import { wireStranded } from '../../../booking/ask-calendar.ts';
import type { Asking } from '../../../booking/parts.ts';
import type { MostStarts } from '../../../model/booking-limits.ts';
import type { HoursQuery } from '../../../protocol/catalog.ts';
import type { StrandedReply } from '../../../protocol/problems.ts';
import { done, failed, failedField, isFailed, type Reply } from '../../../protocol/reply.ts';
import { lessBy, moreBy } from '../../../protocol/versions.ts';
import type { Managing } from '../../parts.ts';
import { changeCatalog, versionHeaders } from './admin-writes.ts';
import { changeHours, hoursOf, hoursVersionOf } from './calendar-hours.ts';
import type { CalendarKind, WithCalendar } from './calendar-kinds.ts';
import { withStranded } from './location-hours.ts';

type ZoneAsked = { readonly timeZone?: string | null | undefined; readonly ownHours?: boolean | undefined };
type Asked<Changes> = {
  readonly id: string;
  readonly query: HoursQuery;
  readonly changes: Changes;
  readonly zone: ZoneAsked;
  /** Of people; what is left out stays. */
  readonly mostStarts?: MostStarts;
};

/** What is kept of a reply; hours are added from the calendar whenever it is given. */
export const idView = ({ id, version }: WithCalendar) => ({ id, version });

/** Where it belongs that is asked about, as far as it is known. */
export function managedPlace(locationId: string | null) {
  return { staffId: null, locationId };
}

export async function changeWithCalendar<Of extends WithCalendar, Changes extends { readonly locationId?: string | undefined }>(
  parts: Managing,
  caller: Caller,
  kind: CalendarKind<Of, Changes>,
  { id, query, changes, zone, mostStarts = {} }: Asked<Changes>,
): Promise<Reply> {
  const { catalog } = parts;
  const isOfHours = zone.timeZone !== undefined || zone.ownHours !== undefined;
  if (query.appointments !== undefined && !isOfHours) return failedField('invalid-request', 'appointments', `goes with ${Object.keys(zone).join(' or ')} only`);
  // A colleague or a room is not sent to a location that is not the sender's.
  const barred = changes.locationId === undefined ? undefined : refuseAt(caller.principal, kind.action, managedPlace(changes.locationId));
  if (barred !== undefined) return barred;
  const known = kind.of(catalog.snapshotWithArchived()).get(id);
  const asked = {
    action: kind.action,
    place: managedPlace(known?.locationId ?? null),
    operation: kind.operations.change,
    body: { id, ...changes, ...zone, ...mostStarts, ...query },
  };
  const rest = await hoursVersionOf(parts, known?.calendarId);
  const ofRow = { ...caller, ifMatch: lessBy(caller.ifMatch, rest) };
  const stranded: StrandedReply[] = [];
  const reply = await changeCatalog<Of>(ofRow, asked, { status: 200, body: idView }, async (request) => {
    const before = await catalog.answered(request.key);
    const stuck = before === undefined ? await changeZone(parts, { ...caller, dryRun: true }, kind, id, { ...zone, ...query }) : undefined;
    if (stuck !== undefined && isFailed(stuck)) return stuck;
    const answer = await kind.change(catalog, id, changes, request);
    const carried = 'carried' in answer && answer.carried?.outcome === 'done' ? answer.carried.stranded : [];
    stranded.push(
      ...wireStranded(
        parts,
        carried.filter(({ calendarId }) => calendarId === known?.calendarId),
      ),
    );
    return answer;
  });
  if (isFailed(reply)) return moreBy(reply, rest);
  // It is saved by now: what has been booked since it was asked is named, and no reason to refuse the rest.
  const zoned = await changeZone(parts, caller, kind, id, { ...zone, appointments: 'keep' });
  if (zoned !== undefined && isFailed(zoned)) return zoned;
  const limited = await changeMostStarts(parts, caller, kind.of(catalog.snapshot()).get(id)?.calendarId, mostStarts);
  if (limited !== undefined && isFailed(limited)) return limited;
  const whole = await withHours(parts, caller, kind, reply);
  return isFailed(whole) ? whole : { ...whole, body: withStranded(whole.body, [...stranded, ...(zoned?.body ?? [])]) };
}

/** A reply of `idView`, as the whole with the hours that the calendar has now. */
export async function withHours<Of extends WithCalendar>(
  parts: Pick<Asking, 'catalog' | 'scheduler'>,
  { principal }: Caller,
  kind: CalendarKind<Of, never>,
  reply: Reply,
): Promise<Reply> {
  if (isFailed(reply)) return reply;
  const { id } = reply.body as ReturnType<typeof idView>;
  const one = kind.of(parts.catalog.snapshot()).get(id);
  const hours = one && (await hoursOf(parts, [one.calendarId])).get(one.calendarId);
  if (one === undefined || hours === undefined) return failed('not-found', { detail: `The ${kind.noun} has been removed.` });
  const view = kind.view(one, hours, principal);
  return done(view, { ...reply, headers: versionHeaders(view) });
}

/** The zone, and whether the location's hours count, belong to the calendar. `undefined`: there is nothing to do. Otherwise those whom it strands. */
async function changeZone<Of extends WithCalendar>(
  parts: Asking,
  caller: Caller,
  kind: CalendarKind<Of, never>,
  id: string,
  asked: HoursQuery & ZoneAsked,
): Promise<Reply<readonly StrandedReply[]> | undefined> {
  const calendarId = kind.of(parts.catalog.snapshot()).get(id)?.calendarId;
  if (calendarId === undefined || (asked.timeZone === undefined && asked.ownHours === undefined)) return undefined;
  const now = (await hoursOf(parts, [calendarId])).get(calendarId);
  if (now === undefined) return undefined;
  const timeZone = asked.timeZone === undefined ? now.timeZone : asked.timeZone;
  const change = { type: 'set-zone', timeZone, ownHours: asked.ownHours ?? now.ownHours } as const;
  if (timeZone === now.timeZone && change.ownHours === now.ownHours) return undefined;
  const { appointments } = asked;
  const key = keyBeside(caller, 'zone');
  const ask = { calendarId, change, asked: { timeZone: asked.timeZone, ownHours: asked.ownHours }, appointments, rest: 0 };
  return changeHours(parts, { ...caller, key, ifMatch: null }, ask, ({ stranded = [] }) => ({
    status: 200,
    body: wireStranded(parts, stranded),
  }));
}

/** How many may start belongs to the calendar as well, which decides by it. It strands nothing. `undefined`: there is nothing to do. */
async function changeMostStarts(parts: Asking, caller: Caller, calendarId: string | undefined, asked: MostStarts): Promise<Reply | undefined> {
  if (calendarId === undefined) return undefined;
  const now = (await hoursOf(parts, [calendarId])).get(calendarId)?.mostStarts;
  const given = Object.fromEntries(Object.entries(asked).filter(([, most]) => most !== undefined));
  const mostStarts = mostStartsOf({ ...now, ...given });
  if (isDeepStrictEqual(mostStarts, now ?? {})) return undefined;
  const ask = { calendarId, change: { type: 'set-most-starts', mostStarts }, appointments: 'keep', rest: 0 } as const;
  return changeHours(parts, { ...caller, key: keyBeside(caller, 'most-starts'), ifMatch: null }, ask, () => ({ status: 200, body: {} }));
}

/** Without what has no limit. */
export function mostStartsOf(asked: MostStarts): MostStarts {
  return Object.fromEntries(Object.entries(asked).filter(([, most]) => most !== undefined && most !== null));
}

/** A key of its own beside the one that the catalog keeps: a repeat makes good what a crash in between has left out, and changes nothing a second time. */
function keyBeside({ key }: Caller, what: string): string | null {
  return key === null ? null : createHash('sha256').update(`${what} ${key}`).digest('base64url');
}
