import type { ServerResponse } from 'node:http';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import { isFailed, ReadyJson, type Reply } from '../../protocol/reply.ts';
import { isKnownTag } from '../../protocol/versions.ts';

/** Sends what an operation said. */
export function sendReply(response: ServerResponse, requestId: string, reply: Reply): void {
  if (reply.headers !== undefined) setHeaders(response, reply.headers);
  if (reply.replayed === true) response.setHeader('Idempotency-Replayed', 'true');
  if (isFailed(reply)) sendProblem(response, requestId, reply.problem);
  else if (reply.status === 204) response.writeHead(204).end();
  else if (reply.isAlwaysTold !== true && isKnownAlready(response)) response.writeHead(304).end();
  else if (reply.document !== undefined) sendText(response, reply.status, reply.document.contentType, reply.document.text());
  else sendText(response, reply.status, 'application/json; charset=utf-8', reply.body instanceof ReadyJson ? reply.body.bytes : JSON.stringify(reply.body));
}

export function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string | readonly string[]>>): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
}

/** A read whose answer has the tag that the caller named: nothing is sent again. */
function isKnownAlready(response: ServerResponse): boolean {
  const { method, headers } = response.req;
  const etag = response.getHeader('ETag');
  return (method === 'GET' || method === 'HEAD') && typeof etag === 'string' && isKnownTag(headers['if-none-match'], etag);
}

/** RFC 9457. `unauthenticated` says how to (RFC 6750); what may be tried again says when. */
export function sendProblem(response: ServerResponse, requestId: string, draft: ProblemDraft): void {
  if (draft.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="slotkeeper"');
  if (draft.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(Math.ceil(draft.retryAfterSeconds)));
  sendText(response, draft.status, 'application/problem+json; charset=utf-8', JSON.stringify({ ...draft, requestId }));
}

/** Nothing said by an API is worth keeping by a browser, unless a header said so before. */
function sendText(response: ServerResponse, status: number, contentType: string, text: string | Uint8Array): void {
  response.statusCode = status;
  response.setHeader('Content-Type', contentType);
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

/** The address is not repeated: somebody may have put a token into it, and answers are kept where addresses are not. */
export function notFoundProblem(): ProblemDraft {
  return problemOf('not-found', { detail: 'There is nothing at this address.' });
}
