// What the business offers, for everybody.

import { z } from 'zod';
import type { Principal } from '../../../access/principal.ts';
import { mayAtAll } from '../../../access/rights.ts';
import type { Reading } from '../../../booking/parts.ts';
import type { Location, StaffMember } from '../../../catalog/catalog.ts';
import { countryOfLocation } from '../../../catalog/catalog.ts';
import { listServices, locationPage, readService, seenMember, staffPage } from '../../../catalog/read-catalog.ts';
import { dateOfDay } from '../../../model/local-dates.ts';
import { localDayOf } from '../../../model/zone-offsets.ts';
import { business, managedLocation, managedStaff, publicLocation, publicStaff, service } from '../../../protocol/catalog.ts';
import { done, failed, isFailed } from '../../../protocol/reply.ts';
import { page, pageQuery, uuid } from '../../../protocol/scalars.ts';
import { etagOf } from '../../../protocol/versions.ts';
import type { GatewayConfig } from '../../parts.ts';
import { type Route, route } from '../route.ts';
import { managedLocationView, managedStaffView } from './admin-views.ts';
import { hoursOf } from './calendar-hours.ts';

const offer = { method: 'get', tag: 'Catalog', action: 'read-catalog' } as const;
const id = z.object({ id: uuid });
/** The desk and above see how it is managed, everybody else what is public. */
const listedStaff = z.union([managedStaff, publicStaff]);
const listedLocation = z.union([managedLocation, publicLocation]);

export const catalogRoutes: readonly Route<Reading & { readonly config: GatewayConfig }>[] = [
  route({
    ...offer,
    path: '/v1/business',
    summary: 'The business',
    replies: { 200: { description: 'Its name, the length of a hold, and whether it is the demo.', schema: business } },
    handle: ({ catalog, config: { holdSeconds, isDemo }, scheduler: { era } }: Reading & { readonly config: GatewayConfig }) => {
      const { name, guestProof } = catalog.snapshot().business;
      return done({ name, holdSeconds, era, guestProof, demo: isDemo });
    },
  }),
  route({
    ...offer,
    path: '/v1/locations',
    summary: 'Where it is',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'Locations and when they are open.', schema: page(listedLocation) } },
    handle: (parts: Reading, { caller, query }) => {
      const listed = locationPage(parts, query);
      return isFailed(listed) ? listed : done({ ...listed, items: listed.items.map((location) => locationView(parts, location, caller.principal)) });
    },
  }),
  route({
    ...offer,
    path: '/v1/locations/{id}',
    hasVersion: true,
    summary: 'A location',
    params: id,
    replies: { 200: { description: 'The location and when it is open.', schema: listedLocation } },
    handle: (parts: Reading, { caller, params }) => {
      const location = parts.catalog.snapshot().locations.get(params.id);
      if (location === undefined) return failed('not-found', { detail: 'There is no such location.' });
      return done(locationView(parts, location, caller.principal), { headers: { ETag: etagOf(location.version) } });
    },
  }),
  route({
    ...offer,
    path: '/v1/services',
    summary: 'What can be booked',
    query: z.strictObject({ staffId: uuid.optional(), locationId: uuid.optional(), ...pageQuery }),
    replies: {
      200: { description: 'Services, by position and name. Those that are inactive or not booked online are shown to staff only.', schema: page(service) },
    },
    handle: (parts: Reading, { caller, query }) => listServices(parts, caller, query),
  }),
  route({
    ...offer,
    path: '/v1/services/{id}',
    hasVersion: true,
    summary: 'A service',
    params: z.object({ id: uuid }),
    replies: { 200: { description: 'The service.', schema: service } },
    handle: (parts: Reading, { caller, params: { id } }) => readService(parts, caller, id),
  }),
  route({
    ...offer,
    path: '/v1/staff',
    summary: 'Who works here',
    query: z.strictObject({ serviceId: uuid.optional(), locationId: uuid.optional(), ...pageQuery }),
    replies: {
      200: { description: 'Staff members. The front desk and above also see those that cannot be booked, hours and addresses.', schema: page(listedStaff) },
    },
    handle: async (parts: Reading, { caller, query }) => {
      const listed = staffPage(parts, caller, query);
      return isFailed(listed) ? listed : done({ ...listed, items: await staffViews(parts, listed.items, caller.principal) });
    },
  }),
  route({
    ...offer,
    path: '/v1/staff/{id}',
    hasVersion: true,
    summary: 'A staff member',
    params: id,
    replies: { 200: { description: 'The staff member. The front desk and above also see hours.', schema: listedStaff } },
    handle: async (parts: Reading, { caller, params }) => {
      const catalog = parts.catalog.snapshot();
      const member = catalog.staff.get(params.id);
      if (member === undefined || !(member.bookable || mayAtAll(caller.principal, 'see-unlisted')))
        return failed('not-found', { detail: 'There is no such staff member.' });
      const [view = {}] = await staffViews(parts, [seenMember(catalog, member, caller.principal)], caller.principal);
      const version = 'version' in view ? Number(view.version) : member.version;
      return done(view, { headers: { ETag: etagOf(version) } });
    },
  }),
];

/** The public is told when a place is open as far ahead as people book. */
const SPECIAL_DATES_TOLD_DAYS = 400;

function locationView({ scheduler }: Reading, location: Location, principal: Principal | null): object {
  if (mayAtAll(principal, 'see-how-it-is-managed')) return managedLocationView(location);
  const { hoursVersion: _hoursVersion, version: _version, ...told } = location;
  const today = localDayOf(location.timeZone, scheduler.now());
  const [first, last] = [dateOfDay(today), dateOfDay(today + SPECIAL_DATES_TOLD_DAYS)];
  const specialDates = Object.fromEntries(Object.entries(location.specialDates).filter(([date]) => date >= first && date <= last));
  return { ...told, country: countryOfLocation(location), specialDates };
}

async function staffViews(parts: Reading, members: readonly StaffMember[], principal: Principal | null): Promise<object[]> {
  if (!mayAtAll(principal, 'see-how-it-is-managed'))
    return members.map(({ id: staffId, calendarId, name, locationId, serviceIds }) => ({ id: staffId, calendarId, name, locationId, serviceIds }));
  const hours = await hoursOf(
    parts,
    members.map((member) => member.calendarId),
  );
  return members.map((member) => {
    const theirs = hours.get(member.calendarId);
    if (theirs === undefined) throw new Error(`calendar ${member.calendarId} of staff member ${member.id} is missing`);
    return managedStaffView(member, theirs, principal);
  });
}
