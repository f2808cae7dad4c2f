import { LockMode } from '@mikro-orm/core';
import type { InTheWay } from '../../actors/calendar/calendar.ts';
import { type AuditSource, auditEntry } from '../../audit/audit-entry.ts';
import type { AuditedChange } from '../../catalog/audited.ts';
import type { BookableService, Business, Location, Resource, StaffMember } from '../../catalog/catalog.ts';
import type { AheadOf, CatalogLimit, CatalogTransaction, NewCalendar, Stored } from '../../catalog/catalog-store-port.ts';
import type { AppointmentStatus } from '../../model/appointment-status.ts';
import type { OpeningHours } from '../../model/calendar-hours.ts';
import { DAY, type Instant, instant } from '../../model/instant.ts';
import type { ReplyKey, StoredReply } from '../../model/kept-replies.ts';
import { closeAccountOf } from '../accounts/account-store.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { EntityManager } from '../database/database.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';
import { BusinessRow, CalendarRow, LocationRow, ResourceRow, ServiceRow, StaffMemberRow, StaffServiceRow } from './catalog-entities.ts';
import { businessOf, locationOf, resourceOf, serviceColumns, serviceOf, staffMemberOf } from './catalog-rows.ts';

const COUNTED_SQL = {
  locations: 'select count(*)::int8 as rows from location',
  services: 'select count(*)::int8 as rows from service',
  staff: 'select count(*)::int8 as rows from staff_member',
  resources: 'select count(*)::int8 as rows from resource',
} as const satisfies Record<CatalogLimit, string>;
/** What lasts longest is a day, so what is still to come or under way is a range of starts in the indexes by service and by location. */
const LONGEST_APPOINTMENT_MS = DAY;
type AheadRow = { readonly id: string; readonly calendar_id: string; readonly starts_at: number | string; readonly rows: number | string };
const AT_END_SQL = {
  locations: 'select coalesce(max(position) + 1, 0)::int8 as position from location',
  services: 'select coalesce(max(position) + 1, 0)::int8 as position from service',
  staff: 'select coalesce(max(position) + 1, 0)::int8 as position from staff_member',
  resources: 'select coalesce(max(position) + 1, 0)::int8 as position from resource',
} as const satisfies Record<CatalogLimit, string>;
const PLANNED_HOURS_SQL = `
  select c.hours -> 'location' as location from calendar c
  where c.location_id = ? and c.hours ->> 'plannedFor' = c.location_id::text order by (c.hours -> 'location' ->> 'version')::int8 desc limit 1`;
/** Of a business without a location. */
const USUAL_CURRENCY = 'EUR';

/** One change of the catalog. It holds the lock on the business row from its first statement, so changes come one after the other, on all nodes. */
export class CatalogTables implements CatalogTransaction {
  readonly #em: EntityManager;
  readonly #business: BusinessRow;

  private constructor(em: EntityManager, business: BusinessRow) {
    this.#em = em;
    this.#business = business;
  }

  static async open(em: EntityManager): Promise<CatalogTables> {
    return new CatalogTables(em, await em.findOneOrFail(BusinessRow, { id: 1 }, { lockMode: LockMode.PESSIMISTIC_WRITE }));
  }

