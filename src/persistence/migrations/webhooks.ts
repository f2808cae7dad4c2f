import { Migration } from '@mikro-orm/migrations';

/** Endpoints of the business that are told what happens, and the facts that wait for them. */
export class Webhooks extends Migration {
  override up(): void {
    this.addSql(`create table webhook_endpoint (
      id uuid primary key,
      url text not null,
      types jsonb not null,
      location_id uuid,
      maker_kind text not null,
      maker_id uuid not null,
      key_id text not null,
      sealed_secret text not null,
      old_key_id text,
      old_sealed_secret text,
      old_secret_until int8,
      created_at int8 not null,
      xid xid8 not null,
      position int8 not null,
      disabled_at int8,
      disabled_because text,
      failing_since int8,
      failures int not null default 0,
      paused_until int8,
      waiting int not null default 0,
      leased_by uuid,
      leased_until int8,
      version int not null,
      constraint webhook_endpoint_maker check (maker_kind in ('user', 'api-key'))
    )`);
    this.addSql(`create table webhook_delivery (
      id int8 generated always as identity primary key,
      endpoint_id uuid not null constraint webhook_delivery_endpoint_id_foreign references webhook_endpoint (id) on delete cascade,
      webhook_id text not null,
      type text not null,
      calendar_id uuid not null,
      revision int8 not null,
      event_index int not null,
      subject text not null,
      state text not null default 'waiting',
      attempts int not null default 0,
      created_at int8 not null,
      next_attempt_at int8,
      first_attempt_at int8,
      done_at int8,
      last_at int8,
      last_status int,
      last_milliseconds int,
      last_reply text,
      last_failure text,
      constraint webhook_delivery_state check (state in ('waiting', 'sent', 'failed'))
    )`);
    this.addSql('create index webhook_delivery_due on webhook_delivery (endpoint_id, next_attempt_at) where next_attempt_at is not null');
    this.addSql(`create index webhook_delivery_waiting on webhook_delivery (endpoint_id, subject, id) where state = 'waiting'`);
    this.addSql('create index webhook_delivery_endpoint on webhook_delivery (endpoint_id, id)');
    this.addSql('create index webhook_delivery_done_at on webhook_delivery (done_at)');
  }
}

/** Endpoints begin with a snapshot of the database instead of a place in the log: what readers had not come to yet when an endpoint was made or enabled was told to it. */
export class WebhooksStart extends Migration {
  override up(): void {
    this.addSql('alter table webhook_endpoint add column started_at pg_snapshot');
    this.addSql(`update webhook_endpoint set started_at = format('%s:%s:', xid::text::int8 + 1, xid::text::int8 + 1)::pg_snapshot`);
    this.addSql('alter table webhook_endpoint alter column started_at set not null, drop column xid, drop column position');
  }
}

/** Endpoints are told what becomes of money, which is no fact of a calendar. */
export class WebhooksOfPayments extends Migration {
  override up(): void {
    this.addSql(
      'alter table payment_fact drop constraint payment_fact_pkey, drop constraint payment_fact_key, add constraint payment_fact_pkey primary key (key)',
    );
    this.addSql('alter table webhook_delivery alter column calendar_id drop not null, add column payment_fact text');
  }
}
