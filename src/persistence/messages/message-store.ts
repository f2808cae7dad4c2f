// Messages as rows. Moments are by the database's clock.
import { randomUUIDv7 } from 'node:crypto';
import type { Appointment } from '../../actors/calendar/calendar.ts';
import type { AddJobs } from '../../jobs/job.ts';
import { MOST_DECLINED } from '../../messages/address-digest.ts';
import type { ListedMessage, NewMessage, NewStaffEmail } from '../../messages/message.ts';
import { aboutOf, localeOf } from '../../messages/message-consumer.ts';
import type { DueReminder, MessageStore, MessageTransaction, Present } from '../../messages/message-store-port.ts';
import { MOST_RESENDS } from '../../messages/messages.ts';
import { SEND_SMS } from '../../messages/send-sms.ts';
import { HOUR, instant, MINUTE } from '../../model/instant.ts';
import { MESSAGE_LOCALES, type MessageChannel } from '../../protocol/messages.ts';
import { nowCustomer } from '../appointments/appointment-list.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';
import { spendBudgets } from './message-budget.ts';
import { markUndelivered } from './message-news.ts';
import { MessageRow } from './message-row.ts';
import { putTemplate, readTemplate, readTemplateVersions, templateIn } from './message-template.ts';

export const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
export const MESSAGE_COLUMNS =
  'id, key, kind, channel, locale, customer_id, about, created_at, status, attempts, failure, recipient, subject, body, html, sent_at, segments, delivered_at, user_id';

/** A merge that is under way comes first: the message then goes to the customer who stays. */
const AWAIT_MERGES = 'select 1 from customer where id = any(?::uuid[]) order by id for key share';
/** An e-mail waits in its row; those that answer a request go before reminders. */
const ADD = `insert into message (id, key, kind, channel, locale, customer_id, appointment_id, about, created_at, recipient, next_attempt_at)
    select d.id, d.key, d.kind, d.channel, d.locale, coalesce((select k.customer_id from customer_alias k where k.id = d."customerId"), d."customerId"), (d.about ->> 'id')::uuid, d.about::json, d."createdAt", d."to",
      case when d.channel = 'email' then case when d.kind = 'appointment-reminder' then ${NOW} else 0 end end
    from jsonb_to_recordset(?::jsonb) d(id uuid, key text, kind text, channel text, locale text, "customerId" uuid, about jsonb, "createdAt" int8, "to" text)
    where d.channel <> 'sms' or d.key like 'resend/%' or exists (select 1 from appointment_person p where p.appointment_id = (d.about ->> 'id')::uuid and p.phone_e164 is not null)
  on conflict (key) do nothing returning id, channel`;

/** An account has at most one calendar, and a calendar at most one account. */
const ADD_FOR_STAFF = `insert into message (id, key, kind, channel, locale, user_id, appointment_id, about, created_at, next_attempt_at)
    select d.id, d.key, d.kind, 'email', coalesce(u.locale, '${MESSAGE_LOCALES[0]}'), u.id, (d.about ->> 'id')::uuid, d.about::json, d."createdAt", 0
    from jsonb_to_recordset(?::jsonb) d(id uuid, key text, kind text, "by" text, about jsonb, "createdAt" int8)
      join user_account u on u.staff_id = (d.about ->> 'toStaffId')::uuid and u.role <> 'customer' and u.id::text is distinct from d."by"
        and u.removed_at is null and u.disabled_at is null and u.invited_at is null
      join notified_person n on n.user_id = u.id and (n.choices -> 'email' ->> d.kind)::boolean
  on conflict (key) do nothing`;

const PRESENT = `select a.status, a.starts_at, a.ends_at, a.staff_id, coalesce(p.email, c.email), a.details ->> 'sourceGroup' from appointment a left join appointment_person p on p.appointment_id = a.id
  left join customer c on c.id = a.customer_id where a.id = ?`;

