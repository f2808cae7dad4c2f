import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The audit trail. Written in the transaction of what it is about, or by its consumer from the change log; a trigger of the database refuses every other change. */
export const AuditEntryRow = defineEntity({
  name: 'AuditEntryRow',
  tableName: 'audit_entry',
  indexes: [
    { name: 'audit_entry_at', properties: ['at', 'id'] },
    { name: 'audit_entry_by', properties: ['byId', 'at', 'id'] },
    { name: 'audit_entry_subject', properties: ['subjectId', 'at', 'id'] },
    { name: 'audit_entry_action', properties: ['action', 'at', 'id'] },
  ],
  triggers: [
    {
      name: 'audit_entry_is_kept',
      timing: 'before',
      events: ['update', 'delete', 'truncate'],
      forEach: 'statement',
      expression:
        'create trigger audit_entry_is_kept before update or delete or truncate on audit_entry for each statement execute function refuse_audit_change()',
    },
  ],
  properties: {
    id: p.uuid().primary(),
    at: p.bigint('number'),
    byKind: p.enum(['user', 'api-key', 'guest', 'system']),
    byId: p.uuid().nullable(),
    byName: p.text().nullable(),
    byRole: p.text().nullable(),
    address: p.text().nullable(),
    action: p.text(),
    subjectKind: p.text(),
    /** Not every subject has a UUID. */
    subjectId: p.text(),
    subjectName: p.text().nullable(),
    before: p.json<object>().nullable(),
    after: p.json<object>().nullable(),
    requestId: p.text().nullable(),
  },
});
export type AuditEntryRow = InferEntity<typeof AuditEntryRow>;
