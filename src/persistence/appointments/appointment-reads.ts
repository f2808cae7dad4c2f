// Appointments as the database has them: for lists, and by id.
import type { CalendarEvent } from '../../actors/calendar/calendar.ts';
import type { StandingDetails } from '../../actors/calendar/typed.ts';
import type { CalendarChange } from '../../actors/scheduler.ts';
import type {
  AppointmentFilter,
  AppointmentPage,
  AppointmentReads as AppointmentReadsPort,
  AppointmentRecord,
  BookedOnline,
  BookedOnlineQuestion,
  OverlapQuestion,
} from '../../booking/appointment-reads-port.ts';
import { type AppointmentStatus, LIVE_STATUSES, STATUSES_WITH_TIME } from '../../model/appointment-status.ts';
import { DAY, type Instant, instant, MINUTE } from '../../model/instant.ts';
import type { Database, SqlRow } from '../database/database.ts';
import { decodeCursor, encodeCursor } from '../database/page-cursor.ts';
import { readInTime } from '../database/read-failure.ts';
import { APPOINTMENT_COLUMNS, type AppointmentOrder, isFrom, isStillOf, listStatement, PERSON_COLUMNS } from './appointment-list.ts';

/** A page is an answer of HTTP; more than this is an export. */
const LONGEST_PAGE = 1_000;
/** An appointment that was moved between more calendars than this shows its latest moves only. */
const MOST_CALENDARS = 20;
/** The change that made an appointment bears the moment of the decision, as the appointment does; this is for rounding and old imports. */
const BEFORE_CREATION_MS = MINUTE;
/** A page of one order says nothing about another. */
const CURSOR_OF = { startsAt: '', '-startsAt': 'latest/', updatedAt: 'updated/' } as const satisfies Record<AppointmentOrder, string>;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const APPOINTMENT = `select ${APPOINTMENT_COLUMNS}, ${PERSON_COLUMNS} from appointment a left join appointment_person p on p.appointment_id = a.id`;
const WITH_CALENDAR = `select ${APPOINTMENT_COLUMNS}, ${PERSON_COLUMNS}, c.revision from appointment a join calendar c on c.id = a.calendar_id
  left join appointment_person p on p.appointment_id = a.id where a.id = $1::uuid`;
const CUSTOMER_OF = `select c.id, c.blocked from customer c where c.email = $1
  union all select c.id, c.blocked from customer_alias k join customer c on c.id = k.customer_id where k.email = $1`;
const PERSONS = `select ${PERSON_COLUMNS} from appointment_person p where p.appointment_id = any($1::uuid[])`;

/** What was made since then and is not ahead any more was made for the time in between, as nothing is booked for the past: so the index says it all. */
const BOOKED_ONLINE = `select a.details ->> 'sourceGroup', count(*) filter (where a.starts_at > $2 and a.status in ('pending', 'booked')), count(*) filter (where a.created_at > $3)
    from unnest($1::text[]) s(source) join appointment a on ${isFrom('a', 's.source')}
    where a.starts_at > $3 and (not $4::bool or a.created_by is null) and a.id <> all($5::uuid[])
    group by 1
  union all select null, count(*), 0 from appointment a
    where a.customer_id = (select c.id from customer c where c.email = $6 union all select k.customer_id from customer_alias k where k.email = $6) and a.starts_at > $2 and a.status in ('pending', 'booked') and a.created_by is null and a.id <> all($5::uuid[])`;

/**
 * Changes of a calendar from a moment on that have a fact like this one. Moments follow the revisions, so the first of these changes is found by halving what is kept of
 * the log: that needs the key alone.
 */
const HISTORY = `with recursive span as (
    select min(revision) as low, max(revision) as high from change where calendar_id = $1::uuid
    union all
    select case when h.at < $2::int8 then h.revision + 1 else s.low end, case when h.at < $2 then s.high else h.revision end
      from span s join change h on h.calendar_id = $1 and h.revision = (s.low + s.high) / 2 where s.low < s.high)
  select calendar_id, revision, epoch, at, events from change
    where calendar_id = $1 and revision >= (select max(low) from span) and at >= $2 and events::jsonb @> $3::jsonb order by revision`;

const listOf = (statuses: readonly AppointmentStatus[]) => `('${statuses.join("', '")}')`;
/** What a board draws; what was cancelled or declined is no claim any more. */
const ON_BOARDS = listOf(STATUSES_WITH_TIME);
const LIVE = listOf(LIVE_STATUSES);
/** A service takes a day at most. */
const LONGEST_MS = DAY;

function calendarsStatement(isOfLocation: boolean): string {
  return `select a.calendar_id from appointment a where a.status in ${ON_BOARDS} and a.starts_at > $1::int8 - ${LONGEST_MS} and a.starts_at < $2::int8 and a.ends_at > $1
      and a.calendar_id <> all($3::uuid[]) ${isOfLocation ? 'and a.location_id = $4::uuid' : ''}
    union select m.calendar_id from claim m where m.kind = 'hold' and m.half = 0 and m.starts_at < $2 and m.ends_at > $1
      and m.calendar_id <> all($3) ${isOfLocation ? `and m.details -> 'terms' ->> 'locationId' = $4::text` : ''}`;
}

