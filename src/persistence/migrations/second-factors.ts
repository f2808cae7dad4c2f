import { Migration } from '@mikro-orm/migrations';

/** Codes beside passwords, set-ups of them that are not finished, and the codes that stand in for a lost app. */
export class SecondFactors extends Migration {
  override up(): void {
    this.addSql(`create table second_factor (
      user_id uuid primary key constraint second_factor_user_id_foreign references user_account (id) on update cascade on delete cascade,
      id uuid not null,
      key_id text not null,
      sealed_secret text not null,
      last_step int8 not null,
      turned_on_at int8 not null
    )`);
    this.addSql(`create table second_factor_setup (
      user_id uuid primary key constraint second_factor_setup_user_id_foreign references user_account (id) on update cascade on delete cascade,
      id uuid not null,
      key_id text not null,
      sealed_secret text not null,
      expires_at int8 not null
    )`);
    this.addSql('create index second_factor_setup_expires_at on second_factor_setup (expires_at)');
    this.addSql(`create table recovery_code (
      user_id uuid not null constraint recovery_code_user_id_foreign references user_account (id) on update cascade on delete cascade,
      code_hash text not null,
      primary key (user_id, code_hash)
    )`);
  }
}
