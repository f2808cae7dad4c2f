import { Migration } from '@mikro-orm/migrations';

/**
 * Sessions get a row of their own. Those of before are taken over without a device. Refresh tokens do not refer to it: a node of the version
 * before this one, beside us during an upgrade, begins sessions without such a row, and they get it when they are first used here.
 */
export class Sessions extends Migration {
  override up(): void {
    this.addSql(`create table login_session (
      id uuid primary key,
      user_id uuid not null constraint login_session_user_id_foreign references user_account (id),
      device text not null,
      address text not null,
      created_at int8 not null,
      last_used_at int8 not null,
      ended_at int8
    )`);
    this.addSql('create index login_session_user on login_session (user_id, last_used_at)');
    this.addSql('create index login_session_last_used_at on login_session (last_used_at)');
    this.addSql(`insert into login_session (id, user_id, device, address, created_at, last_used_at, ended_at)
      select family, min(user_id::text)::uuid, 'an unknown device', '', min(created_at), max(created_at), max(revoked_at) from refresh_token group by family`);
  }
}
