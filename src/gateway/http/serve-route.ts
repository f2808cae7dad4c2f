// How a request reaches its route, and its reply the caller.
import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import type { Caller } from '../../access/caller.ts';
import { refuseAction } from '../../access/rights.ts';
import { problemOf } from '../../protocol/problems.ts';
import { type Failed, failedField, type Reply } from '../../protocol/reply.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { Admitting } from '../parts.ts';
import { principalOf } from '../security/bearer.ts';
import { visitorAddress } from '../security/visitor-address.ts';
import { takeAllowance, tooMany } from './allowance.ts';
import { requestIdOf } from './request-ids.ts';
import { allowanceOf, type Route, type RouteRequest } from './route.ts';
import { sendReply } from './send.ts';

const LARGEST_BODY = 64 * 1_024;
const LONGEST_KEY = 255;
const LONGEST_TOKEN = 500;
/** What would let its reader in is taken from a header only. As a query parameter it is refused by name, since proxies log addresses. */
const TOKENS = [
  { parameter: 'manageToken', header: 'Manage-Token' },
  { parameter: 'holdToken', header: 'Hold-Token' },
  { parameter: 'token', header: 'Authorization' },
  { parameter: 'access_token', header: 'Authorization' },
] as const;

const readJson = (limit = LARGEST_BODY) => express.json({ limit, type: ['application/json', 'application/*+json'], verify: refuseOtherCharsets });

const readSigned = (limit = LARGEST_BODY) => express.raw({ limit, type: ['application/json', 'application/x-www-form-urlencoded'] });

/** JSON is UTF-8 (RFC 8259, 8.1). Bytes that are none would be read as replacement characters, and a name be kept as mojibake. */
function refuseOtherCharsets(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (charset === 'utf-8' && isUtf8(body)) return;
  throw Object.assign(new Error('the body is not UTF-8'), { type: 'charset.unsupported', status: 415 });
}

/** Everything between the socket and the operation, in order: allowance, access, body, parse, ask, answer. */
/** To count a request, and to say how long it took. */
type Serving = Admitting & { readonly metrics: Pick<GatewayMetrics, 'requestEnded'> };

export function serveRoute<Parts extends Serving>(parts: Parts, route: Route<Parts>): RequestHandler[] {
  const allowance = allowanceOf(route);
  const seconds = (startedAt: number) => (performance.now() - startedAt) / 1_000;
  const limit: RequestHandler = async (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => parts.metrics.requestEnded(route.method, route.path, response.statusCode, seconds(startedAt)));
    const taken = await takeAllowance(parts, allowance, request, response);
    if (taken.isAllowed) return next();
    sendReply(response, requestIdOf(request), tooMany(taken));
  };
  const bar: RequestHandler = (request, response, next) => {
    const refusal = refuseAction(principalOf(request), route.action);
    if (refusal === undefined) return next();
    sendReply(response, requestIdOf(request), refusal);
  };
  const answer: RequestHandler = async (request, response) => {
    sendReply(response, requestIdOf(request), await replyTo(parts, route, request));
  };
  return route.method === 'get'
    ? [limit, bar, answer]
    : [limit, bar, route.isSigned === true ? readSigned(route.largestBody) : readJson(route.largestBody), answer];
}

async function replyTo<Parts extends Serving>(parts: Parts, route: Route<Parts>, request: Request): Promise<Reply> {
  const caller = readCaller(parts, route, request);
  if ('problem' in caller) return caller;
  if (route.method !== 'get' && request.body === undefined && hasBody(request))
    return { problem: problemOf('unsupported-media-type', { detail: 'Send JSON, with Content-Type: application/json.' }) };
  return route.answer(parts, readRequest(request, caller));
}

function readRequest(request: Request, caller: Caller): RouteRequest {
  const { dryRun: _, ...query } = request.query;
  return {
    params: request.params,
    query,
    body: request.body,
    url: request.originalUrl,
    caller,
    requestId: requestIdOf(request),
    headers: request.headers,
    left: () => leftBy(request),
  };
}

function leftBy({ res: response }: Request): AbortSignal {
  const left = new AbortController();
  if (response === undefined || response.closed) left.abort();
  else response.once('close', () => left.abort());
  return left.signal;
}

function readCaller({ config }: Pick<Admitting, 'config'>, route: Route, request: Request): Caller | Failed {
  const key = request.get('idempotency-key') ?? null;
  if (key !== null && (key.length === 0 || key.length > LONGEST_KEY))
    return failedField('invalid-request', 'Idempotency-Key', `must have 1 to ${LONGEST_KEY} characters`);
  const inAddress = TOKENS.find(({ parameter }) => parameter in request.query);
  if (inAddress !== undefined)
    return failedField('invalid-request', inAddress.parameter, `must be sent in the ${inAddress.header} header, because addresses end up in logs`);
  const { dryRun } = request.query;
  if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false') return failedField('invalid-request', 'dryRun', 'must be true or false');
  if (dryRun === 'true' && route.canDryRun !== true) return failedField('invalid-request', 'dryRun', 'is not possible here');
  const ifMatch = request.get('if-match') ?? null;
  // A caller who sends it relies on not overwriting another change.
  if (ifMatch !== null && route.method !== 'get' && route.isConditional !== true) return failedField('invalid-request', 'If-Match', 'is not possible here');
  return {
    principal: principalOf(request),
    address: visitorAddress(request, config.trustedProxies),
    key,
    dryRun: dryRun === 'true',
    holdToken: tokenText(request.get('hold-token')),
    manageToken: tokenText(request.get('manage-token')),
    ifMatch,
    requestId: requestIdOf(request),
  };
}

function tokenText(token: string | undefined): string | null {
  return token === undefined || token === '' ? null : token.slice(0, LONGEST_TOKEN);
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}
