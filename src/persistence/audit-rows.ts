// The audit trail as rows.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { EntityManager } from './database.ts';
import { AuditEntryRow } from './entities/audit-entry.ts';

/** Inside the transaction of what it is about, so that neither is ever there without the other. */
export async function addAuditEntry(em: EntityManager, { by, subject, ...entry }: AuditEntry): Promise<void> {
  await em.insert(AuditEntryRow, {
    ...entry,
    byKind: by.kind,
    byId: by.id,
    byName: by.name,
    byRole: by.role,
    address: by.address,
    subjectKind: subject.kind,
    subjectId: subject.id,
    subjectName: subject.name,
  });
}
