import { explainSlot, findSlots } from '../../../booking/find-slots.ts';
import type { Looking } from '../../../booking/parts.ts';
import { explainQuery, explainReply, slotsQuery, slotsReply } from '../../../protocol/slots.ts';
import { type Route, route } from '../route.ts';

export const slotRoutes: readonly Route<Looking>[] = [
  route({
    method: 'get',
    path: '/v1/slots',
    tag: 'Slots',
    summary: 'Free times',
    action: 'find-slots',
    query: slotsQuery,
    replies: { 200: { description: 'Free starts in order of time; with `grain=day`, their number per day.', schema: slotsReply } },
    tokens: ['Manage-Token'],
    problems: ['not-found', 'overloaded', 'forbidden', 'manage-token-ended'],
    handle: (parts: Looking, { query, caller }) => findSlots(parts, caller, query),
  }),
  route({
    method: 'get',
    path: '/v1/slots/explain',
    tag: 'Slots',
    summary: 'Why a time is free or not',
    action: 'find-slots',
    query: explainQuery,
    replies: { 200: { description: 'Every rule, in the order in which they are checked.', schema: explainReply } },
    problems: ['not-found', 'nonexistent-local-time'],
    handle: (parts: Looking, { query, caller }) => explainSlot(parts, caller, query),
  }),
];
