// What cannot be read as a request is answered like everything else, and then the connection ends.
import { randomUUIDv7 } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { SECOND } from '../../model/instant.ts';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import type { Step } from '../parts.ts';
import { isOwnHost } from '../security/origins.ts';
import { exchangesOn, requestsOn } from './exchanges.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { requestIdOf } from './request-ids.ts';
import { sendProblem } from './send.ts';

const MISDIRECTED = problemOf('misdirected-request', {
  detail: 'The Host header names another server. If the name is yours, set PUBLIC_URL or ALLOWED_HOSTS.',
});
const TOO_SLOW = problemOf('too-slow', {
  detail: `Headers must arrive within ${HTTP_LIMITS.headersMilliseconds / SECOND} seconds, the whole request within ${HTTP_LIMITS.requestMilliseconds / SECOND}.`,
});
const TOO_MANY_HEADERS = problemOf('header-too-large', { detail: `A request can have at most ${HTTP_LIMITS.headers} header fields.` });

/** Answers what Node's parser refuses, and who takes too long. `lingerMilliseconds`: how long the other side may take to read it. */
export function answerBrokenRequests(http: Server, lingerMilliseconds: number): void {
  const leaving = new WeakSet<Duplex>();
  http.on('clientError', (failure: Error & { readonly code?: string }, socket) => {
    // Whatever else comes on such a connection is broken, too.
    if (leaving.has(socket)) return;
    leaving.add(socket);
    setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
    if (!socket.writable || failure.code === 'ECONNRESET') socket.destroy();
    else if (failure.code === 'ERR_HTTP_REQUEST_TIMEOUT') answerLate(socket);
    else answerInTurn(socket, brokenProblem(failure.code));
  });
  // Node hands such a connection over without a listener for its errors; one that is reset must not end the process.
  http.on('upgrade', (_request, socket) => socket.on('error', () => socket.destroy()));
}

/** What came while the process stood still is read in this turn, and then it was not too slow. */
function answerLate(socket: Duplex): void {
  const before = requestsOn(socket);
  setImmediate(() => {
    if (requestsOn(socket) > before && exchangesOn(socket).length === 0) socket.end();
    else answerInTurn(socket, TOO_SLOW);
  });
}

/**
 * A request that is being answered comes first. What it is answered may be the only sign that something was done, so that nothing is said in its place:
 * the connection ends after it, or without a word. While a body is still being read nothing has been done, and the answer is about that request.
 */
function answerInTurn(socket: Duplex, problem: ProblemDraft): void {
  const exchanges = exchangesOn(socket);
  const last = exchanges.at(-1);
  if (last === undefined) return sayLast(socket, textOf(problem, randomUUIDv7()));
  const { request, response } = last;
  response.once('finish', () => socket.end());
  if (exchanges.length > 1 || request.complete || response.headersSent) return;
  const answer = () => {
    if (!response.headersSent) sayLast(socket, textOf(problem, requestIdOf(request)));
  };
  if (isBeingRead(request)) answer();
  else request.on('newListener', (name) => (name === 'data' ? answer() : undefined));
}

/** Nothing is read any more: a request, or the rest of one, that crosses with this must not be carried out, as its sender reads that nothing was done. */
function sayLast(socket: Duplex, text: string): void {
  if (!socket.writable) return;
  socket.removeAllListeners('data').on('data', () => undefined);
  socket.end(text);
}

function isBeingRead(request: IncomingMessage): boolean {
  return request.listenerCount('data') > 0;
}

function brokenProblem(code: string | undefined): ProblemDraft {
  if (code === 'HPE_HEADER_OVERFLOW') return problemOf('header-too-large', { detail: 'The address and headers together can be at most 16 kB.' });
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return problemOf('too-large', { detail: 'The chunk extensions are too large.' });
  return problemOf('invalid-request', { detail: 'This is not an HTTP request.' });
}

/** The whole reply as it goes over the wire: there is no request that a response could belong to. */
function textOf(problem: ProblemDraft, requestId: string): string {
  const body = JSON.stringify({ ...problem, requestId });
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    ...(problem.retryAfterSeconds === undefined ? [] : [`Retry-After: ${Math.ceil(problem.retryAfterSeconds)}`]),
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** What the parser lets through and no program sends, and what is meant for another server; `undefined`: the request may be served. */
export function problemOfHead(request: IncomingMessage, hostNames: readonly string[]): ProblemDraft | undefined {
  if (request.rawHeaders.length / 2 > HTTP_LIMITS.headers) return TOO_MANY_HEADERS;
  return problemOfHosts(request) ?? (isForUs(request, hostNames) ? undefined : MISDIRECTED);
}

/** A host that is missing or named twice (RFC 9112, 3.2). */
function problemOfHosts(request: IncomingMessage): ProblemDraft | undefined {
  const { rawHeaders } = request;
  let hosts = 0;
  // Names and values take turns in it.
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  if (hosts > 1) return problemOf('invalid-request', { detail: 'The Host header is sent more than once.' });
  return hosts === 0 && request.httpVersion !== '1.0' ? problemOf('invalid-request', { detail: 'The Host header is missing.' }) : undefined;
}

/** Probes of balancers and supervisors come under whatever name they know the machine by, and learn nothing that another site could use. */
const UNDER_ANY_NAME: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** A request for a proxy has the host in its address as well, where it counts more (RFC 9112, 3.2.2). */
function isForUs({ url = '', headers: { host } }: IncomingMessage, hostNames: readonly string[]): boolean {
  if (UNDER_ANY_NAME.has(url.replace(/\?.*$/, ''))) return true;
  const named = url.startsWith('/') ? undefined : URL.parse(url)?.host;
  return [host, named].every((each) => each === undefined || isOwnHost(each, hostNames));
}

/** The head was read to its end, so what is behind it on the connection is not in doubt; the connection ends nevertheless. */
export function refuseBadHead(hostNames: readonly string[]): Step {
  return (request, response, next) => {
    const problem = problemOfHead(request, hostNames);
    if (problem === undefined) return next();
    response.setHeader('Connection', 'close');
    sendProblem(response, requestIdOf(request), problem);
  };
}

/** Answers a request for a WebSocket in HTTP, and hangs up. */
export function refuseUpgrade(request: IncomingMessage, problem: ProblemDraft): void {
  const { socket } = request;
  socket.end(textOf(problem, requestIdOf(request)), () => socket.destroy());
}
