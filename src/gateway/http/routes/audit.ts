// Who did what to what, for the owner.
import { auditEntries, auditQuery } from '../../../protocol/audit.ts';
import { readAudit } from '../../operations/read-audit.ts';
import { route } from '../route.ts';

const listAudit = route({
  method: 'get',
  path: '/v1/audit',
  tag: 'Audit trail',
  summary: 'Who did what to what, newest first',
  action: 'read-audit',
  query: auditQuery,
  replies: {
    200: {
      description: 'Entries, in UTC. `complete` says whether all that was answered before is among them; it is waited for, for up to two seconds.',
      schema: auditEntries,
    },
  },
  handle: (context, { query }) => readAudit(context, query),
});

export const auditRoutes = [listAudit];
