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
      description: 'Entries, in UTC. `complete` says whether they cover everything answered before this request; the reply waits up to two seconds for it.',
      schema: auditEntries,
    },
  },
  handle: (context, { query }) => readAudit(context, query),
});

export const auditRoutes = [listAudit];
