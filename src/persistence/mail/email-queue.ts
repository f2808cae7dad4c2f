// E-mails that wait to be mailed, as rows. Every statement is one transaction, by the database's clock.

import type { Delivery, EmailQueue, TakenEmail } from '../../mail/email-queue-port.ts';
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

/** Regardless of the lease and of what was recorded meanwhile: the e-mail has left. */
const SENT = `update notification set delivery = 'sent', sent_at = ${NOW}, token = null, token_expires_at = null, next_attempt_at = null, failure = null
  where id = $1`;
const FAILED = `update notification set delivery = 'failed', failure = $3, token = null, token_expires_at = null, next_attempt_at = null
  where id = $1 and delivery = 'waiting' and attempts = $2::int`;
const LATER = `update notification set failure = $3, next_attempt_at = ${NOW} + $4::int8 where id = $1 and delivery = 'waiting' and attempts = $2::int`;

const WAITING = `select count(*)::int, coalesce(greatest(${NOW} - min(created_at), 0), 0)::int8 from notification where delivery = 'waiting'`;

export function emailQueue(database: Database): EmailQueue {
  return {
    async take(limit, leaseMs) {
      const rows = await database.sql(TAKE, [limit, leaseMs, EMAIL_TOPICS]);
      return rows.map(takenEmailOf);
    },
    async settle({ id, attempts }, delivery) {
      await database.sql(...settling(id, attempts, delivery));
    },
    async waiting() {
      const [[mails, oldestMs] = []] = await database.sql(WAITING);
      return { mails: Number(mails), oldestMs: Number(oldestMs) };
    },
  };
}

function settling(id: string, attempts: number, delivery: Delivery): [statement: string, parameters: readonly unknown[]] {
  switch (delivery.type) {
    case 'sent':
      return [SENT, [id]];
    case 'failed':
      return [FAILED, [id, attempts, delivery.reason]];
    case 'later':
      return [LATER, [id, attempts, delivery.reason, Math.ceil(delivery.delayMs)]];
    default:
      return delivery satisfies never;
  }
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