/** One that is told of its booking within this time needs no reminder. */
const CONFIRMED_WITHIN_MS = HOUR;
/** Of offsets that have come due together, as when reminders were off for a while, the shortest stands for all. The moment is read once, so that indexes can be used. */
const DUE = `with present as materialized (select ${NOW} as at)
  select a.id, a.reference, a.status, a.calendar_id, a.staff_id, a.location_id, a.service_id, a.starts_at, a.ends_at, a.customer_id, a.created_at, a.details, o.minutes, a.updated_at
  from present n cross join unnest($1::int[]) o(minutes) join appointment a on a.status = 'booked'
    and a.starts_at > n.at and a.starts_at >= coalesce($3::int8, 0) and a.starts_at <= n.at + o.minutes * ${MINUTE}::int8
    and a.starts_at - o.minutes * ${MINUTE}::int8 > a.created_at + ${CONFIRMED_WITHIN_MS}
  where not exists (select 1 from unnest($1::int[]) later(minutes) where later.minutes < o.minutes and a.starts_at <= n.at + later.minutes * ${MINUTE}::int8)
    and not exists (select 1 from message m where m.key = 'reminder/' || a.id || '/' || a.starts_at || '/' || o.minutes)
    and not exists (select 1 from message m where m.appointment_id = a.id and m.user_id is null and m.kind <> 'appointment-reminder' and m.created_at > a.starts_at - o.minutes * ${MINUTE}::int8 - ${CONFIRMED_WITHIN_MS})
    and ($3::int8 is null or (a.starts_at, a.id) > ($3::int8, $4::uuid))
  order by a.starts_at, a.id limit $2`;

/** Two under one key, or the last two that a limit lets through, wait for each other. */
const ONE_AT_A_TIME = 'select pg_advisory_xact_lock(7003, 1)';
/** By key, as the message that was first may be forgotten already. */
const RESENDS = `select count(*)::int as resends from message where key = any(select 'resend/' || ? || '/' || n from generate_series(1, ?::int) n)`;

/** Those of a customer, with a space in between. Each is added and removed alone, so that a link to one says nothing of another. */
const DECLINED = `array_remove(string_to_array(coalesce(reminders_declined, ''), ' '), $2::text)`;
const DECLINE = `update customer set reminders_declined = array_to_string((array_prepend($2::text, ${DECLINED}))[1:${MOST_DECLINED}], ' ') where id = $1`;
const DECLINE_NO_MORE = `update customer set reminders_declined = nullif(array_to_string(${DECLINED}, ' '), '') where id = $1`;

/** `onTold`: these people are told, in the app, of an e-mail that was not delivered. */
export function messageStore(database: Database, add: AddJobs<EntityManager>, onTold: (userIds: readonly string[]) => void = () => undefined): MessageStore {
  return {
    async byId(id) {
      const [row] = await database.sql(`select ${MESSAGE_COLUMNS} from message where id = $1`, [id]);
      return row && messageOf(row);
    },
    async declineReminders(customerId, address, isDeclined) {
      await database.sql(isDeclined ? DECLINE : DECLINE_NO_MORE, [customerId, address]);
    },
    template: (name) => readTemplate(database, name),
    templateVersions: (name) => readTemplateVersions(database, name),
    async markUndelivered(undelivered) {
      const found = await database.transaction((em) => markUndelivered(em, undelivered));
      if (found !== null) onTold(found);
      return found !== null;
    },
    changing: (work) =>
      database.transaction(async (em) => {
        await em.execute(ONE_AT_A_TIME);
        return work(transactionOn(em, add));
      }),
    spend: (id, shares) => spendBudgets(database, id, shares),
    async list({ appointmentId, customerId, userId, status, channel, locationId }, limit, before) {
      const rows = await database.sql(
        `select ${MESSAGE_COLUMNS} from message where ($1::uuid is null or appointment_id = $1) and ($2::uuid is null or customer_id = ${nowCustomer('$2')})
          and ($3::text[] is null or status = any($3)) and ($4::uuid is null or id < $4)
          and ($6::text is null or about ->> 'locationId' = $6) and ($7::text is null or channel = $7) and ($8::uuid is null or user_id = $8) order by id desc limit $5::int`,
        [appointmentId ?? null, customerId ?? null, status ?? null, before, limit, locationId, channel ?? null, userId ?? null],
      );
      return rows.map(messageOf);
    },
    async dueReminders(minutes, limit, after) {
      const rows = await database.sql(DUE, [minutes, limit, after?.startsAt ?? null, after?.id ?? null]);
      return rows.map(dueOf);
    },
  };
}

