// What the journal reads: each is one statement, and so one moment.
import type { CalendarEvent, Hold } from '../../../src/actors/calendar/calendar.ts';
import type { HoldHome, JournalDatabase, Missed, StoredBase, StoredCalendar, StoredRequest } from '../../../src/actors/ports.ts';
import type { CalendarChange } from '../../../src/actors/scheduler.ts';
import type { CalendarHours } from '../../../src/model/calendar-hours.ts';
import type { ClaimTime } from '../../../src/model/claim-times.ts';
import { type Instant, instant } from '../../../src/model/instant.ts';
import { type CalendarRow, type ChangeRow, type ClaimTableRow, claimName, type RequestTableRow, type Tables } from './tables.ts';

export function storedRequest(tables: Tables, row: RequestTableRow): StoredRequest {
  const { caller, key, fingerprint, entryId, outcome, calendarId, revision, eventIndex } = row;
  const change = calendarId === null || revision === null ? undefined : tables.changes.get(calendarId)?.get(revision);
  const event = change === undefined || eventIndex === null ? null : (eventsOf(change)[eventIndex] ?? null);
  const refusal = JSON.parse(row.refusal) as StoredRequest['refusal'];
  return { caller, key, fingerprint, entryId, outcome, calendarId, revision, refusal, event };
}

function eventsOf(change: ChangeRow): readonly CalendarEvent[] {
  return JSON.parse(change.events) as CalendarEvent[];
}

export function changeOf(row: ChangeRow): CalendarChange {
  const { calendarId, revision, epoch, at } = row;
  return { calendarId, base: revision - 1, revision, epoch, at: instant(at), events: eventsOf(row) };
}

export function load(tables: Tables, calendarIds: readonly string[], from: Instant): readonly StoredCalendar[] {
  return [...new Set(calendarIds)].flatMap((id) => {
    const row = tables.calendars.get(id);
    return row === undefined ? [] : [storedCalendar(tables, row, from)];
  });
}

function storedCalendar(tables: Tables, { id, shard, revision, hours }: CalendarRow, from: Instant): StoredCalendar {
  const rows = [...tables.claims.values()].filter((row) => row.calendarId === id && row.claim.endsAt > from);
  const blockReasons = new Map<string, string>();
  for (const row of rows) {
    const reason = row.claim.kind === 'block' ? (JSON.parse(row.details) as { readonly reason: string | null } | null)?.reason : undefined;
    if (reason) blockReasons.set(row.claim.id, reason);
  }
  return {
    id,
    shard,
    revision,
    changedAt: instant(tables.changes.get(id)?.get(revision)?.at ?? 0),
    hours: JSON.parse(hours) as CalendarHours,
    claims: rows.map(claimOf),
    holds: rows.filter(({ claim }) => claim.kind === 'hold').map(({ details }) => JSON.parse(details) as Hold),
    blockReasons,
  };
}

/** The columns of a claim that are read. */
function claimOf({ claim, status }: ClaimTableRow): ClaimTime {
  const { id, kind, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats, along } = claim;
  const times = { startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes };
  return { id, kind, status: status as ClaimTime['status'], ...times, serviceId, capacity, lane, seats, ...(along && { along }) };
}

export function calendarsWithHolds(tables: Tables, shards: readonly number[]): readonly string[] {
  const ids = [...tables.claims.values()].filter(({ claim }) => claim.kind === 'hold').map(({ calendarId }) => calendarId);
  return [...new Set(ids)].filter((id) => shards.includes(tables.calendars.get(id)?.shard ?? -1));
}

export function revisions(tables: Tables, calendarIds: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    calendarIds.flatMap((id) => {
      const row = tables.calendars.get(id);
      return row === undefined ? [] : [[id, row.revision] as const];
    }),
  );
}

export function homeOfHold(tables: Tables, holdId: string): HoldHome | undefined {
  const row = tables.claims.get(claimName(holdId, 0));
  return row?.claim.kind === 'hold' ? { calendarId: row.calendarId, resourceCalendarId: row.claim.along ?? null } : undefined;
}

export function changes(tables: Tables, calendarId: string, after: number, limit: number): readonly CalendarChange[] {
  return tables
    .logOf(calendarId)
    .filter(({ revision }) => revision > after)
    .slice(0, limit)
    .map(changeOf);
}

export function missed(tables: Tables, calendarId: string, after: number, most: number): Missed | undefined {
  const revision = tables.calendars.get(calendarId)?.revision;
  if (revision === undefined) return undefined;
  return { revision, changes: revision - after > most ? [] : changes(tables, calendarId, after, most) };
}

export function changeRange(tables: Tables, calendarId: string): { readonly oldest: number | null; readonly revision: number } | undefined {
  const row = tables.calendars.get(calendarId);
  return row === undefined ? undefined : { revision: row.revision, oldest: tables.logOf(calendarId)[0]?.revision ?? null };
}

export function baseOf(tables: Tables, calendarId: string): StoredBase | undefined {
  const row = tables.bases.get(calendarId);
  if (row === undefined) return undefined;
  const { hours, ...rest } = JSON.parse(row.state) as Omit<StoredBase, 'calendarId' | 'revision' | 'at'>;
  return { ...rest, calendarId, revision: row.revision, at: instant(row.at), hours };
}

export function appointment(tables: Tables, appointmentId: string): Awaited<ReturnType<JournalDatabase['appointment']>> {
  const row = tables.appointments.get(appointmentId.toLowerCase());
  if (row === undefined) return undefined;
  const { revision: asOf } = tables.calendars.get(row.appointment.calendarId) ?? row;
  return { ...structuredClone(row.appointment), revision: row.revision, asOf };
}

export function customerOf(tables: Tables, email: string): string | undefined {
  return [...tables.customers].find(([, known]) => known === email)?.[0];
}

export function request(tables: Tables, caller: string, key: string): StoredRequest | undefined {
  const row = tables.requestOf(caller, key);
  return row === undefined ? undefined : storedRequest(tables, row);
}

export function written(tables: Tables, entryIds: readonly string[]): ReadonlySet<string> {
  const keys = new Set([...tables.requests.values()].map(({ entryId }) => entryId));
  return new Set(entryIds.filter((id) => tables.entries.has(id) || keys.has(id)));
}
