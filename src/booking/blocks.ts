// Time nobody can book.

import { randomUUIDv7 } from 'node:crypto';
import { type Caller, requestKeyOf } from '../access/caller.ts';
import { refuseAt } from '../access/rights.ts';
import { reasonTold } from '../access/sight.ts';
import type { BlockBody, BlockReply, MoveBlockBody } from '../protocol/catalog.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { askCalendar, type Describe } from './ask-calendar.ts';
import type { Asking, Catalogs } from './parts.ts';
import { type CalendarPlace, placeOfResource, placeOfStaff } from './staff-directory.ts';

/** Whose time it is. */
export type WhoseTime = { readonly staffId: string } | { readonly resourceId: string };

export async function addBlock(parts: Asking, caller: Caller, whose: WhoseTime, body: BlockBody): Promise<Reply<BlockReply>> {
  const place = managedPlace(parts, caller, whose);
  if (isFailed(place)) return place;
  const block = { id: body.id ?? randomUUIDv7(), startsAt: body.startsAt, endsAt: body.endsAt, reason: body.reason ?? null };
  const request = requestKeyOf(caller, 'add-block', { ...whose, body });
  const describe = describeBlock(caller, whose, place, 'author');
  return askCalendar(parts, caller, request, { type: 'add-block', calendarId: place.calendarId, block }, describe);
}

/** To another time, or to another person or resource, in one decision. For those who may block the time of both. */
export async function moveBlock(parts: Asking, caller: Caller, whose: WhoseTime, blockId: string, body: MoveBlockBody): Promise<Reply<BlockReply>> {
  const from = managedPlace(parts, caller, whose);
  if (isFailed(from)) return from;
  const { staffId, resourceId, ...at } = body;
  const whoseThen = staffId !== undefined ? { staffId } : resourceId !== undefined ? { resourceId } : whose;
  const to = whoseThen === whose ? from : managedPlace(parts, caller, whoseThen, 'body');
  if (isFailed(to)) return to;
  const request = requestKeyOf(caller, 'move-block', { ...whose, blockId, body });
  const describe = describeBlock(caller, whoseThen, to);
  return askCalendar(parts, caller, request, { type: 'move-block', calendarId: from.calendarId, toCalendarId: to.calendarId, blockId, ...at }, describe);
}

/** Who moves it has not written why. */
function describeBlock(caller: Caller, whose: WhoseTime, place: CalendarPlace, as?: 'author'): Describe<BlockReply> {
  const reader = { principal: caller.principal, place, ...(as && { as }) };
  return ({ event, calendarId, revision }) => {
    if (!('block' in event)) return failed('idempotency-key-reused');
    const { id, startsAt, endsAt, reason } = event.block;
    const told = { startsAt: wireTime(startsAt, place.timeZone), endsAt: wireTime(endsAt, place.timeZone), reason: reasonTold(reader, reason) };
    return { status: as === undefined || caller.dryRun ? 200 : 201, body: { id, calendarId, staffId: null, ...whose, ...told, revision } };
  };
}

export async function removeBlock(parts: Asking, caller: Caller, whose: WhoseTime, blockId: string): Promise<Reply> {
  const place = managedPlace(parts, caller, whose);
  if (isFailed(place)) return place;
  const request = requestKeyOf(caller, 'remove-block', { ...whose, blockId });
  return askCalendar(parts, caller, request, { type: 'remove-block', calendarId: place.calendarId, blockId }, () => ({ status: 204, body: {} }));
}

/** `named`: where the request says whose time it is. */
function managedPlace(parts: Catalogs, caller: Caller, whose: WhoseTime, named: 'path' | 'body' = 'path'): CalendarPlace | Failed {
  if (caller.principal === null) return failed('unauthenticated');
  const [field, what] = 'staffId' in whose ? (['staffId', 'staff member'] as const) : (['resourceId', 'resource'] as const);
  const place = 'staffId' in whose ? placeOfStaff(parts, whose.staffId) : placeOfResource(parts, whose.resourceId);
  if (place === undefined && named === 'body') return failedField('not-found', field, `is not a ${what}`);
  if (place === undefined) return failed('not-found', { detail: `There is no such ${what}.` });
  return refuseAt(caller.principal, 'block-time', place) ?? place;
}
