// Keys for programs, for the owner.

import { z } from 'zod';
import { sourceOf } from '../../../access/caller.ts';
import { MOST_KEYS } from '../../../accounts/api-keys.ts';
import type { ApiKey } from '../../../accounts/stored-accounts.ts';
import type { Asking } from '../../../booking/parts.ts';
import { apiKey, apiKeys, newApiKey, newApiKeyBody } from '../../../protocol/api-keys.ts';
import { done, failed, failedField } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { WithAccounts } from '../../parts.ts';
import { refuseUnproven } from '../logging-in.ts';
import { type Route, route } from '../route.ts';

const shared = { tag: 'API keys', action: 'manage-api-keys' } as const;
const params = z.object({ id: uuid });
const ZONE = 'UTC';
const noSuchKey = () => failed('not-found', { detail: 'There is no such API key.' });

const view = ({ createdAt, expiresAt, lastUsedAt, ...key }: ApiKey) => ({
  ...key,
  createdAt: wireTime(createdAt, ZONE),
  expiresAt: expiresAt && wireTime(expiresAt, ZONE),
  lastUsedAt: lastUsedAt && wireTime(lastUsedAt, ZONE),
});

export const apiKeyRoutes: readonly Route<WithAccounts & Asking>[] = [
  route({
    ...shared,
    method: 'get',
    path: '/v1/api-keys',
    summary: 'API keys',
    replies: { 200: { description: 'All keys, oldest first, on one page, without the secret parts.', schema: apiKeys } },
    handle: async (parts: WithAccounts) => done({ items: (await parts.accounts.apiKeys.list()).map(view), nextCursor: null }),
  }),
  route({
    ...shared,
    method: 'get',
    path: '/v1/api-keys/{id}',
    summary: 'A key',
    params,
    replies: { 200: { description: 'What it is for and when it was last used.', schema: apiKey } },
    handle: async (parts: WithAccounts, { params: { id } }) => {
      const found = await parts.accounts.apiKeys.find(id);
      return found === undefined ? noSuchKey() : done(view(found));
    },
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/api-keys',
    summary: 'Make a key',
    body: newApiKeyBody,
    replies: { 201: { description: 'The key. Store it now: it is not shown again.', schema: newApiKey } },
    problems: ['step-up-required', 'id-in-use', 'limit-reached', 'not-found'],
    handle: async (parts: WithAccounts & Pick<Asking, 'catalog' | 'scheduler'>, { body, caller }) => {
      const unproven = refuseUnproven(parts, caller);
      if (unproven !== undefined) return unproven;
      const { locationId = null, expiresAt } = body;
      if (locationId !== null && !parts.catalog.snapshot().locations.has(locationId)) return failedField('not-found', 'locationId', 'is not a location');
      if (expiresAt != null && expiresAt <= parts.scheduler.now()) return failedField('invalid-request', 'expiresAt', 'is in the past');
      const made = await parts.accounts.apiKeys.add({ ...body, locationId }, sourceOf(caller));
      if (made === 'id-in-use') return failedField('id-in-use', 'id', 'belongs to another key');
      if (made === 'too-many') return failed('limit-reached', { detail: `There are already ${MOST_KEYS} keys; remove one that is no longer used.` });
      return done({ ...view(made.apiKey), key: made.key }, { status: 201, headers: { Location: `/v1/api-keys/${made.apiKey.id}` } });
    },
  }),
  route({
    ...shared,
    method: 'delete',
    path: '/v1/api-keys/{id}',
    summary: 'Revoke a key',
    params,
    replies: { 204: { description: 'The key is refused from now on, and its sockets are closed on every node.' } },
    handle: async (parts: WithAccounts, { params: { id }, caller }) => {
      const outcome = await parts.accounts.apiKeys.remove(id, sourceOf(caller));
      return outcome === 'removed' ? done({}, { status: 204 }) : noSuchKey();
    },
  }),
];
