import type { Scheduler } from '../actors/scheduler.ts';
import { SYSTEM } from '../audit/audit-entry.ts';
import { type AnsweredBefore, answeredBefore, type ReplyKey } from '../model/kept-replies.ts';
import { SharedRuns } from '../model/shared-runs.ts';
import { audited } from './audited.ts';
import { type Carried, carryHours } from './carry-hours.ts';
import type { BookableService, Business, Catalog, Location, Resource, StaffMember } from './catalog.ts';
import type { CatalogAnswer, CatalogChange, CatalogRequest } from './catalog-answer.ts';
import { versionMismatch } from './catalog-answer.ts';
import type { CatalogRecord, CatalogStore, CatalogTransaction, IfInUse, StaleCalendar, Stored, UnsettledCalendar } from './catalog-store-port.ts';
import {
  type LocationChanges,
  type LocationDraft,
  type LocationHoursChange,
  type ResourceChanges,
  type ResourceDraft,
  type ServiceChanges,
  type ServiceDraft,
  type SettingsChanges,
  type StaffChanges,
  type StaffDraft,
  withSettings,
} from './drafts.ts';
import { addLocation, archiveLocation, changeLocation, changeLocationHours, followPlan } from './location-changes.ts';
import { addResource, archiveResource, changeResource } from './resource-changes.ts';
import { settleRetired } from './retire-calendar.ts';
import { addService, archiveService, changeService } from './service-changes.ts';
import { addStaffMember, archiveStaffMember, changeStaffMember } from './staff-changes.ts';

type Asks = Pick<Scheduler, 'ask'>;
/** What the catalog does by itself, to follow a plan that its calendars have carried out. */
const UNASKED = { ...SYSTEM, key: null, expectedVersions: null, reply: () => ({ status: 204, body: {} }) } as const;
/** The location whose hours calendars keep a copy of, or the staff member or resource whose calendar takes no claims any more. */
type Stale = { readonly hoursOf: string } | { readonly retired: string };

/**
 * Keeps the catalog in memory, where every request reads it, and writes its changes. A change is one transaction; it is answered
 * only after the snapshot in memory shows the change and calendars have been told, so a caller that has the answer also sees its effect.
 */
export class CatalogKeeper {
  readonly #store: CatalogStore;
  /** null until the node is open; what has become stale by then is carried when it opens. */
  #scheduler: Asks | null = null;
  /** Called with the version of each change that was made here. */
  #onChange: (version: number) => void = () => undefined;
  readonly #onSnapshot = new Set<() => void>();
  #record: CatalogRecord;
  #active: Catalog;
  #all: Catalog;
  readonly #reads = new SharedRuns(() => this.#read());

  private constructor(store: CatalogStore, record: CatalogRecord) {
    this.#store = store;
    this.#record = record;
    this.#active = pictureOf(record, (row) => !row.archived);
    this.#all = pictureOf(record, () => true);
  }

  static async open(store: CatalogStore): Promise<CatalogKeeper> {
    return new CatalogKeeper(store, await store.load());
  }

