import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import helmet from 'helmet';
import type { Step } from '../parts.ts';

const EXPOSED = ['ETag', 'Idempotency-Replayed', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'Location'];
const PREFLIGHT_SECONDS = 600;

/** What the form for cards needs beside, on the page that has it: https://docs.stripe.com/security/guide#content-security-policy */
const STRIPE_SOURCES = {
  "script-src 'self'": ' https://js.stripe.com https://*.js.stripe.com',
  "connect-src 'self'": ' https://api.stripe.com',
  "default-src 'self'": '; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com',
} as const;

/** The policy of a page, with the provider’s form in it. */
export function withStripe(policy: string): string {
  return Object.entries(STRIPE_SOURCES).reduce((wider, [directive, sources]) => wider.replace(directive, directive + sources), policy);
}

/** The policy of a page that pages of these sites may show, and all that are around it; no others. */
export function withFrameAncestors(policy: string, origins: readonly string[]): string {
  return origins.length === 0 ? policy : policy.replace("frame-ancestors 'none'", `frame-ancestors ${origins.join(' ')}`);
}

/** Only what this server itself serves may run, and pages talk to this server only. Holds for the documentation page too. */
export function securityHeaders(isSecure: boolean): Step {
  const headers = alwaysSetBy(policies(isSecure));
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** None of what helmet sets depends on the request, so it is asked once. */
function alwaysSetBy(step: ReturnType<typeof helmet>): readonly (readonly [name: string, value: string])[] {
  const headers: [string, string][] = [];
  const recorder = { setHeader: (name: string, value: string) => headers.push([name, value]), removeHeader: () => undefined };
  step({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined);
  return headers;
}

function policies(isSecure: boolean): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"], // WebSockets to this server, too (CSP 3)
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isSecure,
    frameguard: { action: 'deny' },
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
}

/** Browsers of other origins may ask if their origin is on the list; without a list nobody may. */
export function allowedOrigins(origins: readonly string[]): Step {
  if (origins.length === 0) return (_request, _response, next) => next();
  return cors({ origin: [...origins], credentials: true, exposedHeaders: EXPOSED, maxAge: PREFLIGHT_SECONDS });
}
