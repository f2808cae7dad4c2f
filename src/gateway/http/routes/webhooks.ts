// Endpoints that are told what happens. Who may have one may see what is of their location; what an endpoint is told goes by the rights of its maker, so only they, and an
// owner, may point it somewhere else or have it told again.
import { z } from 'zod';
import type { Caller } from '../../../access/caller.ts';
import { may, refuseAt } from '../../../access/rights.ts';
import type { Catalogs } from '../../../booking/parts.ts';
import type { Instant } from '../../../model/instant.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import {
  deliveries,
  deliveriesQuery,
  newWebhook,
  newWebhookBody,
  replayBody,
  replayed,
  rotatedWebhook,
  type WebhookReply,
  webhook,
  webhookAttempt,
  webhookChangeBody,
  webhooks,
} from '../../../protocol/webhooks.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { Delivery, Endpoint, LastAttempt, Maker } from '../../../webhooks/webhook.ts';
import type { WebhookRequest, Webhooks } from '../../../webhooks/webhooks.ts';
import type { WithAccounts } from '../../parts.ts';
import { refuseUnproven } from '../logging-in.ts';
import { type Route, route } from '../route.ts';
import { changeManaged, versionHeaders } from './admin-writes.ts';

type Parts = WithAccounts & Catalogs & { readonly webhooks: Webhooks };

const params = z.object({ id: uuid });
const shared = { tag: 'Webhooks', action: 'manage-webhooks' } as const;
const problems = ['not-found', 'version-mismatch', 'idempotency-key-reused', 'step-up-required'] as const satisfies readonly ProblemCode[];
const ZONE = 'UTC';
const LISTED_BY_DEFAULT = 50;
const noSuchWebhook = () => failed('not-found', { detail: 'There is no such endpoint, or not any more.' });

