// Payments and the books, for those who look after money.
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { listLedger, listPayments, readPayment } from '../../../payments/books.ts';
import type { Paying } from '../../../payments/parts.ts';
import { exportLedger, readTakings } from '../../../payments/takings.ts';
import { daysQuery, ledgerPage, ledgerQuery, paymentRecord, paymentsPage, paymentsQuery, type TakingsReply, takings } from '../../../protocol/books.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { done, isFailed } from '../../../protocol/reply.ts';
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
  route({
    ...reading,
    path: '/v1/ledger.csv',
    summary: 'The books of some days, as a table',
    query: daysQuery,
    replies: {
      200: {
        description: 'One line for each entry, the oldest first; amounts are in the minor unit. The audit trail has it.',
        contentType: 'text/csv',
        schema: z.string(),
      },
    },
    problems: [...PROBLEMS, 'limit-reached'],
    handle: async (parts: Paying, { caller, query }) => {
      const read = await exportLedger(parts, caller, query);
      return isFailed(read) ? read : tableOf(`ledger-${query.from}`, LEDGER_COLUMNS, read.body.lines);
    },
  }),
  route({
    ...reading,
    path: '/v1/takings',
    summary: 'What was taken, by day, location and method',
    query: daysQuery,
    replies: { 200: { description: 'Of the caller’s location, or of all; added up from the books.', schema: takings } },
    problems: PROBLEMS,
    handle: (parts: Paying, { caller, query }) => readTakings(parts, caller, query),
  }),
  route({
    ...reading,
    path: '/v1/takings.csv',
    summary: 'What was taken, by day, location and method, as a table',
    query: daysQuery,
    replies: {
      200: {
        description:
          'One line for each row, with the taxes by rate in columns of their own; below them one with the method `voucher` for what each voucher took off, which is in no other column. Amounts are in the minor unit.',
        contentType: 'text/csv',
        schema: z.string(),
      },
    },
    problems: PROBLEMS,
    handle: async (parts: Paying, { caller, query }) => {
      const read = await readTakings(parts, caller, query);
      if (isFailed(read)) return read;
      const { rows, totals, vouchers } = read.body;
      const columns = [...TAKINGS_COLUMNS, ...taxColumns(totals), ...(vouchers.length > 0 ? VOUCHER_COLUMNS : [])];
      return tableOf(`takings-${query.from}`, columns, [...rows.map(lineOf), ...vouchers.map(lineOfVoucher)]);
    },
  }),
];

const LEDGER_COLUMNS = [
  'number',
  'date',
  'at',
  'location',
  'debit',
  'credit',
  'amount',
  'currency',
  'service',
  'reference',
  'key',
  'paymentId',
  'appointmentId',
  'taxPercent',
  'receiptNumber',
  'tax',
  'net',
];
const TAKINGS_COLUMNS = ['date', 'location', 'method', 'currency', 'received', 'refunded', 'disputed', 'net'];

function lineOf({ date, locationName, method, received, refunded, disputed, net, taxes }: TakingsReply['rows'][number]) {
  const amounts = { received: received.amount, refunded: refunded.amount, disputed: disputed.amount, net: net.amount };
  const byRate = taxes.flatMap((one) => TAXED.map((of) => [`${of}.${one.taxPercent ?? 'none'}`, one[of].amount] as const));
  return { date, location: locationName, method, currency: net.currency, ...amounts, ...Object.fromEntries(byRate) };
}

const VOUCHER_COLUMNS = ['voucher', 'uses', 'discount'];

function lineOfVoucher({ date, locationName, code, uses, discount }: TakingsReply['vouchers'][number]) {
  return { date, location: locationName, method: 'voucher', currency: discount.currency, voucher: code, uses, discount: discount.amount };
}

const TAXED = ['gross', 'net', 'tax'] as const;
/** `gross.19`, `net.19`, `tax.19`, and `gross.none` of what had no rate. */
function taxColumns(totals: TakingsReply['totals']): readonly string[] {
  const rates = new Set(totals.flatMap(({ taxes }) => taxes.map(({ taxPercent }) => taxPercent ?? Infinity)));
  return [...rates].sort((one, other) => one - other).flatMap((rate) => TAXED.map((of) => `${of}.${rate === Infinity ? 'none' : rate}`));
}

/** A byte order mark, so that spreadsheets read accents right; text that they would take for a formula begins with an apostrophe. */
function tableOf(name: string, columns: readonly string[], lines: readonly object[]) {
  const headers = { 'Content-Disposition': `attachment; filename="${name}.csv"` };
  const text = () => stringify([...lines], { header: true, columns: [...columns], bom: true, escape_formulas: true });
  return done({}, { headers, document: { contentType: 'text/csv; charset=utf-8', text } });
}
