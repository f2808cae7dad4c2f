// Locations, their opening hours and special dates, for those who manage them. The public list is in `catalog.ts`.

import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Location } from '../../../catalog/catalog.ts';
import type { CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { LocationHoursChange } from '../../../catalog/drafts.ts';
import { withHours } from '../../../catalog/location-changes.ts';
import { readHolidays } from '../../../catalog/public-holidays.ts';
import { joined, joinedWeekly } from '../../../catalog/windows.ts';
import { hoursQuery, locationChangeBody, locationHours, managedLocation, newLocationBody, removed } from '../../../protocol/catalog.ts';
import { holidaysQuery, publicHolidays } from '../../../protocol/holidays.ts';
import {
  hoursPlan,
  plannedHoursQuery,
  plannedRemovalQuery,
  removedHoursBody,
  specialDatesBody,
  weeklyBody,
  windowsBody,
} from '../../../protocol/hours-plans.ts';
import { done, failed, failedField } from '../../../protocol/reply.ts';
import { localDate, uuid } from '../../../protocol/scalars.ts';
import type { Managing } from '../../parts.ts';
import { route } from '../route.ts';
import { managedLocationView } from './admin-views.ts';
import { CATALOG_PROBLEMS, changeCatalog, versionHeaders } from './admin-writes.ts';
import { CLAIM_PROBLEMS } from './holds.ts';
import { changeHoursOfLocation } from './location-hours.ts';
import { removeOffer } from './removing-offers.ts';

const params = z.object({ id: uuid });
const dateParams = z.object({ id: uuid, date: localDate });
const shared = { tag: 'Locations', action: 'manage-locations', isIdempotent: true, problems: CATALOG_PROBLEMS } as const;
const changed = { 200: { description: 'The location as it is now, or with `dryRun` as it would be.', schema: managedLocation } };
/** Changes of hours, which may strand appointments. */
const careful = {
  ...shared,
  isConditional: true,
  canDryRun: true,
  query: plannedHoursQuery,
  replies: {
    200: {
      description: 'The location as it is now, or with `dryRun` as it would be. With `plan`: what the change strands.',
      schema: z.union([managedLocation, hoursPlan]),
    },
  },
  problems: [...CATALOG_PROBLEMS, 'plan-outdated', 'outcome-unknown', ...CLAIM_PROBLEMS],
} as const;
const view = { status: 200, body: managedLocationView };
/** A new location belongs to none that somebody could be bound to. */
const managed = (locationId: string | null) => ({ action: shared.action, place: { staffId: null, locationId } });

const addLocation = route({
  ...shared,
  method: 'post',
  path: '/v1/locations',
  summary: 'Open a location',
  body: newLocationBody,
  replies: { 201: { description: 'The new location.', schema: managedLocation } },
  handle: async (parts: Managing, { body, caller }) => {
    const { id = randomUUIDv7(), weekly = [], ...fields } = body;
    const draft = { ...fields, id, weekly: joinedWeekly(weekly) };
    return changeCatalog(caller, { ...managed(null), operation: 'add-location', body }, { status: 201, body: managedLocationView }, (request) =>
      parts.catalog.addLocation(draft, request),
    );
  },
});

const changeLocation = route({
  ...shared,
  method: 'patch',
  path: '/v1/locations/{id}',
  summary: 'Change a location',
  isConditional: true,
  canDryRun: true,
  params,
  query: hoursQuery,
  body: locationChangeBody,
  replies: changed,
  handle: async (parts: Managing, { params: { id }, query, body, caller }) => {
    const asked = { ...managed(id), operation: 'change-location', body: { id, ...body } };
    const save = (request: CatalogRequest<Location>) => parts.catalog.changeLocation(id, body, request);
    const { timeZone } = body;
    if (timeZone === undefined && query.appointments !== undefined) return failedField('invalid-request', 'appointments', 'goes with timeZone only');
    if (timeZone === undefined) return changeCatalog(caller, asked, view, save);
    return changeHoursOfLocation(parts, caller, asked, query, { id, next: (location) => ({ ...location, timeZone }), save });
  },
});

const removeLocation = route({
  ...shared,
  method: 'delete',
  path: '/v1/locations/{id}',
  summary: 'Close a location for good',
  isConditional: true,
  params,
  query: plannedRemovalQuery,
  body: removedHoursBody,
  problems: [...CATALOG_PROBLEMS, 'plan-outdated', 'outcome-unknown', ...CLAIM_PROBLEMS],
  replies: {
    204: {
      description: 'Closed. A location can only be removed when no staff member works there. With `appointments=keep` its upcoming appointments stay.',
    },
    200: {
      description:
        'With `appointments=cancel`: the same, and how many appointments have been cancelled. With `plan`: which appointments are ahead, and who could take them elsewhere.',
      schema: z.union([removed, hoursPlan]),
    },
  },
  handle: (parts: Managing, { params: { id }, query, body, caller }) =>
    removeOffer(
      parts,
      caller,
      { ...managed(id), operation: 'remove-location', body: { id } },
      { ...query, ...body },
      {
        of: { locationId: id },
        archive: (request: CatalogRequest<Location>, ifInUse) => parts.catalog.archiveLocation(id, request, ifInUse),
      },
    ),
});

const readLocationHours = route({
  method: 'get',
  path: '/v1/locations/{id}/hours',
  hasVersion: true,
  tag: 'Locations',
  summary: 'Opening hours and special dates',
  action: 'see-how-it-is-managed',
  params,
  replies: { 200: { description: 'The hours, to be read in the time zone of the location.', schema: locationHours } },
  problems: ['not-found'],
  handle: (parts: Managing, { params: { id } }) => {
    const location = parts.catalog.snapshot().locations.get(id);
    if (location === undefined) return failed('not-found', { detail: 'There is no such location.' });
    const { timeZone, weekly, specialDates, version } = location;
    return done({ timeZone, weekly, specialDates }, { headers: versionHeaders({ version }) });
  },
});

const setLocationHours = route({
  ...careful,
  method: 'put',
  path: '/v1/locations/{id}/hours',
  summary: 'Set the weekly opening hours',
  params,
  body: weeklyBody,
  handle: (parts: Managing, { params: { id }, query, body: { weekly, ...ofPlan }, caller }) => {
    const change = { weekly: joinedWeekly(weekly) };
    const asked = { ...managed(id), operation: 'set-location-hours', body: { id, ...change } };
    return changeHoursOfLocation(parts, caller, asked, { ...query, ...ofPlan }, hoursOf(parts, id, change));
  },
});

const setSpecialDates = route({
  ...careful,
  method: 'put',
  path: '/v1/locations/{id}/special-dates',
  summary: 'Set the opening hours of several dates at once, such as a holiday of two weeks',
  params,
  body: specialDatesBody,
  handle: (parts: Managing, { params: { id }, query, body: { dates, ...ofPlan }, caller }) => {
    const change = { dates: Object.fromEntries(Object.entries(dates).map(([date, windows]) => [date, windows && joined(windows)])) };
    const asked = { ...managed(id), operation: 'set-special-dates', body: { id, ...change } };
    return changeHoursOfLocation(parts, caller, asked, { ...query, ...ofPlan }, hoursOf(parts, id, change));
  },
});

const setSpecialDate = route({
  ...careful,
  method: 'put',
  path: '/v1/locations/{id}/special-dates/{date}',
  summary: 'Set the opening hours of one date',
  params: dateParams,
  body: windowsBody,
  handle: (parts: Managing, { params: { id, date }, query, body, caller }) => {
    const { windows, ...ofPlan } = body;
    const asked = { ...managed(id), operation: 'set-special-date', body: { id, date, windows: joined(windows) } };
    return changeHoursOfLocation(parts, caller, asked, { ...query, ...ofPlan }, hoursOf(parts, id, { dates: { [date]: joined(windows) } }));
  },
});

const removeSpecialDate = route({
  ...careful,
  method: 'delete',
  path: '/v1/locations/{id}/special-dates/{date}',
  summary: 'Remove a special date, so that the weekly hours apply',
  params: dateParams,
  body: removedHoursBody,
  handle: (parts: Managing, { params: { id, date }, query, body, caller }) => {
    const asked = { ...managed(id), operation: 'remove-special-date', body: { id, date } };
    return changeHoursOfLocation(parts, caller, asked, { ...query, ...body }, hoursOf(parts, id, { dates: { [date]: null } }));
  },
});

const listHolidays = route({
  method: 'get',
  path: '/v1/locations/{id}/holidays',
  tag: 'Locations',
  summary: 'Public holidays of a year, in the country of the location',
  action: 'see-how-it-is-managed',
  params,
  query: holidaysQuery,
  replies: { 200: { description: 'They change nothing: whether the location is open says its hours.', schema: publicHolidays } },
  problems: ['not-found'],
  handle: (parts: Managing, { params: { id }, query }) => readHolidays(parts, id, query),
});

export const adminLocationRoutes = [
  addLocation,
  changeLocation,
  removeLocation,
  readLocationHours,
  listHolidays,
  setLocationHours,
  setSpecialDates,
  setSpecialDate,
  removeSpecialDate,
];

function hoursOf(parts: Managing, id: string, change: LocationHoursChange) {
  return {
    id,
    next: (location: Location) => withHours(location, change),
    save: (request: CatalogRequest<Location>) => parts.catalog.changeLocationHours(id, change, request),
  };
}
