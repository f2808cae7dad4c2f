// Vouchers: made, listed and ended by those who manage them, and given for what is held.
import { z } from 'zod';
import { putVoucher } from '../../../booking/hold-voucher.ts';
import { addVoucher, endVoucher, listVouchers, readVoucher } from '../../../booking/keep-vouchers.ts';
import type { Booking } from '../../../booking/parts.ts';
import { hold, holdVoucherBody } from '../../../protocol/holds.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { newVoucherBody, voucher, vouchersPage, vouchersQuery } from '../../../protocol/vouchers.ts';
import { type Route, route } from '../route.ts';

const params = z.object({ id: uuid });
const managing = { tag: 'Payments', action: 'manage-vouchers' } as const;
const PROBLEMS: readonly ProblemCode[] = ['unauthenticated', 'forbidden'];
/** Why a voucher cannot be used. */
export const VOUCHER_PROBLEMS: readonly ProblemCode[] = ['voucher-unknown', 'voucher-expired', 'voucher-used-up', 'voucher-not-for-this', 'rate-limited'];

export const voucherRoutes: readonly Route<Booking>[] = [
  route({
    ...managing,
    method: 'get',
    path: '/v1/vouchers',
    summary: 'Vouchers, the newest first',
    query: vouchersQuery,
    replies: { 200: { description: 'With how often each is used.', schema: vouchersPage } },
    problems: PROBLEMS,
    handle: (parts: Booking, { caller, query }) => listVouchers(parts, caller, query),
  }),
  route({
    ...managing,
    method: 'post',
    path: '/v1/vouchers',
    summary: 'Make a voucher',
    body: newVoucherBody,
    replies: { 201: { description: 'It can be used from `validFrom` on, and is never changed, only ended.', schema: voucher } },
    problems: [...PROBLEMS, 'not-found', 'id-in-use', 'limit-reached'],
    handle: (parts: Booking, { caller, body }) => addVoucher(parts, caller, body),
  }),
  route({
    ...managing,
    method: 'get',
    path: '/v1/vouchers/{id}',
    summary: 'A voucher',
    params,
    replies: { 200: { description: 'With how often it is used.', schema: voucher } },
    problems: [...PROBLEMS, 'not-found'],
    handle: (parts: Booking, { caller, params: { id } }) => readVoucher(parts, caller, id),
  }),
  route({
    ...managing,
    method: 'post',
    path: '/v1/vouchers/{id}/end',
    summary: 'End a voucher',
    params,
    replies: { 200: { description: 'It is not taken any more. Who has its price already, held or booked, keeps it.', schema: voucher } },
    problems: [...PROBLEMS, 'not-found'],
    handle: (parts: Booking, { caller, params: { id } }) => endVoucher(parts, caller, id),
  }),
  route({
    method: 'put',
    path: '/v1/holds/{id}/voucher',
    tag: 'Holds',
    summary: 'Give a voucher for a hold',
    action: 'keep-hold',
    allowance: 'hold',
    tokens: ['Hold-Token'],
    params,
    body: holdVoucherBody,
    replies: {
      200: { description: 'The hold with its new price, deposit included. One use is kept for it, until it is booked or over.', schema: hold },
    },
    problems: ['hold-not-found', 'hold-expired', 'hold-not-yours', 'wrong-status', 'not-found', ...VOUCHER_PROBLEMS],
    handle: (parts: Booking, { caller, params: { id }, body }) => putVoucher(parts, caller, id, body),
  }),
];
