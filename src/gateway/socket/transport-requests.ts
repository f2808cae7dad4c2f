// Every request that Engine.IO serves passes here first: polls, posts and upgrades alike. Its own `allowRequest` sees only the first of a connection,
// and anyone who knows the id of a connection could use it from anywhere.

import { type IncomingMessage, ServerResponse } from 'node:http';
import { problemOf } from '../../protocol/problems.ts';
import { type Failed, failed } from '../../protocol/reply.ts';
import { tooMany } from '../http/allowance.ts';
import { problemOfHead, refuseUpgrade } from '../http/broken-requests.ts';
import { giveRequestIds, requestIdOf } from '../http/request-ids.ts';
import { sendReply } from '../http/send.ts';
import type { Admitting, GatewayConfig } from '../parts.ts';
import { allowedOrigins, securityHeaders } from '../security/headers.ts';
import { isFromElsewhere } from '../security/origins.ts';
import { visitorAddress } from '../security/visitor-address.ts';
import type { Sockets } from './other-nodes.ts';

type Next = (failure?: unknown) => void;

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'OPTIONS']);
const ALLOWED = [...METHODS].join(', ');

/** In this order: is it a request for us, is it from where it may come from, has its address asked too often. */
export function guardTransport(engine: Sockets['engine'], parts: Admitting & { readonly config: GatewayConfig }): void {
  const { config, limits } = parts;
  engine.use(giveRequestIds);
  engine.use(securityHeaders(config.publicUrl.startsWith('https:')));
  engine.use((request: IncomingMessage, response: ServerResponse, next: Next) => {
    const refused = refusalOf(parts, request);
    if (refused === undefined) next();
    else answer(request, response, refused);
  });
  engine.use(allowedOrigins(config.corsOrigins));
  engine.use(async (request: IncomingMessage, response: ServerResponse, next: Next) => {
    const taken = await limits.take('transport', visitorAddress(request, config.trustedProxies), null);
    // Engine.IO would wait for the end of a connection that has ended while this was counted.
    if (request.socket.destroyed) return;
    if (!taken.isAllowed) answer(request, response, tooMany(taken));
    else if (request.method === 'OPTIONS') response.writeHead(204, { Allow: ALLOWED }).end();
    else next();
  });
}

/** Why a request is not served, for any caller. */
function refusalOf({ config }: Admitting & { readonly config: GatewayConfig }, request: IncomingMessage): Failed | undefined {
  const problem = problemOfHead(request, config.hostNames);
  if (problem !== undefined) return { problem, headers: { Connection: 'close' } };
  if (isFromElsewhere(request.headers, config)) return failed('forbidden', { detail: 'Pages of other sites may not open sockets here.' });
  // A script of any page may load what is answered that way, and a browser says of it neither where it comes from nor, without TLS, what it is.
  if (new URL(request.url ?? '/', 'http://localhost').searchParams.has('j'))
    return failed('invalid-request', { detail: 'JSONP is not supported; use polling or a WebSocket.' });
  if (!METHODS.has(request.method ?? ''))
    return { problem: problemOf('method-not-allowed', { detail: `Allowed here: ${ALLOWED}.` }), headers: { Allow: ALLOWED } };
  return undefined;
}

function answer(request: IncomingMessage, response: ServerResponse, refused: Failed): void {
  // For an upgrade Engine.IO only pretends that there is a response.
  if (response instanceof ServerResponse) sendReply(response, requestIdOf(request), refused);
  else refuseUpgrade(request, refused.problem);
}
