import { z } from 'zod';
import { hold, placeHoldBody, proofBody, proofSent } from '../../../protocol/holds.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { sendCode } from '../../operations/guest-proof.ts';
import { readHold, releaseHold, renewHold } from '../../operations/keep-hold.ts';
import { placeHold } from '../../operations/place-hold.ts';
import { refuseMail } from '../allowance.ts';
import { type Route, route } from '../route.ts';

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

export const holdRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/v1/holds',
    tag: 'Holds',
    summary: 'Keep a slot for a few minutes',
    action: 'place-hold',
    allowance: 'hold',
    isIdempotent: true,
    canDryRun: true,
    tokens: ['Hold-Token'],
    body: placeHoldBody,
    replies: {
      201: { description: 'The slot is kept. Asked again by the same holder it is the same hold, renewed.', schema: hold },
      200: { description: 'With `dryRun`: it could be kept.', schema: hold },
    },
    problems: [...CLAIM_PROBLEMS, 'hold-not-yours', 'forbidden', 'unauthenticated'],
    handle: (context, { caller, body }) => placeHold(context, caller, body),
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
    handle: (context, { caller, params: { id } }) => readHold(context, caller, id),
  }),
  route({
    method: 'delete',
    path: '/v1/holds/{id}',
    tag: 'Holds',
    summary: 'Let a hold go',
    action: 'keep-hold',
    isIdempotent: true,
    tokens: ['Hold-Token'],
    params,
    replies: { 204: { description: 'The slot is free again.' } },
    problems: GONE,
    handle: (context, { caller, params: { id } }) => releaseHold(context, caller, id),
  }),
  route({
    method: 'post',
    path: '/v1/holds/{id}/renew',
    tag: 'Holds',
    summary: 'Keep a slot longer',
    action: 'keep-hold',
    isIdempotent: true,
    tokens: ['Hold-Token'],
    params,
    replies: { 200: { description: 'The hold, with its new end.', schema: hold } },
    problems: [...GONE, 'limit-reached'],
    handle: (context, { caller, params: { id } }) => renewHold(context, caller, id),
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
        description: 'A code is on its way to the address. Guests book the hold for it with this code as `proofCode`; the hold stays meanwhile.',
        schema: proofSent,
      },
    },
    problems: [...GONE, 'limit-reached', 'wrong-status'],
    handle: (context, { caller, params: { id }, body: { email } }) => sendCode(context, caller, { holdId: id, email }, (take) => refuseMail(context, take)),
  }),
];
