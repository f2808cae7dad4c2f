import { z } from 'zod';
import { sendCode } from '../../../booking/guest-proof.ts';
import { placeHold, readHold, releaseHold, renewHold } from '../../../booking/holds.ts';
import type { Booking, Holding } from '../../../booking/parts.ts';
import { hold, placeHoldBody, proofBody, proofSent } from '../../../protocol/holds.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { uuid } from '../../../protocol/scalars.ts';
import type { Mailing, WithAccounts } from '../../parts.ts';
import { refuseMail } from '../allowance.ts';
import { type Route, route } from '../route.ts';
import { spokenLocale } from '../spoken-locale.ts';

const params = z.object({ id: uuid });
const GONE: readonly ProblemCode[] = ['hold-not-found', 'hold-expired', 'hold-not-yours'];
export const CLAIM_PROBLEMS: readonly ProblemCode[] = [
  'slot-taken',
  'slot-in-past',
  'too-soon',
  'too-far',
  'outside-hours',
  'off-grid',
  'limit-reached',
  'nonexistent-local-time',
  'not-found',
  'id-in-use',
  'abandoned',
];

export const holdRoutes: readonly Route<Booking & Mailing & WithAccounts>[] = [
  route({
    method: 'post',
    path: '/v1/holds',
    tag: 'Holds',
    summary: 'Hold a slot for a few minutes',
    action: 'place-hold',
    allowance: 'hold',
    isIdempotent: true,
    canDryRun: true,
    tokens: ['Hold-Token'],
    body: placeHoldBody,
    replies: {
      201: { description: 'The slot is held. The same holder asking again gets the same hold, renewed.', schema: hold },
      200: { description: 'With `dryRun`: it could be held.', schema: hold },
    },
    problems: [...CLAIM_PROBLEMS, 'hold-not-yours', 'forbidden', 'unauthenticated'],
    handle: (parts: Holding, { caller, body }) => placeHold(parts, caller, body),
  }),
  route({
    method: 'get',
    path: '/v1/holds/{id}',
    tag: 'Holds',
    summary: 'A hold',
    action: 'read-hold',
    tokens: ['Hold-Token'],
    params,
    replies: { 200: { description: 'The hold.', schema: hold } },
    problems: GONE,
    handle: (parts: Holding, { caller, params: { id } }) => readHold(parts, caller, id),
  }),
  route({
    method: 'delete',
    path: '/v1/holds/{id}',
    tag: 'Holds',
    summary: 'Release a hold',
    action: 'keep-hold',
    isIdempotent: true,
    tokens: ['Hold-Token'],
    params,
    replies: { 204: { description: 'The slot is free again.' } },
    problems: GONE,
    handle: (parts: Holding, { caller, params: { id } }) => releaseHold(parts, caller, id),
  }),
  route({
    method: 'post',
    path: '/v1/holds/{id}/renew',
    tag: 'Holds',
    summary: 'Renew a hold',
    action: 'keep-hold',
    isIdempotent: true,
    tokens: ['Hold-Token'],
    params,
    replies: { 200: { description: 'The hold with its new end.', schema: hold } },
    problems: [...GONE, 'limit-reached'],
    handle: (parts: Holding, { caller, params: { id } }) => renewHold(parts, caller, id),
  }),
  route({
    method: 'post',
    path: '/v1/holds/{id}/proof',
    tag: 'Holds',
    summary: 'Get a code that proves a mailbox',
    action: 'keep-hold',
    allowance: 'login',
    tokens: ['Hold-Token'],
    params,
    body: proofBody,
    replies: {
      202: {
        description: 'A code is sent to the address. Guests send it as `proofCode` when they book the hold, which stays in place meanwhile.',
        schema: proofSent,
      },
    },
    problems: [...GONE, 'limit-reached', 'wrong-status'],
    handle: (parts: Booking & Mailing & WithAccounts, { caller, headers, params: { id }, body: { email } }) =>
      sendCode(parts, caller, { holdId: id, email, locale: spokenLocale(headers) }, (take) => refuseMail(parts, take)),
  }),
];
