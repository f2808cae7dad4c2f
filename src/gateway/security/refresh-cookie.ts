// Where a browser keeps its refresh token: out of the reach of scripts, and sent to nothing but the routes that need it, as far as the name allows.
import type { IncomingHttpHeaders } from 'node:http';
import { isOlderRefreshToken, REFRESH_TOKEN_LIFE } from '../../accounts/accounts.ts';
import { SECOND } from '../../model/instant.ts';
import { type CookieKind, isOverTls, setCookie, valuesOf } from './cookies.ts';
import { CSRF_HEADER } from './csrf.ts';

/**
 * Over https. A browser takes this name from this host alone, over TLS, for the whole host: no neighbour under the same domain, and nobody on an
 * unencrypted connection, can put their own in its place (RFC 6265bis, section 4.1.3.2).
 */
const PREFIXED: CookieKind = { name: '__Host-slotkeeper_refresh', path: '/', isSecure: true };
/** Over http, where the prefix is not to be had: Safari takes no secure cookie from http://localhost. And over https until the upgrade. */
const PLAIN: CookieKind = { name: 'slotkeeper_refresh', path: '/v1/auth', isSecure: false };

type Place = { readonly publicUrl: string };
type SetCookie = { readonly 'Set-Cookie': readonly string[] };

/** Browsers say where a request comes from; other programs have no use for a cookie. */
export function isBrowser(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] !== undefined || headers[CSRF_HEADER] !== undefined;
}

/** Takes the cookie of an earlier version away, so that there is one. */
export function refreshCookie(place: Place, refreshToken: string): SetCookie {
  const life = REFRESH_TOKEN_LIFE / SECOND;
  return { 'Set-Cookie': isOverTls(place) ? [setCookie(PREFIXED, refreshToken, life), forget(PLAIN)] : [setCookie(PLAIN, refreshToken, life)] };
}

export function clearCookie(place: Place): SetCookie {
  return { 'Set-Cookie': isOverTls(place) ? [forget(PREFIXED), forget(PLAIN)] : [forget(PLAIN)] };
}

/**
 * The refresh token of a browser, or null. Two cookies of one name are none: one of them is not ours, and nobody can tell which.
 * Over https the name of earlier versions, which a neighbour can set, is taken once: only with a token that such a version has made.
 */
export function refreshTokenIn({ cookie }: IncomingHttpHeaders, place: Place): string | null {
  if (!isOverTls(place)) return onlyOne(cookie, PLAIN);
  if (valuesOf(cookie, PREFIXED).length > 0) return onlyOne(cookie, PREFIXED);
  const older = onlyOne(cookie, PLAIN);
  return older !== null && isOlderRefreshToken(older) ? older : null;
}

function onlyOne(header: string | undefined, kind: CookieKind): string | null {
  const [value = '', ...others] = valuesOf(header, kind);
  return value === '' || others.length > 0 ? null : value;
}

function forget(kind: CookieKind): string {
  return setCookie(kind, '', 0);
}
