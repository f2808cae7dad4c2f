// Locations, their opening hours and special dates, for those who manage them. The public list is in `catalog.ts`.
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { joined, joinedWeekly } from '../../../catalog/windows.ts';
import { locationChangeBody, locationHours, managedLocation, newLocationBody, weeklyBody, windowsBody } from '../../../protocol/catalog.ts';
import { localDate, uuid } from '../../../protocol/scalars.ts';
import { done, failed } from '../../operations/reply.ts';
import { route } from '../route.ts';
import { managedLocationView } from './admin-views.ts';
import { CATALOG_PROBLEMS, changeCatalog, versionHeaders, withHoursCarried } from './admin-writes.ts';

const params = z.object({ id: uuid });
const dateParams = z.object({ id: uuid, date: localDate });
const shared = { tag: 'Locations', action: 'manage-locations', isIdempotent: true, problems: CATALOG_PROBLEMS } as const;
const changed = { 200: { description: 'The location as it is now.', schema: managedLocation } };
const view = { status: 200, body: managedLocationView };
/** A new location belongs to none that somebody could be bound to. */
const managed = (locationId: string | null) => ({ action: shared.action, place: { staffId: null, locationId } });

export const addLocation = route({
  ...shared,
  method: 'post',
  path: '/v1/locations',
  summary: 'Open a location',
  body: newLocationBody,
  replies: { 201: { description: 'The new location.', schema: managedLocation } },
  handle: async (context, { body, caller }) => {
    const { id = randomUUIDv7(), name, timeZone, currency, address = null, phone = null, country = null, weekly = [] } = body;
    const draft = { id, name, timeZone, currency, address, phone, country, weekly: joinedWeekly(weekly) };
    return changeCatalog(caller, { ...managed(null), operation: 'add-location', body }, { status: 201, body: managedLocationView }, (request) =>
      context.catalog.addLocation(draft, request),
    );
  },
});

export const changeLocation = route({
  ...shared,
  method: 'patch',
  path: '/v1/locations/{id}',
  summary: 'Change a location',
  isConditional: true,
  params,
  body: locationChangeBody,
  replies: changed,
  handle: async (context, { params: { id }, body, caller }) => {
    const reply = await changeCatalog(caller, { ...managed(id), operation: 'change-location', body: { id, ...body } }, view, (request) =>
      context.catalog.changeLocation(id, body, request),
    );
    return body.timeZone === undefined ? reply : withHoursCarried(context, id, reply);
  },
});

export const removeLocation = route({
  ...shared,
  method: 'delete',
  path: '/v1/locations/{id}',
  summary: 'Close a location for good',
  isConditional: true,
  params,
  replies: { 204: { description: 'It is not offered any more. Only a location where nobody works can go.' } },
  handle: (context, { params: { id }, caller }) =>
    changeCatalog(caller, { ...managed(id), operation: 'remove-location', body: { id } }, { ...view, status: 204 }, (request) =>
      context.catalog.archiveLocation(id, request),
    ),
});

export const readLocationHours = route({
  method: 'get',
  path: '/v1/locations/{id}/hours',
  hasVersion: true,
  tag: 'Locations',
  summary: 'Opening hours and special dates',
  action: 'see-how-it-is-managed',
  params,
  replies: { 200: { description: 'The hours, to be read in the time zone of the location.', schema: locationHours } },
  problems: ['not-found'],
  handle: (context, { params: { id } }) => {
    const location = context.catalog.snapshot().locations.get(id);
    if (location === undefined) return failed('not-found', { detail: 'There is no such location.' });
    const { timeZone, weekly, specialDates, version } = location;
    return done({ timeZone, weekly, specialDates }, { headers: versionHeaders({ version }) });
  },
});

export const setLocationHours = route({
  ...shared,
  method: 'put',
  path: '/v1/locations/{id}/hours',
  summary: 'Set the weekly opening hours',
  isConditional: true,
  params,
  body: weeklyBody,
  replies: changed,
  handle: async (context, { params: { id }, body, caller }) => {
    const change = { weekly: joinedWeekly(body.weekly) };
    const reply = await changeCatalog(caller, { ...managed(id), operation: 'set-location-hours', body: { id, ...change } }, view, (request) =>
      context.catalog.changeLocationHours(id, change, request),
    );
    return withHoursCarried(context, id, reply);
  },
});

export const setSpecialDate = route({
  ...shared,
  method: 'put',
  path: '/v1/locations/{id}/special-dates/{date}',
  summary: 'Set the opening hours of one date',
  isConditional: true,
  params: dateParams,
  body: windowsBody,
  replies: changed,
  handle: async (context, { params: { id, date }, body, caller }) => {
    const change = { date, windows: joined(body.windows) };
    const reply = await changeCatalog(caller, { ...managed(id), operation: 'set-special-date', body: { id, ...change } }, view, (request) =>
      context.catalog.changeLocationHours(id, change, request),
    );
    return withHoursCarried(context, id, reply);
  },
});

export const removeSpecialDate = route({
  ...shared,
  method: 'delete',
  path: '/v1/locations/{id}/special-dates/{date}',
  summary: 'Let a date have its weekly hours again',
  isConditional: true,
  params: dateParams,
  replies: changed,
  handle: async (context, { params: { id, date }, caller }) => {
    const change = { date, windows: null };
    const reply = await changeCatalog(caller, { ...managed(id), operation: 'remove-special-date', body: { id, date } }, view, (request) =>
      context.catalog.changeLocationHours(id, change, request),
    );
    return withHoursCarried(context, id, reply);
  },
});

export const adminLocationRoutes = [addLocation, changeLocation, removeLocation, readLocationHours, setLocationHours, setSpecialDate, removeSpecialDate];
