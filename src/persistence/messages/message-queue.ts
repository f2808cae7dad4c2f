// E-mails to customers that wait, as rows of `message`. Every statement is one transaction, by the database's clock.
import type { Settled } from '../../mail/lease-queue-port.ts';
import type { Spent } from '../../messages/budgets.ts';
import { isAgenda, isPersonal, type ListedMessage, type StoredAgenda, type StoredMessage } from '../../messages/message.ts';
import type { AgendaEntry, MessageEnd, MessageQueue, Taken, TakenMessage } from '../../messages/message-queue-port.ts';
import { instant } from '../../model/instant.ts';
import { WANTED_AT_FIRST } from '../../protocol/messages.ts';
import type { Database, SqlRow } from '../database/database.ts';
import { ON_AGENDA } from './agenda-store.ts';
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
    a.status, a.starts_at, a.ends_at, a.staff_id, coalesce(p.email, c.email), a.details ->> 'sourceGroup',
    u.email, u.staff_id, (n.choices -> 'email' ->> m.kind)::boolean, p.corrections
  from taken m left join appointment a on a.id = m.appointment_id left join appointment_person p on p.appointment_id = a.id left join customer c on c.id = a.customer_id
    left join customer owner on owner.id = m.customer_id left join message_template t on (t.kind, t.channel, t.locale) = (m.kind, m.channel, m.locale)
    left join user_account u on u.id = m.user_id and u.removed_at is null and u.disabled_at is null left join notified_person n on n.user_id = m.user_id
  order by m.id`;
const PREPARE = `select prepare_messages_v1($1::jsonb), (extract(epoch from clock_timestamp()) * 1000)::int8`;
const SETTLE = `update message m set status = d.status, failure = d.failure, sent_at = case when d.status = 'sent' then ${NOW} end,
    next_attempt_at = case when d.status = 'waiting' then ${NOW} + d."delayMs" end
  from jsonb_to_recordset(?::jsonb) d(id uuid, attempts int, status text, failure text, "delayMs" int8)
  where m.id = d.id and m.status = 'waiting' and (d.status = 'sent' or m.attempts = d.attempts)
  returning m.id, m.kind, m.about, m.status, m.failure, ${NOW} as at`;
const RELEASE = `update message m set attempts = m.attempts - 1, next_attempt_at = 0 from jsonb_to_recordset($1::jsonb) d(id uuid, attempts int)
  where m.id = d.id and m.status = 'waiting' and m.attempts = d.attempts`;
const RENEW = `update message m set next_attempt_at = ${NOW} + $2::int8 from jsonb_to_recordset($1::jsonb) d(id uuid, attempts int)
  where m.id = d.id and m.status = 'waiting' and m.attempts = d.attempts returning m.id`;
const ADOPT = `update message set next_attempt_at = 0 where id = $1 and channel = 'email' and status = 'waiting' and next_attempt_at is null`;
const WAITING = `select count(*)::int, coalesce(greatest(${NOW} - min(created_at), 0), 0)::int8 from message where status = 'waiting' and next_attempt_at is not null`;

/** What the days of agendas bring, in the order of its starts. */
const ENTRIES = `select d.id, a.starts_at, a.ends_at, a.status = 'pending', a.service_id, a.details ->> 'serviceName',
    (select json_agg(along ->> 'name' order by at) from jsonb_array_elements((a.details -> 'addOns')::jsonb) with ordinality of_one(along, at))
  from jsonb_to_recordset($1::jsonb) d(id uuid, "staffId" uuid, "startsAt" int8, "endsAt" int8)
    join appointment a on a.staff_id = d."staffId" and a.status in (${ON_AGENDA}) and a.starts_at >= d."startsAt" and a.starts_at < d."endsAt"
  order by a.starts_at, a.id`;

/** `onTold`: these people are told, in the app, that a message did not leave. */
export function messageQueue(database: Database, onTold: (userIds: readonly string[]) => void = () => undefined): MessageQueue {
  return {
    async take(limit, leaseMs) {
      const rows = await database.sql(TAKE, [limit, leaseMs]);
      const entries = await entriesOf(database, rows.map(messageOfRow).filter(isAgenda));
      return rows.map((row) => takenOf(row, entries));
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
    async renew(leases, leaseMs) {
      return (await database.sql(RENEW, [JSON.stringify(leases), leaseMs])).map(([id]) => String(id));
    },
    async release(leases) {
      await database.sql(RELEASE, [JSON.stringify(leases)]);
    },
    async adopt(id) {
      await database.sql(ADOPT, [id]);
    },
    async waiting() {
      const [[emails, oldestMs] = []] = await database.sql(WAITING);
      return { emails: Number(emails), oldestMs: Number(oldestMs) };
    },
  };
}

function settleAndTellAll(database: Database, settled: readonly Settled<MessageEnd>[]): Promise<readonly string[]> {
  return database.transaction(async (em) => tellOfMessages(em, await em.execute<EndedMessage[]>(SETTLE, [JSON.stringify(settled)])));
}

function messageOfRow(row: SqlRow): ListedMessage {
  return messageOf(row.slice(0, COLUMNS.length));
}

async function entriesOf(database: Database, agendas: readonly StoredAgenda[]): Promise<ReadonlyMap<string, readonly AgendaEntry[]>> {
  if (agendas.length === 0) return new Map();
  const rows = await database.sql(ENTRIES, [JSON.stringify(agendas.map(({ id, about }) => ({ ...about, id })))]);
  const byAgenda = Map.groupBy(rows, ([id]) => String(id));
  const entryOf = ([, startsAt, endsAt, isRequested, serviceId, serviceName, addOns]: SqlRow): AgendaEntry => {
    const times = { startsAt: instant(Number(startsAt)), endsAt: instant(Number(endsAt)) };
    return { ...times, isRequested: isRequested === true, serviceId: String(serviceId), serviceName: textOf(serviceName), addOns: (addOns ?? []) as string[] };
  };
  return new Map(Array.from(byAgenda, ([id, ofOne]) => [id, ofOne.map(entryOf)]));
}

/** Who has paid too late has no appointment; the address stands in the message. */
function payerIn(row: SqlRow, { about: { startsAt, endsAt, staffId } }: StoredMessage): TakenMessage['present'] {
  const email = textOf(row[COLUMNS.indexOf('recipient')]);
  return email !== null ? { status: 'cancelled', startsAt, endsAt, staffId, email, source: null } : undefined;
}

function takenOf(row: SqlRow, entries: ReadonlyMap<string, readonly AgendaEntry[]>): Taken {
  const message = messageOfRow(row);
  const [declined, subject, body, refusal, status, startsAt, endsAt, staffId, email, source, ofUser, ofStaff, choice, corrections] = row.slice(COLUMNS.length);
  const template = subject === null || body === null ? null : { subject: String(subject), body: String(body) };
  if (isPersonal(message)) {
    const reader = { to: textOf(ofUser), isWanted: choice === null ? WANTED_AT_FIRST[message.kind] : choice === true, template };
    if (isAgenda(message)) return { message, ...reader, entries: entries.get(message.id) ?? [] };
    return { message, ...reader, staffId: textOf(ofStaff) };
  }
  return {
    message,
    present: status === null ? payerIn(row, message) : presentOf([status, startsAt, endsAt, staffId, email, source]),
    declinedAddresses: textOf(declined)?.split(' ') ?? [],
    refusal: textOf(refusal),
    template,
    corrections: Number(corrections ?? 0),
  };
}
