import { Migration } from '@mikro-orm/migrations';

/**
 * Consumers follow the change log in the place of an outbox. What the outbox still had for the audit trail is moved there, and the trail goes on with the changes
 * after it. The log can be cut.
 */
export class Consumers extends Migration {
  override up(): void {
    this.addSql(`create table consumer (
      name text primary key,
      xid xid8 not null,
      position int8 not null,
      owner uuid,
      lease_until timestamptz not null,
      started_at timestamptz not null
    )`);
    this.addSql(`create table set_aside_change (
      consumer text not null,
      calendar_id uuid not null,
      revision int8 not null,
      xid xid8 not null,
      position int8 not null,
      change jsonb not null,
      why text not null,
      at int8 not null,
      primary key (consumer, calendar_id, revision)
    )`);
    this.addSql('create table entry_source (entry_id uuid primary key, address text not null, created_at int8 not null)');
    this.addSql('create index entry_source_created_at on entry_source (created_at)');
    for (const statement of HAND_OVER) this.addSql(statement);
    this.addSql('create table log_cut (id smallint primary key constraint log_cut_only_one check (id = 1), xid xid8 not null, position int8 not null)');
    this.addSql(`insert into log_cut (id, xid, position) values (1, '0', 0)`);
    this.addSql('create table calendar_base (calendar_id uuid primary key, revision int8 not null, at int8 not null, state jsonb not null)');
  }
}

/** Once the table is locked, every commit that had something for the trail is over; one that is still to come fails as a whole without the table. */
const HAND_OVER = [
  'lock table outbox in access exclusive mode',
  `insert into audit_entry (id, at, by_kind, by_id, by_name, by_role, address, action, subject_kind, subject_id, before, after, request_id)
    select entry_id, (payload ->> 'at')::int8, payload #>> '{by,kind}', (payload #>> '{by,id}')::uuid, payload #>> '{by,name}', payload #>> '{by,role}',
      payload #>> '{by,address}', payload ->> 'action', payload ->> 'subjectKind', payload ->> 'subjectId',
      nullif(payload -> 'before', 'null'), nullif(payload -> 'after', 'null'), payload #>> '{by,requestId}'
    from outbox where topic = 'audit' order by id
  on conflict (id) do nothing`,
  `insert into consumer (name, xid, position, lease_until, started_at)
    select 'audit', coalesce(n.xid, '0'), coalesce(n.position, 0), clock_timestamp(), clock_timestamp()
    from (select 1) one left join (select xid, position from change order by xid desc, position desc limit 1) n on true`,
  'drop table outbox',
];
