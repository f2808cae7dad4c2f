// Who did what to what, for the owner.

import { AUDIT_ACTIONS, type AuditAction, type AuditEntry, type AuditRecord } from '../../../audit/audit-entry.ts';
import type { AuditTrail } from '../../../audit/audit-trail.ts';
import { type Instant, instant } from '../../../model/instant.ts';
import { auditEntries, auditQuery } from '../../../protocol/audit.ts';
import { done, failedField, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
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

export const auditRoutes = [listAudit];
