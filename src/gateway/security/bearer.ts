import type { Request, RequestHandler } from 'express';
import { ExtractJwt } from 'passport-jwt';
import type { Principal } from '../../accounts/principal.ts';
import type { TokenVerifier } from './token-verifier.ts';

const tokenOf = ExtractJwt.fromAuthHeaderAsBearerToken();
const principals = new WeakMap<Request, Principal>();

/** Who is asking; null is a guest. Set by `bearer`. */
export function principalOf(request: Request): Principal | null {
  return principals.get(request) ?? null;
}

/** Reads `Authorization: Bearer`. No header is a guest; a token that is not good is answered by `refuse`, never taken for a guest. */
export function bearer(verifier: TokenVerifier, refuse: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    if (request.headers.authorization === undefined) return next();
    const token = tokenOf(request);
    const principal = token === null ? undefined : await verifier.verify(token);
    if (principal === undefined) return refuse(request, response, next);
    principals.set(request, principal);
    next();
  };
}
