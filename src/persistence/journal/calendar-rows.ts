import type { Hold } from '../../actors/calendar/calendar.ts';
import type { StoredBase, StoredCalendar } from '../../actors/ports.ts';
import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import { instant } from '../../model/instant.ts';
import type { SqlRow } from '../database/database.ts';

/** One row per calendar; its claims come as one JSON array of arrays, so that revision, hours and claims are one snapshot. */
export const LOAD_CALENDARS = `select c.id, c.shard, c.revision, c.hours, coalesce((select h.at from change h where h.calendar_id = c.id and h.revision = c.revision), 0),
  (select coalesce(json_agg(json_build_array(m.id, m.kind, m.status, m.starts_at, m.ends_at, m.buffer_before_minutes, m.buffer_after_minutes, m.service_id, m.capacity, m.lane, m.seats,
    case when m.kind <> 'appointment' then m.details end, m.along)), '[]') from claim m where m.calendar_id = c.id and m.ends_at > $2::int8)
  from calendar c where c.id = any($1::uuid[])`;

export const BASE_OF = 'select revision, at, state from calendar_base where calendar_id = $1::uuid';

export function readBase(calendarId: string, [revision, at, state]: SqlRow): StoredBase {
  const { hours, ...rest } = state as Omit<StoredBase, 'calendarId' | 'revision' | 'at'>;
  return { ...rest, calendarId, revision: Number(revision), at: instant(Number(at)), hours };
}

type ClaimColumns = [
  string,
  ClaimTime['kind'],
  ClaimTime['status'],
  number,
  number,
  number,
  number,
  string | null,
  number,
  number,
  number,
  object | null,
  string | null,
];

export function readCalendar([id, shard, revision, hours, changedAt, columns]: SqlRow): StoredCalendar {
  const holds: Hold[] = [];
  const blockReasons = new Map<string, string>();
  const claims: ClaimTime[] = [];
  for (const row of columns as ClaimColumns[]) {
    const [claimId, kind, status, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats, details, along] = row;
    if (kind === 'hold') holds.push(details as Hold);
    const reason = kind === 'block' ? (details as { reason: string | null } | null)?.reason : null;
    if (reason) blockReasons.set(claimId, reason);
    const times = { startsAt: instant(startsAt), endsAt: instant(endsAt), bufferBeforeMinutes, bufferAfterMinutes };
    claims.push({ id: claimId, kind, status, ...times, serviceId, capacity, lane, seats, ...(along !== null && { along }) });
  }
  return {
    id: id as string,
    shard: Number(shard),
    revision: Number(revision),
    changedAt: instant(Number(changedAt)),
    hours: hours as CalendarHours,
    claims,
    holds,
    blockReasons,
  };
}
