import type { AuditOutbox } from '../audit/audit-trail-port.ts';
import type { Database } from './database.ts';

/**
 * One statement, so one transaction: what is deleted is inserted. `skip locked` lets several nodes do it at once, each with rows of its own. The id
 * of the entry in the journal becomes the id in the trail: there is one for it at most. The payload is `AuditPayload` of `actors/journal/audited.ts`.
 */
const MOVE = `
  with taken as (
    select id from outbox where topic = 'audit' order by id limit $1 for update skip locked
  ), gone as (
    delete from outbox o using taken t where o.id = t.id returning o.entry_id, o.payload
  ), added as (
    insert into audit_entry (id, at, by_kind, by_id, by_name, by_role, address, action, subject_kind, subject_id, before, after, request_id)
      select entry_id, (payload ->> 'at')::int8, payload #>> '{by,kind}', (payload #>> '{by,id}')::uuid, payload #>> '{by,name}', payload #>> '{by,role}',
        payload #>> '{by,address}', payload ->> 'action', payload ->> 'subjectKind', payload ->> 'subjectId',
        nullif(payload -> 'before', 'null'), nullif(payload -> 'after', 'null'), payload #>> '{by,requestId}'
      from gone
    on conflict (id) do nothing
  )
  select count(*) from gone`;

const WAITING = `select count(*) from (select 1 from outbox where topic = 'audit' limit $1) waiting`;

export function auditOutbox(database: Database): AuditOutbox {
  return {
    move: async (limit) => Number((await database.sql(MOVE, [limit]))[0]?.[0]),
    waiting: async (limit) => Number((await database.sql(WAITING, [limit]))[0]?.[0]),
  };
}
