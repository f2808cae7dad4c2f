import type { CatalogRecord, CatalogStore, StaleCalendar, UnsettledCalendar } from '../../catalog/catalog-store-port.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { BusinessRow, LocationRow, ResourceRow, ServiceRow, StaffMemberRow, StaffServiceRow } from './catalog-entities.ts';
import { businessOf, locationOf, resourceOf, serviceOf, staffMemberOf } from './catalog-rows.ts';
import { CatalogTables } from './catalog-tables.ts';

const IN_ORDER = { orderBy: { position: 'asc', id: 'asc' } } as const;

/** What a calendar should have as the hours of its location; compared as jsonb, so the order of keys does not matter. */
const STALE_CALENDARS_SQL = `
  select c.id, l.id from calendar c join location l on l.id = c.location_id
  where ($1::uuid is null or l.id = $1::uuid)
    and c.hours -> 'location' is distinct from
      jsonb_build_object('timeZone', l.time_zone, 'weekly', l.weekly, 'specialDates', l.special_dates, 'version', l.hours_version)
  order by c.id`;

const UNSETTLED_CALENDARS_SQL = `
  select c.id, o.archived
  from (select id, calendar_id, archived from staff_member union all select id, calendar_id, archived from resource) o join calendar c on c.id = o.calendar_id
  where ($1::uuid is null or o.id = $1::uuid) and o.archived <> (c.hours -> 'retired' is not null)
  order by c.id`;

/** Keeps the catalog in its tables. */
export function catalogStore(database: Database): CatalogStore {
  return {
    load: () => database.transaction(load),
    transaction: (work) => database.transaction(async (em) => work(await CatalogTables.open(em))),
    async calendarsOf(locationId): Promise<readonly string[]> {
      const rows = await database.sql('select id from calendar where location_id = $1 order by id', [locationId]);
      return rows.map(([id]) => String(id));
    },
    async staleCalendars(locationId): Promise<readonly StaleCalendar[]> {
      const rows = await database.sql(STALE_CALENDARS_SQL, [locationId]);
      return rows.map(([calendarId, location]) => ({ calendarId: String(calendarId), locationId: String(location) }));
    },
    async unsettledCalendars(id): Promise<readonly UnsettledCalendar[]> {
      const rows = await database.sql(UNSETTLED_CALENDARS_SQL, [id]);
      return rows.map(([calendarId, archived]) => ({ calendarId: String(calendarId), isRemoved: archived === true }));
    },
  };
}

async function load(em: EntityManager): Promise<CatalogRecord> {
  const business = await em.findOneOrFail(BusinessRow, { id: 1 });
  const locations = await em.findAll(LocationRow, IN_ORDER);
  const services = await em.findAll(ServiceRow, IN_ORDER);
  const staff = await em.findAll(StaffMemberRow, IN_ORDER);
  const resources = await em.findAll(ResourceRow, IN_ORDER);
  const serviceIds = Map.groupBy(await em.findAll(StaffServiceRow), (row) => row.staffId);
  const rank = new Map(services.map((service, index) => [service.id, index]));
  const servicesOf = (staffId: string) => (serviceIds.get(staffId) ?? []).map((row) => row.serviceId).sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  return {
    version: business.catalogVersion,
    business: businessOf(business),
    locations: locations.map(locationOf),
    services: services.map(serviceOf),
    staff: staff.map((member) => staffMemberOf(member, servicesOf(member.id))),
    resources: resources.map(resourceOf),
  };
}