export const webhookRoutes: readonly Route<Parts>[] = [
  route({
    ...shared,
    method: 'get',
    path: '/v1/webhooks',
    summary: 'Endpoints that are told what happens',
    replies: { 200: { description: 'All of them that the caller may manage, oldest first, on one page.', schema: webhooks } },
    handle: async (parts: Parts, { caller }) => {
      const all = await parts.webhooks.list();
      return done({ items: all.filter(({ locationId }) => may(caller.principal, shared.action, placeAt(locationId))).map(view), nextCursor: null });
    },
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/webhooks',
    summary: 'Add an endpoint',
    isIdempotent: true,
    body: newWebhookBody,
    replies: {
      201: { description: 'The endpoint, and its secret: keep it now, it is not told again. It is told what happens from now on.', schema: newWebhook },
    },
    problems: [...problems, 'id-in-use', 'limit-reached'],
    handle: async (parts: Parts, { body, caller }) => {
      const { locationId = null } = body;
      const barred = refuseUnprovenPerson(parts, caller) ?? refuseAt(caller.principal, 'see-busy-times', placeAt(locationId));
      if (barred !== undefined) return barred;
      if (locationId !== null && !parts.catalog.snapshot().locations.has(locationId)) return failedField('not-found', 'locationId', 'is not a location');
      const asked = { action: shared.action, place: placeAt(locationId), operation: 'add-webhook', body };
      return await changeManaged(caller, asked, { status: 201, body: viewWithSecret }, (request) =>
        parts.webhooks.add({ ...body, locationId }, makerOf(caller), request),
      );
    },
  }),
  route({
    ...shared,
    method: 'get',
    path: '/v1/webhooks/{id}',
    summary: 'An endpoint',
    hasVersion: true,
    params,
    replies: { 200: { description: 'How it fares, with the version as ETag; without its secret.', schema: webhook } },
    problems: ['not-found'],
    handle: async (parts: Parts, { params: { id }, caller }) => {
      const found = await endpointFor(parts, caller, id);
      if (isFailed(found)) return found;
      const body = view(found);
      return done(body, { headers: versionHeaders(body) });
    },
  }),
  route({
    ...shared,
    method: 'patch',
    path: '/v1/webhooks/{id}',
    summary: 'Change, disable or enable an endpoint',
    isIdempotent: true,
    isConditional: true,
    params,
    body: webhookChangeBody,
    replies: { 200: { description: 'As it is now.', schema: webhook } },
    problems,
    handle: (parts: Parts, { params: { id }, body, caller }) => {
      const isOfTheMaker = body.url !== undefined || body.types !== undefined;
      return changeOne(parts, caller, { id, isOfTheMaker, operation: 'change-webhook', body, status: 200 }, (request) =>
        parts.webhooks.change(id, body, request),
      );
    },
  }),
  route({
    ...shared,
    method: 'delete',
    path: '/v1/webhooks/{id}',
    summary: 'Remove an endpoint',
    isIdempotent: true,
    isConditional: true,
    params,
    replies: { 204: { description: 'It is told nothing any more, and what became of its deliveries is forgotten.' } },
    problems,
    handle: (parts: Parts, { params: { id }, caller }) =>
      changeOne(parts, caller, { id, isOfTheMaker: false, operation: 'remove-webhook', body: {}, status: 204 }, (request) =>
        parts.webhooks.remove(id, request),
      ),
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/webhooks/{id}/rotate-secret',
    summary: 'Replace the secret of an endpoint',
    isIdempotent: true,
    params,
    replies: { 200: { description: 'The new secret, told once. For a day everything is signed with both.', schema: rotatedWebhook } },
    problems,
    handle: (parts: Parts, { params: { id }, caller }) =>
      changeOne(parts, caller, { id, isOfTheMaker: true, operation: 'rotate-webhook-secret', body: {}, status: 200 }, (request) =>
        parts.webhooks.rotateSecret(id, request),
      ),
  }),
  route({
    ...shared,
    method: 'get',
    path: '/v1/webhooks/{id}/deliveries',
    summary: 'What an endpoint was told, and what has become of it',
    params,
    query: deliveriesQuery,
    replies: { 200: { description: 'The newest first. What is done with is kept for a week.', schema: deliveries } },
    problems: ['not-found'],
    handle: async (parts: Parts, { params: { id }, query: { status = null, limit = LISTED_BY_DEFAULT, cursor = null }, caller }) => {
      const found = await endpointFor(parts, caller, id);
      if (isFailed(found)) return found;
      const listed = await parts.webhooks.deliveries(id, { state: status, before: cursor }, limit + 1);
      const items = listed.slice(0, limit);
      return done({ items: items.map(deliveryView), nextCursor: listed.length > limit ? (items.at(-1)?.number ?? null) : null });
    },
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/webhooks/{id}/test',
    summary: 'Send a test to an endpoint',
    params,
    replies: { 200: { description: 'What the receiver has answered. It was sent once, as `webhook.test`.', schema: webhookAttempt } },
    problems: ['not-found'],
    handle: async (parts: Parts, { params: { id }, caller }) => {
      const found = await endpointFor(parts, caller, id);
      if (isFailed(found)) return found;
      const attempt = await parts.webhooks.test(id);
      return attempt === undefined ? noSuchWebhook() : done(attemptView(attempt));
    },
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/webhooks/{id}/replay',
    summary: 'Tell an endpoint again what has happened',
    params,
    body: replayBody,
    replies: { 202: { description: 'They wait behind what waits already, under the ids that they had.', schema: replayed } },
    problems: ['not-found', 'wrong-status', 'cursor-too-old', 'cursor-unknown'],
    handle: async (parts: Parts, { params: { id }, body: { from, to }, caller }) => {
      const found = await endpointFor(parts, caller, id);
      if (isFailed(found)) return found;
      const barred = refuseOthers(found, caller);
      if (barred !== undefined) return barred;
      if (found.disabled !== null) return failed('wrong-status', { detail: 'The endpoint is disabled; enable it first.' });
      const answer = await parts.webhooks.replay(found, from, to);
      if (!('code' in answer)) return done(answer, { status: 202 });
      return failed(answer.code, { detail: answer.detail, ...('errors' in answer && { errors: [...answer.errors] }) });
    },
  }),
];

