// Who may log in, for those who manage accounts. What everybody does with their own is in `auth.ts` and `sessions.ts`.

import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../../access/caller.ts';
import { WHOLE_BUSINESS } from '../../../access/rights.ts';
import { type ManagedUser, stateOf } from '../../../accounts/stored-accounts.ts';
import { GIVEN_ROLES } from '../../../model/roles.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { done, failed } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { managedUser, managedUsers, newUserBody, userChangeBody, usersQuery } from '../../../protocol/users.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { WithAccounts } from '../../parts.ts';
import { route } from '../route.ts';
import { changeManaged, versionHeaders } from './admin-writes.ts';

const LISTED_BY_DEFAULT = 50;
/** Accounts are of people, wherever they are, and not of a location. */
const ZONE = 'UTC';

const params = z.object({ id: uuid });
const shared = { tag: 'Users', action: 'manage-users' } as const;
const managed = { action: shared.action, place: WHOLE_BUSINESS };
const problems = [
  'step-up-required',
  'not-found',
  'version-mismatch',
  'idempotency-key-reused',
  'id-in-use',
  'wrong-status',
] as const satisfies readonly ProblemCode[];

function isProven({ accounts }: WithAccounts, { principal }: Caller): boolean {
  return principal !== null && accounts.isProven(principal);
}

function view(user: ManagedUser) {
  const { id, email, name, role, staffId, locationId, createdAt, lastSeenAt, version } = user;
  const times = { createdAt: wireTime(createdAt, ZONE), lastSeenAt: lastSeenAt === null ? null : wireTime(lastSeenAt, ZONE) };
  return { id, email, name, role, staffId, locationId, state: stateOf(user), ...times, version };
}

const listUsers = route({
  ...shared,
  method: 'get',
  path: '/v1/users',
  summary: 'Users',
  query: usersQuery,
  replies: { 200: { description: 'By id, oldest first. Without a role: all users except customers.', schema: managedUsers } },
  handle: async (parts: WithAccounts, { query: { role, locationId, limit = LISTED_BY_DEFAULT, cursor = null } }) => {
    const filter = { roles: role === undefined ? GIVEN_ROLES : [role], ...(locationId !== undefined && { locationId }) };
    const { items, nextCursor } = await parts.accounts.users.list(filter, limit, cursor);
    return done({ items: items.map(view), nextCursor });
  },
});

const readUser = route({
  ...shared,
  method: 'get',
  path: '/v1/users/{id}',
  hasVersion: true,
  summary: 'One user',
  params,
  replies: { 200: { description: 'With the version as ETag.', schema: managedUser } },
  problems: ['not-found'],
  handle: async (parts: WithAccounts, { params: { id } }) => {
    const user = await parts.accounts.users.byId(id);
    if (user === undefined) return failed('not-found', { detail: 'There is no such user.' });
    const body = view(user);
    return done(body, { headers: versionHeaders(body) });
  },
});

const addUser = route({
  ...shared,
  method: 'post',
  path: '/v1/users',
  summary: 'Add a user, and invite them',
  isIdempotent: true,
  body: newUserBody,
  replies: { 201: { description: 'The user cannot log in yet: an e-mail with a link to set a password is sent.', schema: managedUser } },
  problems: [...problems, 'email-taken', 'limit-reached'],
  handle: (parts: WithAccounts, { body, caller }) => {
    const { id = randomUUIDv7(), staffId = null, locationId = null, ...rest } = body;
    return changeManaged(caller, { ...managed, operation: 'add-user', body }, { status: 201, body: view }, (request) =>
      parts.accounts.users.add({ id, staffId, locationId, ...rest }, { ...request, isProven: isProven(parts, caller) }),
    );
  },
});

const inviteUser = route({
  ...shared,
  method: 'post',
  path: '/v1/users/{id}/invite',
  summary: 'Invite a user again',
  isIdempotent: true,
  params,
  replies: { 204: { description: 'A new e-mail is sent; the link in the previous one no longer works.' } },
  problems,
  handle: (parts: WithAccounts, { params: { id }, caller }) =>
    changeManaged(caller, { ...managed, operation: 'invite-user', body: { id } }, { status: 204, body: view }, (request) =>
      parts.accounts.users.invite(id, { ...request, isProven: isProven(parts, caller) }),
    ),
});

const changeUser = route({
  ...shared,
  method: 'patch',
  path: '/v1/users/{id}',
  summary: 'Change or disable a user',
  isIdempotent: true,
  isConditional: true,
  params,
  body: userChangeBody,
  replies: { 200: { description: 'The user as changed. If their rights changed, all their sessions have ended on every node.', schema: managedUser } },
  problems,
  handle: (parts: WithAccounts, { params: { id }, body, caller }) =>
    changeManaged(caller, { ...managed, operation: 'change-user', body: { id, ...body } }, { status: 200, body: view }, (request) =>
      parts.accounts.users.change(id, body, { ...request, isProven: isProven(parts, caller) }),
    ),
});

const removeUser = route({
  ...shared,
  method: 'delete',
  path: '/v1/users/{id}',
  summary: 'Remove a user',
  isIdempotent: true,
  isConditional: true,
  params,
  replies: { 204: { description: 'Their sessions have ended and their address can be used again. Records of what they did keep their id.' } },
  problems,
  handle: (parts: WithAccounts, { params: { id }, caller }) =>
    changeManaged(caller, { ...managed, operation: 'remove-user', body: { id } }, { status: 204, body: view }, (request) =>
      parts.accounts.users.remove(id, { ...request, isProven: isProven(parts, caller) }),
    ),
});

const removeUsersFactor = route({
  ...shared,
  method: 'post',
  path: '/v1/users/{id}/second-factor/remove',
  summary: 'Remove the second factor of a user',
  isIdempotent: true,
  params,
  replies: {
    204: { description: 'Their password alone is enough again, and they are told by e-mail. For users who have lost their app and recovery codes.' },
  },
  problems,
  handle: (parts: WithAccounts, { params: { id }, caller }) =>
    changeManaged(caller, { ...managed, operation: 'remove-second-factor', body: { id } }, { status: 204, body: view }, (request) =>
      parts.accounts.users.removeSecondFactor(id, { ...request, isProven: isProven(parts, caller) }),
    ),
});

export const userRoutes = [listUsers, addUser, readUser, changeUser, removeUser, inviteUser, removeUsersFactor];
