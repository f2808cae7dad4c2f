// What cannot be read as a request is answered like everything else, and then the connection ends.
import { randomUUIDv7 } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import { exchangesOn } from './exchanges.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { requestIdOf } from './request-ids.ts';
import { sendProblem } from './send.ts';

const TOO_MANY_HEADERS = problemOf('header-too-large', { detail: `A request may have at most ${HTTP_LIMITS.headers} header fields.` });

/** Answers what Node's parser refuses, and who takes too long. `lingerMilliseconds`: how long the other side may take to read it. */
export function answerBrokenRequests(http: Server, lingerMilliseconds: number): void {
  const leaving = new WeakSet<Duplex>();
  http.on('clientError', (failure: Error & { readonly code?: string }, socket) => {
    // Whatever else comes on such a connection is broken, too.
    if (leaving.has(socket)) return;
    leaving.add(socket);
    setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
    if (!socket.writable || failure.code === 'ECONNRESET') socket.destroy();
    else answerInTurn(socket, brokenProblem(failure.code));
  });
  // Node hands such a connection over without a listener for its errors; one that is reset must not end the process.
  http.on('upgrade', (_request, socket) => socket.on('error', () => socket.destroy()));
}

/**
 * A request that is being answered comes first. What it is answered may be the only sign that something was done, so that nothing is said in its place:
 * the connection ends after it, or without a word. While a body is still being read nothing has been done, and the answer is about that request.
 */
function answerInTurn(socket: Duplex, problem: ProblemDraft): void {
  const exchanges = exchangesOn(socket);
  const last = exchanges.at(-1);
  if (last === undefined) {
    socket.end(textOf(problem, randomUUIDv7()));
    return;
  }
  const { request, response } = last;
  response.once('finish', () => socket.end());
  if (exchanges.length > 1 || request.complete || response.headersSent) return;
  const answer = () => {
    if (!response.headersSent && socket.writable) socket.end(textOf(problem, requestIdOf(request)));
  };
  if (isBeingRead(request)) answer();
  else request.on('newListener', (name) => (name === 'data' ? answer() : undefined));
}

function isBeingRead(request: IncomingMessage): boolean {
  return request.listenerCount('data') > 0;
}

function brokenProblem(code: string | undefined): ProblemDraft {
  if (code === 'HPE_HEADER_OVERFLOW') return problemOf('header-too-large', { detail: 'Address and header may have 16 kB together.' });
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return problemOf('too-large', { detail: 'The extensions of the chunks are too large.' });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problemOf('too-slow');
  return problemOf('invalid-request', { detail: 'This is no HTTP request.' });
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
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** What the parser lets through and no program sends: too many header fields, and a host that is missing or named twice (RFC 9112, 3.2). */
export const refuseMalformed: RequestHandler = (request, response, next) => {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
  const problem = names.length > HTTP_LIMITS.headers ? TOO_MANY_HEADERS : problemOfHosts(request, names);
  if (problem === undefined) return next();
  response.setHeader('Connection', 'close');
  sendProblem(response, requestIdOf(request), problem);
};

function problemOfHosts(request: IncomingMessage, names: readonly string[]): ProblemDraft | undefined {
  const hosts = names.filter((name) => name.toLowerCase() === 'host').length;
  if (hosts > 1) return problemOf('invalid-request', { detail: 'The header Host is there more than once.' });
  return hosts === 0 && request.httpVersion !== '1.0' ? problemOf('invalid-request', { detail: 'The header Host is missing.' }) : undefined;
}
