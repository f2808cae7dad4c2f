import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type RequestHandler } from 'express';
import { allowanceHeaders, type Taken } from '../../limits/rate-limits.ts';
import { failed } from '../../protocol/reply.ts';
import type { Gateway } from '../compose.ts';
import type { Step } from '../parts.ts';
import { bearer } from '../security/bearer.ts';
import { allowedOrigins, securityHeaders } from '../security/headers.ts';
import { countFailed, nothingThere, refuseCounted, takeAllowance, tooMany } from './allowance.ts';
import { refuseBadHead } from './broken-requests.ts';
import { compressedAnswers } from './compressed.ts';
import { direct } from './direct.ts';
import { documentation } from './documentation.ts';
import { failures } from './failures.ts';
import { health } from './health.ts';
import { pages } from './pages.ts';
import { nothingHere, plainPage } from './plain-page.ts';
import { problemPages } from './problem-pages.ts';
import { giveRequestIds, requestIdOf } from './request-ids.ts';
import { BEFORE_THE_DOOR, type Method, type Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { sendReply } from './send.ts';
import { serveRoute } from './serve-route.ts';
import { unsubscribePages } from './unsubscribe-pages.ts';

/** Answered without Express. */
const HOTTEST = ['/v1/holds', '/v1/appointments'];

/** The whole HTTP side. Socket.IO sits on the same server, in front of it. */
export function createApp(parts: Gateway): RequestListener {
  const steps = [
    giveRequestIds,
    securityHeaders(parts.config.publicUrl.startsWith('https:')),
    refuseBadHead(parts.config.hostNames),
    closeWhileDraining(parts),
    allowedOrigins(parts.config.corsOrigins),
  ];
  const known = bearer(parts, refuseToken);
  const hottest = ROUTES.filter(({ method, path }) => method === 'post' && HOTTEST.includes(path));
  return direct(parts, [...steps, known], hottest, withExpress(parts, steps, known));
}

function withExpress(parts: Gateway, steps: readonly Step[], known: Step): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(...steps);
  app.use(compressedAnswers());
  app.use('/v1', exceptWhere(BEFORE_THE_DOOR, known));
  app.use(apiRoutes(parts, ROUTES));
  app.use('/v1', nothingThere(parts), countFailed(parts));
  app.use(health(parts));
  app.use(documentation(parts, ROUTES));
  const page = plainPage(parts.config.webDirectory);
  app.use(unsubscribePages(parts, page));
  app.use(problemPages(parts.config.docsDirectory, page));
  const isPaidByStripe = parts.payments.online?.provider.name === 'stripe';
  app.use(pages(parts.config.webDirectory, { isPaidByStripe, embedOrigins: () => parts.catalog.snapshot().business.embedOrigins }));
  app.use(nothingHere(page));
  app.use(failures(parts));
  return app;
}

const BAD_TOKEN = failed('unauthenticated', { detail: 'The access token is invalid or has expired.' });

function refuseToken(request: IncomingMessage, response: ServerResponse, taken: Taken): void {
  sendReply(response, requestIdOf(request), taken.isAllowed ? { ...BAD_TOKEN, headers: allowanceHeaders(taken) } : tooMany(taken));
}

/** The router takes a slash at the end as well, so it makes no difference here. */
function exceptWhere(paths: ReadonlySet<string>, handler: Step): RequestHandler {
  return (request, response, next) => {
    const path = `${request.baseUrl}${request.path}`.replace(/\/$/, '');
    return paths.has(path) ? next() : handler(request, response, next);
  };
}

/** Paths without parameters first, so that `/v1/slots/explain` is never taken for an id. */
function apiRoutes(parts: Gateway, routes: readonly Route<Gateway>[]): express.Router {
  const router = express.Router({ caseSensitive: true });
  const byPath = Map.groupBy(routes, (route) => route.path);
  const parameters = (path: string) => path.split('{').length;
  for (const [path, atPath] of [...byPath].toSorted(([a], [b]) => parameters(a) - parameters(b))) {
    const here = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of atPath) here[route.method](...serveRoute(parts, route));
    const methods = atPath.map((route) => route.method);
    here.all(otherMethods(parts, methods));
  }
  return router;
}

function otherMethods(parts: Gateway, methods: readonly Method[]): RequestHandler {
  const allowed = ['OPTIONS', ...(methods.includes('get') ? ['HEAD'] : []), ...methods.map((method) => method.toUpperCase())].join(', ');
  const refuse = refuseCounted(parts, () => failed('method-not-allowed', { detail: `Allowed here: ${allowed}.` }));
  return async (request, response, next) => {
    response.setHeader('Allow', allowed);
    if (request.method !== 'OPTIONS') return refuse(request, response, next);
    await takeAllowance(parts, 'read', request, response);
    response.status(204).end();
  };
}

/** Tells clients to open their next connection elsewhere. */
function closeWhileDraining(parts: Gateway): Step {
  return (_request, response, next) => {
    if (parts.readiness.state !== 'ready') response.setHeader('Connection', 'close');
    next();
  };
}
