// Compares a database with itself: whatever went wrong on the way, its tables tell one story.
import assert from 'node:assert/strict';
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import { emptyState } from '../../src/actors/calendar/calendar-state.ts';
import { evolve } from '../../src/actors/calendar/evolve.ts';
import type { Database, SqlRow } from '../../src/persistence/database/database.ts';
import { HOURS } from '../actors/practice.ts';

const OVERLAPS = `select a.id, b.id from claim a join claim b on a.calendar_id = b.calendar_id and a.id < b.id and a.during && b.during
  where a.session <> b.session or a.lane = b.lane`;
const OVERLAPPING_APPOINTMENTS = `select a.id, b.id from appointment a join appointment b on a.calendar_id = b.calendar_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
  where a.status not in ('cancelled', 'declined') and b.status not in ('cancelled', 'declined') and ((a.details ->> 'capacity')::int = 1 or (b.details ->> 'capacity')::int = 1)`;
/** Of a claim that takes a room along, the half on the room's calendar is another row under the same id. */
const UNLIKE_RECORDS = `select a.id from appointment a full join (select * from claim where half = 0) c on c.id = a.id
  where (c.id is null or c.kind = 'appointment') and (a.id is null or ((a.status in ('cancelled', 'declined')) <> (c.id is null))
    or (c.id is not null and (a.calendar_id, a.starts_at, a.ends_at, a.status) is distinct from (c.calendar_id, c.starts_at, c.ends_at, c.status)))`;
const UNLIKE_REVISIONS = `select c.id, c.revision, count(h.revision), max(h.revision) from calendar c left join change h on h.calendar_id = c.id
  group by c.id, c.revision having c.revision <> count(h.revision) or c.revision <> coalesce(max(h.revision), 0)`;

/** No two claims on one time, no gap in a change log, every record as its claim, and every claim as the change log has it. */
export async function auditDatabase(database: Database): Promise<void> {
  assert.deepEqual(await database.sql(OVERLAPS), [], 'claims overlap');
  assert.deepEqual(await database.sql(OVERLAPPING_APPOINTMENTS), [], 'appointments overlap');
  assert.deepEqual(await database.sql(UNLIKE_RECORDS), [], 'records that are not as their claims');
  assert.deepEqual(await database.sql(UNLIKE_REVISIONS), [], 'change logs with gaps');
  assert.deepEqual(await claimsOfLogs(database), await claimsOfTable(database), 'claims that are not as the change log has them');
}

async function claimsOfTable(database: Database): Promise<string[]> {
  const rows = await database.sql('select calendar_id, id, kind, status, starts_at, ends_at, lane, seats from claim');
  return rows.map((row) => row.join(' ')).sort();
}

async function claimsOfLogs(database: Database): Promise<string[]> {
  const logs = Map.groupBy(await database.sql('select calendar_id, events from change order by calendar_id, revision'), ([calendarId]: SqlRow) =>
    String(calendarId),
  );
  const claims: string[] = [];
  for (const [calendarId, changes] of logs) {
    const state = emptyState(calendarId, HOURS);
    for (const [, events] of changes) for (const event of events as CalendarEvent[]) evolve(state, event);
    for (let index = 0; index < state.claims.size; index += 1) {
      const { id, kind, status, startsAt, endsAt, lane, seats } = state.claims.claimAt(index);
      claims.push([calendarId, id, kind, status, startsAt, endsAt, lane, seats].join(' '));
    }
  }
  return claims.sort();
}
