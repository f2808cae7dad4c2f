// Coming in and going out.

import type { IncomingHttpHeaders } from 'node:http';
import type { Tokens } from '../../../accounts/accounts.ts';
import { loginBody, refreshBody, tokens, user } from '../../../protocol/auth.ts';
import { type Done, done, type Failed, failed, isFailed } from '../../../protocol/reply.ts';
import type { LoggingIn } from '../../parts.ts';
import { CSRF_HEADER, isFromOwnPage } from '../../security/csrf.ts';
import { deviceCookie, deviceTicketsIn } from '../../security/device-cookie.ts';
import { clearCookie, isBrowser, refreshCookie, refreshTokenIn } from '../../security/refresh-cookie.ts';
import { isLockedOut, lockedOut, tooManyPasswords, whereabouts } from '../logging-in.ts';
import { type RouteRequest, route } from '../route.ts';

const shared = { tag: 'Logging in', action: 'log-in' } as const;

const login = route({
  ...shared,
  method: 'post',
  path: '/v1/auth/login',
  summary: 'Log in',
  allowance: 'login',
  body: loginBody,
  replies: { 200: { description: 'An access token for 15 minutes, and a refresh token to get the next one with.', schema: tokens } },
  problems: ['unauthenticated', 'second-factor-required', 'email-not-verified', 'overloaded'],
  handle: async (parts: LoggingIn, request) => {
    const { body, headers } = request;
    const tickets = body.deviceToken === undefined ? deviceTicketsIn(headers, parts.config) : [body.deviceToken];
    const made = await parts.accounts.login(body.email, body.password, { ...whereabouts(request), deviceTickets: tickets }, body.code);
    if (isLockedOut(made)) return lockedOut(made);
    if (made === 'overloaded') return tooManyPasswords;
    if (made === 'wrong-credentials') return failed('unauthenticated', { detail: wrongCredentials(body.code) });
    if (made === 'second-factor-required') return failed('second-factor-required', { detail: 'Send the same request with the code from the app.' });
    if (made === 'email-not-verified') return failed('email-not-verified', { detail: 'Open the link that was sent to this address.' });
    return isBrowser(headers) ? withCookies(parts.config, made, headers) : done(made);
  },
});

const refresh = route({
  ...shared,
  method: 'post',
  path: '/v1/auth/refresh',
  summary: 'Get the next access token',
  body: refreshBody,
  replies: { 200: { description: 'New tokens. Each refresh token can be used once; using it twice ends the session.', schema: tokens } },
  problems: ['unauthenticated', 'csrf'],
  handle: async (parts: LoggingIn, request) => {
    const shown = shownToken(parts, request);
    if (isFailed(shown)) return shown;
    const made = shown.token === null ? 'wrong-credentials' : await parts.accounts.refresh(shown.token, whereabouts(request));
    if (made === 'wrong-credentials')
      return {
        ...failed('unauthenticated', { detail: 'The refresh token is invalid or has expired. Log in again.' }),
        headers: withoutCookie(parts.config, request),
      };
    return shown.from === 'cookie' ? withCookie(parts.config, made) : done(made);
  },
});

const logout = route({
  ...shared,
  method: 'post',
  path: '/v1/auth/logout',
  summary: 'Log out',
  body: refreshBody,
  replies: { 204: { description: 'The session of the refresh token has ended, and that of the access token if one was sent.' } },
  problems: ['csrf'],
  handle: async (parts: LoggingIn, request) => {
    const shown = shownToken(parts, request);
    if (isFailed(shown)) return shown;
    if (shown.token !== null) await parts.accounts.logout(shown.token, whereabouts(request));
    if (request.caller.principal !== null) await parts.accounts.endSession(request.caller.principal, whereabouts(request));
    return done({}, { status: 204, headers: withoutCookie(parts.config, request) });
  },
});

const me = route({
  method: 'get',
  path: '/v1/me',
  tag: 'Logging in',
  summary: 'Who I am',
  action: 'manage-own-account',
  replies: { 200: { description: 'The account that is logged in.', schema: user } },
  handle: async (parts: LoggingIn, { caller }) => {
    const account = caller.principal && (await parts.accounts.user(caller.principal.userId));
    return account ? done(account) : failed('unauthenticated', { detail: 'This account no longer exists.' });
  },
});

export const authRoutes = [login, refresh, logout, me];

type Shown = { readonly from: 'body' | 'cookie' | 'nowhere'; readonly token: string | null };

/** A cookie speaks only for a page of ours: see `isFromOwnPage`. */
function shownToken(parts: LoggingIn, { body, headers }: RouteRequest<unknown, unknown, { refreshToken?: string | undefined }>): Shown | Failed {
  if (body.refreshToken !== undefined) return { from: 'body', token: body.refreshToken };
  const token = refreshTokenIn(headers, parts.config);
  if (token === null) return { from: 'nowhere', token: null };
  return isFromOwnPage(headers, parts.config)
    ? { from: 'cookie', token }
    : failed('csrf', { detail: `The cookie is accepted only from pages of PUBLIC_URL and CORS_ORIGINS that send ${CSRF_HEADER}.` });
}

/** It depends on what was sent, and not on whether the account wants a code. */
function wrongCredentials(code: string | undefined): string {
  return code === undefined ? 'The e-mail or the password is wrong.' : 'The e-mail, the password or the code is wrong.';
}

/** Of a browser that has just logged in. */
function withCookies(config: LoggingIn['config'], { deviceToken = '', ...made }: Tokens, headers: IncomingHttpHeaders): Done<Omit<Tokens, 'refreshToken'>> {
  const { 'Set-Cookie': refreshCookies } = refreshCookie(config, made.refreshToken);
  return { ...withCookie(config, made), headers: { 'Set-Cookie': [...refreshCookies, deviceCookie(headers, config, deviceToken)] } };
}

function withCookie(config: LoggingIn['config'], { refreshToken, ...visible }: Tokens): Done<Omit<Tokens, 'refreshToken'>> {
  return done(visible, { headers: refreshCookie(config, refreshToken) });
}

/** A form of another site comes without the cookie, but what it is answered may take it away: so only a page of ours is told to. */
function withoutCookie(config: LoggingIn['config'], { headers }: RouteRequest): Readonly<Record<string, readonly string[]>> {
  return isFromOwnPage(headers, config) ? clearCookie(config) : {};
}
