// Messages that did not leave, as notifications of those who may read messages where the appointment is.
import type { Undelivered } from '../../messages/delivery-report.ts';
import type { ListedMessage, StoredMessage } from '../../messages/message.ts';
import { instant } from '../../model/instant.ts';
import type { News } from '../../notifications/notification.ts';
import { isToCustomer } from '../../protocol/messages.ts';
import type { NotificationKind } from '../../protocol/notifications.ts';
import type { EntityManager } from '../database/database.ts';
import { addNotifications } from '../notifications/add-notifications.ts';

type Outcome = Pick<StoredMessage, 'status' | 'failure'>;

/** Of a text. */
const SETTLE = `update message set status = ?, failure = ?, attempts = attempts + 1 where id = ? and status = 'waiting'
  returning id, kind, about, status, failure, (extract(epoch from clock_timestamp()) * 1000)::int8 as at`;

/** What begins so was skipped since a mail server has refused the address before. */
const ADDRESS_REFUSED = 'address-refused';

/** null: it is not told. What was skipped for want of a mail server is told, since the notification is where it can be read. */
export function notificationKindOf({ status, failure }: Outcome): NotificationKind | null {
  if (status === 'failed' || status === 'bounced' || failure?.startsWith(ADDRESS_REFUSED)) return 'message-failed';
  return status === 'skipped' && failure === 'no-mail-server' ? 'message-kept' : null;
}

/** As `update … returning` has it; `at` by the database's clock. */
export type EndedMessage = Pick<StoredMessage, 'id' | 'status' | 'failure'> & Pick<ListedMessage, 'kind' | 'about'> & { readonly at: number | string };

/** Within a transaction; returns who is told. Does nothing to a text that has an end already. */
export async function settleAndTell(em: EntityManager, id: string, { status, failure }: Outcome): Promise<readonly string[]> {
  return await tellOfMessages(em, await em.execute<EndedMessage[]>(SETTLE, [status, failure, id]));
}

/** Within a transaction, at its end; returns who is told. */
export async function tellOfMessages(em: EntityManager, ended: readonly EndedMessage[]): Promise<readonly string[]> {
  const news = ended.flatMap(({ id, kind: messageKind, about, status, failure, at }): News[] => {
    const kind = notificationKindOf({ status, failure });
    // Of what staff are told themselves, the list of messages is enough.
    if (kind === null || !isToCustomer(messageKind) || !('reference' in about)) return [];
    const { id: appointmentId, serviceId, serviceName, staffId, locationId, startsAt, endsAt, timeZone } = about;
    const appointment = { ...{ id: appointmentId, serviceId, staffId, startsAt, endsAt, timeZone }, ...(serviceName !== undefined && { serviceName }) };
    const message = { id, kind: messageKind, status, ...(failure !== null && { failure }) };
    return [{ key: `message/${id}`, kind, places: [{ staffId, locationId }], by: null, at: instant(Number(at)), about: { appointment, message } }];
  });
  return await addNotifications(em, news);
}

/** An answer of the mail server that was lost is waited for no longer. */
const UNDELIVERED = `update message set status = ?, failure = ?, next_attempt_at = null where id = ? and channel = 'email' and status in ('sent', 'waiting')
  returning id, kind, about, status, failure, (extract(epoch from clock_timestamp()) * 1000)::int8 as at`;
const EMAIL_UNDELIVERED = `update notification set delivery = 'failed', failure = ? where id = ? and delivery = 'sent' returning id`;

/** Returns who is told; null: there is no such e-mail, or it was said before. One about an account shows it to the owner. */
export async function markUndelivered(em: EntityManager, { id, status, failure }: Undelivered): Promise<readonly string[] | null> {
  const ended = await em.execute<EndedMessage[]>(UNDELIVERED, [status, failure, id]);
  if (ended.length > 0) return await tellOfMessages(em, ended);
  return (await em.execute<{ id: string }[]>(EMAIL_UNDELIVERED, [failure, id])).length > 0 ? [] : null;
}