function transactionOn(em: EntityManager, add: AddJobs<EntityManager>): MessageTransaction {
  const rows = async (statement: string, parameters: readonly unknown[]) =>
    (await em.execute<Record<string, SqlRow[number]>[]>(statement, [...parameters])).map((row) => Object.values(row));
  return {
    async byId(id) {
      const row = await em.findOne(MessageRow, { id });
      if (row === null) return undefined;
      const {
        key,
        kind,
        channel,
        locale,
        customerId,
        about,
        createdAt,
        status,
        attempts,
        failure,
        recipient,
        subject,
        body,
        html,
        sentAt,
        segments,
        deliveredAt,
        userId,
      } = row;
      const unset = [failure, recipient, subject, body, html, sentAt, segments, deliveredAt, userId].map((value) => value ?? null);
      return messageOf([id, key, kind, channel, locale, customerId, about, createdAt, status, attempts, ...unset]);
    },
    async present(appointmentId) {
      const [row] = await rows(PRESENT, [appointmentId]);
      return row && presentOf(row);
    },
    async resendsOf(id) {
      const [[resends] = []] = await rows(RESENDS, [id, MOST_RESENDS]);
      return Number(resends);
    },
    add: (message) => addMessages(em, [message], add),
    template: (name) => templateIn(em, name),
    putTemplate: (template, written) => putTemplate(em, template, written),
    addAuditEntry: (entry) => addAuditEntry(em, entry),
    reply: (caller, key) => replyOf(em, caller, key),
    addReply: (key, reply) => addReply(em, { ...key, ...reply }),
  };
}

/** Within a transaction: adds those whose key is new. E-mails wait then; texts are asked for, and only to who has left a number that can be dialled. */
export async function addMessages(em: EntityManager, messages: readonly NewMessage[], add: AddJobs<EntityManager>): Promise<void> {
  await em.execute(AWAIT_MERGES, [`{${[...new Set(messages.flatMap(({ customerId }) => customerId ?? []))].join(',')}}`]);
  const added = await em.execute<{ id: string; channel: MessageChannel }[]>(ADD, [JSON.stringify(messages)]);
  const texts = added.filter(({ channel }) => channel === 'sms');
  const asked = texts.map(({ id }) => ({ id: randomUUIDv7(), payload: { messageId: id } }));
  await add(em, { name: SEND_SMS }, asked);
}

/** Within a transaction: to those who have that calendar and an account, and have said that they want it. Those whose key is there stay. */
export async function addStaffEmails(em: EntityManager, emails: readonly NewStaffEmail[]): Promise<void> {
  await em.execute(ADD_FOR_STAFF, [JSON.stringify(emails)]);
}

export function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}

export function presentOf([status, startsAt, endsAt, staffId, email, source]: SqlRow): Present {
  const times = { startsAt: instant(Number(startsAt)), endsAt: instant(Number(endsAt)) };
  return { status: status as Present['status'], ...times, staffId: String(staffId), email: textOf(email), source: textOf(source) };
}

export function messageOf(row: SqlRow): ListedMessage {
  const [
    id,
    key,
    kind,
    channel,
    locale,
    customerId,
    about,
    createdAt,
    status,
    attempts,
    failure,
    to,
    subject,
    text,
    html,
    sentAt,
    segments,
    deliveredAt,
    userId,
  ] = row;
  const rendered = to === null || subject === null ? null : { to, subject, text, html };
  const whom = userId === null ? { customerId } : { userId };
  // Written by this server, so it is what it says.
  return { id, key, kind, channel, locale, ...whom, about, createdAt, status, attempts, failure, rendered, sentAt, segments, deliveredAt } as ListedMessage;
}

function dueOf(row: SqlRow): DueReminder {
  const [id, reference, status, calendarId, staffId, locationId, serviceId, startsAt, endsAt, customerId, createdAt, details, minutes, updatedAt] = row;
  const columns = { id, reference, status, calendarId, staffId, locationId, serviceId, startsAt, endsAt, customerId, createdAt };
  const appointment = { ...(details as object), ...columns } as Appointment;
  return {
    about: aboutOf(appointment, instant(Number(updatedAt))),
    customerId: appointment.customerId,
    locale: localeOf(appointment),
    minutes: Number(minutes),
  };
}
