import type { IncomingHttpHeaders } from 'node:http';
import { isKnownOrigin, type Origins } from './origins.ts';

/** Pages send this with every request that a cookie speaks for; a form on another site cannot. */
export const CSRF_HEADER = 'x-requested-with';

/**
 * Whether a request that a cookie speaks for comes from a page of ours: it has our header (which a foreign page may not send without a CORS preflight),
 * the browser does not say that it comes from another site, and its origin, if it has one, is ours or allowed.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders, origins: Origins): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(site === 'same-site' && isListed(headers, origins))) return false;
  if (headers[CSRF_HEADER] === undefined) return false;
  return headers.origin === undefined || isKnownOrigin(headers, origins);
}

function isListed({ origin }: IncomingHttpHeaders, { corsOrigins }: Origins): boolean {
  return origin !== undefined && corsOrigins.includes(origin);
}
