// Where a browser keeps its refresh token: out of the reach of scripts, and sent to nothing but the routes that need it.
import type { IncomingHttpHeaders } from 'node:http';
import { REFRESH_TOKEN_LIFE } from '../../accounts/accounts.ts';
import { SECOND } from '../../model/instant.ts';
import { CSRF_HEADER } from './csrf.ts';

export const REFRESH_COOKIE = 'slotkeeper_refresh';
const COOKIE_PATH = '/v1/auth';

type Place = { readonly publicUrl: string };
type SetCookie = { readonly 'Set-Cookie': string };

/** Browsers say where a request comes from; other programs have no use for a cookie. */
export function isBrowser(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] !== undefined || headers[CSRF_HEADER] !== undefined;
}

export function refreshCookie(place: Place, refreshToken: string): SetCookie {
  return { 'Set-Cookie': cookie(place, refreshToken, REFRESH_TOKEN_LIFE / SECOND) };
}

export function clearCookie(place: Place): SetCookie {
  return { 'Set-Cookie': cookie(place, '', 0) };
}

function cookie({ publicUrl }: Place, value: string, maxAgeSeconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${REFRESH_COOKIE}=${value}; Path=${COOKIE_PATH}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
