import { Migration } from '@mikro-orm/migrations';

/**
 * The audit trail. The database itself refuses to change or delete entries, for any program; only the owner of the
 * table can lift that. A statement is refused as a whole, also one that would have found nothing.
 */
export class Audit extends Migration {
  override up(): void {
    this.addSql(`create table audit_entry (
      id uuid primary key,
      at int8 not null,
      by_kind text not null constraint audit_entry_by_kind_check check (by_kind in ('user', 'api-key', 'guest', 'system')),
      by_id uuid,
      by_name text,
      by_role text,
      address text,
      action text not null,
      subject_kind text not null,
      subject_id text not null,
      subject_name text,
      before jsonb,
      after jsonb,
      request_id text
    )`);
    this.addSql('create index audit_entry_at on audit_entry (at, id)');
    this.addSql('create index audit_entry_by on audit_entry (by_id, at, id)');
    this.addSql('create index audit_entry_subject on audit_entry (subject_id, at, id)');
    this.addSql('create index audit_entry_action on audit_entry (action, at, id)');
    this.addSql(`create index outbox_audit on outbox (id) where topic = 'audit'`);
    this.addSql(`create function refuse_audit_change() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit trail is only ever added to' using errcode = 'SK002';
      end $$`);
    this.addSql(
      'create trigger audit_entry_is_kept before update or delete or truncate on audit_entry for each statement execute function refuse_audit_change()',
    );
  }
}