function placeAt(locationId: string | null) {
  return { staffId: null, locationId };
}

function makerOf({ principal }: Caller): Maker {
  if (principal === null) throw new Error('guests have no webhooks');
  return { kind: principal.role === 'integration' ? 'api-key' : 'user', id: principal.userId };
}

/** A key is a secret that is shown each time; a token of a person may have been stolen, and this would outlive it. */
function refuseUnprovenPerson(parts: Parts, caller: Caller): Failed | undefined {
  return caller.principal?.role === 'integration' ? undefined : refuseUnproven(parts, caller);
}

function refuseOthers({ maker }: Endpoint, { principal }: Caller): Failed | undefined {
  if (principal?.role === 'owner' || principal?.userId === maker.id) return undefined;
  return failed('forbidden', { detail: 'It is told what its maker may know: only they, or an owner, may do this.' });
}

async function endpointFor(parts: Parts, caller: Caller, id: string): Promise<Endpoint | Failed> {
  const found = await parts.webhooks.byId(id);
  return found === undefined ? noSuchWebhook() : (refuseAt(caller.principal, shared.action, placeAt(found.locationId)) ?? found);
}

type ChangeOfOne = { readonly id: string; readonly isOfTheMaker: boolean; readonly operation: string; readonly body: object; readonly status: number };

async function changeOne(
  parts: Parts,
  caller: Caller,
  { id, isOfTheMaker, operation, body, status }: ChangeOfOne,
  change: (request: WebhookRequest) => ReturnType<Webhooks['change']>,
): Promise<Reply> {
  const found = await endpointFor(parts, caller, id);
  // One that was removed may be so by this very request, whose repeat is answered as before.
  if (isFailed(found) && found.problem.code !== 'not-found') return found;
  const barred = isFailed(found) || !isOfTheMaker ? undefined : (refuseOthers(found, caller) ?? refuseUnprovenPerson(parts, caller));
  if (barred !== undefined) return barred;
  const place = placeAt(isFailed(found) ? (caller.principal?.locationId ?? null) : found.locationId);
  return await changeManaged(caller, { action: shared.action, place, operation, body: { id, ...body } }, { status, body: viewWithSecret }, change);
}

function view({ id, url, types, locationId, disabled, failingSince, waiting, maker, createdAt, version }: Endpoint): WebhookReply {
  return {
    id,
    url,
    types: [...types],
    locationId,
    status: disabled !== null ? 'disabled' : failingSince !== null ? 'failing' : 'active',
    ...(disabled !== null && { disabledBecause: disabled.because }),
    ...(failingSince !== null && { failingSince: wireTime(failingSince, ZONE) }),
    lag: waiting,
    by: maker.kind === 'user' ? { userId: maker.id } : { apiKeyId: maker.id },
    createdAt: wireTime(createdAt, ZONE),
    version,
  };
}

function viewWithSecret({ secret, previousUntil, ...endpoint }: Endpoint & { readonly secret?: string; readonly previousUntil?: Instant }) {
  return { ...view(endpoint), ...(secret !== undefined && { secret }), ...(previousUntil !== undefined && { previousUntil: wireTime(previousUntil, ZONE) }) };
}

function attemptView({ at, ...attempt }: LastAttempt) {
  return { at: wireTime(at, ZONE), ...attempt };
}

function deliveryView({ number: _, state: status, createdAt, nextAttemptAt, last, ...delivery }: Delivery) {
  return {
    ...delivery,
    status,
    createdAt: wireTime(createdAt, ZONE),
    nextAttemptAt: nextAttemptAt && wireTime(nextAttemptAt, ZONE),
    lastAttempt: last && attemptView(last),
  };
}
