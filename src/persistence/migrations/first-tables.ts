import { randomUUID } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';

const SHARDS = 256;

/** Every table of the first version. What each is for, and who writes it, stands beside its entity in `src/persistence/`. */
export class FirstTables extends Migration {
  override up(): void {
    this.addSql('create extension if not exists btree_gist');
    for (const statement of [...CATALOG, ...JOURNAL, ...ACCOUNTS]) this.addSql(statement);
    this.addSql(`insert into shard (id) select generate_series(0, ${SHARDS - 1})`);
    this.addSql(`insert into business (id, name, buffer_rule, era, settings) values (1, 'Slotkeeper', 'max', '${randomUUID()}', '{}')`);
  }
}

const CATALOG = [
  `create table business (
    id smallint primary key constraint business_only_one check (id = 1),
    name text not null,
    buffer_rule text not null constraint business_buffer_rule_check check (buffer_rule in ('max', 'sum')),
    era uuid not null,
    settings jsonb not null,
    version int not null default 1
  )`,
  `create table location (
    id uuid primary key,
    name text not null,
    time_zone text not null,
    currency char(3) not null,
    address text,
    phone text,
    weekly jsonb not null,
    special_dates jsonb not null,
    hours_version int not null default 1,
    version int not null default 1,
    archived boolean not null default false,
    position int not null default 0
  )`,
  `create table service (
    id uuid primary key,
    name text not null,
    description text,
    minutes int not null,
    slot_interval_minutes int not null,
    buffer_before_minutes int not null default 0,
    buffer_after_minutes int not null default 0,
    lead_time_minutes int not null default 0,
    horizon_days int,
    capacity int not null default 1,
    grid text not null default 'fixed' constraint service_grid_check check (grid in ('fixed', 'pack')),
    price_amount int8 not null,
    price_currency char(3) not null,
    deposit_amount int8,
    payment_policy text not null default 'none' constraint service_payment_policy_check check (payment_policy in ('none', 'deposit', 'full')),
    approval text not null default 'automatic' constraint service_approval_check check (approval in ('automatic', 'manual')),
    cancel_until_minutes int,
    reschedule_until_minutes int,
    refund_rules jsonb not null,
    daily_limit int,
    active boolean not null default true,
    archived boolean not null default false,
    version int not null default 1,
    position int not null default 0,
    constraint service_lengths check (minutes > 0 and slot_interval_minutes > 0 and buffer_before_minutes >= 0 and buffer_after_minutes >= 0),
    constraint service_capacity check (capacity >= 1)
  )`,
  `create table calendar (
    id uuid primary key,
    kind text not null constraint calendar_kind_check check (kind in ('staff', 'resource')),
    shard int not null,
    revision int8 not null default 0,
    hours jsonb not null,
    location_id uuid not null constraint calendar_location_id_foreign references location (id),
    created_at int8 not null
  )`,
  'create index calendar_shard on calendar (shard)',
  'create index calendar_location on calendar (location_id)',
  `create table staff_member (
    id uuid primary key,
    calendar_id uuid not null constraint staff_member_calendar unique constraint staff_member_calendar_id_foreign references calendar (id),
    name text not null,
    email text,
    location_id uuid not null constraint staff_member_location_id_foreign references location (id),
    bookable boolean not null default true,
    archived boolean not null default false,
    version int not null default 1,
    position int not null default 0
  )`,
  'create index staff_member_location on staff_member (location_id)',
  `create table staff_service (
    staff_id uuid not null constraint staff_service_staff_id_foreign references staff_member (id) on update cascade on delete cascade,
    service_id uuid not null constraint staff_service_service_id_foreign references service (id) on update cascade on delete cascade,
    primary key (staff_id, service_id)
  )`,
  'create index staff_service_service on staff_service (service_id)',
  `create table http_reply (
    caller text not null,
    key text not null,
    fingerprint text not null,
    status int not null,
    body jsonb not null,
    created_at int8 not null,
    primary key (caller, key)
  )`,
  'create index http_reply_created_at on http_reply (created_at)',
];

