import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Passport } from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { keyOfAccessToken } from '../../accounts/access-tokens.ts';
import type { Principal } from '../../accounts/principal.ts';
import type { TokenKeys } from '../../accounts/token-keys.ts';

/** The accounts, as far as tokens are concerned. `verify` checks expiry and ended sessions every time. */
export type TokenVerifier = { readonly keys: TokenKeys; verify(accessToken: string): Principal | undefined };

/** Tokens whose signature was checked remembered at once; more than this are simply checked again. */
const MOST_REMEMBERED = 10_000;
const tokenOf = ExtractJwt.fromAuthHeaderAsBearerToken();
const principals = new WeakMap<Request, Principal>();

/** Who is asking; null is a guest. Set by `bearer`. */
export function principalOf(request: Request): Principal | null {
  return principals.get(request) ?? null;
}

/**
 * Reads `Authorization: Bearer`. No header is a guest; a token that is not good is answered by `refuse`, never taken for a guest.
 * passport-jwt checks a token once (3–4 thousand a second); after that only expiry and the end of its session are looked at.
 */
export function bearer(accounts: TokenVerifier, refuse: RequestHandler): RequestHandler {
  const checked = new Set<string>();
  const passport = new Passport();
  passport.use(
    new Strategy(
      {
        jwtFromRequest: tokenOf,
        secretOrKeyProvider: (_request: unknown, token: string, done: (error: Error | null, key?: Buffer) => void) => {
          const key = keyOfAccessToken(token, accounts.keys);
          if (key === undefined) done(new Error('not signed with any of our keys'));
          else done(null, key.export());
        },
        algorithms: ['HS256'],
        passReqToCallback: true,
      },
      (request: Request, _claims: unknown, done: (error: unknown, principal?: Principal | false) => void) =>
        done(null, accounts.verify(tokenOf(request) ?? '') ?? false),
    ),
  );
  const turnAway = (request: Request, response: Response, next: NextFunction) => void Promise.resolve(refuse(request, response, next)).catch(next);
  const admit = (request: Request, response: Response, next: NextFunction, principal: Principal | undefined | false) => {
    if (principal === undefined || principal === false) return turnAway(request, response, next);
    principals.set(request, principal);
    next();
  };
  return (request, response, next) => {
    if (request.headers.authorization === undefined) return void next();
    const token = tokenOf(request);
    if (token === null) return turnAway(request, response, next);
    if (checked.has(token)) return void admit(request, response, next, accounts.verify(token));
    const done = (error: unknown, principal?: Principal | false) => {
      if (error) return void next(error);
      if (principal) remember(checked, token);
      admit(request, response, next, principal);
    };
    passport.authenticate('jwt', { session: false }, done)(request, response, next);
  };
}

function remember(checked: Set<string>, token: string): void {
  const [oldest] = checked;
  if (checked.size >= MOST_REMEMBERED && oldest !== undefined) checked.delete(oldest);
  checked.add(token);
}