  async reply(caller: string, key: string): Promise<(StoredReply & { readonly fingerprint: string }) | undefined> {
    return replyOf(this.#em, caller, key);
  }

  async addReply(key: ReplyKey, reply: StoredReply): Promise<void> {
    await addReply(this.#em, { ...key, ...reply });
  }

  async addAuditEntry(source: AuditSource, change: AuditedChange): Promise<void> {
    await addAuditEntry(this.#em, auditEntry(source, await this.#now(), change));
  }

  async raiseVersion(): Promise<void> {
    await this.#em.nativeUpdate(BusinessRow, { id: 1 }, { catalogVersion: this.#business.catalogVersion + 1 });
  }

  async business(): Promise<Business> {
    return businessOf(this.#business);
  }

  async changeBusiness({ messages, embedOrigins, ...columns }: Business): Promise<void> {
    await this.#em.nativeUpdate(BusinessRow, { id: 1 }, { ...columns, settings: { ...this.#business.settings, messages, embedOrigins } });
  }

  async count(what: CatalogLimit): Promise<number> {
    const [{ rows }] = await this.#em.execute<[{ rows: number | string }]>(COUNTED_SQL[what]);
    return Number(rows);
  }

  async positionAtEnd(what: CatalogLimit): Promise<number> {
    const [{ position }] = await this.#em.execute<[{ position: number | string }]>(AT_END_SQL[what]);
    return Number(position);
  }

  async usualCurrency(): Promise<string> {
    const first = await this.#em.find(LocationRow, { archived: false }, { orderBy: { position: 'asc', id: 'asc' }, limit: 1 });
    return first[0]?.currency ?? USUAL_CURRENCY;
  }

  async location(id: string): Promise<Stored<Location> | undefined> {
    const row = await this.#em.findOne(LocationRow, { id });
    return row === null ? undefined : locationOf(row);
  }

  async addLocation(location: Location): Promise<void> {
    const { weekly, ...rest } = location;
    await this.#em.insert(LocationRow, { ...rest, weekly: [...weekly], archived: false, position: await this.positionAtEnd('locations') });
  }

  async changeLocation(location: Stored<Location>): Promise<void> {
    const { id, weekly, ...columns } = location;
    await this.#em.nativeUpdate(LocationRow, { id }, { ...columns, weekly: [...weekly] });
  }

  async plannedHours(locationId: string): Promise<OpeningHours | undefined> {
    const [row] = await this.#em.execute<{ location: OpeningHours }[]>(PLANNED_HOURS_SQL, [locationId]);
    return row?.location;
  }

  async whoIsAt(locationId: string): Promise<'staff' | 'resources' | undefined> {
    const there = { locationId, archived: false };
    if ((await this.#em.count(StaffMemberRow, there)) > 0) return 'staff';
    return (await this.#em.count(ResourceRow, there)) > 0 ? 'resources' : undefined;
  }

  async appointmentsAhead(of: AheadOf, statuses: readonly AppointmentStatus[]): Promise<InTheWay | undefined> {
    const now = await this.#now();
    const [column, id] = 'serviceId' in of ? ['service_id', of.serviceId] : ['location_id', of.locationId];
    const [row] = await this.#em.execute<AheadRow[]>(
      `select a.id, a.calendar_id, a.starts_at, count(*) over () as rows from appointment a
       where a.starts_at > ? and a.ends_at > ? and a.${column} = ? and a.status in (${statuses.map(() => '?').join(', ')}) order by a.starts_at, a.id limit 1`,
      [now - LONGEST_APPOINTMENT_MS, now, id, ...statuses],
    );
    if (row === undefined) return undefined;
    return { appointments: Number(row.rows), next: { id: row.id, calendarId: row.calendar_id, startsAt: instant(Number(row.starts_at)) } };
  }

  async service(id: string): Promise<Stored<BookableService> | undefined> {
    const row = await this.#em.findOne(ServiceRow, { id });
    return row === null ? undefined : serviceOf(row);
  }

  async addService(service: BookableService): Promise<void> {
    await this.#em.insert(ServiceRow, { id: service.id, ...serviceColumns(service), archived: false });
  }

  async changeService(service: Stored<BookableService>): Promise<void> {
    await this.#em.nativeUpdate(ServiceRow, { id: service.id }, serviceColumns(service));
  }

  async setStaffOf(serviceId: string, staffIds: readonly string[]): Promise<readonly string[]> {
    const before = new Set((await this.#em.find(StaffServiceRow, { serviceId })).map((row) => row.staffId));
    const after = new Set(staffIds);
    const gone = [...before.difference(after)];
    const fresh = [...after.difference(before)];
    if (gone.length > 0) await this.#em.nativeDelete(StaffServiceRow, { serviceId, staffId: { $in: gone } });
    if (fresh.length > 0)
      await this.#em.insertMany(
        StaffServiceRow,
        fresh.map((staffId) => ({ serviceId, staffId })),
      );
    for (const member of await this.#em.find(StaffMemberRow, { id: { $in: [...gone, ...fresh] } })) {
      await this.#em.nativeUpdate(StaffMemberRow, { id: member.id }, { version: member.version + 1 });
    }
    return [...before];
  }

  async activeServices(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#em.find(ServiceRow, { id: { $in: [...ids] }, archived: false });
    return new Set(rows.map((row) => row.id));
  }

  async activeStaff(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#em.find(StaffMemberRow, { id: { $in: [...ids] }, archived: false });
    return new Set(rows.map((row) => row.id));
  }

  async activeResources(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#em.find(ResourceRow, { id: { $in: [...ids] }, archived: false });
    return new Set(rows.map((row) => row.id));
  }

  async staffMember(id: string): Promise<Stored<StaffMember> | undefined> {
    const row = await this.#em.findOne(StaffMemberRow, { id });
    if (row === null) return undefined;
    const services = await this.#em.find(StaffServiceRow, { staffId: id });
    return staffMemberOf(
      row,
      services.map((service) => service.serviceId),
    );
  }

  async hasCalendar(id: string): Promise<boolean> {
    return (await this.#em.count(CalendarRow, { id })) > 0;
  }

  async addStaffMember(member: StaffMember, calendar: NewCalendar): Promise<void> {
    await this.#addCalendar('staff', calendar);
    const { serviceIds, ...columns } = member;
    await this.#em.insert(StaffMemberRow, { ...columns, archived: false, position: await this.positionAtEnd('staff') });
    await this.#addServices(member);
  }

  async changeStaffMember(member: Stored<StaffMember>): Promise<void> {
    const { id, calendarId, serviceIds: _, ...columns } = member;
    await this.#em.nativeUpdate(StaffMemberRow, { id }, columns);
    await this.#em.nativeUpdate(CalendarRow, { id: calendarId }, { locationId: columns.locationId });
    await this.#em.nativeDelete(StaffServiceRow, { staffId: id });
    await this.#addServices(member);
  }

  async resource(id: string): Promise<Stored<Resource> | undefined> {
    const row = await this.#em.findOne(ResourceRow, { id });
    return row === null ? undefined : resourceOf(row);
  }

  async addResource(resource: Resource, calendar: NewCalendar): Promise<void> {
    await this.#addCalendar('resource', calendar);
    await this.#em.insert(ResourceRow, { ...resource, archived: false, position: await this.positionAtEnd('resources') });
  }

  async changeResource(resource: Stored<Resource>): Promise<void> {
    const { id, calendarId, ...columns } = resource;
    await this.#em.nativeUpdate(ResourceRow, { id }, columns);
    await this.#em.nativeUpdate(CalendarRow, { id: calendarId }, { locationId: columns.locationId });
  }

  async closeAccountOf(staffId: string, source: AuditSource): Promise<void> {
    await closeAccountOf(this.#em, staffId, source, await this.#now());
  }

  async #addCalendar(kind: CalendarRow['kind'], calendar: NewCalendar): Promise<void> {
    await this.#em.insert(CalendarRow, { ...calendar, kind, revision: 0, createdAt: Date.now() });
  }

  async #now(): Promise<Instant> {
    const [{ now }] = await this.#em.execute<[{ now: number | string }]>('select (extract(epoch from clock_timestamp()) * 1000)::int8 as now');
    return instant(Number(now));
  }

  async #addServices({ id: staffId, serviceIds }: StaffMember): Promise<void> {
    const rows = [...new Set(serviceIds)].map((serviceId) => ({ staffId, serviceId }));
    if (rows.length > 0) await this.#em.insertMany(StaffServiceRow, rows);
  }
}
