// Who is told in the morning what the day brings.
import type { AgendaStore, DueAgenda } from '../../messages/agenda.ts';
import { MESSAGE_LOCALES } from '../../protocol/messages.ts';
import type { Database } from '../database/database.ts';

/** Statuses of appointments that are still to come, or may come. */
export const ON_AGENDA = `'booked', 'pending'`;
const DUE = `select u.id, u.locale, s.id, s.location_id
  from jsonb_to_recordset($1::jsonb) d("locationId" uuid, date text, "startsAt" int8, "endsAt" int8)
    join staff_member s on s.location_id = d."locationId" and not s.archived
    join user_account u on u.staff_id = s.id and u.role <> 'customer' and u.removed_at is null and u.disabled_at is null and u.invited_at is null
    left join notified_person n on n.user_id = u.id
  where coalesce((n.choices -> 'email' ->> 'daily-agenda')::boolean, true)
    and exists (select 1 from appointment a where a.staff_id = s.id and a.status in (${ON_AGENDA}) and a.starts_at >= d."startsAt" and a.starts_at < d."endsAt")
    and not exists (select 1 from message m where m.key = 'agenda/' || u.id || '/' || d.date)
  order by u.id limit $2::int`;
const ADD = `insert into message (id, key, kind, channel, locale, user_id, about, created_at, next_attempt_at)
    select d.id, d.key, d.kind, d.channel, d.locale, d."userId", d.about::json, d."createdAt", 0
    from jsonb_to_recordset($1::jsonb) d(id uuid, key text, kind text, channel text, locale text, "userId" uuid, about jsonb, "createdAt" int8)
  on conflict (key) do nothing`;

export function agendaStore(database: Database): AgendaStore {
  return {
    async dueAgendas(days, limit) {
      const rows = await database.sql(DUE, [JSON.stringify(days), limit]);
      return rows.map(
        ([userId, locale, staffId, locationId]): DueAgenda => ({
          userId: String(userId),
          locale: MESSAGE_LOCALES.find((known) => known === locale) ?? MESSAGE_LOCALES[0],
          ...{ staffId: String(staffId), locationId: String(locationId) },
        }),
      );
    },
    async addAgendas(agendas) {
      await database.sql(ADD, [JSON.stringify(agendas)]);
    },
  };
}
