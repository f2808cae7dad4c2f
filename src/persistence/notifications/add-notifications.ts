// Telling the people of the business, within a transaction.
import { randomUUIDv7 } from 'node:crypto';
import type { GivenRole } from '../../model/roles.ts';
import type { Choices, News, NotifiedPerson } from '../../notifications/notification.ts';
import { recipientsOf } from '../../notifications/recipients.ts';
import type { EntityManager } from '../database/database.ts';

/** What a person has beyond these is forgotten, the oldest first, read or not. */
const MOST_NOTIFICATIONS = 500;

const PEOPLE = `select u.id, u.role, u.staff_id, u.location_id, n.choices from user_account u left join notified_person n on n.user_id = u.id
  where u.role <> 'customer' and u.removed_at is null and u.disabled_at is null and u.invited_at is null`;
/** Keeps the rows locked until the commit, always in the same order: so numbers of a person become visible as they rise. */
const TAKE_NUMBERS = `insert into notified_person (user_id, last_number, revision, choices)
    select d."userId", d.count, 1, '{}' from jsonb_to_recordset(?::jsonb) d("userId" uuid, count int) order by d."userId"
  on conflict (user_id) do update set last_number = notified_person.last_number + excluded.last_number, revision = notified_person.revision + 1
  returning user_id, last_number`;
const ADD = `insert into staff_notification (id, user_id, number, key, kind, location_id, staff_id, about, created_at)
    select d.id, d."userId", d.number, d.key, d.kind, d."locationId", d."staffId", d.about, d."createdAt"
    from jsonb_to_recordset(?::jsonb) d(id uuid, "userId" uuid, number int8, key text, kind text, "locationId" uuid, "staffId" uuid, about json, "createdAt" int8)
  on conflict (user_id, key) do nothing`;
const CUT = `delete from staff_notification s using notified_person n
  where n.user_id in (select value::uuid from jsonb_array_elements_text(?::jsonb)) and s.user_id = n.user_id and s.number <= n.last_number - ${MOST_NOTIFICATIONS}`;

type PersonColumns = { id: string; role: GivenRole; staff_id: string | null; location_id: string | null; choices: Choices | null };

/**
 * Tells everybody whom it concerns, once for each key and person. The number of rows is bounded: beyond `MOST_NOTIFICATIONS` in one call a person gets the newest. To be called at
 * the end of a transaction, since it locks. Returns who has been told; `Notifications.onChanged` tells their open pages at once, which hear of it within seconds anyway.
 */
export async function addNotifications(em: EntityManager, news: readonly News[]): Promise<readonly string[]> {
  if (news.length === 0) return [];
  const people = (await em.execute<PersonColumns[]>(PEOPLE)).map(personOf);
  const byPerson = new Map<string, object[]>();
  for (const one of news)
    for (const { userId, place } of recipientsOf(one, people)) {
      const { key, kind, about, at: createdAt } = one;
      byPerson.set(userId, [...(byPerson.get(userId) ?? []), { id: randomUUIDv7(), userId, key, kind, ...place, about, createdAt }].slice(-MOST_NOTIFICATIONS));
    }
  const userIds = [...byPerson.keys()];
  if (userIds.length === 0) return [];
  const counts = Array.from(byPerson, ([userId, rows]) => ({ userId, count: rows.length }));
  const taken = await em.execute<{ user_id: string; last_number: number | string }[]>(TAKE_NUMBERS, [JSON.stringify(counts)]);
  const rows = taken.flatMap(({ user_id, last_number }) => {
    const own = byPerson.get(user_id) ?? [];
    return own.map((row, index) => ({ ...row, number: Number(last_number) - own.length + index + 1 }));
  });
  await em.execute(ADD, [JSON.stringify(rows)]);
  await em.execute(CUT, [JSON.stringify(userIds)]);
  return userIds;
}

function personOf({ id: userId, role, staff_id: staffId, location_id: locationId, choices }: PersonColumns): NotifiedPerson {
  return { userId, role, staffId, locationId, choices: choices ?? {} };
}
