// How a request reaches its route, and its reply the caller.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type RequestHandler } from 'express';
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

export const LARGEST_BODY = 64 * 1_024;
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

const readTable = (limit = LARGEST_BODY) => express.raw({ limit, type: 'text/csv' });

function readBodyOf({ isSigned, isTable, largestBody }: Route): RequestHandler {
  if (isSigned === true) return readSigned(largestBody);
  return isTable === true ? readTable(largestBody) : readJson(largestBody);
}

/** JSON is UTF-8 (RFC 8259, 8.1). Bytes that are none would be read as replacement characters, and a name be kept as mojibake. */
function refuseOtherCharsets(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (charset === 'utf-8' && isUtf8(body)) return;
  throw Object.assign(new Error('the body is not UTF-8'), { type: 'charset.unsupported', status: 415 });
}

/** To count a request, and to say how long it took. */
type Serving = Admitting & { readonly metrics: Pick<GatewayMetrics, 'requestEnded'> };
/** A request whose head and body are read, by Express or by `direct.ts`. */
export type Incoming = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: string;
  readonly params: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
};

/** Everything between the socket and the operation, in order: allowance, access, body, parse, ask, answer. */
export function serveRoute<Parts extends Serving>(parts: Parts, route: Route<Parts>): RequestHandler[] {
  const limit: RequestHandler = async (request, response, next) => {
    if (await isAdmitted(parts, route, request, response)) next();
  };
  const answer: RequestHandler = async (request, response) => {
    const { originalUrl: url, params, query, body } = request;
    sendReply(response, requestIdOf(request), await replyTo(parts, route, { request, response, url, params, query, body }));
  };
  return route.method === 'get' ? [limit, answer] : [limit, readBodyOf(route), answer];
}

/** Whether its caller may ask so often, and may do such a thing at all. False: it has been answered. */
export async function isAdmitted<Parts extends Serving>(
  parts: Parts,
  route: Route<Parts>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const startedAt = performance.now();
  response.once('close', () => parts.metrics.requestEnded(route.method, route.path, response.statusCode, (performance.now() - startedAt) / 1_000));
  const taken = await takeAllowance(parts, allowanceOf(route), request, response);
  const refusal = taken.isAllowed ? refuseAction(principalOf(request), route.action) : tooMany(taken);
  if (refusal !== undefined) sendReply(response, requestIdOf(request), refusal);
  return refusal === undefined;
}

/** Parses, asks and answers. */
export async function replyTo<Parts extends Serving>(parts: Parts, route: Route<Parts>, incoming: Incoming): Promise<Reply> {
  const { request, body } = incoming;
  const caller = readCaller(parts, route, incoming);
  if ('problem' in caller) return caller;
  if (route.method !== 'get' && body === undefined && hasBody(request))
    return {
      problem: problemOf('unsupported-media-type', {
        detail: `Send ${route.isTable === true ? 'a table, with Content-Type: text/csv' : 'JSON, with Content-Type: application/json'}.`,
      }),
    };
  return route.answer(parts, readRequest(incoming, caller));
}

function readRequest({ request, response, url, params, query: { dryRun: _, ...query }, body }: Incoming, caller: Caller): RouteRequest {
  return { params, query, body, url, caller, requestId: requestIdOf(request), headers: request.headers, left: () => leftBy(response) };
}

function leftBy(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.closed) left.abort();
  else response.once('close', () => left.abort());
  return left.signal;
}

function readCaller({ config }: Pick<Admitting, 'config'>, route: Route, { request, query }: Incoming): Caller | Failed {
  const key = headerOf(request, 'idempotency-key') ?? null;
  if (key !== null && (key.length === 0 || key.length > LONGEST_KEY))
    return failedField('invalid-request', 'Idempotency-Key', `must have 1 to ${LONGEST_KEY} characters`);
  const inAddress = TOKENS.find(({ parameter }) => parameter in query);
  if (inAddress !== undefined)
    return failedField('invalid-request', inAddress.parameter, `must be sent in the ${inAddress.header} header, because addresses end up in logs`);
  const { dryRun } = query;
  if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false') return failedField('invalid-request', 'dryRun', 'must be true or false');
  if (dryRun === 'true' && route.canDryRun !== true) return failedField('invalid-request', 'dryRun', 'is not possible here');
  const ifMatch = headerOf(request, 'if-match') ?? null;
  // A caller who sends it relies on not overwriting another change.
  if (ifMatch !== null && route.method !== 'get' && route.isConditional !== true) return failedField('invalid-request', 'If-Match', 'is not possible here');
  return {
    principal: principalOf(request),
    address: visitorAddress(request, config.trustedProxies),
    key,
    dryRun: dryRun === 'true',
    holdToken: tokenText(headerOf(request, 'hold-token')),
    manageToken: tokenText(headerOf(request, 'manage-token')),
    ifMatch,
    requestId: requestIdOf(request),
  };
}

function tokenText(token: string | undefined): string | null {
  return token === undefined || token === '' ? null : token.slice(0, LONGEST_TOKEN);
}

/** Of headers that Node joins where they are sent twice. */
function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}
