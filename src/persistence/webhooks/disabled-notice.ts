// The notice that an endpoint was disabled, in the transaction that disables it: so it is written whatever is killed.
import { reachOf } from '../../access/permissions.ts';
import { newLetter } from '../../accounts/letters.ts';
import { instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { keepLetter, type NewLetter } from '../mail/letter-rows.ts';

/** As with every e-mail: `waiting` leaves by mail, `kept` is for the owner to read. */
export type NoticeDelivery = NewLetter['delivery'];

/** More people than look after one endpoint. */
const MOST_TOLD = 20;
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
/** Those whose right reaches as far as the endpoint does. */
const MANAGERS = `select u.email, ${NOW} as now from user_account u, webhook_endpoint e
  where e.id = ?::uuid and u.removed_at is null and u.disabled_at is null and u.invited_at is null
    and (u.role in (select json_array_elements_text(?::json))
      or (u.role in (select json_array_elements_text(?::json)) and (u.location_id is null or u.location_id = e.location_id)))
  order by u.role = 'owner' desc, u.created_at, u.id limit ${MOST_TOLD}`;

const ROLES = ['owner', 'manager', 'front-desk', 'staff'] as const;
const rolesWith = (reach: 'all' | 'location') => JSON.stringify(ROLES.filter((role) => reachOf('manage-webhooks', role) === reach));

/** Writes an e-mail to everyone who may manage the endpoint, owners first. */
export async function tellManagers(em: EntityManager, endpointId: string, delivery: NoticeDelivery): Promise<void> {
  const managers: { email: string; now: number | string }[] = await em.execute(MANAGERS, [endpointId, rolesWith('all'), rolesWith('location')]);
  for (const { email, now } of managers) await keepLetter(em, { ...newLetter('webhook-disabled', email, instant(Number(now))), delivery });
}
