// How the business goes: reports, and the same as tables.
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { Reports } from '../../../insights/reports.ts';
import { REPORTS, type ReportReply, type ReportRow, report, reportFileQuery, reportQuery } from '../../../protocol/analytics.ts';
import { done, isFailed } from '../../../protocol/reply.ts';
import { route } from '../route.ts';

const params = z.object({ report: z.enum(REPORTS) });
const reading = { tag: 'Reports', action: 'read-reports' } as const;
type Parts = { readonly reports: Pick<Reports, 'read'> };

export const analyticsRoutes = [
  route({
    ...reading,
    method: 'get',
    path: '/v1/analytics/{report}.csv',
    summary: 'A report, as a table',
    params,
    query: reportFileQuery,
    replies: {
      200: { description: 'One line for each row; amounts are in the minor unit, in a column for each currency.', contentType: 'text/csv', schema: z.string() },
    },
    problems: ['not-found'],
    handle: async ({ reports }: Parts, { params: { report: name }, query, caller }) => {
      const read = await reports.read(caller.principal, name, query);
      if (isFailed(read)) return read;
      const headers = { 'Content-Disposition': `attachment; filename="${name}-${query.from}.csv"` };
      return done({}, { headers, document: { contentType: 'text/csv; charset=utf-8', text: () => tableOf(read.body) } });
    },
  }),
  route({
    ...reading,
    method: 'get',
    path: '/v1/analytics/{report}',
    summary: 'A report',
    params,
    query: reportQuery,
    replies: { 200: { description: 'With a row for each day, week or month, of the caller’s location or of all.', schema: report } },
    problems: ['not-found'],
    handle: ({ reports }: Parts, { params: { report: name }, query, caller }) => reports.read(caller.principal, name, query),
  }),
];

/** A byte order mark, so that spreadsheets read accents right; what they would take for a formula begins with an apostrophe. */
function tableOf({ rows }: ReportReply): string {
  const lines = rows.map(lineOf);
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  return stringify(lines, { header: true, columns, bom: true, escape_formulas: true });
}

/** Nested figures get columns of their own: `bySource.online`, `value.EUR`, `received.cash.EUR`. */
function lineOf({ byMethod = [], ...row }: ReportRow): Record<string, string | number | null> {
  const line: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'string' || typeof value === 'number' || value === null) line[name] = value;
    else if (Array.isArray(value)) for (const { amount, currency } of value) line[`${name}.${currency}`] = amount;
    else for (const [inside, number] of Object.entries(value ?? {})) line[`${name}.${inside}`] = number;
  }
  for (const { method, received, refunded, disputed } of byMethod) {
    line[`received.${method}.${received.currency}`] = received.amount;
    line[`refunded.${method}.${refunded.currency}`] = refunded.amount;
    line[`disputed.${method}.${disputed.currency}`] = disputed.amount;
  }
  return line;
}
