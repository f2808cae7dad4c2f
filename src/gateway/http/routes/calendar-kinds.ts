// Whose time a calendar is: a staff member's or a resource's. What is managed of both goes one way; this says where they differ.

import type { Action } from '../../../access/permissions.ts';
import type { Principal } from '../../../access/principal.ts';
import type { Place } from '../../../access/rights.ts';
import type { Catalog, Resource, StaffMember } from '../../../catalog/catalog.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { CatalogKeeper } from '../../../catalog/catalog-keeper.ts';
import type { ResourceChanges, StaffChanges } from '../../../catalog/drafts.ts';
import type { CalendarHours } from '../../../model/calendar-hours.ts';
import { managedResource, managedStaff } from '../../../protocol/catalog.ts';
import type { StrandedReply } from '../../../protocol/problems.ts';
import { managedResourceView, managedStaffView } from './admin-views.ts';

/** What has a calendar. */
export type WithCalendar = {
  readonly id: string;
  readonly calendarId: string;
  readonly name: string;
  readonly locationId: string;
  /** Without the version of its hours: see `versionWithHours`. */
  readonly version: number;
};

export type CalendarKind<Of extends WithCalendar, Changes> = {
  readonly path: '/v1/staff' | '/v1/resources';
  readonly tag: 'Staff' | 'Resources';
  readonly noun: 'staff member' | 'resource';
  /** To add, change and remove it. */
  readonly action: Extract<Action, 'manage-staff' | 'manage-resources'>;
  /** What the key of a request stands for. */
  readonly operations: { readonly add: string; readonly change: string; readonly remove: string };
  readonly of: (catalog: Catalog) => ReadonlyMap<string, Of>;
  readonly placeOf: (one: Of) => Place;
  readonly schema: typeof managedStaff | typeof managedResource;
  readonly view: (one: Of, hours: CalendarHours, principal: Principal | null) => { readonly version: number; readonly stranded?: readonly StrandedReply[] };
  readonly change: (catalog: CatalogKeeper, id: string, changes: Changes, request: CatalogRequest<Of>) => Promise<CatalogAnswer<Of>>;
  readonly archive: (catalog: CatalogKeeper, id: string, request: CatalogRequest<Of>) => Promise<CatalogAnswer<Of>>;
};

export const STAFF: CalendarKind<StaffMember, StaffChanges> = {
  path: '/v1/staff',
  tag: 'Staff',
  noun: 'staff member',
  action: 'manage-staff',
  operations: { add: 'add-staff-member', change: 'change-staff-member', remove: 'remove-staff-member' },
  of: ({ staff }) => staff,
  placeOf: ({ id, locationId }) => ({ staffId: id, locationId }),
  schema: managedStaff,
  view: managedStaffView,
  change: (catalog, id, changes, request) => catalog.changeStaffMember(id, changes, request),
  archive: (catalog, id, request) => catalog.archiveStaffMember(id, request),
};

export const RESOURCES: CalendarKind<Resource, ResourceChanges> = {
  path: '/v1/resources',
  tag: 'Resources',
  noun: 'resource',
  action: 'manage-resources',
  operations: { add: 'add-resource', change: 'change-resource', remove: 'remove-resource' },
  of: ({ resources }) => resources,
  placeOf: ({ locationId }) => ({ staffId: null, locationId }),
  schema: managedResource,
  view: managedResourceView,
  change: (catalog, id, changes, request) => catalog.changeResource(id, changes, request),
  archive: (catalog, id, request) => catalog.archiveResource(id, request),
};
