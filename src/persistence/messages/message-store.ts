// Messages as rows. Moments are by the database's clock.
import { randomUUIDv7 } from 'node:crypto';
import type { Appointment } from '../../actors/calendar/calendar.ts';
import type { AddJobs } from '../../jobs/job.ts';
import type { NewMessage, StoredMessage } from '../../messages/message.ts';
import { aboutOf, localeOf } from '../../messages/message-consumer.ts';
import type { DueReminder, MessageStore } from '../../messages/message-store-port.ts';
import type { SendMessageJob } from '../../messages/send-message.ts';
import { HOUR, instant, MINUTE } from '../../model/instant.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { spendBudgets } from './message-budget.ts';

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
const COLUMNS = 'id, key, kind, locale, customer_id, about, created_at, status, attempts, failure, recipient, subject, body, html, sent_at';

const ADD = `insert into message (id, key, kind, locale, customer_id, appointment_id, about, created_at)
    select d.id, d.key, d.kind, d.locale, d."customerId", (d.about ->> 'id')::uuid, d.about::json, d."createdAt"
    from jsonb_to_recordset(?::jsonb) d(id uuid, key text, kind text, locale text, "customerId" uuid, about jsonb, "createdAt" int8)
  on conflict (key) do nothing returning id`;

const KEEP = `update message set recipient = $2, subject = $3, body = $4, html = $5 where id = $1 and status = 'waiting'`;
const SETTLE = `update message set status = $2, failure = $3, attempts = attempts + 1, sent_at = case when $2 = 'sent' then ${NOW} end where id = $1 and status = 'waiting'`;
const PRESENT = `select a.status, a.starts_at, coalesce(p.email, c.email), a.details ->> 'sourceGroup' from appointment a left join appointment_person p on p.appointment_id = a.id
  left join customer c on c.id = a.customer_id where a.id = $1`;

/** One that is told of its booking within this time needs no reminder. */
const CONFIRMED_WITHIN_MS = HOUR;
/** Of offsets that have come due together, as when reminders were off for a while, the shortest stands for all. */
const DUE = `select a.id, a.reference, a.status, a.calendar_id, a.staff_id, a.location_id, a.service_id, a.starts_at, a.ends_at, a.customer_id, a.created_at, a.details, o.minutes, a.updated_at
  from unnest($1::int[]) o(minutes) join appointment a on a.status = 'booked'
    and a.starts_at > ${NOW} and a.starts_at <= ${NOW} + o.minutes * ${MINUTE}::int8
    and a.starts_at - o.minutes * ${MINUTE}::int8 > a.created_at + ${CONFIRMED_WITHIN_MS}
  where not exists (select 1 from unnest($1::int[]) later(minutes) where later.minutes < o.minutes and a.starts_at <= ${NOW} + later.minutes * ${MINUTE}::int8)
    and not exists (select 1 from message m where m.key = 'reminder/' || a.id || '/' || a.starts_at || '/' || o.minutes)
    and not exists (select 1 from message m where m.appointment_id = a.id and m.kind <> 'appointment-reminder' and m.created_at > a.starts_at - o.minutes * ${MINUTE}::int8 - ${CONFIRMED_WITHIN_MS})
  order by a.starts_at, a.id limit $2`;

export function messageStore(database: Database): MessageStore {
  return {
    async byId(id) {
      const [row] = await database.sql(`select ${COLUMNS} from message where id = $1`, [id]);
      return row && messageOf(row);
    },
    async present(appointmentId) {
      const [row] = await database.sql(PRESENT, [appointmentId]);
      return row && { status: String(row[0]), startsAt: instant(Number(row[1])), email: textOf(row[2]), source: textOf(row[3]) };
    },
    async keepRendered(id, { to, subject, text, html }) {
      await database.sql(KEEP, [id, to, subject, text, html]);
    },
    spend: (id, shares) => spendBudgets(database, id, shares),
    async settle(id, { status, failure }) {
      await database.sql(SETTLE, [id, status, failure]);
    },
    async list({ appointmentId, customerId, status, locationId }, limit, before) {
      const rows = await database.sql(
        `select ${COLUMNS} from message where ($1::uuid is null or appointment_id = $1) and ($2::uuid is null or customer_id = $2)
          and ($3::text[] is null or status = any($3)) and ($4::uuid is null or id < $4)
          and ($6::text is null or about ->> 'locationId' = $6) order by id desc limit $5::int`,
        [appointmentId ?? null, customerId ?? null, status ?? null, before, limit, locationId],
      );
      return rows.map(messageOf);
    },
    async dueReminders(minutes, limit) {
      const rows = await database.sql(DUE, [minutes, limit]);
      return rows.map(dueOf);
    },
  };
}

/** Within a transaction: adds those whose key is new, and asks for their sending. */
export async function addMessages(em: EntityManager, messages: readonly NewMessage[], add: AddJobs<EntityManager>, job: SendMessageJob): Promise<void> {
  const added = await em.execute<{ id: string }[]>(ADD, [JSON.stringify(messages)]);
  await add(
    em,
    job,
    added.map(({ id }) => ({ id: randomUUIDv7(), payload: { messageId: id } })),
  );
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}

function messageOf(row: SqlRow): StoredMessage {
  const [id, key, kind, locale, customerId, about, createdAt, status, attempts, failure, to, subject, text, html, sentAt] = row;
  const rendered = to === null || subject === null ? null : { to, subject, text, html };
  // Written by this server, so it is what it says.
  return { id, key, kind, locale, customerId, about, createdAt, status, attempts, failure, rendered, sentAt } as StoredMessage;
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
