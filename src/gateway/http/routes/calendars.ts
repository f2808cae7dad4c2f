import { z } from 'zod';
import { abandonRequest } from '../../../booking/abandon.ts';
import { addBlock, moveBlock, removeBlock, type WhoseTime } from '../../../booking/blocks.ts';
import type { Asking, Following, Reading } from '../../../booking/parts.ts';
import { readBusinessChanges } from '../../../booking/read-business-changes.ts';
import { readCalendar, readChanges } from '../../../booking/read-calendar.ts';
import { abandonReply, businessChanges, businessChangesQuery, calendar, calendarQuery, changes, changesQuery } from '../../../protocol/calendars.ts';
import { block, blockBody, moveBlockBody } from '../../../protocol/catalog.ts';
import { text, uuid } from '../../../protocol/scalars.ts';
import { type Route, route } from '../route.ts';

const params = z.object({ id: uuid });

export const calendarRoutes: readonly Route<Asking & Following>[] = [
  route({
    method: 'get',
    path: '/v1/calendars/{id}',
    tag: 'Calendars',
    summary: 'A calendar, now or as it was',
    action: 'see-busy-times',
    params,
    query: calendarQuery,
    replies: { 200: { description: 'Its claims, in order of time.', schema: calendar } },
    problems: ['revision-too-old'],
    handle: (parts: Reading, { caller, params: { id }, query }) => readCalendar(parts, caller, id, query.at),
  }),
  route({
    method: 'get',
    path: '/v1/calendars/{id}/changes',
    tag: 'Calendars',
    summary: 'The change feed of a calendar',
    action: 'see-busy-times',
    params,
    query: changesQuery,
    replies: { 200: { description: 'Changes after a revision, oldest first.', schema: changes } },
    problems: ['revision-too-old', 'cursor-unknown'],
    handle: (parts: Reading, { caller, params: { id }, query }) => readChanges(parts, caller, id, query),
  }),
  route({
    method: 'get',
    path: '/v1/changes',
    tag: 'Calendars',
    summary: 'The change feed of the whole business',
    action: 'see-busy-times',
    query: businessChangesQuery,
    replies: { 200: { description: 'Changes after a cursor, oldest first; each calendar’s in the order of its revisions.', schema: businessChanges } },
    problems: ['cursor-too-old', 'cursor-unknown', 'overloaded'],
    handle: (parts: Following, { caller, query, left }) => readBusinessChanges(parts, caller, query, left()),
  }),
  route({
    method: 'post',
    path: '/v1/requests/{key}/abandon',
    tag: 'Requests',
    summary: 'Abandon a request, or learn that it was already carried out',
    action: 'abandon-request',
    params: z.object({ key: text(255) }),
    replies: { 200: { description: 'The outcome of the request.', schema: abandonReply } },
    problems: ['overloaded', 'outcome-unknown'],
    handle: (parts: Asking & Reading, { caller, params: { key } }) => abandonRequest(parts, caller, key),
  }),
  ...blockRoutes('/v1/staff', (staffId) => ({ staffId })),
  ...blockRoutes('/v1/resources', (resourceId) => ({ resourceId })),
];

function blockRoutes(path: string, whoseOf: (id: string) => WhoseTime): readonly Route<Asking>[] {
  return [
    route({
      method: 'post',
      path: `${path}/{id}/blocks`,
      tag: 'Calendars',
      summary: 'Block a time',
      action: 'block-time',
      isIdempotent: true,
      canDryRun: true,
      params,
      body: blockBody,
      replies: {
        201: { description: 'This time cannot be booked.', schema: block },
        200: { description: 'With `dryRun`: it could be blocked.', schema: block },
      },
      problems: ['slot-taken', 'id-in-use'],
      handle: (parts: Asking, { caller, params: { id }, body }) => addBlock(parts, caller, whoseOf(id), body),
    }),
    route({
      method: 'patch',
      path: `${path}/{id}/blocks/{blockId}`,
      tag: 'Calendars',
      summary: 'Move a block, also to another person',
      action: 'block-time',
      isIdempotent: true,
      canDryRun: true,
      params: z.object({ id: uuid, blockId: uuid }),
      body: moveBlockBody,
      replies: { 200: { description: 'The time before can be booked again, and this one cannot. With `dryRun`: it could be moved.', schema: block } },
      problems: ['slot-taken'],
      handle: (parts: Asking, { caller, params: { id, blockId }, body }) => moveBlock(parts, caller, whoseOf(id), blockId, body),
    }),
    route({
      method: 'delete',
      path: `${path}/{id}/blocks/{blockId}`,
      tag: 'Calendars',
      summary: 'Remove a block',
      action: 'block-time',
      isIdempotent: true,
      params: z.object({ id: uuid, blockId: uuid }),
      replies: { 204: { description: 'The time can be booked again.' } },
      handle: (parts: Asking, { caller, params: { id, blockId } }) => removeBlock(parts, caller, whoseOf(id), blockId),
    }),
  ];
}
