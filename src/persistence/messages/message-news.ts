// Messages that did not leave, as notifications of those who may read messages where the appointment is.
import type { StoredMessage } from '../../messages/message.ts';
import type { Instant } from '../../model/instant.ts';
import type { NotificationKind } from '../../protocol/notifications.ts';
import type { EntityManager } from '../database/database.ts';
import { addNotifications } from '../notifications/add-notifications.ts';

type Outcome = Pick<StoredMessage, 'status' | 'failure'>;

const SETTLE = `update message set status = ?, failure = ?, attempts = attempts + 1 where id = ? and status = 'waiting'
  returning kind, about, (extract(epoch from clock_timestamp()) * 1000)::int8 as at`;

/** What begins so was skipped since a mail server has refused the address before. */
const ADDRESS_REFUSED = 'address-refused';

/** null: it is not told. What was skipped for want of a mail server is told, since the notification is where it can be read. */
export function notificationKindOf({ status, failure }: Outcome): NotificationKind | null {
  if (status === 'failed' || status === 'bounced' || failure?.startsWith(ADDRESS_REFUSED)) return 'message-failed';
  return status === 'skipped' && failure === 'no-mail-server' ? 'message-kept' : null;
}

/** Within a transaction; returns who is told. Does nothing to a message that has an end already. */
export async function settleAndTell(em: EntityManager, id: string, { status, failure }: Outcome, kind: NotificationKind): Promise<readonly string[]> {
  const rows = await em.execute<(Pick<StoredMessage, 'kind' | 'about'> & { at: number | string })[]>(SETTLE, [status, failure, id]);
  const news = rows.map(({ kind: messageKind, about, at }) => {
    const { id: appointmentId, serviceId, serviceName, staffId, locationId, startsAt, endsAt, timeZone } = about;
    const appointment = { ...{ id: appointmentId, serviceId, staffId, startsAt, endsAt, timeZone }, ...(serviceName !== undefined && { serviceName }) };
    return {
      ...{ key: `message/${id}`, kind, places: [{ staffId, locationId }] as const, by: null, at: Number(at) as Instant },
      about: { appointment, message: { id, kind: messageKind, status, ...(failure !== null && { failure }) } },
    };
  });
  return await addNotifications(em, news);
}