const JOURNAL = [
  `create table node (
    id uuid primary key,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    gone boolean not null default false
  )`,
  `create table shard (
    id int primary key constraint shard_range check (id >= 0 and id <= 255),
    owner uuid,
    epoch int not null default 0
  )`,
  `create table claim (
    id uuid primary key,
    calendar_id uuid not null,
    kind text not null constraint claim_kind_check check (kind in ('hold', 'appointment', 'block')),
    session uuid not null,
    lane smallint not null,
    starts_at int8 not null,
    ends_at int8 not null,
    during int8range not null generated always as (int8range(starts_at, ends_at)) stored,
    service_id uuid,
    buffer_before_minutes int not null default 0,
    buffer_after_minutes int not null default 0,
    capacity smallint not null default 1,
    seats smallint not null default 1,
    status text,
    details jsonb,
    constraint claim_lasts check (starts_at < ends_at),
    constraint claim_lane check (lane >= 0 and seats >= 1 and capacity >= 1),
    constraint claim_one_per_lane unique (calendar_id, session, lane),
    constraint claim_no_overlap exclude using gist (calendar_id with =, during with &&, session with <>)
  )`,
  'create index claim_calendar_ends_at on claim (calendar_id, ends_at)',
  `create table customer (
    id uuid primary key,
    name text not null,
    email text not null constraint customer_email unique,
    phone text,
    created_at int8 not null
  )`,
  `create table appointment (
    id uuid primary key,
    reference text not null constraint appointment_reference unique,
    status text not null constraint appointment_status_check check (status in ('pending', 'booked', 'declined', 'checked-in', 'completed', 'cancelled', 'no-show')),
    calendar_id uuid not null,
    staff_id uuid not null,
    location_id uuid not null,
    service_id uuid not null,
    customer_id uuid not null constraint appointment_customer_id_foreign references customer (id),
    starts_at int8 not null,
    ends_at int8 not null,
    revision int8 not null,
    details jsonb not null,
    created_at int8 not null,
    created_by uuid
  )`,
  'create index appointment_staff on appointment (staff_id, starts_at)',
  'create index appointment_customer on appointment (customer_id, starts_at)',
  'create index appointment_starts_at on appointment (starts_at, id)',
  `create table change (
    calendar_id uuid not null,
    revision int8 not null,
    epoch int not null,
    at int8 not null,
    events jsonb not null,
    entry_id uuid not null,
    primary key (calendar_id, revision)
  )`,
  'create index change_entry on change (entry_id)',
  'create index change_calendar_at on change (calendar_id, at)',
  `create table request (
    caller text not null,
    key text not null,
    fingerprint text not null,
    entry_id uuid not null,
    outcome text not null constraint request_outcome_check check (outcome in ('ok', 'no', 'abandoned')),
    calendar_id uuid,
    revision int8,
    event_index smallint,
    refusal jsonb,
    created_at int8 not null,
    primary key (caller, key)
  )`,
  'create index request_entry on request (entry_id)',
  'create index request_created_at on request (created_at)',
  `create table outbox (
    id int8 generated always as identity primary key,
    entry_id uuid not null,
    calendar_id uuid not null,
    revision int8 not null,
    topic text not null,
    payload jsonb not null,
    created_at int8 not null
  )`,
];

const ACCOUNTS = [
  `create table user_account (
    id uuid primary key,
    email text not null constraint user_account_email unique,
    name text not null,
    role text not null constraint user_account_role_check check (role in ('owner', 'manager', 'front-desk', 'staff', 'customer')),
    password_hash text not null,
    staff_id uuid,
    customer_id uuid,
    location_id uuid,
    created_at int8 not null
  )`,
  `create table refresh_token (
    id uuid primary key,
    user_id uuid not null constraint refresh_token_user_id_foreign references user_account (id),
    family uuid not null,
    token_hash text not null constraint refresh_token_hash unique,
    expires_at int8 not null,
    used_at int8,
    revoked_at int8,
    created_at int8 not null
  )`,
  'create index refresh_token_family on refresh_token (family)',
  'create index refresh_token_user on refresh_token (user_id)',
  'create index refresh_token_expires_at on refresh_token (expires_at)',
];
