// Time nobody can book.

import { randomUUIDv7 } from 'node:crypto';
import { type Caller, requestKeyOf } from '../access/caller.ts';
import { refuseAt } from '../access/rights.ts';
import type { BlockBody, BlockReply } from '../protocol/catalog.ts';
import { type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
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
  const describe = describeBlock(caller, whose, place, 201);
  return askCalendar(parts, caller, request, { type: 'add-block', calendarId: place.calendarId, block }, describe);
}

/** To another time of the same person or resource, in one decision. */
export async function moveBlock(
  parts: Asking,
  caller: Caller,
  whose: WhoseTime,
  blockId: string,
  body: Pick<BlockBody, 'startsAt' | 'endsAt'>,
): Promise<Reply<BlockReply>> {
  const place = managedPlace(parts, caller, whose);
  if (isFailed(place)) return place;
  const request = requestKeyOf(caller, 'move-block', { ...whose, blockId, body });
  const describe = describeBlock(caller, whose, place, 200);
  return askCalendar(parts, caller, request, { type: 'move-block', calendarId: place.calendarId, blockId, ...body }, describe);
}

function describeBlock(caller: Caller, whose: WhoseTime, { timeZone }: CalendarPlace, status: 200 | 201): Describe<BlockReply> {
  return ({ event, calendarId, revision }) => {
    if (!('block' in event)) return failed('idempotency-key-reused');
    const { id, startsAt, endsAt, reason } = event.block;
    const told = { startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone) };
    return { status: caller.dryRun ? 200 : status, body: { id, calendarId, staffId: null, ...whose, ...told, reason, revision } };
  };
}

export async function removeBlock(parts: Asking, caller: Caller, whose: WhoseTime, blockId: string): Promise<Reply> {
  const place = managedPlace(parts, caller, whose);
  if (isFailed(place)) return place;
  const request = requestKeyOf(caller, 'remove-block', { ...whose, blockId });
  return askCalendar(parts, caller, request, { type: 'remove-block', calendarId: place.calendarId, blockId }, () => ({ status: 204, body: {} }));
}

function managedPlace(parts: Catalogs, caller: Caller, whose: WhoseTime): CalendarPlace | Failed {
  if (caller.principal === null) return failed('unauthenticated');
  const place = 'staffId' in whose ? placeOfStaff(parts, whose.staffId) : placeOfResource(parts, whose.resourceId);
  if (place === undefined) return failed('not-found', { detail: `There is no such ${'staffId' in whose ? 'staff member' : 'resource'}.` });
  return refuseAt(caller.principal, 'block-time', place) ?? place;
}
