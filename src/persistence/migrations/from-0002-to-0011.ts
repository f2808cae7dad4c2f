import { Migration } from '@mikro-orm/migrations';

/** What several nodes need to know of each other. */
export class ManyNodes extends Migration {
  override up(): void {
    this.addSql('alter table node add column steady_since timestamptz');
    this.addSql('update node set steady_since = seen_at, gone = true');
    this.addSql('alter table node alter column steady_since set not null');
    this.addSql('alter table node add column leaving boolean not null default false');
    this.addSql('alter table business add column catalog_version int not null default 1');
    this.addSql('alter table business add column life text');
    this.addSql(`create index claim_holds on claim (calendar_id) where kind = 'hold'`);
  }
}

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

/** Who has to wait after failed logins, the same on every node. */
export class FailedLogins extends Migration {
  override up(): void {
    this.addSql(`create table failed_login (
      subject text primary key,
      count int not null,
      last_at int8 not null,
      blocked_until int8 not null
    )`);
    this.addSql('create index failed_login_last_at on failed_login (last_at)');
  }
}

/**
 * How far the delivery of an e-mail has come. What is there already, and what a node of the version before this one writes beside us, is kept
 * for the owner as before: it must not leave by itself.
 */
export class MailDelivery extends Migration {
  override up(): void {
    this.addSql(`alter table notification
      add column delivery text not null default 'kept' constraint notification_delivery check (delivery in ('kept', 'waiting', 'sent', 'failed')),
      add column attempts int not null default 0,
      add column next_attempt_at int8,
      add column sent_at int8,
      add column failure text`);
    this.addSql(`create index notification_waiting on notification (next_attempt_at) where delivery = 'waiting'`);
  }
}

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

/** Keys with which programs come in. */
export class ApiKeys extends Migration {
  override up(): void {
    this.addSql(`create table api_key (
      id uuid primary key,
      name text not null,
      prefix text not null,
      key_hash text not null constraint api_key_key_hash unique,
      scopes jsonb not null,
      location_id uuid,
      created_at int8 not null,
      expires_at int8,
      last_used_at int8
    )`);
  }
}

/**
 * A database says whether it holds the demo, and when it was made. One from before does not: its demo is recognised by the demo's accounts,
 * and it counts as made at the beginning of time, since its tokens are good.
 */
export class DemoMark extends Migration {
  override up(): void {
    this.addSql('alter table business add column holds_demo boolean not null default false, add column made_at int8 not null default 0');
    this.addSql('update business set made_at = (extract(epoch from clock_timestamp()) * 1000)::int8 where not exists (select 1 from user_account)');
  }
}
