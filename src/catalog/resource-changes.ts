import { resourceFields } from '../protocol/catalog.ts';
import { withDefaults } from '../protocol/managed-fields.ts';
import { audited } from './audited.ts';
import type { Resource } from './catalog.ts';
import { type CatalogChange, notFound, refuseMore, versionMismatch } from './catalog-answer.ts';
import { changed, type ResourceChanges, type ResourceDraft } from './drafts.ts';
import { locationNamed, newCalendar } from './new-calendar.ts';

/** A new resource comes with a calendar that starts with a copy of the location's hours. */
export function addResource(draft: ResourceDraft): CatalogChange<Resource> {
  return async (transaction) => {
    const taken = await transaction.resource(draft.id);
    if (taken !== undefined) return { refusal: { code: 'id-in-use', detail: 'A resource with this id already exists.' } };
    if (await transaction.hasCalendar(draft.calendarId)) return { refusal: { code: 'id-in-use', detail: 'A calendar with this id already exists.' } };
    const full = await refuseMore(transaction, 'resources');
    if (full !== undefined) return full;
    const location = await locationNamed(transaction, draft.locationId);
    if ('refusal' in location) return location;
    const { ownHours, weekly, ...rest } = draft;
    const resource: Resource = { ...withDefaults(resourceFields, rest), version: 1 };
    await transaction.addResource(resource, newCalendar(draft.calendarId, location, { timeZone: null, ownHours, weekly }));
    return { value: resource, audit: audited('resource.added', resource, null, { ...resource, ownHours, weekly }) };
  };
}

export function changeResource(id: string, changes: ResourceChanges, expectedVersions: readonly number[] | null): CatalogChange<Resource> {
  return async (transaction) => {
    const resource = await transaction.resource(id);
    if (resource === undefined || resource.archived) return notFound('resource');
    const mismatch = versionMismatch(expectedVersions, resource.version);
    if (mismatch !== undefined) return mismatch;
    const next = { ...changed(resource, changes), version: resource.version + 1 };
    const location = await locationNamed(transaction, next.locationId);
    if ('refusal' in location) return location;
    await transaction.changeResource(next);
    return { value: next, audit: audited('resource.changed', next, resource, next) };
  };
}

/** Its calendar stays, with every appointment in it, and so do the services that name it: one that is left without any is not offered. */
export function archiveResource(id: string, expectedVersions: readonly number[] | null): CatalogChange<Resource> {
  return async (transaction) => {
    const resource = await transaction.resource(id);
    if (resource === undefined || resource.archived) return notFound('resource');
    const mismatch = versionMismatch(expectedVersions, resource.version);
    if (mismatch !== undefined) return mismatch;
    const next = { ...resource, version: resource.version + 1, archived: true };
    await transaction.changeResource(next);
    return { value: next, audit: audited('resource.removed', resource, resource, null) };
  };
}
