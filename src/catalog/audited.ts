import type { AuditEntry, AuditRecord, AuditSubjectKind } from '../audit/audit-entry.ts';
import { auditDifference } from '../audit/difference.ts';
import type { AuditAction } from '../model/audit-actions.ts';

/** What a change says to the audit trail; the rest of an entry is about who asked. */
export type AuditedChange = Pick<AuditEntry, 'action' | 'subject' | 'before' | 'after'>;
type Kind = Extract<AuditSubjectKind, 'location' | 'service' | 'staff-member' | 'resource' | 'settings'>;
type Action = Extract<AuditAction, `${Kind}.${string}`>;
type Subject = { readonly id: string; readonly name: string };

/** Takes whole records and keeps what differs; null is one that was not there before, or has been removed. */
export function audited(action: Action, { id, name }: Subject, before: object | null, after: object | null): AuditedChange {
  // An action is named after what it is about.
  const kind = action.slice(0, action.indexOf('.')) as Kind;
  return { action, subject: { kind, id, name }, ...auditDifference(before && recordOf(before), after && recordOf(after)) };
}

/** Without what the subject says, and without what changes by itself with every change. */
function recordOf(whole: object): AuditRecord {
  const { id: _id, version: _version, hoursVersion: _hoursVersion, archived: _archived, ...record } = whole as AuditRecord;
  return record;
}
