// Takes away what has had its time, a little at a time, so that no statement is long and no lock is wide.
import { REFRESH_TOKEN_LIFE } from '../../accounts/accounts.ts';
import { DAY, HOUR, SECOND } from '../../model/instant.ts';
import { DELIVERY_LIFE } from '../../webhooks/webhook.ts';
import type { Database } from './database.ts';

/** Beside what is promised, for clocks and callers that come at the last moment. */
const REPLY_MARGIN_MS = HOUR;
/** An address waits for the audit trail for a second; where the trail stands still it is forgotten all the same. */
const SOURCE_LIFE_MS = 30 * DAY;
const BATCH_ROWS = 1_000;
/** What is left waits for the next round. */
const MOST_BATCHES = 50;

/** Sessions and their tokens are kept a little longer than anybody can use them: clocks of nodes need not agree. */
const SESSION_LIFE_MS = REFRESH_TOKEN_LIFE + DAY;

/** Long enough to look up what somebody was told last season. */
const ACCOUNT_EMAIL_LIFE_MS = 90 * DAY;

/** Longer than a day, for which budgets count. */
const BUDGET_KEPT_MS = 2 * DAY;

/** As long as e-mails about accounts. A reminder is written a day before its appointment at most, so none is written twice. */
const MESSAGE_KEPT_MS = 90 * DAY;

/** What was not looked at by then is of no use. */
const NOTIFICATION_LIFE_MS = 30 * DAY;

/** It is for the next shift; it may be about people. */
const DAY_NOTE_LIFE_MS = 30 * DAY;

/** After the time off is over; so a year can be looked back at. */
const TIME_OFF_REQUEST_KEPT_MS = 400 * DAY;

/** Long after the provider repeats its last event. */
const PAYMENT_KEPT_MS = 30 * DAY;

/** By then every failure has been forgiven. */
const FAILURE_LIFE_MS = DAY;

/** A node that was given up has this long to find out. */
const NODE_LIFE_MS = 24 * HOUR;

/** An e-mail that still waits is not sent without its link. */
const EXPIRE_TOKENS = `update notification set token = null, token_expires_at = null, next_attempt_at = null,
    failure = case delivery when 'waiting' then 'link-expired' else failure end, delivery = case delivery when 'waiting' then 'failed' else delivery end
  where token_expires_at < (extract(epoch from clock_timestamp()) * 1000)::int8`;

export type Purged = { readonly requests: number; readonly httpReplies: number };

/** Forgets answers to writes that are older than so many hours. By the database's clock, so that a node's wrong clock forgets nothing early. */
export async function purgeOldReplies(database: Database, hours: number, signal?: AbortSignal): Promise<Purged> {
  const old = { key: ['caller', 'key'], column: 'created_at', olderThanMs: hours * HOUR + REPLY_MARGIN_MS };
  return { requests: await purge(database, { table: 'request', ...old }, signal), httpReplies: await purge(database, { table: 'http_reply', ...old }, signal) };
}

/** Forgets sessions that nobody can use any more, whether they were ended or not, failed logins of long ago, and second factors that nobody has finished setting up. */
export async function purgeOldSessions(database: Database, signal?: AbortSignal): Promise<number> {
  await purge(database, { table: 'refresh_token', key: ['id'], column: 'created_at', olderThanMs: SESSION_LIFE_MS }, signal);
  await purge(database, { table: 'failed_login', key: ['subject'], column: 'last_at', olderThanMs: FAILURE_LIFE_MS }, signal);
  await purge(database, { table: 'second_factor_setup', key: ['user_id'], column: 'expires_at', olderThanMs: 0 }, signal);
  return await purge(database, { table: 'login_session', key: ['id'], column: 'last_used_at', olderThanMs: SESSION_LIFE_MS }, signal);
}

/** Forgets links that have expired, tokens in e-mails included, and e-mails too old to be asked about. */
export async function purgeOldEmails(database: Database, signal?: AbortSignal): Promise<number> {
  const expired = { key: ['email'], column: 'expires_at', olderThanMs: 0 };
  await purge(database, { table: 'registration', ...expired }, signal);
  await purge(database, { table: 'password_reset', ...expired }, signal);
  await purge(database, { table: 'invitation', ...expired, key: ['user_id'] }, signal);
  await database.sql(EXPIRE_TOKENS);
  return await purge(database, { table: 'notification', key: ['id'], column: 'created_at', olderThanMs: ACCOUNT_EMAIL_LIFE_MS }, signal);
}

/** Forgets consumers that no node has run for so long: their positions keep nothing of the log any more. And addresses that the audit trail has not taken. */
export async function purgeOldConsumers(database: Database, days: number, signal?: AbortSignal): Promise<number> {
  await purge(database, { table: 'entry_source', key: ['entry_id'], column: 'created_at', olderThanMs: SOURCE_LIFE_MS }, signal);
  const statement =
    'with old as (delete from consumer where lease_until < clock_timestamp() - make_interval(days => $1::int) returning 1) select count(*)::int from old';
  return Number((await database.sql(statement, [days]))[0]?.[0]);
}