  /** From now on calendars are told what a change means to them, before it is answered. Begins with what earlier changes have left stale, and with what plans have left to do. */
  async tellCalendars(scheduler: Asks): Promise<void> {
    this.#scheduler = scheduler;
    for (const id of await this.#store.locationsBehind()) await this.#change(UNASKED, followPlan(id), { hoursOf: id });
    await carryHours(this, scheduler, null);
    await settleRetired(this, scheduler, null);
  }

  /** `listener` hears the version of every change that is made here, once it shows. */
  onChange(listener: (version: number) => void): void {
    this.#onChange = listener;
  }

  /** `listener` is called whenever there is a new snapshot, whichever node has made the change; it must not throw. Returns how to stop. */
  onSnapshot(listener: () => void): () => void {
    this.#onSnapshot.add(listener);
    return () => this.#onSnapshot.delete(listener);
  }

  /** Another node says that the catalog has come this far. Rejects if it cannot be read. */
  async catchUp(version: number): Promise<void> {
    if (version > this.#record.version) await this.refresh();
  }

  /** What can be booked and managed now. Immutable: a later change makes a new one. */
  snapshot(): Catalog {
    return this.#active;
  }

  /** As `snapshot`, with what has been archived: for the names and terms of appointments that are already there. */
  snapshotWithArchived(): Catalog {
    return this.#all;
  }

  /** Whether this was a staff member and is none any more. Somebody whom this process has not heard of yet may have come just now. */
  hasLeft(staffId: string): boolean {
    return this.#all.staff.has(staffId) && !this.#active.staff.has(staffId);
  }

  addLocation(draft: LocationDraft, request: CatalogRequest<Location>): Promise<CatalogAnswer<Location>> {
    return this.#change(request, addLocation(draft));
  }

  changeLocation(id: string, changes: LocationChanges, request: CatalogRequest<Location>): Promise<CatalogAnswer<Location>> {
    return this.#change(request, changeLocation(id, changes, request.expectedVersions), changes.timeZone !== undefined && { hoursOf: id });
  }

  changeLocationHours(id: string, change: LocationHoursChange, request: CatalogRequest<Location>): Promise<CatalogAnswer<Location>> {
    return this.#change(request, changeLocationHours(id, change, request.expectedVersions), { hoursOf: id });
  }

  archiveLocation(id: string, request: CatalogRequest<Location>, ifInUse: IfInUse = 'refuse'): Promise<CatalogAnswer<Location>> {
    return this.#change(request, archiveLocation(id, request.expectedVersions, ifInUse));
  }

  addService(draft: ServiceDraft, request: CatalogRequest<BookableService>): Promise<CatalogAnswer<BookableService>> {
    return this.#change(request, addService(draft));
  }

  changeService(id: string, changes: ServiceChanges, request: CatalogRequest<BookableService>): Promise<CatalogAnswer<BookableService>> {
    return this.#change(request, changeService(id, changes, request.expectedVersions));
  }

  archiveService(id: string, request: CatalogRequest<BookableService>, ifInUse: IfInUse = 'refuse'): Promise<CatalogAnswer<BookableService>> {
    return this.#change(request, archiveService(id, request.expectedVersions, ifInUse));
  }

  addStaffMember(draft: StaffDraft, request: CatalogRequest<StaffMember>): Promise<CatalogAnswer<StaffMember>> {
    return this.#change(request, addStaffMember(draft));
  }

  changeStaffMember(id: string, changes: StaffChanges, request: CatalogRequest<StaffMember>): Promise<CatalogAnswer<StaffMember>> {
    return this.#change(request, changeStaffMember(id, changes, request.expectedVersions), changes.locationId !== undefined && { hoursOf: changes.locationId });
  }

  archiveStaffMember(id: string, request: CatalogRequest<StaffMember>): Promise<CatalogAnswer<StaffMember>> {
    return this.#change(request, archiveStaffMember(id, request.expectedVersions), { retired: id });
  }

  addResource(draft: ResourceDraft, request: CatalogRequest<Resource>): Promise<CatalogAnswer<Resource>> {
    return this.#change(request, addResource(draft));
  }

  changeResource(id: string, changes: ResourceChanges, request: CatalogRequest<Resource>): Promise<CatalogAnswer<Resource>> {
    return this.#change(request, changeResource(id, changes, request.expectedVersions), changes.locationId !== undefined && { hoursOf: changes.locationId });
  }

  archiveResource(id: string, request: CatalogRequest<Resource>): Promise<CatalogAnswer<Resource>> {
    return this.#change(request, archiveResource(id, request.expectedVersions), { retired: id });
  }

  changeSettings(changes: SettingsChanges, request: CatalogRequest<Business>): Promise<CatalogAnswer<Business>> {
    return this.#change(request, async (transaction) => {
      const business = await transaction.business();
      const mismatch = versionMismatch(request.expectedVersions, business.version);
      if (mismatch !== undefined) return mismatch;
      const next = { ...withSettings(business, changes), version: business.version + 1 };
      await transaction.changeBusiness(next);
      return { value: next, audit: audited('settings.changed', { id: 'settings', name: next.name }, business, next) };
    });
  }

  /** What was answered under a key, or that it belongs to another request; `undefined`: it has not been used. For callers that check more before a change. */
  async answered(key: ReplyKey | null): Promise<AnsweredBefore | undefined> {
    return key === null ? undefined : this.#store.transaction((transaction) => answeredBefore(transaction, key));
  }

  /** Of staff members and resources; removed ones may still have appointments. */
  calendarsOf(locationId: string): Promise<readonly string[]> {
    return this.#store.calendarsOf(locationId);
  }

  /** Calendars whose copy of their location's hours is not what the location says now; of one location, or of all for null. */
  staleCalendars(locationId: string | null): Promise<readonly StaleCalendar[]> {
    return this.#store.staleCalendars(locationId);
  }

