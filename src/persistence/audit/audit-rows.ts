// The audit trail as rows.
import type { LoggedDeed } from '../../audit/audit-consumer.ts';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import type { EntityManager } from '../database/database.ts';
import { AuditEntryRow } from './audit-entry.ts';

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

/**
 * `id` is that of the decision: there is one entry for it at most, whatever is tried again. The name is what it is at this moment, a second after the decision; where a
 * user or a key was removed within it, what the trail knows. Customers have none here. Where the request came from stands beside the log and is taken from there.
 */
const ADD_DEEDS = `with deed as materialized (
    select * from jsonb_to_recordset(?::jsonb) d(id uuid, at int8, kind text, "by" uuid, role text, action text, "subjectKind" text, "subjectId" text, before jsonb, after jsonb, "requestId" text)
  ), source as (
    delete from entry_source s using deed d where s.entry_id = d.id returning s.entry_id, s.address
  )
  insert into audit_entry (id, at, by_kind, by_id, by_name, by_role, address, action, subject_kind, subject_id, before, after, request_id)
    select d.id, d.at, d.kind, d."by", case
        when d.kind = 'api-key' then coalesce(k.name, (select e.subject_name from audit_entry e where e.subject_id = d."by"::text and e.action = 'api-key.added' limit 1))
        when d.role <> 'customer' then coalesce(nullif(u.name, ''), (select e.by_name from audit_entry e where e.by_id = d."by" order by e.at desc, e.id desc limit 1)) end,
      d.role, s.address, d.action, d."subjectKind", d."subjectId", nullif(d.before, 'null'), nullif(d.after, 'null'), d."requestId"
    from deed d left join source s on s.entry_id = d.id
      left join user_account u on d.kind = 'user' and u.id = d."by" left join api_key k on d.kind = 'api-key' and k.id = d."by"
  on conflict (id) do nothing`;

/** What the change log tells, within the transaction that moves the trail's place in it. */
export async function addDeeds(em: EntityManager, deeds: readonly LoggedDeed[]): Promise<void> {
  const rows = deeds.map(({ by, ...deed }) => ({ ...deed, kind: by.kind, by: by.id, role: by.role ?? null }));
  await em.execute(ADD_DEEDS, [JSON.stringify(rows)]);
}
