// Which names this server answers to, and which pages may speak to it from a browser.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Where pages may come from that speak to this server. */
export type Origins = { readonly publicUrl: string; readonly corsOrigins: readonly string[] };

/** A name or an address, and perhaps a port. Nothing else is a `Host`. */
const HOST = /^(?:\[([\da-f:.]+)\]|([^\s:/?#@[\]\\]+))(?::\d{1,5})?$/i;

/**
 * Whether `Host` is a way to this server: an address, `localhost`, or one of its names. A page of another site can make its own name point to this
 * machine (DNS rebinding), and the browser then takes our answers for answers of that site; no page can do that with an address or with `localhost`.
 * The port makes no difference: proxies and tunnels change it.
 */
export function isOwnHost(host: string, names: readonly string[]): boolean {
  const name = nameOf(host);
  return name !== undefined && (isDirect(name) || names.includes(name));
}

/**
 * Whether the request names an origin that is ours or on the list. Origins are compared whole: scheme, host and port. Ours are that of `PUBLIC_URL`, and
 * the host that was asked; over http if that is an address or `localhost`, and otherwise over whatever `PUBLIC_URL` uses.
 */
export function isKnownOrigin({ origin, host = '' }: IncomingHttpHeaders, { publicUrl, corsOrigins }: Origins): boolean {
  if (origin === undefined) return false;
  const ours = URL.parse(publicUrl);
  const scheme = isDirect(nameOf(host) ?? '') ? 'http:' : ours?.protocol;
  return origin === ours?.origin || origin === `${scheme}//${host}` || corsOrigins.includes(origin);
}

/**
 * Whether a browser says that a page of another site makes this request: by an origin that is neither ours nor on the list, or, where it sends no
 * origin (scripts, pictures, links), by `Sec-Fetch-Site`. Programs send neither.
 */
export function isFromElsewhere(headers: IncomingHttpHeaders, origins: Origins): boolean {
  if (headers.origin !== undefined) return !isKnownOrigin(headers, origins);
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Reached without a name that someone else could give out. */
function isDirect(name: string): boolean {
  return name === 'localhost' || isIP(name) !== 0;
}

/** Without port and brackets, in lower case; `undefined` for what is no `Host`. */
function nameOf(host: string): string | undefined {
  const [, bracketed, plain] = HOST.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed.toLowerCase() : undefined;
  return plain?.toLowerCase();
}
