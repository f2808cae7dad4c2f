// The caller's sessions and password.

import { z } from 'zod';
import type { Session } from '../../../accounts/account.ts';
import { passwordChangeBody, sessions } from '../../../protocol/auth.ts';
import { done, failed, failedField } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { LoggingIn } from '../../parts.ts';
import { clearCookie } from '../../security/refresh-cookie.ts';
import { isLockedOut, lockedOut, tooManyPasswords, whereabouts } from '../logging-in.ts';
import { route } from '../route.ts';
import { guessable } from './registration.ts';

const shared = { tag: 'Logging in', action: 'manage-own-account' } as const;
/** Sessions are of people, wherever they are, and not of a location. */
const ZONE = 'UTC';

const view = ({ id, device, address, createdAt, lastUsedAt }: Session, currentId: string | undefined) => ({
  id,
  device,
  address,
  createdAt: wireTime(createdAt, ZONE),
  lastUsedAt: wireTime(lastUsedAt, ZONE),
  current: id === currentId,
});

const listSessions = route({
  ...shared,
  method: 'get',
  path: '/v1/auth/sessions',
  summary: 'Where I am logged in',
  replies: { 200: { description: 'Most recently used first; at most 200.', schema: sessions } },
  handle: async (parts: LoggingIn, { caller: { principal } }) => {
    const items = principal === null ? [] : await parts.accounts.sessions(principal.userId);
    return done({ items: items.map((session) => view(session, principal?.sessionId)) });
  },
});

const endSession = route({
  ...shared,
  method: 'delete',
  path: '/v1/auth/sessions/{id}',
  summary: 'End one of my sessions',
  params: z.object({ id: uuid }),
  replies: { 204: { description: 'Its tokens are refused and its sockets are closed on every node. A session may end itself.' } },
  handle: async (parts: LoggingIn, request) => {
    const { principal } = request.caller;
    const { id } = request.params;
    const outcome = principal === null ? 'not-found' : await parts.accounts.endSessionById(principal, id, whereabouts(request));
    if (outcome === 'not-found') return failed('not-found', { detail: 'You have no such session.' });
    return done({}, { status: 204, ...(id === principal?.sessionId && { headers: clearCookie(parts.config) }) });
  },
});

const endOtherSessions = route({
  ...shared,
  method: 'delete',
  path: '/v1/auth/sessions',
  summary: 'End all my other sessions',
  replies: { 204: { description: 'All other sessions have ended.' } },
  handle: async (parts: LoggingIn, request) => {
    const { principal } = request.caller;
    if (principal !== null) await parts.accounts.endOtherSessions(principal, whereabouts(request));
    return done({}, { status: 204 });
  },
});

const changePassword = route({
  ...shared,
  method: 'post',
  path: '/v1/auth/password/change',
  summary: 'Change my password',
  allowance: 'login',
  body: passwordChangeBody,
  replies: { 204: { description: 'The password is changed, and all other sessions have ended.' } },
  problems: ['overloaded'],
  handle: async (parts: LoggingIn, request) => {
    const { caller, body } = request;
    const change = [body.oldPassword, body.newPassword, whereabouts(request)] as const;
    const outcome = caller.principal === null ? 'wrong-password' : await parts.accounts.changePassword(caller.principal, ...change);
    if (isLockedOut(outcome)) return lockedOut(outcome);
    if (outcome === 'overloaded') return tooManyPasswords;
    if (outcome === 'guessable') return guessable('newPassword');
    if (outcome === 'wrong-password') return failedField('forbidden', 'oldPassword', 'is not your current password');
    return done({}, { status: 204 });
  },
});

export const sessionRoutes = [listSessions, endSession, endOtherSessions, changePassword];
