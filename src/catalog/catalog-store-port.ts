// What the catalog needs of its storage. `persistence/catalog/catalog-store.ts` implements it.
import type { InTheWay } from '../actors/calendar/calendar.ts';
import type { AuditSource } from '../audit/audit-entry.ts';
import type { AppointmentStatus } from '../model/appointment-status.ts';
import type { CalendarHours, OpeningHours } from '../model/calendar-hours.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { AuditedChange } from './audited.ts';
import type { BookableService, Business, Location, Resource, StaffMember } from './catalog.ts';

/**
 * What one installation may have, those that have been removed included: all of them stay in the memory of every node, and every change reads them again.
 * Far above any business, and in memory some tens of megabytes together.
 */
export const CATALOG_LIMITS = { locations: 1_000, services: 2_000, staff: 10_000, resources: 10_000 } as const;
export type CatalogLimit = keyof typeof CATALOG_LIMITS;

/** Archived things stay for ever: appointments, past and future, go on naming them. */
export type Stored<T> = T & { readonly archived: boolean };

/** As it is told. */
export function told<Kept extends { readonly archived: boolean }>({ archived: _, ...value }: Kept): Omit<Kept, 'archived'> {
  return value;
}

/** The whole catalog, each list in the order people see it in. `serviceIds` of staff include archived services. */
export type CatalogRecord = {
  /** Grows with every change. */
  readonly version: number;
  readonly business: Business;
  readonly locations: readonly Stored<Location>[];
  readonly services: readonly Stored<BookableService>[];
  readonly staff: readonly Stored<StaffMember>[];
  readonly resources: readonly Stored<Resource>[];
};

export type NewCalendar = { readonly id: string; readonly shard: number; readonly locationId: string; readonly hours: CalendarHours };

/** A calendar whose copy of its location's hours is not what the location says. */
export type StaleCalendar = { readonly calendarId: string; readonly locationId: string };

/** A calendar that is retired though its staff member or resource is not removed, or the reverse. */
export type UnsettledCalendar = {
  readonly calendarId: string;
  readonly isRemoved: boolean;
  /** What is to be removed, if a plan has retired the calendar. */
  readonly planned?: { readonly kind: 'staff' | 'resource'; readonly id: string };
};

/** What appointments may depend on. */
export type AheadOf = { readonly serviceId: string } | { readonly locationId: string };
/** How a removal treats upcoming appointments. `cancel`: they have already been cancelled, and the removal is refused if any are left. */
export type IfInUse = 'refuse' | 'keep' | 'cancel';

/** One change, all or nothing. Only one is open at a time, in the whole cluster, so what is read here stays true until it is written. */
export type CatalogTransaction = KeptReplies & {
  /** Says in the audit trail, as of now, what has been changed and by whom. */
  addAuditEntry(source: AuditSource, change: AuditedChange): Promise<void>;

  /** Lets other nodes see that something has changed. */
  raiseVersion(): Promise<void>;

  business(): Promise<Business>;
  changeBusiness(business: Business): Promise<void>;

  /** How many there are, archived ones included. */
  count(what: CatalogLimit): Promise<number>;
  /** A place in the list after all others, those that have been removed included. */
  positionAtEnd(what: CatalogLimit): Promise<number>;
  /** The currency of the first location; EUR where there is none yet. */
  usualCurrency(): Promise<string>;

  location(id: string): Promise<Stored<Location> | undefined>;
  addLocation(location: Location): Promise<void>;
  changeLocation(location: Stored<Location>): Promise<void>;
  /** The hours that a plan has given to calendars of this location, if it has the newest of them. */
  plannedHours(locationId: string): Promise<OpeningHours | undefined>;
  /** What belongs to a location and is not archived: staff members if there are any, else resources. */
  whoIsAt(locationId: string): Promise<'staff' | 'resources' | undefined>;

  /** Appointments that are not over and in one of these statuses; `undefined` if there are none. */
  appointmentsAhead(of: AheadOf, statuses: readonly AppointmentStatus[]): Promise<InTheWay | undefined>;

  service(id: string): Promise<Stored<BookableService> | undefined>;
  addService(service: BookableService): Promise<void>;
  changeService(service: Stored<BookableService>): Promise<void>;
  /** Replaces the staff of a service, and raises the version of each staff member whose list changes. Returns the previous staff. */
  setStaffOf(serviceId: string, staffIds: readonly string[]): Promise<readonly string[]>;
  /** The ids among these that are in the catalog and not archived. */
  activeServices(ids: readonly string[]): Promise<ReadonlySet<string>>;
  activeStaff(ids: readonly string[]): Promise<ReadonlySet<string>>;
  activeResources(ids: readonly string[]): Promise<ReadonlySet<string>>;

  staffMember(id: string): Promise<Stored<StaffMember> | undefined>;
  hasCalendar(id: string): Promise<boolean>;
  /** With its services and its calendar. */
  addStaffMember(member: StaffMember, calendar: NewCalendar): Promise<void>;
  /** With its services; the calendar follows to another location. */
  changeStaffMember(member: Stored<StaffMember>): Promise<void>;

  resource(id: string): Promise<Stored<Resource> | undefined>;
  /** With its calendar. */
  addResource(resource: Resource, calendar: NewCalendar): Promise<void>;
  /** The calendar follows to another location. */
  changeResource(resource: Stored<Resource>): Promise<void>;
  /** Disables the account of this staff member, if there is one: its sessions and links end, and the audit trail records it. */
  closeAccountOf(staffId: string, source: AuditSource): Promise<void>;
};

export type CatalogStore = {
  /** Reads what has another version than in `known`; the rest of the record is that of `known`, the same objects. */
  load(known?: CatalogRecord): Promise<CatalogRecord>;
  transaction<T>(work: (transaction: CatalogTransaction) => Promise<T>): Promise<T>;
  /** Calendars of a location, archived ones included: they may still have appointments. */
  calendarsOf(locationId: string): Promise<readonly string[]>;
  /** Locations that do not have the hours yet that a plan has given to their calendars. */
  locationsBehind(): Promise<readonly string[]>;
  /** `locationId` null looks at all of them. Those that are ahead of their location by a plan are none. */
  staleCalendars(locationId: string | null): Promise<readonly StaleCalendar[]>;
  /** Of one staff member or resource, or for null of all. */
  unsettledCalendars(id: string | null): Promise<readonly UnsettledCalendar[]>;
};

/** A location's hours as its calendars keep them. */
export function openingHoursOf(location: Location): OpeningHours {
  return { timeZone: location.timeZone, weekly: location.weekly, specialDates: location.specialDates, version: location.hoursVersion };
}
