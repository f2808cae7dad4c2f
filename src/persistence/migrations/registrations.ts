import { Migration } from '@mikro-orm/migrations';

/** Accounts that wait for their address to be verified, links that set a password, and what has to be told to people. */
export class Registrations extends Migration {
  override up(): void {
    this.addSql(`create table registration (
      email text primary key,
      name text not null,
      password_hash text not null,
      token_hash text not null constraint registration_token_hash unique,
      created_at int8 not null,
      expires_at int8 not null
    )`);
    this.addSql('create index registration_expires_at on registration (expires_at)');
    this.addSql(`create table password_reset (
      email text primary key,
      token_hash text not null constraint password_reset_token_hash unique,
      expires_at int8 not null
    )`);
    this.addSql('create index password_reset_expires_at on password_reset (expires_at)');
    this.addSql(`create table notification (
      id uuid primary key,
      topic text not null,
      email text not null,
      token text,
      token_expires_at int8,
      created_at int8 not null
    )`);
    this.addSql('create index notification_created_at on notification (created_at)');
    this.addSql('create index notification_token_expires_at on notification (token_expires_at)');
  }
}
