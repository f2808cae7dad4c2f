// The notice that an endpoint was disabled, by e-mail and in the app, in the transaction that disables it: so it is written whatever is killed.
import { reachOf } from '../../access/permissions.ts';
import { newEmail } from '../../accounts/account-emails.ts';
import { instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { keepEmail, type NewEmail } from '../mail/account-email-rows.ts';
import { addNotifications } from '../notifications/add-notifications.ts';

/** As with every e-mail: `waiting` leaves by mail, `kept` is for the owner to read. */
export type NoticeDelivery = NewEmail['delivery'];

/** More people than look after one endpoint. */
const MOST_TOLD = 20;
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
const ENDPOINT = `select location_id, ${NOW} as now from webhook_endpoint where id = ?::uuid`;
/** Those whose right reaches as far as the endpoint does. */
const MANAGERS = `select u.email from user_account u, webhook_endpoint e
  where e.id = ?::uuid and u.removed_at is null and u.disabled_at is null and u.invited_at is null
    and (u.role in (select json_array_elements_text(?::json))
      or (u.role in (select json_array_elements_text(?::json)) and (u.location_id is null or u.location_id = e.location_id)))
  order by u.role = 'owner' desc, u.created_at, u.id limit ${MOST_TOLD}`;

const ROLES = ['owner', 'manager', 'front-desk', 'staff'] as const;
const rolesWith = (reach: 'all' | 'location') => JSON.stringify(ROLES.filter((role) => reachOf('manage-webhooks', role) === reach));

/** Writes an e-mail to everyone who may manage the endpoint, owners first, and tells them in the app. To be called at the end of a transaction. */
export async function tellManagers(em: EntityManager, endpointId: string, delivery: NoticeDelivery): Promise<void> {
  const [endpoint]: { location_id: string | null; now: number | string }[] = await em.execute(ENDPOINT, [endpointId]);
  if (endpoint === undefined) return;
  const at = instant(Number(endpoint.now));
  const managers: { email: string }[] = await em.execute(MANAGERS, [endpointId, rolesWith('all'), rolesWith('location')]);
  for (const { email } of managers) await keepEmail(em, { ...newEmail('webhook-disabled', email, at), delivery });
  const place = { staffId: null, locationId: endpoint.location_id };
  await addNotifications(em, [
    { key: `webhook-disabled/${endpointId}/${at}`, kind: 'webhook-disabled', places: [place], about: { webhookId: endpointId }, by: null, at },
  ]);
}
