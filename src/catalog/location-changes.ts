import { isDeepStrictEqual } from 'node:util';
import { locationFields } from '../protocol/catalog.ts';
import { withDefaults } from '../protocol/managed-fields.ts';
import { audited } from './audited.ts';
import type { Location } from './catalog.ts';
import { type CatalogChange, invalid, notFound, refuseInUse, refuseMore, versionMismatch } from './catalog-answer.ts';
import { type CatalogTransaction, type IfInUse, type Stored, told } from './catalog-store-port.ts';
import { changed, type LocationChanges, type LocationDraft, type LocationHoursChange } from './drafts.ts';

/** More special dates than this on one location are a mistake or an attack: ten years of closed days. */
const SPECIAL_DATES_LIMIT = 3_660;

const STILL_THERE = {
  staff: 'Staff members still work at this location; move or remove them first.',
  resources: 'Resources still belong to this location; move or remove them first.',
} as const;

export function addLocation(draft: LocationDraft): CatalogChange<Location> {
  return async (transaction) => {
    const taken = await transaction.location(draft.id);
    if (taken !== undefined) return { refusal: { code: 'id-in-use', detail: 'A location with this id already exists.' } };
    const full = await refuseMore(transaction, 'locations');
    if (full !== undefined) return full;
    const location: Location = { ...withDefaults(locationFields, draft), specialDates: {}, hoursVersion: 1, version: 1 };
    await transaction.addLocation(location);
    return { value: location, audit: audited('location.added', location, null, location) };
  };
}

/** A change of the time zone is a change of hours: every calendar reads the location's hours in it. */
export function changeLocation(id: string, changes: LocationChanges, expectedVersions: readonly number[] | null): CatalogChange<Location> {
  return async (transaction) => {
    const { stored, location } = await locationNow(transaction, id);
    if (location === undefined || location.archived) return notFound('location');
    const mismatch = versionMismatch(expectedVersions, location.version);
    if (mismatch !== undefined) return mismatch;
    const movesClock = changes.timeZone !== undefined && changes.timeZone !== location.timeZone;
    const next = { ...changed(location, changes), version: location.version + 1, hoursVersion: location.hoursVersion + (movesClock ? 1 : 0) };
    await transaction.changeLocation(next);
    return { value: told(next), audit: audited('location.changed', next, stored ?? null, next) };
  };
}

export function changeLocationHours(id: string, change: LocationHoursChange, expectedVersions: readonly number[] | null): CatalogChange<Location> {
  return async (transaction) => {
    const { stored, location } = await locationNow(transaction, id);
    if (location === undefined || location.archived) return notFound('location');
    const mismatch = versionMismatch(expectedVersions, location.version);
    if (mismatch !== undefined) return mismatch;
    const changed = withHours(location, change);
    // The calendars have these hours already where it was a plan that changed them.
    const isFollowed = location !== stored && isDeepStrictEqual(changed, location);
    const next = { ...changed, version: location.version + 1, hoursVersion: location.hoursVersion + (isFollowed ? 0 : 1) };
    const tooMany = Object.keys(next.specialDates).length > SPECIAL_DATES_LIMIT;
    const field = 'dates' in change && Object.keys(change.dates).length > 1 ? 'dates' : 'date';
    const errors = invalid(tooMany ? [{ path: field, message: `a location can have at most ${SPECIAL_DATES_LIMIT} special dates` }] : []);
    if (errors !== undefined) return errors;
    await transaction.changeLocation(next);
    return { value: told(next), audit: audited('location.changed', next, stored ?? null, next) };
  };
}

/** Takes over the hours that its calendars were given by a plan, if a node crashed before the location had them. */
export function followPlan(id: string): CatalogChange<Location> {
  return async (transaction) => {
    const { stored, location } = await locationNow(transaction, id);
    if (stored === undefined || location === undefined || location === stored) return notFound('plan');
    const next = { ...location, version: location.version + 1 };
    await transaction.changeLocation(next);
    return { value: told(next), audit: audited('location.changed', next, stored, next) };
  };
}

type Found = { readonly stored: Stored<Location> | undefined; readonly location: Stored<Location> | undefined };

/** `stored`, and as a plan has left it on its calendars: the same where none has, or where it is stored already. */
async function locationNow(transaction: CatalogTransaction, id: string): Promise<Found> {
  const stored = await transaction.location(id);
  const planned = stored && (await transaction.plannedHours(id));
  if (stored === undefined || planned === undefined || planned.version <= stored.hoursVersion) return { stored, location: stored };
  const { version: hoursVersion, ...hours } = planned;
  return { stored, location: { ...stored, ...hours, hoursVersion } };
}

/** The location with other hours; the writer sets the versions. */
export function withHours<T extends Location>(location: T, change: LocationHoursChange): T {
  if ('weekly' in change) return { ...location, weekly: change.weekly };
  const dates = Object.entries({ ...location.specialDates, ...change.dates });
  return { ...location, specialDates: Object.fromEntries(dates.flatMap(([date, windows]) => (windows === null ? [] : [[date, windows]]))) };
}

/** A location with staff members or resources cannot go: where would their hours come from? */
export function archiveLocation(id: string, expectedVersions: readonly number[] | null, ifInUse: IfInUse): CatalogChange<Location> {
  return async (transaction) => {
    const location = await transaction.location(id);
    if (location === undefined || location.archived) return notFound('location');
    const mismatch = versionMismatch(expectedVersions, location.version);
    if (mismatch !== undefined) return mismatch;
    const who = await transaction.whoIsAt(id);
    if (who !== undefined) return { refusal: { code: 'wrong-status', detail: STILL_THERE[who] } };
    const inUse = await refuseInUse(transaction, { locationId: id }, ifInUse);
    if (inUse !== undefined) return inUse;
    const next = { ...location, version: location.version + 1, archived: true };
    await transaction.changeLocation(next);
    return { value: next, audit: audited('location.removed', location, location, null) };
  };
}
