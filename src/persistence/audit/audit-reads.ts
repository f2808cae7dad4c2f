import type { AuditBy, AuditEntry, AuditRecord, AuditSubjectKind } from '../../audit/audit-entry.ts';
import type { AuditFilter, AuditReads } from '../../audit/audit-trail-port.ts';
import type { AuditAction } from '../../model/audit-actions.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { Database, SqlRow } from '../database/database.ts';
import { decodeCursor, encodeCursor, type Position } from '../database/page-cursor.ts';
import { addAuditEntry } from './audit-rows.ts';

const COLUMNS = 'id, at, by_kind, by_id, by_name, by_role, address, action, subject_kind, subject_id, subject_name, before, after, request_id';

/** Every order that is asked for has an index that ends in (at, id). Only what is asked for is in the statement, so that the planner sees which. */
export function auditReads(database: Database): AuditReads {
  return {
    async list(filter, limit, cursor) {
      const after = cursor === null ? null : decodeCursor(cursor);
      if (after === undefined) return 'unknown-cursor';
      const { where, parameters } = conditionsOf(filter, after);
      // One more than the page shows whether there is a next one.
      const statement = `select ${COLUMNS} from audit_entry ${where} order by at desc, id desc limit $${parameters.length + 1}`;
      const rows = await database.sql(statement, [...parameters, limit + 1]);
      const items = rows.slice(0, limit).map(readEntry);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null };
    },
    noteExport: (entry) => database.transaction((em) => addAuditEntry(em, entry)),
  };
}

function conditionsOf({ from, to, action, userId, subjectId }: AuditFilter, after: Position | null): { where: string; parameters: readonly unknown[] } {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  const add = (values: readonly unknown[], condition: (...places: string[]) => string) => {
    if (values.some((value) => value === undefined)) return;
    const places = values.map((_, index) => `$${parameters.length + index + 1}`);
    parameters.push(...values);
    conditions.push(condition(...places));
  };
  add([from], (place) => `at >= ${place}`);
  add([to], (place) => `at < ${place}`);
  add([action], (place) => `action = ${place}`);
  add([userId], (place) => `by_id = ${place}::uuid`);
  add([subjectId], (place) => `subject_id = ${place}`);
  add([after?.at, after?.id], (at, id) => `(at, id) < (${at}::int8, ${id}::uuid)`);
  return { where: conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`, parameters };
}

/** Written by this server, so every word is one of those that the type knows. */
function readEntry([id, at, kind, byId, byName, role, address, action, subjectKind, subjectId, subjectName, before, after, requestId]: SqlRow): AuditEntry {
  const by = { kind, id: byId, name: byName, role, address } as AuditBy;
  return {
    id: id as string,
    at: instant(at as Instant),
    by,
    action: action as AuditAction,
    subject: { kind: subjectKind as AuditSubjectKind, id: subjectId as string, name: subjectName as string | null },
    before: before as AuditRecord | null,
    after: after as AuditRecord | null,
    requestId: requestId as string | null,
  };
}