/** Forgets what has become of webhooks; those that wait stay. */
export async function purgeOldDeliveries(database: Database, signal?: AbortSignal): Promise<number> {
  return await purge(database, { table: 'webhook_delivery', key: ['id'], column: 'done_at', olderThanMs: DELIVERY_LIFE }, signal);
}

/** Forgets messages to customers, with their text and address, and what was counted in days that are over. */
export async function purgeOldMessages(database: Database, signal?: AbortSignal): Promise<number> {
  await purge(database, { table: 'message_budget', key: ['name', 'starts_at'], column: 'starts_at', olderThanMs: BUDGET_KEPT_MS }, signal);
  return await purge(database, { table: 'message', key: ['id'], column: 'created_at', olderThanMs: MESSAGE_KEPT_MS }, signal);
}

/** Forgets notifications, read or not. */
export async function purgeOldNotifications(database: Database, signal?: AbortSignal): Promise<number> {
  return await purge(database, { table: 'staff_notification', key: ['id'], column: 'created_at', olderThanMs: NOTIFICATION_LIFE_MS }, signal);
}

const CUT_AUDIT = 'select cut_audit_v1((extract(epoch from clock_timestamp()) * 1000)::int8 - $1::int8, $2::int)';

/** Forgets entries of the audit trail that are older than so many days. */
export async function purgeOldAudit(database: Database, days: number, signal?: AbortSignal): Promise<number> {
  return inBatches(async () => Number((await database.sql(CUT_AUDIT, [days * DAY, BATCH_ROWS]))[0]?.[0]), signal);
}

/** Forgets what was written down for a day. */
export async function purgeOldDayNotes(database: Database, signal?: AbortSignal): Promise<number> {
  return await purge(database, { table: 'day_note', key: ['location_id', 'date'], column: 'changed_at', olderThanMs: DAY_NOTE_LIFE_MS }, signal);
}

/** Forgets requests for time off long after their last day, with what was written about them. */
export async function purgeOldTimeOffRequests(database: Database, signal?: AbortSignal): Promise<number> {
  return await purge(database, { table: 'time_off_request', key: ['id'], column: 'ends_at', olderThanMs: TIME_OFF_REQUEST_KEPT_MS }, signal);
}

const OF_OLD_PAYMENTS = 'where created_at < (extract(epoch from clock_timestamp()) * 1000)::int8 - $1::int8';

/** Forgets events of the provider, payments that brought no money, and of all others what was typed for an appointment that was not booked. The books stay. */
export async function purgeOldPayments(database: Database, signal?: AbortSignal): Promise<number> {
  await purge(database, { table: 'payment_event', key: ['id'], column: 'at', olderThanMs: PAYMENT_KEPT_MS }, signal);
  await database.sql(`update payment set booking = null, version = version + 1 ${OF_OLD_PAYMENTS} and booking is not null`, [PAYMENT_KEPT_MS]);
  const statement = `with gone as (delete from payment ${OF_OLD_PAYMENTS} and state = 'closed' and received = 0
      and not exists (select 1 from payment_refund r where r.payment_id = payment.id) returning 1) select count(*)::int from gone`;
  return Number((await database.sql(statement, [PAYMENT_KEPT_MS]))[0]?.[0]);
}

/** Forgets nodes that have been gone for a day. */
export async function purgeOldNodes(database: Database): Promise<number> {
  const statement = `with old as (
      delete from node n where n.gone and n.seen_at < clock_timestamp() - make_interval(secs => $1::float8) and not exists (select 1 from shard s where s.owner = n.id) returning 1
    ) select count(*) from old`;
  return Number((await database.sql(statement, [NODE_LIFE_MS / SECOND]))[0]?.[0]);
}

type Old = { readonly table: string; readonly key: readonly string[]; readonly column: string; readonly olderThanMs: number };

async function purge(database: Database, { table, key, column, olderThanMs }: Old, signal: AbortSignal | undefined): Promise<number> {
  // `skip locked`: several nodes may be at it at once.
  const statement = `with old as (
      select ${key.join(', ')} from ${table} where ${column} < (extract(epoch from clock_timestamp()) * 1000)::int8 - $1::int8 order by ${column} limit $2 for update skip locked
    ), gone as (delete from ${table} r using old where ${key.map((name) => `r.${name} = old.${name}`).join(' and ')} returning 1)
    select count(*) from gone`;
  return inBatches(async () => Number((await database.sql(statement, [olderThanMs, BATCH_ROWS]))[0]?.[0]), signal);
}

async function inBatches(removeSome: () => Promise<number>, signal: AbortSignal | undefined): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MOST_BATCHES && signal?.aborted !== true; batch += 1) {
    const removed = await removeSome();
    total += removed;
    if (removed < BATCH_ROWS) break;
  }
  return total;
}
