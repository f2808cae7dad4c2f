// The audit trail on the wire.
import { z } from 'zod';
import { instantInput, instantText, page, pageQuery, text, uuid } from './scalars.ts';

const LONGEST_SUBJECT = 100;

/** GET /v1/audit */
export const auditQuery = z.strictObject({
  ...pageQuery,
  from: instantInput.optional(),
  to: instantInput.optional(),
  action: text(LONGEST_SUBJECT).optional().meta({ example: 'service.changed' }),
  userId: uuid.optional().meta({ description: 'The user or API key that did it.' }),
  subjectId: text(LONGEST_SUBJECT).optional(),
});

/** GET /v1/audit.csv */
export const auditFileQuery = auditQuery.omit({ limit: true, cursor: true });

const record = z.record(z.string(), z.unknown()).nullable();

const auditEntry = z
  .object({
    id: uuid,
    at: instantText,
    by: z.object({
      kind: z.enum(['user', 'api-key', 'guest', 'system']),
      id: uuid.nullable(),
      name: z.string().nullable().meta({ description: 'The name at that time; null for customers.' }),
      role: z.string().nullable(),
      address: z.string().nullable(),
    }),
    action: z.string().meta({ description: 'docs/security.md lists them.', example: 'service.changed' }),
    subject: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
    before: record.meta({
      description: 'For a change, only what differs; moments in UTC. If a customer’s name changed, `after.changedFields` names the field.',
    }),
    after: record,
    requestId: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
export const auditEntries = page(auditEntry).extend({
  complete: z.boolean().meta({ description: 'Whether the trail covers everything answered before this request.' }),
  completeUntil: instantText.optional().meta({
    description: 'Where it is not complete: of what was answered before this moment nothing is missing. Left out where that is not known either.',
  }),
});
