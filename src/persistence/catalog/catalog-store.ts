import type { CatalogRecord, CatalogStore, StaleCalendar, UnsettledCalendar } from '../../catalog/catalog-store-port.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { BusinessRow, LocationRow, ResourceRow, ServiceRow, StaffMemberRow, StaffServiceRow } from './catalog-entities.ts';
import { businessOf, locationOf, resourceOf, serviceOf, staffMemberOf } from './catalog-rows.ts';
import { CatalogTables } from './catalog-tables.ts';

/** What a calendar should have as the hours of its location; compared as jsonb, so the order of keys does not matter. */
const STALE_CALENDARS_SQL = `
  select c.id, l.id from calendar c join location l on l.id = c.location_id
  where ($1::uuid is null or l.id = $1::uuid)
    and c.hours -> 'location' is distinct from
      jsonb_build_object('timeZone', l.time_zone, 'weekly', l.weekly, 'specialDates', l.special_dates, 'version', l.hours_version)
    and not (c.hours ->> 'plannedFor' is not distinct from l.id::text and (c.hours -> 'location' ->> 'version')::int8 > l.hours_version)
  order by c.id`;

const LOCATIONS_BEHIND_SQL = `
  select distinct l.id from calendar c join location l on l.id = c.location_id
  where c.hours ->> 'plannedFor' = l.id::text and (c.hours -> 'location' ->> 'version')::int8 > l.hours_version and not l.archived`;

const UNSETTLED_CALENDARS_SQL = `
  select c.id, o.archived, case when c.hours ->> 'plannedFor' = o.id::text then o.kind end, o.id
  from (select 'staff' as kind, id, calendar_id, archived from staff_member union all select 'resource', id, calendar_id, archived from resource) o join calendar c on c.id = o.calendar_id
  where ($1::uuid is null or o.id = $1::uuid) and o.archived <> (c.hours -> 'retired' is not null)
  order by c.id`;

/** Keeps the catalog in its tables. */
export function catalogStore(database: Database): CatalogStore {
  return {
    load: (known) => database.transaction((em) => load(em, known)),
    transaction: (work) => database.transaction(async (em) => work(await CatalogTables.open(em))),
    async calendarsOf(locationId): Promise<readonly string[]> {
      const rows = await database.sql('select id from calendar where location_id = $1 order by id', [locationId]);
      return rows.map(([id]) => String(id));
    },
    async locationsBehind(): Promise<readonly string[]> {
      return (await database.sql(LOCATIONS_BEHIND_SQL, [])).map(([id]) => String(id));
    },
    async staleCalendars(locationId): Promise<readonly StaleCalendar[]> {
      const rows = await database.sql(STALE_CALENDARS_SQL, [locationId]);
      return rows.map(([calendarId, location]) => ({ calendarId: String(calendarId), locationId: String(location) }));
    },
    async unsettledCalendars(id): Promise<readonly UnsettledCalendar[]> {
      const rows = await database.sql(UNSETTLED_CALENDARS_SQL, [id]);
      return rows.map(([calendarId, archived, kind, ofId]) => ({
        ...{ calendarId: String(calendarId), isRemoved: archived === true },
        ...((kind === 'staff' || kind === 'resource') && { planned: { kind, id: String(ofId) } }),
      }));
    },
  };
}

/** The order of lists; names decide in memory, where they are compared as people do. */
const VERSIONS_SQL = {
  location: 'select id, version from location order by position, id',
  service: 'select id, version from service order by position, id',
  staff_member: 'select id, version from staff_member order by position, id',
  resource: 'select id, version from resource order by position, id',
} as const;
/** Of so many changed rows and more, the whole table is read. */
const MANY_CHANGED = 1_000;

type Versioned = { readonly id: string; readonly version: number };

/** Every change of a row raises its version, so a row with the version that is known is the one that is known. */
async function load(em: EntityManager, known: CatalogRecord | undefined): Promise<CatalogRecord> {
  const business = await em.findOneOrFail(BusinessRow, { id: 1 });
  const locations = await newest(em, 'location', known?.locations, async (which) => (await em.find(LocationRow, which)).map(locationOf));
  const services = await newest(em, 'service', known?.services, async (which) => (await em.find(ServiceRow, which)).map(serviceOf));
  const rank = new Map(services.map((service, index) => [service.id, index]));
  const inOrder = (ids: readonly string[]) => ids.toSorted((one, other) => (rank.get(one) ?? 0) - (rank.get(other) ?? 0));
  const staff = await newest(em, 'staff_member', known?.staff, async (which) => {
    const members = await em.find(StaffMemberRow, which);
    const links = await em.find(StaffServiceRow, which.id === undefined ? {} : { staffId: which.id });
    const serviceIds = Map.groupBy(links, ({ staffId }) => staffId);
    return members.map((member) => staffMemberOf(member, inOrder((serviceIds.get(member.id) ?? []).map(({ serviceId }) => serviceId))));
  });
  const areServicesAsKnown = services.length === known?.services.length && services.every(({ id }, index) => known.services[index]?.id === id);
  const resources = await newest(em, 'resource', known?.resources, async (which) => (await em.find(ResourceRow, which)).map(resourceOf));
  return {
    version: business.catalogVersion,
    business: businessOf(business),
    locations,
    services,
    staff: areServicesAsKnown ? staff : staff.map((member) => ({ ...member, serviceIds: inOrder(member.serviceIds) })),
    resources,
  };
}

async function newest<Row extends Versioned>(
  em: EntityManager,
  table: keyof typeof VERSIONS_SQL,
  known: readonly Row[] | undefined,
  read: (which: { readonly id?: { readonly $in: string[] } }) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const listed = await em.execute<Versioned[]>(VERSIONS_SQL[table]);
  const rows = new Map(known?.map((row) => [row.id, row]));
  const changed = listed.filter(({ id, version }) => rows.get(id)?.version !== version).map(({ id }) => id);
  if (changed.length > 0) for (const row of await read(changed.length < MANY_CHANGED ? { id: { $in: changed } } : {})) rows.set(row.id, row);
  return listed.flatMap(({ id }) => rows.get(id) ?? []);
}
