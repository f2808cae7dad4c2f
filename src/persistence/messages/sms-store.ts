// Text messages as rows of `message`, and who wants none. Moments are by the database's clock.
import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import type { AddJobs } from '../../jobs/job.ts';
import type { StoredMessage } from '../../messages/message.ts';
import type { MessageStore } from '../../messages/message-store-port.ts';
import { SEND_SMS } from '../../messages/send-sms.ts';
import type { SmsStore } from '../../messages/sms-store-port.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { spendBudgets } from './message-budget.ts';
import { type EndedMessage, notificationKindOf, settleAndTell, tellOfMessages } from './message-news.ts';
import { MESSAGE_COLUMNS, messageOf, NOW, textOf } from './message-store.ts';
import { readTemplate } from './message-template.ts';

/** That a customer wants no more texts, or wants them again; the latest of a number holds. Kept as proof. `id`: the provider's of the text that said so, which is counted once. */
export const SmsConsentRow = defineEntity({
  name: 'SmsConsentRow',
  tableName: 'sms_consent',
  indexes: [{ name: 'sms_consent_number', properties: ['number', 'at'] }],
  properties: {
    id: p.text().primary(),
    number: p.text(),
    isOptedOut: p.boolean(),
    at: p.bigint('number'),
  },
});

const PRESENT = `select a.status, a.starts_at, p.phone_e164, a.details ->> 'sourceGroup' from appointment a left join appointment_person p on p.appointment_id = a.id where a.id = $1`;
const KEEP = `update message set recipient = $2, subject = '', body = $3, html = '', segments = $4 where id = $1 and status = 'waiting'`;
const SETTLE = `update message set status = $2, failure = $3, attempts = attempts + 1, provider_id = coalesce($4, provider_id),
    sent_at = case when $2 = 'sent' then ${NOW} end, dispatched_at = case when $2 = 'waiting' then null else dispatched_at end
  where id = $1 and status = 'waiting'`;
/** A report of delivery, good or bad, is the last word; until then the message was at least taken. */
const REPORT = `update message set provider_id = coalesce(provider_id, ?),
    status = case when ? = 'undelivered' then 'bounced' else 'sent' end,
    failure = case when ? = 'undelivered' then ? end,
    sent_at = coalesce(sent_at, ${NOW}),
    delivered_at = case when ? = 'delivered' then ${NOW} end
  where id = ? and channel = 'sms' and dispatched_at is not null and delivered_at is null and (provider_id is null or ?::text is null or provider_id = ?)
    and (? <> 'on-its-way' or status = 'waiting' or failure like 'outcome-unknown%') and status <> 'bounced'
  returning id, kind, about, status, failure, ${NOW} as at`;

/** `onTold`: these people have a notification of a text that failed. */
export function smsStore(database: Database, onTold: (userIds: readonly string[]) => void): SmsStore & Pick<MessageStore, 'spend' | 'template'> {
  return {
    spend: (id, shares) => spendBudgets(database, id, shares),
    template: (name) => readTemplate(database, name),
    async byId(id) {
      const [row] = await database.sql(`select waits_until, dispatched_at, ${MESSAGE_COLUMNS} from message where id = $1 and channel = 'sms'`, [id]);
      if (row === undefined) return undefined;
      const [waitsUntil, dispatchedAt, ...columns] = row;
      // A text is to a customer.
      return {
        message: messageOf(columns) as StoredMessage,
        waitsUntil: waitsUntil === null ? null : instant(Number(waitsUntil)),
        isDispatched: dispatchedAt !== null,
      };
    },
    async present(appointmentId) {
      const [row] = await database.sql(PRESENT, [appointmentId]);
      return row && { status: String(row[0]), startsAt: instant(Number(row[1])), phone: textOf(row[2]), source: textOf(row[3]) };
    },
    async isOptedOut(number) {
      const [row] = await database.sql('select is_opted_out from sms_consent where number = $1 order by at desc, id desc limit 1', [number]);
      return row?.[0] === true;
    },
    async keepConsent({ id, number, isOptedOut }) {
      await database.sql(`insert into sms_consent (id, number, is_opted_out, at) values ($1, $2, $3, ${NOW}) on conflict (id) do nothing`, [
        id,
        number,
        isOptedOut,
      ]);
    },
    async keepText(id, to, { text, segments }) {
      await database.sql(KEEP, [id, to, text, segments]);
    },
    async dispatch(id) {
      await database.sql(`update message set dispatched_at = ${NOW} where id = $1 and status = 'waiting'`, [id]);
    },
    async settle(id, { status, failure, providerId = null }) {
      if (notificationKindOf({ status, failure }) === null) await database.sql(SETTLE, [id, status, failure, providerId]);
      else onTold(await database.transaction((em) => settleAndTell(em, id, { status, failure })));
    },
    async report({ messageId, providerId, state, reason }) {
      const found = await database.transaction(async (em) => {
        const ended = await em.execute<EndedMessage[]>(REPORT, [providerId, state, state, reason, state, messageId, providerId, providerId, state]);
        return { isThere: ended.length > 0, userIds: await tellOfMessages(em, ended) };
      });
      onTold(found.userIds);
      return found.isThere;
    },
  };
}

/** Within a transaction: a text waits, and is asked for at the end. */
export async function delaySms(em: EntityManager, id: string, until: Instant, add: AddJobs<EntityManager>): Promise<void> {
  await em.execute(`update message set waits_until = ? where id = ? and status = 'waiting'`, [until, id]);
  await add(em, { name: SEND_SMS }, [{ id: randomUUIDv7(), payload: { messageId: id }, startsAt: until }]);
}
