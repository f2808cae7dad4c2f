// Payments and the books, for those who look after money.
import { z } from 'zod';
import { listLedger, listPayments, readPayment } from '../../../payments/books.ts';
import type { Paying } from '../../../payments/parts.ts';
import { ledgerPage, ledgerQuery, paymentRecord, paymentsPage, paymentsQuery } from '../../../protocol/books.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { type Route, route } from '../route.ts';

const params = z.object({ id: uuid });
const reading = { method: 'get', tag: 'Payments', action: 'read-payments' } as const;
const PROBLEMS: readonly ProblemCode[] = ['unauthenticated', 'forbidden'];

export const bookRoutes: readonly Route<Paying>[] = [
  route({
    ...reading,
    path: '/v1/payments',
    summary: 'Payments, the newest first',
    query: paymentsQuery,
    replies: { 200: { description: 'Of the caller’s location, or of all.', schema: paymentsPage } },
    problems: PROBLEMS,
    handle: (parts: Paying, { caller, query }) => listPayments(parts, caller, query),
  }),
  route({
    ...reading,
    path: '/v1/payments/{id}',
    summary: 'A payment, with its refunds and what the books say of it',
    params,
    replies: { 200: { description: 'The payment.', schema: paymentRecord } },
    problems: [...PROBLEMS, 'not-found'],
    handle: (parts: Paying, { caller, params: { id } }) => readPayment(parts, caller, id),
  }),
  route({
    ...reading,
    path: '/v1/ledger',
    summary: 'The books, the newest entry first',
    query: ledgerQuery,
    replies: { 200: { description: 'Entries are only ever added. Each is double: one account gains what another loses.', schema: ledgerPage } },
    problems: PROBLEMS,
    handle: (parts: Paying, { caller, query }) => listLedger(parts, caller, query),
  }),
];
