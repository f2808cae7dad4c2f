import { isDeepStrictEqual } from 'node:util';
import type { AuditRecord } from './audit-entry.ts';

type Sides = { readonly before: AuditRecord | null; readonly after: AuditRecord | null };

/**
 * What differs between two records of plain JSON, field by field and inside objects, so that one special date among many stands for itself. Lists
 * differ as a whole. A field that only one side has is only there. Both null: nothing differs. Null for a record that is not there is a difference in all of it.
 */
export function auditDifference(before: AuditRecord | null, after: AuditRecord | null): Sides {
  if (before === null || after === null) return { before, after };
  const was: [string, unknown][] = [];
  const is: [string, unknown][] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const sides = sidesOf(before[field], after[field]);
    if (sides === undefined) continue;
    if (sides.before !== undefined) was.push([field, sides.before]);
    if (sides.after !== undefined) is.push([field, sides.after]);
  }
  if (was.length === 0 && is.length === 0) return { before: null, after: null };
  return { before: Object.fromEntries(was), after: Object.fromEntries(is) };
}

function sidesOf(before: unknown, after: unknown): { readonly before: unknown; readonly after: unknown } | undefined {
  if (isDeepStrictEqual(before, after)) return undefined;
  return isRecord(before) && isRecord(after) ? auditDifference(before, after) : { before, after };
}

function isRecord(value: unknown): value is AuditRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
