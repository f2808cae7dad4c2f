import type { IncomingHttpHeaders } from 'node:http';

/** Pages send this with every request that a cookie speaks for; a form on another site cannot. */
export const CSRF_HEADER = 'x-requested-with';

/**
 * Whether a request that a cookie speaks for comes from a page of ours: it has our header (which a foreign page may not send without a CORS preflight),
 * the browser does not say that it comes from another site, and its origin, if it has one, is ours or allowed.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders, origins: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(site === 'same-site' && isAllowed(headers, origins))) return false;
  if (headers[CSRF_HEADER] === undefined) return false;
  return headers.origin === undefined || isSameHost(headers) || isAllowed(headers, origins);
}

function isAllowed(headers: IncomingHttpHeaders, origins: readonly string[]): boolean {
  return headers.origin !== undefined && origins.includes(headers.origin);
}

function isSameHost(headers: IncomingHttpHeaders): boolean {
  const origin = headers.origin ?? '';
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}
