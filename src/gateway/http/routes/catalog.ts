// What the business offers, for everybody.
import { z } from 'zod';
import { business, publicLocation, publicStaff, service } from '../../../protocol/catalog.ts';
import { page, pageQuery, uuid } from '../../../protocol/scalars.ts';
import { listLocations, listServices, listStaff, readBusiness, readService } from '../../operations/read-catalog.ts';
import { type Route, route } from '../route.ts';

const offer = { method: 'get', tag: 'Catalog', access: 'public' } as const;
/** Those who work here see these two as well. */
const listedStaff = publicStaff.extend({ email: z.string().nullable().optional(), bookable: z.boolean().optional(), version: z.int().optional() });

export const catalogRoutes: readonly Route[] = [
  route({
    ...offer,
    path: '/v1/business',
    summary: 'The business',
    replies: { 200: { description: 'Its name, and how long a hold lives.', schema: business } },
    handle: (context) => readBusiness(context),
  }),
  route({
    ...offer,
    path: '/v1/locations',
    summary: 'Where it is',
    query: z.object(pageQuery),
    replies: { 200: { description: 'Locations.', schema: page(publicLocation) } },
    handle: (context, { query }) => listLocations(context, query),
  }),
  route({
    ...offer,
    path: '/v1/services',
    summary: 'What can be booked',
    query: z.object({ staffId: uuid.optional(), locationId: uuid.optional(), ...pageQuery }),
    replies: { 200: { description: 'Services; those that are not on offer are shown to staff only.', schema: page(service) } },
    handle: (context, { caller, query }) => listServices(context, caller, query),
  }),
  route({
    ...offer,
    path: '/v1/services/{id}',
    summary: 'A service',
    params: z.object({ id: uuid }),
    replies: { 200: { description: 'The service.', schema: service } },
    handle: (context, { caller, params: { id } }) => readService(context, caller, id),
  }),
  route({
    ...offer,
    path: '/v1/staff',
    summary: 'Who works here',
    query: z.object({ serviceId: uuid.optional(), locationId: uuid.optional(), ...pageQuery }),
    replies: { 200: { description: 'Staff members; those that cannot be booked are shown to staff only.', schema: page(listedStaff) } },
    handle: (context, { caller, query }) => listStaff(context, caller, query),
  }),
];
