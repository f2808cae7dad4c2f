// All customers as a table, out and in.
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { type Caller, sourceOf } from '../../../access/caller.ts';
import type { Customers } from '../../../customers/customers.ts';
import type { CustomerImports } from '../../../customers/import-customers.ts';
import { type ImportMode, importList, importQuery, importReport, LARGEST_TABLE_BYTES, MOST_IMPORTED } from '../../../protocol/customers.ts';
import { done, failed, isFailed, type Reply } from '../../../protocol/reply.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { type Route, route, tableBody } from '../route.ts';
import { reachOfCaller } from './customers.ts';

/** Some 30 MB. */
const MOST_EXPORTED = 200_000;
/** A byte order mark, so that spreadsheets read accents right; what they would take for a formula, a number with a plus too, begins with an apostrophe. */
const TABLE = { bom: false, escape_formulas: true, cast: { object: (tags: object) => (Array.isArray(tags) ? tags.join('; ') : '') } } as const;
const ZONE = 'UTC';
const COLUMNS = ['name', 'email', 'phone', 'notes', 'tags'];

type Parts = { readonly customers: Pick<Customers, 'exportAll'>; readonly imports: CustomerImports };

export const customerTableRoutes: readonly Route<Parts>[] = [
  route({
    tag: 'Customers',
    method: 'get',
    path: '/v1/customers/export.csv',
    action: 'export-customers',
    allowance: 'claim',
    summary: 'All customers, as a table',
    replies: {
      200: { description: 'Those the caller may see. The audit trail has it.', contentType: 'text/csv', schema: z.string() },
    },
    problems: ['limit-reached'],
    handle: (parts: Parts, { caller }) => exportAll(parts, caller),
  }),
  route({
    tag: 'Customers',
    method: 'post',
    path: '/v1/customers/import',
    action: 'import-customers',
    summary: 'Add customers from a table',
    isTable: true,
    largestBody: LARGEST_TABLE_BYTES,
    canDryRun: true,
    query: importQuery,
    body: tableBody,
    replies: {
      200: {
        description: `What became of its lines. The first line names the columns, of \`name,email,phone,notes,tags\`; at most ${MOST_IMPORTED} lines and 5 MB. Who is a customer already stays as they are, so the same table again changes nothing. With errors and \`mode=all\` nothing is added.`,
        schema: importReport,
      },
    },
    problems: ['overloaded'],
    handle: (parts: Parts, { caller, query: { mode }, body }) => importTable(parts, caller, mode, body),
  }),
  route({
    tag: 'Customers',
    method: 'get',
    path: '/v1/customers/imports',
    action: 'import-customers',
    summary: 'How far imports are',
    replies: { 200: { description: 'To be asked again while one is running.', schema: importList } },
    handle: (parts: Parts, { caller }) => listImports(parts, caller),
  }),
];

async function listImports({ imports }: Parts, caller: Caller): Promise<Reply> {
  const within = reachOfCaller(caller, 'import-customers');
  if (isFailed(within)) return within;
  const items = await imports.list(within);
  return done({
    items: items.map(({ id, state, customers, added, startedAt, endedAt }) => ({
      ...{ id, state, customers, added },
      startedAt: wireTime(startedAt, ZONE),
      endedAt: endedAt === null ? null : wireTime(endedAt, ZONE),
    })),
  });
}

async function exportAll({ customers: all }: Parts, caller: Caller): Promise<Reply> {
  const within = reachOfCaller(caller, 'export-customers');
  if (isFailed(within)) return within;
  const pages = [`\ufeff${COLUMNS.join(',')}\n`];
  let count = 0;
  for await (const page of all.exportAll(within, sourceOf(caller))) {
    count += page.length;
    if (count > MOST_EXPORTED) return failed('limit-reached', { detail: `A table has at most ${MOST_EXPORTED} customers.` });
    const rows = page.map(({ name, email, phone, notes, tags, isShared }) => [name, email, phone, ...(isShared ? [null, []] : [notes, tags])]);
    pages.push(stringify(rows, TABLE));
  }
  const headers = { 'Content-Disposition': 'attachment; filename="customers.csv"' };
  return done({}, { headers, document: { contentType: 'text/csv; charset=utf-8', text: () => pages.join('') } });
}

async function importTable({ imports }: Parts, caller: Caller, mode: ImportMode, table: Uint8Array): Promise<Reply> {
  const within = reachOfCaller(caller, 'import-customers');
  if (isFailed(within)) return within;
  const answer = await imports.import({ table, mode, isDryRun: caller.dryRun, within }, sourceOf(caller));
  if (answer === 'busy') return failed('overloaded', { detail: 'Another table is being imported; ask again in a moment.', retryAfterSeconds: 5 });
  if ('report' in answer) return done(answer.report);
  return failed('invalid-request', { detail: 'Nothing was imported.', errors: [...answer.refused] });
}
