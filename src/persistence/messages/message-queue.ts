// E-mails to customers that wait, as rows of `message`. Every statement is one transaction, by the database's clock.
import type { Spent } from '../../messages/budgets.ts';
import type { MessageQueue, Settled, TakenMessage } from '../../messages/message-queue-port.ts';
import { instant } from '../../model/instant.ts';
import type { Database, SqlRow } from '../database/database.ts';
import { tellOfBudgets } from './message-budget.ts';
import { type EndedMessage, notificationKindOf, tellOfMessages } from './message-news.ts';
import { MESSAGE_COLUMNS, messageOf, presentOf, textOf } from './message-store.ts';

const NOW = '(extract(epoch from statement_timestamp()) * 1000)::int8';
const COLUMNS = MESSAGE_COLUMNS.split(', ');

/**
 * `skip locked`: of two nodes at once each takes messages of its own. With each comes what decides about it: the appointment, the address, whether it was refused before, as the
 * newest message that its mail server has said anything about has it, and what the business makes it say.
 */
const TAKE = `with due as materialized (
    select id from message where status = 'waiting' and next_attempt_at <= ${NOW} order by next_attempt_at, id limit $1::int for update skip locked
  ), taken as (
    update message m set attempts = m.attempts + 1, next_attempt_at = ${NOW} + $2::int8 from due where m.id = due.id returning m.*
  )
  select ${COLUMNS.map((name) => `m.${name}`).join(', ')}, owner.reminders_declined, t.subject, t.body,
    (select case r.status when 'bounced' then r.failure end from message r where r.customer_id = m.customer_id and r.status in ('sent', 'bounced')
      and r.recipient = coalesce(m.recipient, p.email, c.email) order by r.id desc limit 1),
    a.status, a.starts_at, a.ends_at, a.staff_id, coalesce(p.email, c.email), a.details ->> 'sourceGroup'
  from taken m left join appointment a on a.id = m.appointment_id left join appointment_person p on p.appointment_id = a.id left join customer c on c.id = a.customer_id
    left join customer owner on owner.id = m.customer_id left join message_template t on (t.kind, t.channel, t.locale) = (m.kind, m.channel, m.locale)
  order by m.id`;
const PREPARE = `select prepare_messages_v1($1::jsonb), (extract(epoch from clock_timestamp()) * 1000)::int8`;
const SETTLE = `update message m set status = d.status, failure = d.failure, sent_at = case when d.status = 'sent' then ${NOW} end,
    next_attempt_at = case when d.status = 'waiting' then ${NOW} + d."delayMs" end
  from jsonb_to_recordset(?::jsonb) d(id uuid, attempts int, status text, failure text, "delayMs" int8)
  where m.id = d.id and m.status = 'waiting' and (d.status = 'sent' or m.attempts = d.attempts)
  returning m.id, m.kind, m.about, m.status, m.failure, ${NOW} as at`;
const RELEASE = `update message m set attempts = m.attempts - 1, next_attempt_at = 0 from jsonb_to_recordset($1::jsonb) d(id uuid, attempts int)
  where m.id = d.id and m.status = 'waiting' and m.attempts = d.attempts`;
const ADOPT = `update message set next_attempt_at = 0 where id = $1 and channel = 'email' and status = 'waiting' and next_attempt_at is null`;
const WAITING = `select count(*)::int, coalesce(greatest(${NOW} - min(created_at), 0), 0)::int8 from message where status = 'waiting' and next_attempt_at is not null`;

/** `onTold`: these people are told, in the app, that a message did not leave. */
export function messageQueue(database: Database, onTold: (userIds: readonly string[]) => void = () => undefined): MessageQueue {
  return {
    async take(limit, leaseMs) {
      return (await database.sql(TAKE, [limit, leaseMs])).map(takenOf);
    },
    async prepare(messages) {
      const flat = messages.map(({ rendered, ...message }) => ({ ...message, ...rendered }));
      const [row] = await database.sql(PREPARE, [JSON.stringify(flat)]);
      // As the function says.
      const answers = row?.[0] as readonly Spent[];
      await tellOfBudgets(
        database,
        answers.map((spent, index) => ({ spent, shares: messages[index]?.shares ?? [] })),
        instant(Number(row?.[1])),
      );
      return answers;
    },
    async settle(settled) {
      if (settled.every((one) => notificationKindOf(one) === null)) await database.sql(SETTLE.replace('?', '$1'), [JSON.stringify(settled)]);
      else onTold(await settleAndTellAll(database, settled));
    },
    async release(leases) {
      await database.sql(RELEASE, [JSON.stringify(leases)]);
    },
    async adopt(id) {
      await database.sql(ADOPT, [id]);
    },
    async waiting() {
      const [[messages, oldestMs] = []] = await database.sql(WAITING);
      return { messages: Number(messages), oldestMs: Number(oldestMs) };
    },
  };
}

function settleAndTellAll(database: Database, settled: readonly Settled[]): Promise<readonly string[]> {
  return database.transaction(async (em) => tellOfMessages(em, await em.execute<EndedMessage[]>(SETTLE, [JSON.stringify(settled)])));
}

function takenOf(row: SqlRow): TakenMessage {
  const message = messageOf(row.slice(0, COLUMNS.length));
  const [declined, subject, body, refusal, ...present] = row.slice(COLUMNS.length);
  return {
    message,
    present: present[0] == null ? undefined : presentOf(present),
    declinedAddress: textOf(declined),
    refusal: refusal == null ? null : String(refusal),
    template: subject == null || body == null ? null : { subject: String(subject), body: String(body) },
  };
}