/** The number of a stretch is that of the last moment not after the start. */
const COUNTS = `select width_bucket(a.starts_at, $1::int8[]), count(*) from appointment a
  where a.starts_at >= $2::int8 and a.starts_at < $3::int8 and a.status in ${ON_BOARDS}
    and ($4::uuid[] is null or a.staff_id = any($4)) and ($5::uuid[] is null or a.location_id = any($5)) and ($6::uuid is null or a.customer_id = $6)
    and ($7::text is null or ${isStillOf('a', '$7')})
  group by 1`;

/** Of those that overlap a time, as many as are looked at. */
const MOST_OVERLAPPING = 20;
const OVERLAPPING = `${APPOINTMENT} where a.customer_id = $1 and a.starts_at > $2::int8 - ${LONGEST_MS} and a.starts_at < $3::int8 and a.ends_at > $2
    and a.status in ${LIVE} and a.id <> $4 and ($5::uuid is null or a.created_by = $5)
    and ($6::text[] is null or (a.created_by is null and a.details ->> 'sourceGroup' = any($6)))
  order by a.starts_at, a.id limit ${MOST_OVERLAPPING}`;

export class AppointmentReads implements AppointmentReadsPort {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  #read(sql: string, parameters: readonly unknown[]): Promise<readonly SqlRow[]> {
    return readInTime(this.#database.sql(sql, parameters));
  }

  async byId(id: string): Promise<AppointmentRecord | undefined> {
    return (await this.byIds([id])).get(id.toLowerCase());
  }

  /** With the revision of its calendar, in one snapshot. */
  async withCalendar(id: string): Promise<{ readonly appointment: AppointmentRecord; readonly asOf: number } | undefined> {
    if (!UUID.test(id)) return undefined;
    const [row] = await this.#read(WITH_CALENDAR, [id]);
    return row && { appointment: readAppointment(row), asOf: Number(row.at(-1)) };
  }

  /** Those that exist, by id in lower case. */
  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, AppointmentRecord>> {
    const known = ids.filter((id) => UUID.test(id));
    if (known.length === 0) return new Map();
    const rows = await this.#read(`${APPOINTMENT} where a.id = any($1::uuid[])`, [known]);
    return new Map(rows.map(readAppointment).map((appointment) => [appointment.id, appointment]));
  }

