// E-mails that wait, and a node that sends them.
import type { Log } from '../../src/actors/ports.ts';
import { EmailRelay } from '../../src/mail/email-relay.ts';
import type { MailerAnswer, Message } from '../../src/mail/mailer.ts';
import type { MessageQueue } from '../../src/messages/message-queue-port.ts';
import { MessageSender } from '../../src/messages/message-sender.ts';
import { DAY, HOUR, instant } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { isOutage } from '../../src/persistence/database/read-failure.ts';
import { emailQueue } from '../../src/persistence/mail/email-queue.ts';
import { messageQueue } from '../../src/persistence/messages/message-queue.ts';
import { MESSAGE_KINDS, type MessageSettings } from '../../src/protocol/messages.ts';
import { quiet } from '../consumers/followed-log.ts';
import { SENDER } from '../mail/told.ts';

export type Send = (mail: Message) => Promise<MailerAnswer>;
const EVERYTHING = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, true])) as MessageSettings['email'];
const NOW = instant(30_000 * DAY);
export const ABOUT = {
  ...{ reference: 'R', status: 'booked', serviceId: 's', serviceName: 'Cut', staffId: 's', locationId: 'l', timeZone: 'Europe/Berlin' },
  ...{ price: { amount: 0, currency: 'EUR' }, startsAt: NOW + DAY, endsAt: NOW + DAY + HOUR, createdAt: NOW, changedAt: NOW },
};

/** So many, each about an appointment of its own. */
export async function addWaiting(
  database: Database,
  count: number,
  { kind = 'appointment-booked', about = ABOUT as object, due = 0 as number | null } = {},
): Promise<readonly string[]> {
  const rows = await database.sql(
    `with people as (insert into customer (id, name, email, created_at) select gen_random_uuid(), 'Grace', gen_random_uuid() || '@example.org', 0 from generate_series(1, $1::int) returning id),
      made as (
        insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
          select id, id::text, 'booked', id, id, id, id, id, $2::int8, $2::int8, 1, '{}', 0, 0 from people returning id)
      insert into message (id, key, kind, channel, locale, customer_id, appointment_id, about, created_at, next_attempt_at)
        select gen_random_uuid(), id::text, $3, 'email', 'en', id, id, ($4::jsonb || jsonb_build_object('id', id))::json, $5::int8, $6::int8 from made returning id`,
    [count, NOW + DAY, kind, JSON.stringify(about), NOW, due],
  );
  return rows.map(([id]) => String(id));
}

type Given = { readonly emailsPerDay?: number; readonly queue?: MessageQueue; readonly log?: Log; readonly leaseMs?: number };

/** Of e-mails about accounts. */
export function relayOn(database: Database, send: Send, { leaseMs }: Pick<Given, 'leaseMs'> = {}): EmailRelay {
  const mailer = { send, close: () => undefined };
  const given = leaseMs === undefined ? {} : { leaseMs };
  return new EmailRelay({ queue: emailQueue(database), mailer, sender: () => SENDER, isOutage, log: quiet, lookEveryMs: 50, ...given });
}

export function senderOn(
  database: Database,
  send: Send,
  { emailsPerDay = 1_000, queue = messageQueue(database), log = quiet, leaseMs }: Given = {},
): MessageSender {
  return new MessageSender({
    ...{ queue, mailer: { send }, isOutage, log, now: () => NOW, lookEveryMs: 50, ...(leaseMs !== undefined && { leaseMs }) },
    ...{ deskLink: '', bookingLink: '', linkTo: () => 'https://book.example.org/#', unsubscribeLinkTo: () => 'https://book.example.org/' },
    sender: () => ({ business: 'Salt & Pine', email: 'hello@pine.example', nameOfStaff: () => null, nameOfService: () => 'Cut', placeOf: () => null }),
    ...{ settings: () => ({ email: EVERYTHING }), nameOf: (recipient) => recipient, onOverBudget: () => undefined },
    limits: { emailsPerHour: 1_000, emailsPerDay, smsPerHour: 1, smsPerDay: 1, guestBookings: 1, scale: 1 },
  });
}
