// Rooms and equipment. Their times are in `calendar-times.ts`.

import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../../access/principal.ts';
import { mayAtAll } from '../../../access/rights.ts';
import type { Resource } from '../../../catalog/catalog.ts';
import { resourcePage } from '../../../catalog/read-catalog.ts';
import { hoursQuery, managedResource, newResourceBody, publicResource, removed, resourceChangeBody } from '../../../protocol/catalog.ts';
import { hoursPlan, plannedRemovalQuery, removedHoursBody } from '../../../protocol/hours-plans.ts';
import { done, failed, isFailed } from '../../../protocol/reply.ts';
import { page, pageQuery, uuid } from '../../../protocol/scalars.ts';
import { etagOf } from '../../../protocol/versions.ts';
import type { Managing } from '../../parts.ts';
import { route } from '../route.ts';
import { managedResourceView } from './admin-views.ts';
import { CATALOG_PROBLEMS, changeCatalog } from './admin-writes.ts';
import { hoursOf } from './calendar-hours.ts';
import { RESOURCES } from './calendar-kinds.ts';
import { changeWithCalendar, idView, managedPlace, withHours } from './changing-calendars.ts';
import { CLAIM_PROBLEMS } from './holds.ts';
import { removeWithCalendar } from './removing-calendars.ts';

const params = z.object({ id: uuid });
const shared = { tag: 'Resources', action: 'manage-resources', isIdempotent: true, problems: CATALOG_PROBLEMS } as const;
const offer = { method: 'get', tag: 'Resources', action: 'read-catalog' } as const;
/** The desk and above see how it is managed; free times and appointments name a resource to everyone. */
const listedResource = z.union([managedResource, publicResource]);

export const adminResourceRoutes = [
  route({
    ...offer,
    path: '/v1/resources',
    summary: 'Rooms and equipment',
    query: z.strictObject({ locationId: uuid.optional(), ...pageQuery }),
    replies: { 200: { description: 'Resources. The front desk and above also see hours.', schema: page(listedResource) } },
    handle: async (parts: Managing, { caller, query }) => {
      const listed = resourcePage(parts, query);
      return isFailed(listed) ? listed : done({ ...listed, items: await resourceViews(parts, listed.items, caller.principal) });
    },
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/resources',
    summary: 'Add a resource, with a calendar',
    body: newResourceBody,
    replies: { 201: { description: 'The new resource. Without its own hours it has those of the location.', schema: managedResource } },
    handle: async (parts: Managing, { body, caller }) => {
      const { id = randomUUIDv7(), calendarId = randomUUIDv7(), ownHours = false, ...fields } = body;
      const draft = { ...fields, id, calendarId, ownHours, weekly: null };
      const asked = { action: shared.action, place: managedPlace(fields.locationId), operation: RESOURCES.operations.add, body };
      const reply = await changeCatalog(caller, asked, { status: 201, body: idView }, (request) => parts.catalog.addResource(draft, request));
      return withHours(parts, caller, RESOURCES, reply);
    },
  }),
  route({
    ...offer,
    path: '/v1/resources/{id}',
    hasVersion: true,
    summary: 'A resource',
    params,
    replies: { 200: { description: 'The resource. The front desk and above also see hours.', schema: listedResource } },
    handle: async (parts: Managing, { caller, params: { id } }) => {
      const resource = parts.catalog.snapshot().resources.get(id);
      if (resource === undefined) return failed('not-found', { detail: 'There is no such resource.' });
      const [view = {}] = await resourceViews(parts, [resource], caller.principal);
      return done(view, { headers: { ETag: etagOf('version' in view ? Number(view.version) : resource.version) } });
    },
  }),
  route({
    ...shared,
    method: 'patch',
    path: '/v1/resources/{id}',
    summary: 'Change a resource',
    isConditional: true,
    params,
    query: hoursQuery,
    body: resourceChangeBody,
    replies: { 200: { description: 'The resource as it is now.', schema: managedResource } },
    handle: (parts: Managing, { params: { id }, query, body: { ownHours, ...changes }, caller }) =>
      changeWithCalendar(parts, caller, RESOURCES, { id, query, changes, zone: { ownHours } }),
  }),
  route({
    ...shared,
    method: 'delete',
    path: '/v1/resources/{id}',
    summary: 'Remove a resource',
    isConditional: true,
    params,
    query: plannedRemovalQuery,
    body: removedHoursBody,
    problems: [...CATALOG_PROBLEMS, 'plan-outdated', 'outcome-unknown', ...CLAIM_PROBLEMS],
    replies: {
      204: { description: 'It can no longer be booked, and its holds have ended. With `appointments=keep` its appointments stay.' },
      200: {
        description:
          'With `appointments=cancel`: the same, and how many appointments have been cancelled. With `plan`: which appointments are ahead, and who could take them.',
        schema: z.union([removed, hoursPlan]),
      },
    },
    handle: (parts: Managing, { params: { id }, query, body, caller }) => removeWithCalendar(parts, caller, RESOURCES, id, { ...query, ...body }),
  }),
];

async function resourceViews(parts: Managing, resources: readonly Resource[], principal: Principal | null): Promise<object[]> {
  if (!mayAtAll(principal, 'see-how-it-is-managed')) return resources.map(({ version: _, ...told }) => told);
  const hours = await hoursOf(
    parts,
    resources.map(({ calendarId }) => calendarId),
  );
  return resources.map((resource) => {
    const own = hours.get(resource.calendarId);
    if (own === undefined) throw new Error(`calendar ${resource.calendarId} of resource ${resource.id} is missing`);
    return managedResourceView(resource, own, principal);
  });
}