  /** Calendars that are retired though their staff member or resource is not removed, and the reverse: see `settleRetired`. */
  unsettledCalendars(id: string | null): Promise<readonly UnsettledCalendar[]> {
    return this.#store.unsettledCalendars(id);
  }

  /** Removes what a plan has retired the calendar of. That it is removed by now is no failure. */
  async removePlanned({ kind, id }: NonNullable<UnsettledCalendar['planned']>): Promise<void> {
    await (kind === 'staff' ? this.#change(UNASKED, archiveStaffMember(id, null)) : this.#change(UNASKED, archiveResource(id, null)));
  }

  /** Reads the catalog again. */
  refresh(): Promise<void> {
    return this.#reads.run();
  }

  async #read(): Promise<void> {
    const record = await this.#store.load(this.#record);
    this.#record = record;
    this.#active = pictureOf(record, (row) => !row.archived);
    this.#all = pictureOf(record, () => true);
    for (const listener of this.#onSnapshot) listener();
  }

  /** `stale`: what calendars have to be told. It is done again when the request is repeated, since a crash may have come in between. */
  async #change<T>(request: CatalogRequest<T>, change: CatalogChange<T>, stale: Stale | false = false): Promise<CatalogAnswer<T>> {
    if (request.dryRun === true) return this.#tried(request, change);
    const answer = await this.#store.transaction((transaction) => decide(transaction, request, change));
    if (answer.outcome !== 'refused') await this.refresh();
    if (answer.outcome === 'saved') this.#onChange(this.#record.version);
    return answer.outcome === 'refused' || stale === false || this.#scheduler === null
      ? answer
      : { ...answer, carried: await this.#carry(this.#scheduler, stale) };
  }

  async #carry(scheduler: Asks, stale: Stale): Promise<Carried> {
    if ('hoursOf' in stale) return carryHours(this, scheduler, stale.hoursOf);
    const settled = await settleRetired(this, scheduler, stale.retired);
    return settled.outcome === 'done' ? { ...settled, stranded: [] } : settled;
  }

  /** A failure is what takes back everything that a transaction has written. */
  async #tried<T>(request: CatalogRequest<T>, change: CatalogChange<T>): Promise<CatalogAnswer<T>> {
    let answer: CatalogAnswer<T> | undefined;
    const takenBack = new Error('a dry run takes back what it has written');
    try {
      await this.#store.transaction(async (transaction) => {
        answer = await decide(transaction, request, change);
        throw takenBack;
      });
    } catch (error) {
      if (error !== takenBack || answer === undefined) throw error;
    }
    if (answer === undefined) throw new Error('a dry run has no answer');
    return answer;
  }
}

async function decide<T>(transaction: CatalogTransaction, request: CatalogRequest<T>, change: CatalogChange<T>): Promise<CatalogAnswer<T>> {
  const { key } = request;
  const before = await answeredBefore(transaction, key);
  if (before !== undefined) return before;
  const source = { by: request.by, requestId: request.requestId };
  const decided = await change(transaction, source);
  if ('refusal' in decided) return { outcome: 'refused', refusal: decided.refusal };
  await transaction.addAuditEntry(source, decided.audit);
  await transaction.raiseVersion();
  const reply = request.reply(decided.value);
  if (key !== null) await transaction.addReply(key, reply);
  return { outcome: 'saved', value: decided.value, reply };
}

function pictureOf(record: CatalogRecord, isIn: (row: Stored<unknown>) => boolean): Catalog {
  const services = new Map(
    record.services
      .filter(isIn)
      .toSorted(inOrder)
      .map(({ archived: _, ...service }) => [service.id, service]),
  );
  return {
    business: record.business,
    locations: new Map(record.locations.filter(isIn).map(({ archived: _, ...location }) => [location.id, location])),
    services,
    staff: new Map(
      record.staff.filter(isIn).map(({ archived: _, ...member }) => [member.id, { ...member, serviceIds: member.serviceIds.filter((id) => services.has(id)) }]),
    ),
    resources: new Map(record.resources.filter(isIn).map(({ archived: _, ...resource }) => [resource.id, resource])),
  };
}

type Listed = { readonly id: string; readonly name: string; readonly position: number };
const NAMES = new Intl.Collator('en', { numeric: true });

/** As people see lists: by position, then by name. */
function inOrder(one: Listed, other: Listed): number {
  return one.position - other.position || NAMES.compare(one.name, other.name) || (one.id < other.id ? -1 : 1);
}
