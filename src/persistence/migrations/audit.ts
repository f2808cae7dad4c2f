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

/** One way in which entries go: those of before a moment, by the function that the hourly job calls. Every other change is refused as before. */
export class AuditIsCut extends Migration {
  override up(): void {
    this.addSql(`create or replace function refuse_audit_change() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and current_setting('slotkeeper.cuts_audit', true) = 'on' then return null; end if;
        raise exception 'the audit trail is only ever added to' using errcode = 'SK002';
      end $$`);
    this.addSql(`create or replace function cut_audit_v1(older_than int8, most int) returns int language plpgsql as $$
      declare removed int;
      begin
        perform set_config('slotkeeper.cuts_audit', 'on', true);
        delete from audit_entry where id in (select id from audit_entry where at < older_than order by at, id limit most for update skip locked);
        get diagnostics removed = row_count;
        perform set_config('slotkeeper.cuts_audit', 'off', true);
        return removed;
      end $$`);
  }
}
