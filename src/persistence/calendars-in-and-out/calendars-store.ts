// Feeds and external calendars as rows. Leases go by the clock of the database.
import type { CalendarsStore, ExternalCalendar, Settled, TakenCalendar } from '../../calendars-in-and-out/store-port.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { addNotifications } from '../notifications/add-notifications.ts';
import { CalendarFeedRow, ExternalCalendarRow } from './calendar-entities.ts';

const NOW = '(extract(epoch from statement_timestamp()) * 1000)::int8';

/** `skip locked`: of two nodes at once each takes calendars of its own. */
const TAKE = `with due as (
    select id from external_calendar where next_refresh_at <= ${NOW} order by next_refresh_at, id limit $1::int for update skip locked
  )
  update external_calendar e set next_refresh_at = ${NOW} + $2::int8 from due where e.id = due.id
  returning e.id, e.staff_id, e.calendar_id, e.sealed_url, e.host, e.created_at, e.last_ok_at, e.failed_at, e.failure, e.failures, e.busy_times, e.etag, e.read_as, e.read_until, ${NOW}`;

const OK = `update external_calendar set last_ok_at = ${NOW}, failed_at = null, failure = null, failures = 0, busy_times = $2::int, etag = $3, read_as = $4,
  next_refresh_at = ${NOW} + $5::int8, read_until = $6::int8 where id = $1::uuid`;
const FAILED = `update external_calendar e set failed_at = ${NOW}, failure = ?, failures = failures + 1, next_refresh_at = ${NOW} + ?::int8 where id = ?::uuid
  returning staff_id, (select location_id from staff_member s where s.id = e.staff_id) as location_id, failures, coalesce(last_ok_at, created_at) as since, ${NOW} as at`;
/** Once or twice is a hiccup of the other server. */
const TOLD_AFTER_FAILURES = 3;

export function calendarsStore(database: Database): CalendarsStore {
  return {
    putFeed: ({ staffId, ...feed }, audited) =>
      database.transaction(async (em) => {
        await em.upsert(CalendarFeedRow, { staffId, ...feed });
        await addAuditEntry(em, audited);
      }),
    removeFeed: (staffId, audited) =>
      database.transaction(async (em) => {
        const wasThere = (await em.nativeDelete(CalendarFeedRow, { staffId })) > 0;
        if (wasThere) await addAuditEntry(em, audited);
        return wasThere;
      }),
    feedOf: (secretHash) =>
      database.transaction(async (em) => {
        const row = await em.findOne(CalendarFeedRow, { secretHash });
        return row === null ? undefined : { staffId: row.staffId, customerNames: row.customerNames, createdAt: instant(row.createdAt) };
      }),
    addExternal: (calendar, audited) =>
      database.transaction(async (em) => {
        if ((await em.count(ExternalCalendarRow, { id: calendar.id })) > 0) return 'id-in-use';
        await em.insert(ExternalCalendarRow, { ...calendar, etag: null, readAs: null });
        await addAuditEntry(em, audited);
        return 'added';
      }),
    externalOf: (staffId) =>
      database.transaction(async (em) => {
        const rows = await em.find(ExternalCalendarRow, { staffId }, { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
        return rows.map(calendarOf);
      }),
    removeExternal: (id, audited) =>
      database.transaction(async (em) => {
        const wasThere = (await em.nativeDelete(ExternalCalendarRow, { id })) > 0;
        if (wasThere && audited !== null) await addAuditEntry(em, audited);
        return wasThere;
      }),
    async takeDue(limit, leaseMs) {
      return (await database.sql(TAKE, [limit, leaseMs])).map(takenOf);
    },
    async settle(id, settled) {
      if (settled.outcome === 'failed') await database.transaction((em) => fail(em, id, settled));
      else await database.sql(OK, [id, settled.busyTimes, settled.freshness.etag, settled.freshness.readAs, Math.ceil(settled.nextInMs), settled.readUntil]);
    },
  };
}

type FailedColumns = { staff_id: string; location_id: string | null; failures: number; since: number | string; at: number | string };

/** Within a transaction; the staff member and those who look after the location are told once, until it could be read again. */
async function fail(em: EntityManager, id: string, { failure, nextInMs }: Extract<Settled, { readonly outcome: 'failed' }>): Promise<void> {
  const rows = await em.execute<FailedColumns[]>(FAILED, [failure, Math.ceil(nextInMs), id]);
  const news = rows
    .filter(({ failures }) => failures === TOLD_AFTER_FAILURES)
    .map(({ staff_id: staffId, location_id: locationId, since, at }) => ({
      ...({ key: `external-calendar/${id}/${since}`, kind: 'external-calendar-failed', by: null, at: instant(Number(at)) } as const),
      ...{ places: [{ staffId, locationId }] as const, about: { externalCalendarId: id } },
    }));
  await addNotifications(em, news);
}

function calendarOf(row: ExternalCalendarRow): ExternalCalendar {
  const { id, staffId, calendarId, host, failures, busyTimes } = row;
  return {
    ...{ id, staffId, calendarId, host, failures, busyTimes },
    createdAt: instant(row.createdAt),
    nextRefreshAt: instant(row.nextRefreshAt),
    lastOkAt: momentOf(row.lastOkAt),
    failedAt: momentOf(row.failedAt),
    failure: row.failure ?? null,
    readUntil: momentOf(row.readUntil),
  };
}

function takenOf(row: SqlRow): TakenCalendar {
  const [id, staffId, calendarId, sealedUrl, host, createdAt, lastOkAt, failedAt, failure, failures, busyTimes, etag, readAs, readUntil, takenAt] = row;
  const now = instant(Number(takenAt));
  return {
    ...{ id: String(id), staffId: String(staffId), calendarId: String(calendarId), sealedUrl: String(sealedUrl), host: String(host) },
    createdAt: instant(Number(createdAt)),
    nextRefreshAt: now,
    takenAt: now,
    lastOkAt: momentOf(lastOkAt),
    failedAt: momentOf(failedAt),
    failure: failure === null ? null : String(failure),
    failures: Number(failures),
    busyTimes: Number(busyTimes),
    readUntil: momentOf(readUntil),
    freshness: readAs === null ? null : { etag: etag === null ? null : String(etag), readAs: String(readAs) },
  };
}

function momentOf(value: unknown): Instant | null {
  return value === null || value === undefined ? null : instant(Number(value));
}
