// E-mails that wait to be mailed, as rows. Every statement is one transaction, by the database's clock.

import type { EmailQueue, TakenEmail } from '../../mail/email-queue-port.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { EMAIL_TOPICS, type EmailTopic } from '../../protocol/account-emails.ts';
import { MESSAGE_LOCALES } from '../../protocol/messages.ts';
import type { Database, SqlRow } from '../database/database.ts';

const NOW = '(extract(epoch from statement_timestamp()) * 1000)::int8';

/**
 * `skip locked`: of two nodes at once each takes e-mails of its own. What a newer version has written and this one has no words for is left
 * to a node of that version.
 */
const TAKE = `with due as (
    select id from notification where delivery = 'waiting' and next_attempt_at <= ${NOW} and topic = any($3::text[])
    order by next_attempt_at, id limit $1::int for update skip locked
  )
  update notification n set attempts = n.attempts + 1, next_attempt_at = ${NOW} + $2::int8 from due where n.id = due.id
  returning n.id, n.topic, n.email, n.token, n.token_expires_at, n.created_at, n.attempts, n.failure, ${NOW}, n.locale`;

/** What was sent is marked regardless of the lease and of what was recorded meanwhile: the e-mail has left. */
const SETTLE = `update notification n set delivery = d.status, failure = d.failure, sent_at = case d.status when 'sent' then ${NOW} end,
    token = case d.status when 'waiting' then n.token end, token_expires_at = case d.status when 'waiting' then n.token_expires_at end,
    next_attempt_at = case d.status when 'waiting' then ${NOW} + d."delayMs" end
  from jsonb_to_recordset($1::jsonb) d(id uuid, attempts int, status text, failure text, "delayMs" int8)
  where n.id = d.id and (d.status = 'sent' or (n.delivery = 'waiting' and n.attempts = d.attempts))`;
const RELEASE = `update notification n set attempts = n.attempts - 1, next_attempt_at = 0 from jsonb_to_recordset($1::jsonb) d(id uuid, attempts int)
  where n.id = d.id and n.delivery = 'waiting' and n.attempts = d.attempts`;
const RENEW = `update notification n set next_attempt_at = ${NOW} + $2::int8 from jsonb_to_recordset($1::jsonb) d(id uuid, attempts int)
  where n.id = d.id and n.delivery = 'waiting' and n.attempts = d.attempts returning n.id`;
const WAITING = `select count(*)::int, coalesce(greatest(${NOW} - min(created_at), 0), 0)::int8 from notification where delivery = 'waiting'`;

export function emailQueue(database: Database): EmailQueue {
  return {
    async take(limit, leaseMs) {
      const rows = await database.sql(TAKE, [limit, leaseMs, EMAIL_TOPICS]);
      return rows.map(takenEmailOf);
    },
    async settle(settled) {
      await database.sql(SETTLE, [JSON.stringify(settled)]);
    },
    async renew(leases, leaseMs) {
      return (await database.sql(RENEW, [JSON.stringify(leases), leaseMs])).map(([id]) => String(id));
    },
    async release(leases) {
      await database.sql(RELEASE, [JSON.stringify(leases)]);
    },
    async waiting() {
      const [[emails, oldestMs] = []] = await database.sql(WAITING);
      return { emails: Number(emails), oldestMs: Number(oldestMs) };
    },
  };
}

function takenEmailOf([id, topic, email, token, tokenExpiresAt, createdAt, attempts, failure, takenAt, locale]: SqlRow): TakenEmail {
  return {
    id: String(id),
    // One of those that were asked for.
    topic: String(topic) as EmailTopic,
    email: String(email),
    locale: MESSAGE_LOCALES.find((known) => known === locale) ?? MESSAGE_LOCALES[0],
    token: textOf(token),
    tokenExpiresAt: tokenExpiresAt === null ? null : momentOf(tokenExpiresAt),
    createdAt: momentOf(createdAt),
    attempts: Number(attempts),
    failure: textOf(failure),
    takenAt: momentOf(takenAt),
  };
}

function momentOf(value: unknown): Instant {
  return instant(Number(value));
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}
