import type { IncomingHttpHeaders } from 'node:http';

/** Where pages may come from that speak to this server. */
export type Origins = { readonly publicUrl: string; readonly corsOrigins: readonly string[] };

/** Whether the request names an origin that is ours or on the list. Behind a proxy that sends its own `Host`, ours is only known by `PUBLIC_URL`. */
export function isKnownOrigin({ origin, host }: IncomingHttpHeaders, { publicUrl, corsOrigins }: Origins): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host || corsOrigins.includes(origin) || (URL.canParse(publicUrl) && new URL(publicUrl).origin === origin);
}
