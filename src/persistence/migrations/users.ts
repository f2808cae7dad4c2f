import { Migration } from '@mikro-orm/migrations';

/** Accounts that somebody else manages: invited, changed, disabled, removed. Everybody has been seen when their last session was used. */
export class Users extends Migration {
  override up(): void {
    this.addSql(`alter table user_account
      add column version int not null default 1,
      add column invited_at int8,
      add column disabled_at int8,
      add column removed_at int8,
      add column last_seen_at int8`);
    this.addSql('update user_account u set last_seen_at = (select max(s.last_used_at) from login_session s where s.user_id = u.id)');
    this.addSql('create index user_account_role on user_account (role, id)');
    this.addSql(`create table invitation (
      user_id uuid primary key constraint invitation_user_id_foreign references user_account (id) on update cascade on delete cascade,
      token_hash text not null constraint invitation_token_hash unique,
      expires_at int8 not null
    )`);
    this.addSql('create index invitation_expires_at on invitation (expires_at)');
  }
}