  /** What was typed for appointments, by id; without those of which it was erased. */
  async detailsOf(ids: readonly string[]): Promise<ReadonlyMap<string, StandingDetails>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#read(PERSONS, [ids]);
    return new Map(
      rows.flatMap((row) => {
        const details = readPerson(row);
        return details === null ? [] : [[row[0] as string, details] as const];
      }),
    );
  }

  async correctionsOf(appointmentId: string): Promise<number> {
    const [row] = await this.#read('select corrections from appointment_person where appointment_id = $1::uuid', [appointmentId]);
    return row === undefined ? 0 : Number(row[0]);
  }

  /** The customer with this address, in the form of `normaliseEmail`, or with one that came by merging. */
  async customerOf(email: string): Promise<{ readonly id: string; readonly isBlocked: boolean } | undefined> {
    const [row] = await this.#read(CUSTOMER_OF, [email]);
    return row && { id: row[0] as string, isBlocked: row[1] as boolean };
  }

  /** In the order of the filter. `unknown-cursor`: no page of this order has given it. */
  async list(filter: AppointmentFilter, limit: number, cursor: string | null): Promise<AppointmentPage | 'unknown-cursor'> {
    const { order = 'startsAt' } = filter;
    const after = cursor === null ? null : decodeCursor(cursor, CURSOR_OF[order]);
    if (after === undefined) return 'unknown-cursor';
    const size = Math.max(1, Math.min(limit, LONGEST_PAGE));
    // One more than the page shows whether there is a next one.
    const { sql, parameters } = listStatement(filter, size + 1, after);
    const rows = await this.#read(sql, parameters);
    const items = rows.slice(0, size).map((row) => ({ ...readAppointment(row), updatedAt: instant(Number(row.at(-1))) }));
    const last = items.at(-1);
    if (rows.length <= size || last === undefined) return { items, nextCursor: null };
    return { items, nextCursor: encodeCursor({ at: order === 'updatedAt' ? last.updatedAt : last.startsAt, id: last.id }, CURSOR_OF[order]) };
  }

  async counts(filter: Parameters<AppointmentReadsPort['counts']>[0], moments: readonly Instant[]): Promise<readonly number[]> {
    const { staffIds = null, locationIds = null, customerId = null, ownerEmail = null } = filter;
    const parameters = [moments, moments[0], moments.at(-1), staffIds, locationIds, customerId, ownerEmail];
    const counted = new Map((await this.#read(COUNTS, parameters)).map(([stretch, count]) => [Number(stretch), Number(count)]));
    return moments.slice(1).map((_, index) => counted.get(index + 1) ?? 0);
  }

  /** Calendars with appointments or holds that overlap [from, to), of one location or for null of any, besides those that are named. */
  async calendarsWithClaims({ from, to, locationId, besides }: Parameters<AppointmentReadsPort['calendarsWithClaims']>[0]): Promise<readonly string[]> {
    const parameters = [from, to, besides, ...(locationId === null ? [] : [locationId])];
    const rows = await this.#read(calendarsStatement(locationId !== null), parameters);
    return rows.map(([id]) => id as string);
  }

  /** Live appointments of a customer that overlap [from, to): the first few, by start. */
  async overlapping({ customerId, from, to, except, among }: OverlapQuestion): Promise<readonly AppointmentRecord[]> {
    const createdBy = among !== 'all' && 'createdBy' in among ? among.createdBy : null;
    const sources = among !== 'all' && 'sources' in among ? among.sources : null;
    const rows = await this.#read(OVERLAPPING, [customerId, from, to, except, createdBy, sources]);
    return rows.map(readAppointment);
  }

  /** When it became what it is; `undefined`: the change log does not reach back that far. */
  async changedAt({ calendarId, revision }: Pick<AppointmentRecord, 'calendarId' | 'revision'>): Promise<Instant | undefined> {
    const [row] = await this.#read('select at from change where calendar_id = $1 and revision = $2', [calendarId, revision]);
    return row === undefined ? undefined : instant(Number(row[0]));
  }

  /** What was booked online from these sources and for this customer. */
  async bookedOnline({ sources, email, now, madeSince, byGuests, except }: BookedOnlineQuestion): Promise<BookedOnline> {
    const rows = await this.#read(BOOKED_ONLINE, [sources, now, madeSince, byGuests, except, email]);
    const counts = rows.map(([source, open, made]) => ({ source: source as string | null, open: Number(open), made: Number(made) }));
    const bySource = counts.flatMap(({ source, ...count }) => (source === null ? [] : [{ source, ...count }]));
    return { bySource, ofCustomer: counts.find(({ source }) => source === null)?.open ?? 0 };
  }

  /** What happened to one appointment, on whatever calendar, oldest first; other facts of the same changes are left out. */
  async history(id: string): Promise<readonly CalendarChange[]> {
    const appointment = await this.byId(id);
    if (appointment === undefined) return [];
    const changes: CalendarChange[] = [];
    const calendars = new Set([appointment.calendarId]);
    const mentioned = JSON.stringify([{ appointment: { id: appointment.id } }]);
    for (const calendarId of calendars) {
      const rows = await this.#read(HISTORY, [calendarId, appointment.createdAt - BEFORE_CREATION_MS, mentioned]);
      for (const change of rows.map((row) => readChange(row, appointment.id))) {
        for (const event of change.events) if ('from' in event && calendars.size < MOST_CALENDARS) calendars.add(event.from.calendarId);
        if (change.events.length > 0) changes.push(change);
      }
    }
    return changes.sort((one, other) => one.at - other.at || one.revision - other.revision);
  }
}

/** Columns win over `details`, which holds the rest as the calendar wrote it. */
function readAppointment(row: SqlRow): AppointmentRecord {
  const [id, reference, status, calendarId, staffId, locationId, serviceId, startsAt, endsAt, revision, createdAt, createdBy, customerId, stored, ...person] =
    row;
  const columns = { id, reference, status, calendarId, staffId, locationId, serviceId, startsAt, endsAt, revision, createdAt, createdBy, customerId };
  return { ...(stored as object), ...columns, details: readPerson(person) } as AppointmentRecord;
}

/** null: it was erased. The customer is told as they gave themselves for this appointment; their own row may know more, which is not for everybody who knows the address. */
function readPerson([id, name, email, phone, phoneE164, notes, staffNotes, answers, reason, overrideReason, corrections]: SqlRow): StandingDetails | null {
  if (id === null) return null;
  const texts = { phone, phoneE164, notes, staffNotes, reason, overrideReason };
  return { name: name ?? '', email, ...texts, answers: answers ?? {}, ...(Number(corrections) > 0 && { isCorrected: true }) } as StandingDetails;
}

/** Of a move between calendars both keep the same fact; it is told once, by the calendar that has the appointment afterwards. */
function readChange([calendarId, revision, epoch, at, events]: SqlRow, appointmentId: string): CalendarChange {
  const about = (events as CalendarEvent[]).filter(
    (event) => 'appointment' in event && event.appointment.id === appointmentId && event.appointment.calendarId === calendarId,
  );
  return {
    calendarId: calendarId as string,
    base: Number(revision) - 1,
    revision: Number(revision),
    epoch: Number(epoch),
    at: instant(Number(at)),
    events: about,
  };
}
