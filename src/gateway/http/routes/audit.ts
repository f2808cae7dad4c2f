// Who did what to what, for the owner.
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { type Caller, sourceOf } from '../../../access/caller.ts';
import { type AuditEntry, type AuditRecord, auditEntry } from '../../../audit/audit-entry.ts';
import type { AuditTrail } from '../../../audit/audit-trail.ts';
import { AUDIT_ACTIONS, type AuditAction } from '../../../model/audit-actions.ts';
import { type Instant, instant } from '../../../model/instant.ts';
import { auditEntries, auditFileQuery, auditQuery } from '../../../protocol/audit.ts';
import { done, failed, failedField, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { route } from '../route.ts';

const LISTED_BY_DEFAULT = 50;
/** The trail is of the whole business and of no location. */
const ZONE = 'UTC';

type Asked = {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly action?: string | undefined;
  readonly userId?: string | undefined;
  readonly subjectId?: string | undefined;
};

/** Reading the trail leaves no entry in it. */
async function readAudit(
  { audit }: { readonly audit: Pick<AuditTrail, 'list'> },
  { limit = LISTED_BY_DEFAULT, cursor, action, ...filter }: Asked,
): Promise<Reply> {
  if (action !== undefined && !isAction(action)) return failedField('invalid-request', 'action', 'is not an audited action');
  const page = await audit.list({ ...filter, action }, limit, cursor ?? null);
  if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
  const completeUntil = page.isComplete || page.completeUntil === null ? {} : { completeUntil: wireTime(page.completeUntil, ZONE) };
  return done({ items: page.items.map(wireEntry), nextCursor: page.nextCursor, complete: page.isComplete, ...completeUntil });
}

function isAction(word: string): word is AuditAction {
  return AUDIT_ACTIONS.some((action) => action === word);
}

function wireEntry({ at, before, after, ...entry }: AuditEntry): object {
  return { ...entry, at: wireTime(at, ZONE), before: before && wireRecord(before), after: after && wireRecord(after) };
}

/** Facts keep moments as milliseconds, under names that end in `At`. */
function wireRecord(record: AuditRecord): AuditRecord {
  return Object.fromEntries(Object.entries(record).map(([field, value]) => [field, wireValue(field, value)]));
}

function wireValue(field: string, value: unknown): unknown {
  if (typeof value === 'number' && field.endsWith('At')) return wireTime(instant(value), ZONE);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? wireRecord(value as AuditRecord) : value;
}

const listAudit = route({
  method: 'get',
  path: '/v1/audit',
  tag: 'Audit trail',
  summary: 'Who did what to what, newest first',
  action: 'read-audit',
  query: auditQuery,
  replies: {
    200: {
      description: 'Entries, in UTC. `complete` says whether they cover everything answered before this request; the reply waits up to two seconds for it.',
      schema: auditEntries,
    },
  },
  handle: (parts: { readonly audit: Pick<AuditTrail, 'list'> }, { query }) => readAudit(parts, query),
});

type Parts = { readonly audit: Pick<AuditTrail, 'list' | 'noteExport'>; readonly scheduler: { now(): Instant } };

const auditFile = route({
  method: 'get',
  path: '/v1/audit.csv',
  tag: 'Audit trail',
  summary: 'The same, as a table',
  action: 'read-audit',
  allowance: 'claim',
  query: auditFileQuery,
  replies: {
    200: {
      description: 'One line for each entry; what was before and after as JSON. The trail has that it was taken.',
      contentType: 'text/csv',
      schema: z.string(),
    },
  },
  problems: ['limit-reached'],
  handle: (parts: Parts, { query, caller }) => readTable(parts, caller, query),
});

const TABLE = { escape_formulas: true } as const;
const COLUMNS = ['at', 'by', 'role', 'address', 'action', 'subjectKind', 'subjectId', 'subject', 'before', 'after', 'requestId'];
const PAGE = 1_000;
/** Some 30 MB. */
const MOST_LINES = 50_000;

/** Taking it away is in the trail, and is noted before anything leaves. */
async function readTable({ audit, scheduler }: Parts, caller: Caller, { action, ...filter }: Omit<Asked, 'limit' | 'cursor'>): Promise<Reply> {
  if (action !== undefined && !isAction(action)) return failedField('invalid-request', 'action', 'is not an audited action');
  const subject = { kind: 'audit', id: 'all', name: null } as const;
  const { from = null, to = null } = filter;
  await audit.noteExport(auditEntry(sourceOf(caller), scheduler.now(), { action: 'audit.exported', subject, after: { fromAt: from, toAt: to } }));
  const pages = [`\ufeff${COLUMNS.join(',')}\n`];
  let cursor: string | null = null;
  let lines = 0;
  do {
    const page = await audit.list({ ...filter, action }, PAGE, cursor);
    if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
    lines += page.items.length;
    if (lines > MOST_LINES) return failed('limit-reached', { detail: `A table has at most ${MOST_LINES} entries: ask for fewer days.` });
    pages.push(stringify(page.items.map(lineOf), TABLE));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const headers = { 'Content-Disposition': 'attachment; filename="audit.csv"' };
  return done({}, { headers, document: { contentType: 'text/csv; charset=utf-8', text: () => pages.join('') } });
}

function lineOf({ at, by, action, subject, before, after, requestId }: AuditEntry): readonly (string | null)[] {
  const record = (one: AuditRecord | null) => (one === null ? null : JSON.stringify(wireRecord(one)));
  const who = by.name ?? by.id ?? by.kind;
  return [wireTime(at, ZONE), who, by.role, by.address, action, subject.kind, subject.id, subject.name, record(before), record(after), requestId];
}

export const auditRoutes = [listAudit, auditFile];
