// Notifications as rows. Moments of reading are by the database's clock.
import type { Choices, StoredNotification } from '../../notifications/notification.ts';
import type { NotificationStore } from '../../notifications/notification-store-port.ts';
import type { Database, SqlRow } from '../database/database.ts';

const COLUMNS = 'id, number, kind, staff_id, location_id, about, created_at, read_at';
const LIST = `select ${COLUMNS} from staff_notification
  where user_id = $1 and ($2::int8 is null or number < $2) and (not $3::boolean or read_at is null) order by number desc limit $4::int`;
const AFTER = `select ${COLUMNS} from staff_notification where user_id = $1 and number > $2 order by number limit $3::int`;
const STATE = `select coalesce(max(n.last_number), 0)::int8, coalesce(max(n.revision), 0)::int8,
    (select count(*)::int from staff_notification s where s.user_id = $1 and s.read_at is null)
  from notified_person n where n.user_id = $1`;
const REVISIONS = 'select user_id, revision from notified_person where user_id = any($1::uuid[])';
/** `$2` may name what is not there; `$3` null reads those of `$2` alone. */
const READ = `with done as (
    update staff_notification set read_at = (extract(epoch from clock_timestamp()) * 1000)::int8
      where user_id = $1 and read_at is null and (id = any($2::uuid[]) or number <= $3::int8) returning 1
  ) update notified_person set revision = revision + 1 where user_id = $1 and exists (select 1 from done)`;
const NUMBER = 'select number from staff_notification where user_id = $1 and id = $2';
const CHOICES = 'select choices from notified_person where user_id = $1';
/** What is left out stays, in each of its parts. */
const CHOOSE = `insert into notified_person (user_id, last_number, revision, choices) values ($1, 0, 0, $2::jsonb)
  on conflict (user_id) do update set choices = notified_person.choices || (
    select coalesce(jsonb_object_agg(key, case jsonb_typeof(value) when 'object' then coalesce(notified_person.choices -> key, '{}') || value else value end), '{}') from jsonb_each($2::jsonb))`;

export function notificationStore(database: Database): NotificationStore {
  return {
    async list(userId, { onlyUnread, before }, limit) {
      return (await database.sql(LIST, [userId, before, onlyUnread, limit])).map(notificationOf);
    },
    async after(userId, number, limit) {
      return (await database.sql(AFTER, [userId, number, limit])).map(notificationOf);
    },
    async state(userId) {
      const [[last, revision, unread] = []] = await database.sql(STATE, [userId]);
      return { last: Number(last), revision: Number(revision), unread: Number(unread) };
    },
    async revisions(userIds) {
      const rows = await database.sql(REVISIONS, [userIds]);
      return new Map(rows.map(([userId, revision]) => [String(userId), Number(revision)]));
    },
    async markRead(userId, ids) {
      await database.sql(READ, [userId, ids, null]);
    },
    async markReadUntil(userId, id) {
      const [row] = await database.sql(NUMBER, [userId, id]);
      if (row !== undefined) await database.sql(READ, [userId, [], row[0]]);
      return row !== undefined;
    },
    async choices(userId) {
      const [row] = await database.sql(CHOICES, [userId]);
      // Written by this server, so it is what it says.
      return (row?.[0] ?? {}) as Choices;
    },
    async keepChoices(userId, choices) {
      await database.sql(CHOOSE, [userId, choices]);
    },
  };
}

function notificationOf([id, number, kind, staffId, locationId, about, createdAt, readAt]: SqlRow): StoredNotification {
  // Written by this server, so it is what it says.
  return {
    id,
    number: Number(number),
    kind,
    place: { staffId, locationId },
    about,
    createdAt: Number(createdAt),
    isRead: readAt !== null,
  } as StoredNotification;
}
