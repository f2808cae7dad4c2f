// Who is asking, by the token they show.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ExtractJwt } from 'passport-jwt';
import type { Principal } from '../../access/principal.ts';
import type { Taken } from '../../limits/rate-limits.ts';
import type { Recognising, Step } from '../parts.ts';
import { visitorAddress } from './visitor-address.ts';

/** It reads nothing but the headers. */
const tokenOf = ExtractJwt.fromAuthHeaderAsBearerToken() as (request: Pick<IncomingMessage, 'headers'>) => string | null;
const principals = new WeakMap<IncomingMessage, Principal>();

/** Who is asking; null is a guest. Set by `bearer`. */
export function principalOf(request: IncomingMessage): Principal | null {
  return principals.get(request) ?? null;
}

/**
 * Whom a token speaks for. One that is not good costs its address a read, which may be refused: `taken` says so. What has to be looked up in the
 * database is paid for first, so nothing is looked up for an address that has nothing left; callers with a known token or key are not held up by that.
 */
export async function principalOfToken(
  { verifier, limits }: Pick<Recognising, 'verifier' | 'limits'>,
  token: string,
  address: string,
): Promise<{ readonly principal: Principal } | { readonly taken: Taken }> {
  const paid = verifier.hasToLookUp(token) ? await limits.take('read', address, null) : undefined;
  if (paid?.isAllowed === false) return { taken: paid };
  const principal = await verifier.verify(token);
  return principal === undefined ? { taken: paid ?? (await limits.take('read', address, null)) } : { principal };
}

/** Reads `Authorization: Bearer`. No header is a guest; a token that is not good is answered by `refuse`, never taken for a guest. */
export function bearer(parts: Recognising, refuse: (request: IncomingMessage, response: ServerResponse, taken: Taken) => void): Step {
  return async (request, response, next) => {
    if (request.headers.authorization === undefined) return next();
    const shown = await principalOfToken(parts, tokenOf(request) ?? '', visitorAddress(request, parts.config.trustedProxies));
    if ('taken' in shown) return refuse(request, response, shown.taken);
    principals.set(request, shown.principal);
    next();
  };
}
